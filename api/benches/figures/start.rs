//! From the start of the process to ready with a million events stored, and the first list after that.

use super::{Bar, Outcome, list, load, median, rows, server::Server};
use quarterdeck::store::{Batch, Location, Store, WriterRules};
use serde_json::json;
use std::{path::Path, time::Instant};
use tokio::runtime::Runtime;

const EVENTS: u64 = 1_000_000;
const STARTS: usize = 5;

pub fn measure(runtime: &Runtime) -> Vec<Outcome> {
    let folder = tempfile::tempdir().unwrap();
    runtime.block_on(fill(folder.path()));
    let (mut starts, mut lists) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = Server::start(folder.path());
        starts.push(server.started.as_secs_f64() * 1_000.0);
        lists.push(runtime.block_on(first_list(&server)));
    }
    vec![
        Outcome {
            figure: "start_to_ready",
            value: median(&mut starts),
            unit: "ms",
            bar: Bar::AtMost(100.0),
            detail: json!({"events": EVENTS, "starts": STARTS}),
        },
        Outcome {
            figure: "first_list",
            value: median(&mut lists),
            unit: "ms",
            bar: Bar::AtMost(50.0),
            detail: json!({"agents": 1_000, "starts": STARTS}),
        },
    ]
}

async fn fill(data_dir: &Path) {
    list::fill(data_dir, 1_000).await;
    let store = Store::open(&Location::of(data_dir, None).unwrap(), WriterRules::default()).await.unwrap();
    for first in (0..EVENTS).step_by(1_000) {
        let batch = (first..first + 1_000).fold(Batch::new(), |batch, number| {
            batch.event(rows::activity(number, "I read the tide table and change one line."))
        });
        store.commit(batch).await.unwrap();
    }
    store.close().await;
}

async fn first_list(server: &Server) -> f64 {
    let request = load::get(&server.address, "/api/v1/agents?limit=50", &server.key);
    let asked = Instant::now();
    let mut connection = load::Connection::open(&server.address).await;
    assert_eq!(connection.ask(&request).await.0, 200);
    asked.elapsed().as_secs_f64() * 1_000.0
}
