//! The list of agents under load and change, beside a bare Rocket that serialises the same fifty.

use super::{Bar, Outcome, load, median, quantile, rows, server::Server};
use quarterdeck::store::{Batch, Location, Row, Store, WriterRules};
use quarterdeck_shared::{Page, agents::Agent};
use rocket::{State, get, routes, serde::json::Json};
use serde_json::json;
use std::{
    path::Path,
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::runtime::Runtime;

const CONNECTIONS: usize = 100;
const ROUND: Duration = Duration::from_secs(3);
const PAIRS: usize = 5;

/// Fills a data folder with agents before a server takes it.
pub async fn fill(data_dir: &Path, agents: u64) {
    let store = Store::open(&Location::of(data_dir, None).unwrap(), WriterRules::default()).await.unwrap();
    for first in (0..agents).step_by(500) {
        let batch = (first..(first + 500).min(agents))
            .fold(Batch::new(), |batch, number| batch.row(Row::Agent(Box::new(rows::agent(number)))));
        store.commit(batch).await.unwrap();
    }
    store.close().await;
}

#[get("/agents")]
fn bare(page: &State<Page<Agent>>) -> Json<&Page<Agent>> {
    Json(page.inner())
}

pub fn measure(runtime: &Runtime) -> Vec<Outcome> {
    let (small, large) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    runtime.block_on(async {
        fill(small.path(), 1_000).await;
        fill(large.path(), 100_000).await;
    });
    vec![runtime.block_on(against_bare(small.path())), runtime.block_on(depth(small.path(), large.path()))]
}

async fn against_bare(data_dir: &Path) -> Outcome {
    let server = Server::start(data_dir);
    let request = load::get(&server.address, "/api/v1/agents?limit=50", &server.key);
    let body = load::Connection::open(&server.address).await.ask(&request).await.1.to_vec();
    let page: Page<Agent> = serde_json::from_slice(&body).unwrap();

    let config = rocket::Config {
        port: 0,
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::release_default()
    };
    let bare = rocket::custom(config).manage(page).mount("/", routes![bare]);
    let (told, address) = tokio::sync::oneshot::channel();
    let told = std::sync::Mutex::new(Some(told));
    let bare = bare.attach(rocket::fairing::AdHoc::on_liftoff("address", move |rocket| {
        let port = rocket.config().port;
        if let Some(told) = told.lock().unwrap().take() {
            told.send(port).unwrap();
        }
        Box::pin(async {})
    }));
    let bare = bare.ignite().await.unwrap();
    let shutdown = bare.shutdown();
    let served = tokio::spawn(bare.launch());
    let bare_address = format!("127.0.0.1:{}", address.await.unwrap());
    let bare_request = load::get(&bare_address, "/agents", "none");

    let (mut ratios, mut ours, mut theirs, mut p95) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        let changing = change(&server);
        let mut answers = load::hammer(&server.address, &request, CONNECTIONS, ROUND).await;
        changing.stop().await;
        let bare = load::hammer(&bare_address, &bare_request, CONNECTIONS, ROUND).await;
        ratios.push(answers.per_second() / bare.per_second());
        ours.push(answers.per_second());
        theirs.push(bare.per_second());
        p95.push(quantile(&mut answers.took_ms, 0.95));
    }
    shutdown.notify();
    let _ = served.await;
    Outcome {
        figure: "list_of_agents",
        value: median(&mut ratios),
        unit: "of a bare Rocket",
        bar: Bar::AtLeast(0.6),
        detail: json!({
            "agents": 1_000, "connections": CONNECTIONS, "pairs": PAIRS, "changes_per_second": 100,
            "per_second": median(&mut ours).round(), "bare_per_second": median(&mut theirs).round(), "p95_ms": median(&mut p95),
        }),
    }
}

/// A hundred new agents a second until stopped.
struct Changing {
    on: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<()>,
}

impl Changing {
    async fn stop(self) {
        self.on.store(false, Ordering::Relaxed);
        self.task.await.unwrap();
    }
}

fn change(server: &Server) -> Changing {
    let on = Arc::new(AtomicBool::new(true));
    let (going, address) = (Arc::clone(&on), server.address.clone());
    let request =
        load::post(&address, "/api/v1/agents", &server.key, r#"{"role":"BUILDER","runtime":"replay"}"#);
    let task = tokio::spawn(async move {
        let mut connection = load::Connection::open(&address).await;
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        while going.load(Ordering::Relaxed) {
            tick.tick().await;
            assert_eq!(connection.ask(&request).await.0, 201);
        }
    });
    Changing { on, task }
}

/// The p95 of single requests at 100,000 agents beside that at 1,000, for filters, orders and a deep page.
async fn depth(small: &Path, large: &Path) -> Outcome {
    let (small, large) = (Server::start(small), Server::start(large));
    let mut worst: f64 = 0.0;
    let mut detail = serde_json::Map::new();
    for query in
        ["limit=50", "limit=50&status=running&sort=-cost", "limit=50&sort=-tokens", "limit=50&q=Agent+7"]
    {
        let ratio = beside(&small, &large, query, query).await;
        worst = worst.max(ratio);
        detail.insert(query.to_owned(), json!(ratio));
    }
    let deep_large = page_number(&large, 1_000).await;
    let deep_small = page_number(&small, 10).await;
    let ratio = beside(&small, &large, &deep_small, &deep_large).await;
    detail.insert("the thousandth page beside the tenth".to_owned(), json!(ratio));
    Outcome {
        figure: "list_of_100000_agents",
        value: worst.max(ratio),
        unit: "of the p95 at 1,000",
        bar: Bar::AtMost(1.5),
        detail: detail.into(),
    }
}

async fn beside(small: &Server, large: &Server, small_query: &str, large_query: &str) -> f64 {
    let mut ratios = Vec::new();
    for _ in 0..PAIRS {
        let small = p95(small, small_query).await;
        ratios.push(p95(large, large_query).await / small);
    }
    median(&mut ratios)
}

/// One after the other, each with another `limit`, so that no answer is a kept one.
async fn p95(server: &Server, query: &str) -> f64 {
    let mut connection = load::Connection::open(&server.address).await;
    let change = load::post(
        &server.address,
        "/api/v1/agents",
        &server.key,
        r#"{"role":"BUILDER","runtime":"replay"}"#,
    );
    let request = load::get(&server.address, &format!("/api/v1/agents?{query}"), &server.key);
    let mut took_ms = Vec::new();
    for _ in 0..100 {
        connection.ask(&change).await;
        let asked = std::time::Instant::now();
        let (status, _) = connection.ask(&request).await;
        assert_eq!(status, 200);
        took_ms.push(asked.elapsed().as_secs_f64() * 1_000.0);
    }
    quantile(&mut took_ms, 0.95)
}

/// The query of the n-th page of fifty.
async fn page_number(server: &Server, number: usize) -> String {
    let mut connection = load::Connection::open(&server.address).await;
    let mut query = "limit=50&sort=-cost".to_owned();
    for _ in 1..number {
        let request = load::get(&server.address, &format!("/api/v1/agents?{query}"), &server.key);
        let page: serde_json::Value = serde_json::from_slice(connection.ask(&request).await.1).unwrap();
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("limit=50&sort=-cost&cursor={cursor}");
    }
    query
}
