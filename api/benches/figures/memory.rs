//! Resident memory, thirty seconds after the list was under load.

use super::{Bar, Outcome, list, load, server::Server};
use serde_json::json;
use std::time::Duration;
use tokio::runtime::Runtime;

pub fn measure(runtime: &Runtime) -> Vec<Outcome> {
    [("memory_1000_agents", 1_000, 40.0), ("memory_100000_agents", 100_000, 120.0)]
        .into_iter()
        .map(|(figure, agents, bar)| runtime.block_on(after_load(figure, agents, bar)))
        .collect()
}

async fn after_load(figure: &'static str, agents: u64, bar: f64) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    list::fill(folder.path(), agents).await;
    let server = Server::start(folder.path());
    let request = load::get(&server.address, "/api/v1/agents?limit=50", &server.key);
    load::hammer(&server.address, &request, 100, Duration::from_secs(5)).await;
    let loaded = server.memory_mb();
    tokio::time::sleep(Duration::from_secs(30)).await;
    Outcome {
        figure,
        value: server.memory_mb(),
        unit: "MB",
        bar: Bar::AtMost(bar),
        detail: json!({"agents": agents, "right_after_load_mb": loaded}),
    }
}
