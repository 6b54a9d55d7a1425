//! A cold import of a gigabyte of sessions, held to a plain typed scan of the same files; and looking at a tree in
//! which nothing changed.
//!
//! `QUARTERDECK_BENCH_IMPORT_BYTES` takes another size, for trying.

#[path = "../../../xtask/src/generate/transcripts.rs"]
pub mod transcripts;

use super::{median, rounded, say};
use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeValLike as _,
};
use quarterdeck::{
    sources::import::find,
    store::{Location, Store, WriterRules},
};
use quarterdeck_shared::{Timestamp, usage::Tokens};
use serde::Deserialize;
use serde_json::json;
use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};
use tokio::runtime::Runtime;

const BYTES: u64 = 1_000_000_000;
const PAIRS: usize = 5;
const UNCHANGED_FILES: usize = 10_000;

pub fn measure(runtime: &Runtime) {
    let size = std::env::var("QUARTERDECK_BENCH_IMPORT_BYTES").ok().and_then(|bytes| bytes.parse().ok());
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let truth = transcripts::write(folder.path(), size.unwrap_or(BYTES), 7).unwrap();
    let (mut ratios, mut firsts, mut most_mb, mut imports, mut scans) =
        (vec![], vec![], 0.0_f64, vec![], vec![]);
    for _ in 0..PAIRS {
        let scanned = scan(folder.path());
        let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let imported = import(folder.path(), home.path());
        assert_eq!(runtime.block_on(stored(home.path())), expected(&truth));
        ratios.push(imported.cpu_seconds / scanned);
        firsts.push(imported.first_seconds);
        most_mb = most_mb.max(imported.memory_mb);
        imports.push(imported.cpu_seconds);
        scans.push(scanned);
    }
    let detail = json!({
        "bytes": truth.bytes, "files": truth.files, "requests": truth.requests, "pairs": PAIRS,
        "import_cpu_s": median(&mut imports), "scan_cpu_s": median(&mut scans),
    });
    say("import_cpu", rounded(median(&mut ratios)), detail);
    say("import_memory", rounded(most_mb), json!({"bytes": truth.bytes}));
    let until = "the first group is durable and said on standard error";
    say("import_first_figures", rounded(median(&mut firsts)), json!({"until": until}));
    say("import_unchanged", rounded(unchanged()), json!({"files": UNCHANGED_FILES}));
}

struct Imported {
    cpu_seconds: f64,
    first_seconds: f64,
    memory_mb: f64,
}

/// Runs the import as a process of its own.
fn import(folder: &Path, home: &Path) -> Imported {
    let before = cpu_seconds(UsageWho::RUSAGE_CHILDREN);
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_quarterdeck"))
        .arg("import")
        .arg(folder)
        .env("QUARTERDECK_DATA_DIR", home)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut words = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    words.read_line(&mut line).unwrap();
    let first_seconds = began.elapsed().as_secs_f64();
    words.read_to_string(&mut line).unwrap();
    assert!(child.wait().unwrap().success(), "{line}");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    Imported {
        cpu_seconds: cpu_seconds(UsageWho::RUSAGE_CHILDREN) - before,
        first_seconds,
        memory_mb: usage.max_rss() as f64 / 1_024.0,
    }
}

fn cpu_seconds(who: UsageWho) -> f64 {
    let usage = getrusage(who).unwrap();
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Line {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "sessionId")]
    session_id: Option<String>,
    #[serde(rename = "requestId")]
    request_id: Option<String>,
    timestamp: Option<String>,
    message: Option<Message>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Message {
    id: Option<String>,
    model: Option<String>,
    usage: Option<Figures>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Figures {
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
    cache_read_input_tokens: Option<u64>,
}

/// What anybody would write first: each line into a typed value, its figures added up.
fn scan(folder: &Path) -> f64 {
    let before = cpu_seconds(UsageWho::RUSAGE_SELF);
    let mut sum = 0;
    for seen in find(&[PathBuf::from(folder)]) {
        let mut text = Vec::new();
        std::fs::File::open(&seen.path).unwrap().read_to_end(&mut text).unwrap();
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let line: Line = serde_json::from_slice(line).unwrap();
            sum += line.message.and_then(|message| message.usage?.output_tokens).unwrap_or_default();
        }
    }
    assert!(sum > 0);
    cpu_seconds(UsageWho::RUSAGE_SELF) - before
}

async fn stored(home: &Path) -> (u64, Tokens) {
    let location = Location::of(home, None).unwrap();
    let store = Store::open(&location, WriterRules::default()).await.unwrap();
    let totals = store.totals(Timestamp(0)).await.unwrap();
    store.close().await;
    (totals.records, totals.tokens)
}

fn expected(truth: &transcripts::Truth) -> (u64, Tokens) {
    let tokens = Tokens {
        input: truth.input_tokens,
        output: truth.output_tokens,
        cache_creation: truth.cache_creation_tokens,
        cache_read: truth.cache_read_tokens,
    };
    (truth.requests, tokens)
}

/// The second import of a tree of many small files.
fn unchanged() -> f64 {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    for number in 0..UNCHANGED_FILES {
        let place = folder.path().join(format!("projects/-home-dev-{}", number % 100));
        std::fs::create_dir_all(&place).unwrap();
        let line = json!({"type": "assistant", "sessionId": number.to_string(), "requestId": format!("r{number}"),
            "timestamp": "2026-11-22T12:00:00Z", "message": {"id": format!("m{number}"), "model": "claude-opus-5-5",
                "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1}}});
        std::fs::write(place.join(format!("{number}.jsonl")), format!("{line}\n")).unwrap();
    }
    import(folder.path(), home.path());
    let began = Instant::now();
    import(folder.path(), home.path());
    began.elapsed().as_secs_f64()
}
