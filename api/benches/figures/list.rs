//! The list of agents under load and change, beside a bare Rocket that serialises the same fifty.

use super::{
    PAIRS,
    changes::{Changing, outdated},
    folder, load, median, quantile, rounded, say, seed,
    server::Server,
};
use serde_json::json;
use std::{path::Path, time::Duration};
use tokio::runtime::Runtime;

pub const CONNECTIONS: usize = 100;
pub const ROUND: Duration = Duration::from_secs(3);
const AGENTS: u64 = 1_000;

pub fn measure(runtime: &Runtime) {
    let folder = folder();
    runtime.block_on(async {
        seed::agents(folder.path(), AGENTS).await;
        beside_bare(folder.path()).await;
    });
}

async fn beside_bare(data_dir: &Path) {
    let server = Server::start(data_dir, &[]);
    let request = server.agents("limit=50");
    let page = data_dir.join("page.json");
    std::fs::write(&page, load::Connection::open(&server.address).await.ask(&request).await.1).unwrap();
    let bare = Server::bare(&page);
    let bare_request = bare.get("/agents");

    let (mut ratios, mut ours, mut theirs, mut p95) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut changes, mut replies) = (Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        let changing = Changing::begin(&server).await;
        let mut answers = load::hammer(&server.address, &request, CONNECTIONS, ROUND).await;
        let (per_second, outcome) = changing.stop().await;
        changes.push(per_second);
        replies.extend(outcome);
        let bare = load::hammer(&bare.address, &bare_request, CONNECTIONS, ROUND).await;
        ratios.push(answers.per_second() / bare.per_second());
        ours.push(answers.per_second());
        theirs.push(bare.per_second());
        p95.push(quantile(&mut answers.took_ms, 0.95));
    }
    let detail = json!({
        "agents": AGENTS, "connections": CONNECTIONS, "pairs": PAIRS, "changes_per_second": median(&mut changes).round(),
        "per_second": median(&mut ours).round(), "bare_per_second": median(&mut theirs).round(),
        "p95_ms": rounded(median(&mut p95)), "ratios": ratios.iter().map(|ratio| rounded(*ratio)).collect::<Vec<_>>(),
    });
    say("list_throughput", median(&mut ratios), detail);
    let outdated = outdated(data_dir, &replies).await;
    say("list_older_than_its_seq", outdated as f64, json!({"replies_after_a_change": replies.len()}));
}
