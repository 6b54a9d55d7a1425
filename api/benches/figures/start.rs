//! From the start of the process to ready with a million events stored, and the first list after that.

use super::{folder, load::Connection, median, rounded, say, seed, server::Server};
use serde_json::json;
use std::time::Instant;
use tokio::runtime::Runtime;

const EVENTS: u64 = 1_000_000;
const AGENTS: u64 = 1_000;
const STARTS: usize = 7;

pub fn measure(runtime: &Runtime) {
    let folder = folder();
    runtime.block_on(async {
        seed::agents(folder.path(), AGENTS).await;
        seed::events(folder.path(), EVENTS).await;
        let (mut starts, mut lists) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            let server = Server::start(folder.path(), &[]);
            let said = Instant::now();
            let mut connection = Connection::open(&server.address).await;
            assert_eq!(connection.ask(&server.get("/ready")).await.0, 200);
            starts.push(rounded((server.started + said.elapsed()).as_secs_f64() * 1_000.0));
            lists.push(rounded(connection.timed(&server.agents("limit=50")).await.0));
        }
        say("start_to_ready", median(&mut starts), json!({"events": EVENTS, "starts_ms": starts}));
        say("first_list", median(&mut lists), json!({"agents": AGENTS, "lists_ms": lists}));
    });
}
