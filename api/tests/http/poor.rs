//! A server that may have little: no room on the disk, few open files, others who want them all.

use super::{
    desk::KEY,
    process::{BINARY, Server},
};
use crate::support::database::folder;
use nix::sys::signal::Signal;
use std::{path::Path, process::Stdio};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    process::Command,
};

/// The server below these limits.
fn poor(home: &Path, limits: &str, flags: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    let shell = format!("trap '' XFSZ; {limits}; exec {BINARY} serve --port 0 {flags}");
    command.env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin").env("QUARTERDECK_API_KEY", KEY);
    command.args(["-c", &shell]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.kill_on_drop(true);
    command
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\nAuthorization: Bearer {KEY}")
}

fn post(path: &str) -> String {
    format!("POST {path} HTTP/1.1\nAuthorization: Bearer {KEY}\nContent-Type: application/json")
}

#[tokio::test]
async fn a_full_disk_is_said_in_the_one_shape_and_reads_and_logins_go_on() {
    let home = folder();
    // Files may grow to a few megabytes and no further, as on a disk that is full.
    let mut server = Server::start(poor(home.path(), "ulimit -f 8000", "")).await;
    let words = "x".repeat(900_000);
    let body = format!(r#"{{"role":"BUILDER","runtime":"replay","custom_instructions":"{words}"}}"#);
    let mut made = 0;
    let refused = loop {
        let answer = server.ask(&post("/api/v1/agents"), &body).await;
        if !answer.starts_with("HTTP/1.1 201") {
            break answer;
        }
        made += 1;
        assert!(made < 100, "the disk is never full");
    };
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("STORAGE_UNAVAILABLE"), "{refused}");
    assert!(refused.contains("\r\nretry-after: ") && refused.contains("\"request_id\":"), "{refused}");
    let listed = server.ask(&get("/api/v1/agents?limit=1"), "").await;
    assert!(listed.contains(&format!("\"total\":{made}")), "{listed}");
    let ready = server.ask(&get("/ready"), "").await;
    assert!(ready.starts_with("HTTP/1.1 503") && ready.contains("\"name\":\"disk\",\"ok\":false"), "{ready}");
    assert!(server.ask(&get("/health"), "").await.starts_with("HTTP/1.1 200"));

    let origin = format!("Origin: http://127.0.0.1:{}", server.port);
    let login = format!("POST /api/v1/session HTTP/1.1\n{origin}\nContent-Type: application/json");
    let answer = server.ask(&login, &format!(r#"{{"key":"{KEY}"}}"#)).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let cookie =
        answer.split("set-cookie: ").nth(1).and_then(|rest| rest.split(';').next()).expect("a cookie");
    let asked = format!("GET /api/v1/status HTTP/1.1\nCookie: {cookie}");
    assert!(server.ask(&asked, "").await.starts_with("HTTP/1.1 200"));
    let logout = format!("DELETE /api/v1/session HTTP/1.1\n{origin}\nCookie: {cookie}");
    assert!(server.ask(&logout, "").await.starts_with("HTTP/1.1 204"));
    assert!(server.ask(&asked, "").await.starts_with("HTTP/1.1 401"));

    for _ in 0..3 {
        assert!(server.ask(&post("/api/v1/agents"), &body).await.starts_with("HTTP/1.1 503"));
    }
    server.signal(Signal::SIGTERM);
    let words = server.words().await;
    assert_eq!(words.matches("nothing can be written; reads go on").count(), 1, "{words}");
}

#[tokio::test]
async fn sockets_leave_room_for_everything_else() {
    let home = folder();
    let limits = "ulimit -Sn 100; ulimit -Hn 300";
    let mut server = Server::start(poor(home.path(), limits, "--socket-hello-ms 60000")).await;
    let mut open = Vec::new();
    for _ in 0..150 {
        let (stream, head) = server.upgrade().await;
        assert_eq!((head.as_str(), open.len()), ("HTTP/1.1 101", open.len()));
        open.push(stream);
    }
    assert_eq!(server.upgrade().await.1, "HTTP/1.1 503");
    let made = server.ask(&post("/api/v1/agents"), r#"{"role":"BUILDER","runtime":"replay"}"#).await;
    assert!(made.starts_with("HTTP/1.1 201"), "{made}");
    server.signal(Signal::SIGTERM);
    let words = server.words().await;
    assert!(words.contains("so 150 sockets can be, not 2000"), "{words}");
}

/// Asks on a connection that stays open.
async fn ask_again(stream: &mut TcpStream, head: &str) {
    stream.write_all(format!("{}\r\n\r\n", head.replace('\n', "\r\n")).as_bytes()).await.expect("it reads");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\"alive\"}") {
        assert!(stream.read_buf(&mut answer).await.expect("it answers") > 0, "it ended");
    }
}

#[tokio::test]
async fn connections_on_which_nobody_asks_end_unless_a_key_was_shown() {
    let home = folder();
    let server = Server::start(poor(home.path(), "ulimit -n 100", "--stranger-seconds 1")).await;
    let host = format!("Host: 127.0.0.1:{}", server.port);
    let known = format!("{}\n{host}", get("/health"));
    let connect = || TcpStream::connect(("127.0.0.1", server.port));
    let mut stays = connect().await.expect("it listens");
    ask_again(&mut stays, &known).await;
    let mut idle = connect().await.expect("it listens");
    ask_again(&mut idle, &format!("GET /health HTTP/1.1\n{host}")).await;
    // More than may be open at a time.
    let mut silent = vec![idle];
    for begun in ["", "GET /hea", "POST /api/v1/session HTTP/1.1\r\nContent-Length: 100\r\n\r\n{"].repeat(40)
    {
        let mut stream = connect().await.expect("it listens");
        stream.write_all(begun.as_bytes()).await.expect("it reads");
        silent.push(stream);
    }
    for mut stream in silent {
        // However it ends.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
    ask_again(&mut stays, &known).await;
}
