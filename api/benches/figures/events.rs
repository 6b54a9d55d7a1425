//! Durable events: 64 writers, each waiting for its acknowledgement, beside bare inserts in groups of 64.

use super::{Bar, Outcome, median, rows};
use quarterdeck::store::{Batch, Location, Store, WriterRules};
use serde_json::json;
use sqlx::{
    ConnectOptions as _, Connection as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{path::Path, time::Instant};
use tokio::{runtime::Runtime, task::JoinSet};

const WRITERS: u64 = 64;
const EACH: u64 = 250;
const PAIRS: usize = 5;
const TEXT: &str = "I read the tide table and change one line.";

pub fn measure(runtime: &Runtime) -> Vec<Outcome> {
    let (mut ours, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let folder = tempfile::tempdir_in(".").unwrap();
    let fsync_ms = fsync_ms(folder.path());
    for pair in 0..PAIRS {
        let durable = runtime.block_on(durable(&folder.path().join(format!("ours-{pair}"))));
        let inserts = runtime.block_on(inserts(&folder.path().join(format!("bare-{pair}.db"))));
        ratios.push(durable / inserts);
        ours.push(durable);
        bare.push(inserts);
    }
    let detail = json!({"writers": WRITERS, "pairs": PAIRS, "bare_per_second": median(&mut bare).round(), "fsync_p50_ms": fsync_ms});
    vec![
        Outcome {
            figure: "durable_events",
            value: median(&mut ours),
            unit: "per second",
            bar: Bar::AtLeast(10_000.0),
            detail: detail.clone(),
        },
        Outcome {
            figure: "durable_events_beside_inserts",
            value: median(&mut ratios),
            unit: "of bare inserts",
            bar: Bar::AtLeast(0.5),
            detail,
        },
    ]
}

async fn durable(data_dir: &Path) -> f64 {
    std::fs::create_dir_all(data_dir).unwrap();
    let store = Store::open(&Location::of(data_dir, None).unwrap(), WriterRules::default()).await.unwrap();
    let began = Instant::now();
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        writers.spawn(async move {
            for number in 0..EACH {
                store.commit(Batch::new().event(rows::activity(writer * EACH + number, TEXT))).await.unwrap();
            }
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    let took = began.elapsed().as_secs_f64();
    store.close().await;
    (WRITERS * EACH) as f64 / took
}

/// The same rows by hand: one statement a row, 64 rows a transaction, as durable.
async fn inserts(file: &Path) -> f64 {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await.unwrap();
    sqlx::query("CREATE TABLE events (seq INTEGER PRIMARY KEY, at INTEGER, kind TEXT, agent_id TEXT, task_id TEXT, data TEXT)")
        .execute(&mut connection)
        .await
        .unwrap();
    let began = Instant::now();
    let mut seq = 0_i64;
    for _ in 0..EACH {
        let mut group = connection.begin().await.unwrap();
        for _ in 0..WRITERS {
            seq += 1;
            let draft = rows::activity(seq as u64, TEXT);
            let data = serde_json::to_string(&draft.payload).unwrap();
            sqlx::query("INSERT INTO events VALUES (?, ?, ?, ?, NULL, ?)")
                .bind(seq)
                .bind(seq)
                .bind(draft.payload.kind())
                .bind(draft.agent_id.map(|id| id.to_string()))
                .bind(data)
                .execute(&mut *group)
                .await
                .unwrap();
        }
        group.commit().await.unwrap();
    }
    (WRITERS * EACH) as f64 / began.elapsed().as_secs_f64()
}

/// What the disk takes to make a few bytes durable.
fn fsync_ms(folder: &Path) -> f64 {
    use std::io::Write as _;
    let mut file = std::fs::File::create(folder.join("fsync")).unwrap();
    let mut took: Vec<f64> = (0..50)
        .map(|_| {
            let began = Instant::now();
            file.write_all(&[7; 512]).unwrap();
            file.sync_data().unwrap();
            began.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    median(&mut took)
}
