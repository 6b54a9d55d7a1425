//! The binary itself: what it says, what it refuses, and how it ends.

use super::desk::KEY;
use crate::support::database::folder;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use quarterdeck_shared::settings::Setting;
use std::{path::Path, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines},
    net::TcpStream,
    process::{Child, ChildStdout, Command},
};

pub const BINARY: &str = env!("CARGO_BIN_EXE_quarterdeck");

/// The command in a world of its own: nothing of this machine's settings reaches it.
fn command(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin").args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Runs a command that ends by itself: its exit code, output and words.
async fn ended(mut command: Command) -> (Option<i32>, String, String) {
    let output = command.output().await.expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

pub struct Server {
    pub child: Child,
    out: Lines<BufReader<ChildStdout>>,
    link: String,
    pub port: u16,
}

impl Server {
    pub async fn start(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the binary runs");
        let mut out = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = out.next_line().await.expect("a line").expect("a line, not the end");
        let link = line.strip_prefix("Quarterdeck is ready: ").unwrap_or_else(|| panic!("{line}")).to_owned();
        let port = link.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.split('/').next());
        let port = port.and_then(|port| port.parse().ok()).unwrap_or_else(|| panic!("{link}"));
        Self { child, out, link, port }
    }

    pub fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id().expect("it runs")).expect("a process id");
        kill(Pid::from_raw(id), signal).expect("it hears");
    }

    /// A connection on which a socket was asked for, and how the answer begins.
    pub async fn upgrade(&self) -> (TcpStream, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("it listens");
        let upgrade = format!(
            "GET /ws/fleet HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: Bearer {KEY}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.port
        );
        stream.write_all(upgrade.as_bytes()).await.expect("it reads");
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.expect("it answers");
        (stream, String::from_utf8_lossy(&head).into_owned())
    }

    /// What it said on standard error, to the end.
    pub async fn words(&mut self) -> String {
        let mut words = String::new();
        self.child.stderr.take().expect("its words").read_to_string(&mut words).await.expect("its words");
        words
    }

    /// One request, raw, and everything that comes back.
    pub async fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("it listens");
        let length =
            if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let host = format!("Host: 127.0.0.1:{}\r\nConnection: close\r\n{length}", self.port);
        let request = format!("{}\r\n{host}\r\n{body}", head.trim_end().replace('\n', "\r\n"));
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("it answers");
        answer
    }
}

