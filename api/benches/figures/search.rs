//! The index beneath the search, over a gigabyte of sessions that were taken in: how long it takes, and in how much
//! memory; and how soon a question is answered then.
//!
//! `QUARTERDECK_BENCH_SEARCH_BYTES` takes another size, for trying.

use super::{import::transcripts, median, rounded, say};
use nix::sys::resource::{UsageWho, getrusage};
use quarterdeck::{
    jobs::catch_up,
    search::find,
    store::{Location, Store, WriterRules},
};
use quarterdeck_shared::search::SearchQuery;
use serde_json::json;
use std::{
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};
use tokio::runtime::Runtime;

/// The word by which this program indexes what a data folder holds, and ends.
pub const WORD: &str = "index";

const BYTES: u64 = 1_000_000_000;
const QUESTIONS: [&str; 5] = ["session", "record größe", "\"return the\"", "token* -usage", "路径 await"];

pub fn measure(runtime: &Runtime) {
    let size = std::env::var("QUARTERDECK_BENCH_SEARCH_BYTES").ok().and_then(|bytes| bytes.parse().ok());
    let folder = super::folder();
    let home = super::folder();
    let truth = transcripts::write(folder.path(), size.unwrap_or(BYTES), 7).unwrap();
    let imported = Command::new(env!("CARGO_BIN_EXE_quarterdeck"))
        .arg("import")
        .arg(folder.path())
        .env("QUARTERDECK_DATA_DIR", home.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(imported.unwrap().success());
    let before = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    let began = Instant::now();
    let indexed = Command::new(std::env::current_exe().unwrap()).arg(WORD).arg(home.path()).status();
    let seconds = began.elapsed().as_secs_f64();
    assert!(indexed.unwrap().success());
    let memory = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap().max_rss();
    let gigabytes = truth.bytes as f64 / 1e9;
    let index_bytes = std::fs::metadata(home.path().join("quarterdeck.db")).unwrap().len();
    let detail = json!({"bytes": truth.bytes, "files": truth.files, "seconds": rounded(seconds), "database_bytes": index_bytes});
    say("search_index", rounded(seconds / gigabytes), detail);
    let detail = json!({"of": "the import before it, where that took more", "import_mb": before / 1_024});
    say("search_memory", rounded(memory as f64 / 1_024.0), detail);
    let mut answers = runtime.block_on(ask(home.path()));
    let slowest = answers.iter().copied().fold(0.0, f64::max);
    say(
        "search_answer",
        rounded(median(&mut answers)),
        json!({"questions": QUESTIONS, "slowest_ms": rounded(slowest)}),
    );
}

/// Indexes what a data folder holds.
pub async fn index(home: &Path) {
    let store = open(home).await;
    catch_up(&store).await.unwrap();
    assert_eq!(store.index_state().await.unwrap().behind_bytes, 0);
    store.close().await;
}

async fn ask(home: &Path) -> Vec<f64> {
    let store = open(home).await;
    let mut answers = Vec::new();
    for question in QUESTIONS {
        let query = SearchQuery { q: Some(question.into()), ..SearchQuery::default() };
        let began = Instant::now();
        let found = find(&store, &query).await.unwrap();
        answers.push(began.elapsed().as_secs_f64() * 1_000.0);
        assert!(!found.items.is_empty() && found.items.iter().all(|hit| !hit.marks.is_empty()), "{question}");
    }
    store.close().await;
    answers
}

async fn open(home: &Path) -> Store {
    Store::open(&Location::of(home, None).unwrap(), WriterRules::default()).await.unwrap()
}
