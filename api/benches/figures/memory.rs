//! Resident memory, thirty seconds after the list was under load.

use super::{changes::Changing, folder, list, load, rounded, say, seed, server::Server};
use serde_json::json;
use std::time::Duration;
use tokio::runtime::Runtime;

const ROUNDS: u32 = 5;
const REST: Duration = Duration::from_secs(30);

pub fn measure(runtime: &Runtime) {
    runtime.block_on(after_load("memory_1000_agents", 1_000));
    runtime.block_on(after_load("memory_100000_agents", 100_000));
}

async fn after_load(figure: &str, agents: u64) {
    let folder = folder();
    seed::agents(folder.path(), agents).await;
    let server = Server::start(folder.path(), &[]);
    let before = server.memory_mb();
    let changing = Changing::begin(&server).await;
    load::hammer(&server.address, &server.agents("limit=50"), list::CONNECTIONS, list::ROUND * ROUNDS).await;
    changing.stop().await;
    let loaded = server.memory_mb();
    tokio::time::sleep(REST).await;
    let detail =
        json!({"agents": agents, "at_start_mb": rounded(before), "right_after_load_mb": rounded(loaded)});
    say(figure, server.memory_mb(), detail);
}
