//! Durable events: 64 writers, each waiting for its acknowledgement, beside bare inserts in groups of 64.

use super::{PAIRS, folder, fsync_ms, median, rounded, rows, say, seed};
use quarterdeck::store::Batch;
use serde_json::json;
use sqlx::{
    ConnectOptions as _, Connection as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{path::Path, time::Instant};
use tokio::{runtime::Runtime, task::JoinSet};
use uuid::Uuid;

const WRITERS: u64 = 64;
const EACH: u64 = 500;
const TEXT: &str = "I read the tide table and change one line.";

pub fn measure(runtime: &Runtime) {
    let (mut ours, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let folder = folder();
    for pair in 0..PAIRS {
        let durable = runtime.block_on(durable(&folder.path().join(format!("ours-{pair}"))));
        let inserts = runtime.block_on(inserts(&folder.path().join(format!("bare-{pair}.db"))));
        ratios.push(rounded(durable / inserts));
        ours.push(durable.round());
        bare.push(inserts);
    }
    let detail = json!({
        "writers": WRITERS, "events": WRITERS * EACH, "pairs": PAIRS, "fsync_p50_ms": fsync_ms(folder.path(), 0.5),
        "bare_per_second": median(&mut bare).round(), "each_per_second": ours, "ratios": ratios,
    });
    say("durable_events", median(&mut ours), detail.clone());
    say("durable_events_beside_inserts", median(&mut ratios), detail);
}

async fn durable(data_dir: &Path) -> f64 {
    let store = seed::open(data_dir).await;
    let began = Instant::now();
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        writers.spawn(async move {
            for number in 0..EACH {
                let draft = rows::activity(writer * EACH + number, TEXT);
                store.commit(Batch::new().event(draft)).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    let took = began.elapsed().as_secs_f64();
    store.close().await;
    (WRITERS * EACH) as f64 / took
}

/// The same rows by hand, made beforehand: one statement a row, 64 rows a transaction, as durable.
async fn inserts(file: &Path) -> f64 {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await.unwrap();
    let table = "CREATE TABLE events (seq INTEGER PRIMARY KEY, at INTEGER, kind TEXT, agent_id BLOB, task_id BLOB, json TEXT)";
    sqlx::query(table).execute(&mut connection).await.unwrap();
    let rows: Vec<_> = (1..=WRITERS * EACH).map(row).collect();
    let began = Instant::now();
    for group in rows.chunks(WRITERS as usize) {
        let mut transaction = connection.begin().await.unwrap();
        for (seq, at, kind, agent, task, json) in group {
            let insert =
                sqlx::query("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)").bind(seq).bind(at).bind(*kind);
            let insert = insert.bind(&agent[..]).bind(task.as_ref().map(|id| &id[..])).bind(json);
            insert.execute(&mut *transaction).await.unwrap();
        }
        transaction.commit().await.unwrap();
    }
    (WRITERS * EACH) as f64 / began.elapsed().as_secs_f64()
}

type Row = (i64, i64, &'static str, Vec<u8>, Option<Vec<u8>>, String);

fn row(number: u64) -> Row {
    let draft = rows::activity(number, TEXT);
    let (agent, task) = (draft.agent_id.map(|id| id.0), draft.task_id.map(|id| id.0));
    let bytes = |id: Uuid| id.as_bytes().to_vec();
    let json = json!({
        "seq": number, "at": "2026-11-22T00:00:00.000000Z", "agent_id": agent, "task_id": task,
        "type": draft.payload.kind(), "data": draft.payload,
    });
    let (seq, kind) = (number as i64, draft.payload.kind());
    (seq, seq, kind, agent.map(bytes).unwrap(), task.map(bytes), json.to_string())
}
