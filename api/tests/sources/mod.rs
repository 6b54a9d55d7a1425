//! Sessions that were started elsewhere, taken in from their files.

mod broken;
mod databases;
mod following;
pub mod hooks;
pub mod logs;
mod repricing;
mod samples;
mod seeds;
mod taking;
mod telemetry;

use orchestrator::ledger::is_emptied;
use quarterdeck::{
    fleet::clock::Clock,
    sources::{
        Intake, Taken, Tense,
        import::{Files, find},
    },
    store::Store,
};
use quarterdeck_shared::{
    Timestamp,
    agents::{Agent, AgentQuery},
    usage::{Totals, UsageQuery, UsageRecord},
};
use serde_json::{Value, json};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// A quarter of an hour after the sessions of these tests.
pub const LATER: Timestamp = Timestamp(1_795_349_700_000_000);

/// A line of a response at noon of 2026-11-22.
pub fn response(session: &str, message: &str, output: u64) -> Value {
    json!({
        "parentUuid": null, "isSidechain": false, "type": "assistant", "sessionId": session,
        "requestId": format!("req_{message}"), "timestamp": "2026-11-22T12:00:00.000Z", "cwd": "/home/dev/app",
        "version": "2.1.330", "message": {"id": message, "type": "message", "role": "assistant",
            "model": "claude-sonnet-5-5", "content": [{"type": "text", "text": "Done."}], "stop_reason": "end_turn",
            "usage": {"input_tokens": 100, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
                "output_tokens": output}},
    })
}

/// A line of a sub-agent's response.
pub fn helped(session: &str, agent: &str, message: &str, output: u64) -> Value {
    let mut line = response(session, message, output);
    (line["isSidechain"], line["agentId"]) = (json!(true), json!(agent));
    line
}

/// What somebody asked.
pub fn prompt(session: &str, words: &str) -> Value {
    json!({"type": "user", "sessionId": session, "cwd": "/home/dev/app", "timestamp": "2026-11-22T11:59:00.000Z",
        "message": {"role": "user", "content": words}})
}

/// Writes lines behind a file's end; makes it and its folders where they are missing.
pub fn append(path: &Path, lines: &[Value]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    file.write_all(text.as_bytes()).unwrap();
}

/// Imports whatever lies below a folder, as a new process does.
pub async fn import(store: &Store, folder: &Path, tense: Tense) -> Taken {
    import_with(&Intake::new(store.clone(), Clock::manual(LATER)), folder, tense).await
}

/// The same by an intake of one's own.
pub async fn import_with(intake: &Intake, folder: &Path, tense: Tense) -> Taken {
    let mut files = Files::recall(intake).await.unwrap();
    let changed = files.changed(find(&[PathBuf::from(folder)]));
    files.take_in(changed, intake, tense, |_, _| true).await.unwrap()
}

pub async fn totals(store: &Store) -> Totals {
    store.totals(LATER).await.unwrap()
}

pub async fn agents(store: &Store) -> Vec<Agent> {
    let query = AgentQuery { sort: Some("name".into()), limit: Some(200), ..AgentQuery::default() };
    store.agents(&query).await.unwrap().items
}

pub async fn records(store: &Store) -> Vec<UsageRecord> {
    store.usage(&UsageQuery { limit: Some(200), ..UsageQuery::default() }).await.unwrap().items
}

/// Every figure that is kept equals the walk over all rows.
pub async fn adds_up_in_sum(store: &Store) {
    for check in store.examine().await {
        assert!(check.ok, "{}: {}", check.name, check.message);
    }
}

/// The same, and every agent's and task's figures are the sums of their records.
pub async fn adds_up(store: &Store) {
    adds_up_in_sum(store).await;
    let all = records(store).await;
    assert!(!all.iter().any(is_emptied), "what stands for nothing is no record");
    for agent in agents(store).await {
        let own: Vec<_> = all.iter().filter(|record| record.agent_id == agent.id).collect();
        let tokens: u64 = own.iter().map(|record| record.tokens.total()).sum();
        let cost = own.iter().map(|record| record.cost_usd).sum();
        let counted = (agent.requests, agent.total_tokens, agent.cost_usd);
        assert_eq!(counted, (own.len() as u64, tokens, cost), "{}", agent.name);
        assert_eq!(agent.cost_basis, own.iter().map(|record| record.cost_basis).max(), "{}", agent.name);
        if let Some(task) = agent.task_id {
            let task = store.task(task).await.unwrap().expect("its task");
            let of_task = all.iter().filter(|record| record.task_id == Some(task.id));
            assert_eq!(task.cost_usd, of_task.map(|record| record.cost_usd).sum(), "{}", task.title);
        }
    }
}
