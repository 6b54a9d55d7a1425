//! Opening a conversation of a hundred thousand messages: at its end, in its middle, at a moment, and reading on, with
//! its marks and how it stood then. The slowest of them counts.

use super::{folder, load::Connection, quantile, rounded, say, server::Server};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::Path,
    process::{Command, Stdio},
};
use tokio::runtime::Runtime;

const MESSAGES: usize = 100_000;
const TRIES: usize = 25;

pub fn measure(runtime: &Runtime) {
    runtime.block_on(open());
}

async fn open() {
    let (sessions, home) = (folder(), folder());
    let path = sessions.path().join("projects/-home-dev-app/long.jsonl");
    let bytes = write(&path);
    let import = Command::new(env!("CARGO_BIN_EXE_quarterdeck"))
        .arg("import")
        .arg(sessions.path())
        .env("QUARTERDECK_DATA_DIR", home.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(import.success());
    let server = Server::start(home.path(), &[]);
    let mut connection = Connection::open(&server.address).await;
    let agents = body(&mut connection, &server.agents("limit=1")).await;
    let address = format!("/api/v1/agents/{}/conversation", agents["items"][0]["id"].as_str().unwrap());
    let middle = body(&mut connection, &server.get(&format!("{address}?at=50%25"))).await;
    let (at, earlier) = (&middle["items"][0]["at"], &middle["earlier"]);
    let questions = [
        ("end", String::new()),
        ("middle", "?at=50%25".to_owned()),
        ("moment", format!("?at={}", at.as_str().unwrap())),
        ("earlier", format!("?before={}", earlier.as_str().unwrap())),
        ("marks", "/marks".to_owned()),
        ("then", format!("/moment?at={}", at.as_str().unwrap())),
    ];
    let mut detail = json!({"messages": MESSAGES, "bytes": bytes, "tries": TRIES});
    let mut slowest = 0.0_f64;
    for (name, query) in questions {
        let mut took = Vec::with_capacity(TRIES);
        for _ in 0..TRIES {
            let request = server.get(&format!("{address}{query}"));
            let (took_ms, body) = connection.timed(&request).await;
            took.push(took_ms);
            let answer: Value = serde_json::from_slice(body).unwrap();
            if let Some(items) = answer["items"].as_array().or(answer["places"].as_array()) {
                assert!(items.len() >= 80, "{answer}");
            }
        }
        let p95 = rounded(quantile(&mut took, 0.95));
        detail[name] = json!(p95);
        slowest = slowest.max(p95);
    }
    say("conversation_open", slowest, detail);
}

async fn body(connection: &mut Connection, request: &[u8]) -> Value {
    let (status, body) = connection.ask(request).await;
    assert_eq!(status, 200);
    serde_json::from_slice(body).unwrap()
}

/// A session of so many messages: words, calls and their answers, some of them long.
fn write(path: &Path) -> u64 {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = BufWriter::new(File::create(path).unwrap());
    let long = "the harbour lies still in the evening and the boats come home ".repeat(30);
    for number in 0..MESSAGES {
        let (hour, minute, second) = (number / 3_600, number / 60 % 60, number % 60);
        let content = match number % 4 {
            0 => json!([{"type": "text", "text": format!("Turn {number}: {}", &long[..number % 900])}]),
            1 => json!([{"type": "thinking", "thinking": &long[..number % 700], "signature": "x"}]),
            2 => {
                json!([{"type": "tool_use", "id": format!("toolu_{number}"), "name": "Bash", "input": {"command": format!("make {number}")}}])
            }
            _ => {
                json!([{"type": "tool_result", "tool_use_id": format!("toolu_{}", number - 1), "content": &long[..number % 1_800]}])
            }
        };
        let kind = if number % 4 == 3 { "user" } else { "assistant" };
        let line = json!({"type": kind, "uuid": format!("u{number}"), "parentUuid": format!("u{}", number.wrapping_sub(1)),
            "sessionId": "long", "requestId": format!("req_{number}"), "cwd": "/home/dev/app",
            "timestamp": format!("2026-11-{:02}T{:02}:{minute:02}:{second:02}.000Z", 1 + hour / 24, hour % 24),
            "message": {"role": kind, "id": format!("msg_{number}"), "model": "claude-opus-5-5", "content": content,
                "stop_reason": "tool_use", "usage": {"input_tokens": 3, "output_tokens": 40}}});
        writeln!(file, "{line}").unwrap();
    }
    file.flush().unwrap();
    fs::metadata(path).unwrap().len()
}
