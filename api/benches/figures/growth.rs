//! How the list's p95 grows from a thousand agents to a hundred thousand: the first page, a filter with an order, and
//! the thousandth page; under load while agents change, and one by one, each answer made anew.

use super::{
    PAIRS,
    changes::{Changer, Changing},
    folder,
    list::CONNECTIONS,
    load,
    load::Connection,
    median, quantile, rounded, say, seed,
    server::Server,
};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::runtime::Runtime;

const ROUND: Duration = Duration::from_secs(1);
/// Single questions are quick, and a shared machine disturbs a few of them: more pairs, to agree on the others.
const SINGLE_PAIRS: usize = 15;
const ONE_BY_ONE: usize = 100;
/// Agents at work, on both servers.
const RUNNING: u64 = 100;

pub fn measure(runtime: &Runtime) {
    let (small, large) = (folder(), folder());
    runtime.block_on(async {
        seed::agents(small.path(), 1_000).await;
        seed::agents(large.path(), 100_000).await;
        let more = ["--max-agents", "200", "--replay-speed", "0.0001"];
        let (small, large) = (Server::start(small.path(), &more), Server::start(large.path(), &more));
        set_to_work(&small).await;
        set_to_work(&large).await;

        grows("list_growth_first_page", &small, &large, &[("limit=50", "limit=50")]).await;
        let (running, completed) =
            ("limit=50&status=running&sort=-cost", "limit=50&status=completed&sort=-cost");
        let queries = [(running, running), (completed, completed)];
        grows("list_growth_running_by_cost", &small, &large, &queries).await;
        let (tenth, thousandth) = (page(&small, 10).await, page(&large, 1_000).await);
        grows("list_growth_thousandth_page", &small, &large, &[(&tenth, &thousandth)]).await;
    });
}

/// Agents that are at work for as long as anybody looks: a replay with days between its lines.
async fn set_to_work(server: &Server) {
    let mut connection = Connection::open(&server.address).await;
    let new = server.new_agent(r#"{"role":"BUILDER","runtime":"replay","prompt":"mend the tide table"}"#);
    for _ in 0..RUNNING {
        assert_eq!(connection.ask(&new).await.0, 201);
    }
    let running = server.agents("limit=1&status=running");
    while serde_json::from_slice::<Value>(connection.ask(&running).await.1).unwrap()["total"] != RUNNING {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Says the worst of the ratios of some queries, each one to the small server and its like to the large one.
async fn grows(figure: &str, small: &Server, large: &Server, queries: &[(&str, &str)]) {
    let mut worst: f64 = 0.0;
    let mut detail = Vec::new();
    for (asked_small, asked_large) in queries {
        let (mut loaded, mut single) = (Vec::new(), Vec::new());
        for _ in 0..PAIRS {
            loaded.push((under_load(small, asked_small).await, under_load(large, asked_large).await));
        }
        for _ in 0..SINGLE_PAIRS {
            single.push(one_by_one([(small, *asked_small), (large, *asked_large)]).await);
        }
        let query = asked_large.split("&cursor=").next();
        for (way, p95s) in [("under load", loaded), ("one by one", single)] {
            let of = |pick: fn(&(f64, f64)) -> f64| median(&mut p95s.iter().map(pick).collect::<Vec<_>>());
            let ratio = of(|(small, large)| large / small);
            worst = worst.max(ratio);
            let (small, large) = (rounded(of(|(small, _)| *small)), rounded(of(|(_, large)| *large)));
            detail.push(json!({
                "query": query, "asked": way, "ratio": rounded(ratio), "p95_ms_of_1000": small, "p95_ms_of_100000": large,
            }));
        }
    }
    say(
        figure,
        worst,
        json!({
            "pairs_under_load": PAIRS, "pairs_one_by_one": SINGLE_PAIRS, "connections_under_load": CONNECTIONS, "each": detail,
        }),
    );
}

async fn under_load(server: &Server, query: &str) -> f64 {
    let changing = Changing::begin(server).await;
    let mut answers = load::hammer(&server.address, &server.agents(query), CONNECTIONS, ROUND).await;
    changing.stop().await;
    quantile(&mut answers.took_ms, 0.95)
}

/// Both servers in turn, with a change before each question, so that no answer is a kept one.
async fn one_by_one(asked: [(&Server, &str); 2]) -> (f64, f64) {
    let mut askers = Vec::new();
    for (server, query) in asked {
        let (changer, connection) = (Changer::of(server).await, Connection::open(&server.address).await);
        askers.push((changer, connection, server.agents(query), Vec::new()));
    }
    for _ in 0..ONE_BY_ONE {
        for (changer, connection, request, took_ms) in &mut askers {
            changer.change().await;
            took_ms.push(connection.timed(request).await.0);
        }
    }
    let [small, large] = [0, 1].map(|index| quantile(&mut askers[index].3, 0.95));
    (small, large)
}

/// The query of the n-th page of fifty.
async fn page(server: &Server, number: usize) -> String {
    let mut connection = Connection::open(&server.address).await;
    let mut query = "limit=50&sort=-cost".to_owned();
    for _ in 1..number {
        let page: Value = serde_json::from_slice(connection.ask(&server.agents(&query)).await.1).unwrap();
        let cursor = page["next_cursor"].as_str().expect("there are more pages");
        query = format!("limit=50&sort=-cost&cursor={cursor}");
    }
    query
}