#[tokio::test]
async fn the_link_logs_in_once_and_nothing_else_is_printed() {
    let home = folder();
    let mut server = Server::start(command(home.path(), &["serve", "--port", "0"])).await;
    let (page, code) = server.link.split_once("/login#").expect("a login link");
    assert_eq!(page, format!("http://127.0.0.1:{}", server.port));
    assert_eq!(code.len(), 43);
    let head = format!("POST /api/v1/session HTTP/1.1\nOrigin: {page}\nContent-Type: application/json");
    let body = format!("{{\"code\":\"{code}\"}}");
    let first = server.ask(&head, &body).await;
    assert!(
        first.starts_with("HTTP/1.1 200") && first.contains("set-cookie: quarterdeck_session="),
        "{first}"
    );
    assert!(server.ask(&head, &body).await.starts_with("HTTP/1.1 401"));
    let key = std::fs::read_to_string(home.path().join(".local/share/quarterdeck/api_key")).expect("a key");
    let asked = format!("GET /api/v1/session HTTP/1.1\nAuthorization: Bearer {}", key.trim());
    assert!(server.ask(&asked, "").await.starts_with("HTTP/1.1 200"));
    server.signal(Signal::SIGTERM);
    assert_eq!(server.out.next_line().await.expect("its end"), None);
    assert_eq!(server.child.wait().await.expect("its end").code(), Some(0));
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_refused_like_any_other() {
    let home = folder();
    let server = Server::start(command(home.path(), &["serve", "--port", "0"])).await;
    let reply = server.ask("QUERY /api/v1/agents HTTP/1.1", "").await;
    assert!(reply.starts_with("HTTP/1.1 405") && reply.contains("\r\nallow: GET, HEAD, POST\r\n"), "{reply}");
    assert!(reply.contains("nosniff") && reply.contains("\"METHOD_NOT_ALLOWED\""), "{reply}");
    assert!(server.ask("QUERY /nowhere HTTP/1.1", "").await.starts_with("HTTP/1.1 404"));
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.expect("it listens");
    let foreign = "QUERY /api/v1/agents HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    stream.write_all(foreign.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

#[tokio::test]
async fn a_server_that_is_interrupted_says_so_by_its_code() {
    let home = folder();
    let mut server = Server::start(command(home.path(), &["serve", "--port", "0"])).await;
    server.signal(Signal::SIGINT);
    assert_eq!(server.child.wait().await.expect("its end").code(), Some(130));
}

#[tokio::test]
async fn open_sockets_do_not_hold_a_stopping_server() {
    let home = folder();
    let mut command = command(home.path(), &["serve", "--port", "0"]);
    command.env("QUARTERDECK_API_KEY", KEY);
    let mut server = Server::start(command).await;
    let (mut stream, head) = server.upgrade().await;
    assert_eq!(head, "HTTP/1.1 101");
    server.signal(Signal::SIGTERM);
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.expect("its end");
    let close = rest.windows(4).any(|bytes| bytes[0] == 0x88 && bytes[2..4] == 1001_u16.to_be_bytes());
    assert!(close, "a close frame that says the server goes away: {rest:?}");
    assert_eq!(server.child.wait().await.expect("its end").code(), Some(0));
    let words = server.words().await;
    assert!(!words.contains("not everything ended in time"), "{words}");
}

#[tokio::test]
async fn the_log_at_its_loudest_holds_no_secret_and_no_prompt() {
    let home = folder();
    let mut command = command(home.path(), &["serve", "--port", "0", "--log-level", "trace"]);
    command.env("QUARTERDECK_API_KEY", KEY);
    let mut server = Server::start(command).await;
    let code = server.link.split_once('#').expect("a code").1.to_owned();
    let post = |path: &str| {
        format!("POST {path} HTTP/1.1\nAuthorization: Bearer {KEY}\nContent-Type: application/json")
    };
    let made = server.ask(&post("/api/v1/tokens"), r#"{"name":"ci"}"#).await;
    let token = made
        .split("\"secret\":\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a token")
        .to_owned();
    server.ask(&post("/api/v1/tasks"), r#"{"prompt":"canary-prompt","runtime":"nonsense"}"#).await;
    server
        .ask(
            &format!("GET /api/v1/agents?q=canary-query&token={KEY} HTTP/1.1\nAuthorization: Bearer {token}"),
            "",
        )
        .await;
    server.ask("GET /nowhere HTTP/1.1\nAuthorization: Bearer canary-wrong-key\nCookie: quarterdeck_session=canary-cookie", "").await;
    let ticket = server.ask(&post("/api/v1/tickets"), "").await;
    let ticket = ticket
        .split("quarterdeck.ticket.")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a ticket")
        .to_owned();
    server.signal(Signal::SIGTERM);
    let words = server.words().await;
    assert!(words.contains("stopping"), "{words}");
    assert!(!words.contains('\u{1b}'), "colour is for terminals: {words}");
    for secret in [KEY, &code, &token, &ticket, "canary"] {
        let line = words.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "a secret is in the log");
    }
}

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused() {
    let home = folder();
    let first = Server::start(command(home.path(), &["serve", "--port", "0"])).await;
    let (code, out, words) = ended(command(home.path(), &["serve", "--port", "0"])).await;
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(words.contains(&format!("in use by process {}", first.child.id().expect("it runs"))), "{words}");
}

#[tokio::test]
async fn a_server_that_was_killed_gives_its_folder_to_the_next_at_once() {
    let home = folder();
    for _ in 0..5 {
        let first = Server::start(command(home.path(), &["serve", "--port", "0"])).await;
        first.signal(Signal::SIGKILL);
        // Not waited for: it may still be ending.
        let mut second = Server::start(command(home.path(), &["serve", "--port", "0"])).await;
        second.signal(Signal::SIGKILL);
        second.child.wait().await.expect("its end");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_plainly() {
    let (home, other) = (folder(), folder());
    let first = Server::start(command(home.path(), &["serve", "--port", "0"])).await;
    let (code, _, words) = ended(command(other.path(), &["serve", "--port", &first.port.to_string()])).await;
    assert_eq!(code, Some(1));
    assert!(
        words.contains(&format!("cannot listen on 127.0.0.1:{}", first.port)) && words.contains("--port"),
        "{words}"
    );
}

#[tokio::test]
async fn what_cannot_be_used_at_the_start_is_said_plainly() {
    let home = folder();
    let tls = ["serve", "--port", "0", "--tls-cert", "/nowhere/cert.pem", "--tls-key", "/nowhere/key.pem"];
    let (code, _, words) = ended(command(home.path(), &tls)).await;
    assert_eq!(code, Some(1));
    assert!(words.contains("TLS cannot be used") && words.contains("/nowhere/"), "{words}");
    let database = home.path().join("garbage.db");
    std::fs::write(&database, "this is no database ".repeat(400)).expect("a file");
    let url = format!("sqlite:{}", database.display());
    let (code, _, words) =
        ended(command(home.path(), &["serve", "--port", "0", "--database-url", &url])).await;
    assert_eq!(code, Some(1));
    assert!(words.contains("cannot be opened") && !words.contains("resumes by itself"), "{words}");
}

#[tokio::test]
async fn an_exposed_address_without_protection_is_refused() {
    let home = folder();
    for host in ["0.0.0.0", "::", "192.0.2.7"] {
        let (code, out, words) = ended(command(home.path(), &["serve", "--port", "0", "--host", host])).await;
        assert_eq!((code, out.as_str()), (Some(2), ""), "{host}");
        assert!(words.contains("tls_cert") && words.contains("plain_http"), "{words}");
    }
}

#[tokio::test]
async fn settings_nobody_knows_are_refused_with_the_nearest() {
    let home = folder();
    let (code, _, words) = ended(command(home.path(), &["serve", "--prot", "0"])).await;
    assert_eq!(code, Some(2));
    assert!(words.contains("--port"), "{words}");
    let config = home.path().join(".config/quarterdeck");
    std::fs::create_dir_all(&config).expect("a folder");
    std::fs::write(config.join("quarterdeck.toml"), "data_dri = \"/x\"\n").expect("a file");
    let (code, _, words) = ended(command(home.path(), &["serve", "--port", "0"])).await;
    assert_eq!(code, Some(2));
    assert!(words.contains("did you mean `data_dir`?"), "{words}");
    let url = ["serve", "--database-url", "postgres://ada:canary@db.example/deck"];
    let (code, _, words) = ended(command(home.path(), &url)).await;
    assert_eq!(code, Some(2));
    assert!(words.contains("DATABASE_URL_FILE") && !words.contains("canary"), "{words}");
}

#[tokio::test]
async fn print_config_shows_every_setting_its_origin_and_no_secret() {
    let home = folder();
    let mut command = command(home.path(), &["serve", "--print-config", "--port", "9000"]);
    command.env("QUARTERDECK_API_KEY", KEY).env("QUARTERDECK_MAX_AGENTS", "3");
    command.env("DATABASE_URL", "postgres://ada:canary@db.example/deck");
    let (code, out, words) = ended(command).await;
    assert_eq!((code, words.as_str()), (Some(0), ""));
    for line in
        ["port = \"9000\"  # flag", "max_agents = \"3\"  # environment", "host = \"127.0.0.1\"  # default"]
    {
        assert!(out.lines().any(|found| found == line), "{line} in {out}");
    }
    assert!(!out.contains(KEY) && !out.contains("canary"), "{out}");
    for setting in quarterdeck::config::SETTINGS {
        assert!(
            out.lines().any(|line| line.starts_with(&format!("{} = ", setting.name))),
            "{}",
            setting.name
        );
    }
    assert!(!home.path().join(".local").exists(), "showing settings changes nothing");
    let (code, out, _) = ended(self::command(home.path(), &["serve", "--print-config", "--json"])).await;
    let shown: Vec<Setting> = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, shown.len()), (Some(0), quarterdeck::config::SETTINGS.len()));
}
