//! Telemetry: log records of requests, each answered when it is durable, over several connections at once.

use super::{
    folder,
    load::{Connection, post},
    median, rounded, say,
    server::Server,
};
use serde_json::json;
use std::time::Instant;
use tokio::{runtime::Runtime, task::JoinSet};

const ROUNDS: usize = 3;
const CONNECTIONS: usize = 8;
const BATCHES: usize = 10;
/// As many records as an exporter sends at a time.
const RECORDS: usize = 512;

pub fn measure(runtime: &Runtime) {
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let folder = folder();
        let server = Server::start(folder.path(), &[]);
        rates.push(runtime.block_on(send(&server)));
    }
    let detail = json!({"connections": CONNECTIONS, "records_a_batch": RECORDS, "rounds": ROUNDS});
    say("otlp_log_records", rounded(median(&mut rates)), detail);
}

async fn send(server: &Server) -> f64 {
    let bodies: Vec<Vec<Vec<u8>>> = (0..CONNECTIONS)
        .map(|session| {
            let batch = |batch| post(&server.address, "/v1/logs", &server.key, &body(session, batch));
            (0..BATCHES).map(batch).collect()
        })
        .collect();
    let began = Instant::now();
    let mut exporters = JoinSet::new();
    for batches in bodies {
        let address = server.address.clone();
        exporters.spawn(async move {
            let mut connection = Connection::open(&address).await;
            for batch in batches {
                let (status, answer) = connection.ask(&batch).await;
                assert_eq!((status, answer), (200, b"{}".as_slice()));
            }
        });
    }
    while let Some(ended) = exporters.join_next().await {
        ended.unwrap();
    }
    (CONNECTIONS * BATCHES * RECORDS) as f64 / began.elapsed().as_secs_f64()
}

/// A batch of a session's requests, no two the same.
fn body(session: usize, batch: usize) -> String {
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let whole = |key: &str, value: usize| json!({"key": key, "value": {"intValue": value}});
    let record = |number: usize| {
        let place = batch * RECORDS + number;
        let nanos = 1_795_351_875_000_000_000 + place as u64 * 1_000_000;
        json!({"timeUnixNano": nanos.to_string(), "body": {"stringValue": "claude_code.api_request"}, "attributes": [
            text("session.id", &format!("session-{session}")), text("event.name", "api_request"),
            whole("event.sequence", place), text("model", "claude-opus-5-5"), whole("input_tokens", 28),
            whole("output_tokens", number + 1), whole("cache_read_tokens", 17_743), whole("cache_creation_tokens", 106),
            {"key": "cost_usd", "value": {"doubleValue": 0.011}}, text("duration_ms", "93"),
            text("request_id", &format!("req_{session}_{place}")), text("speed", "normal"), text("query_source", "sdk")]})
    };
    let records: Vec<_> = (0..RECORDS).map(record).collect();
    json!({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}).to_string()
}
