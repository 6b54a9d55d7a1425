//! A bare Rocket that serialises one page of agents each time it is asked: a process of its own, like the server.

use quarterdeck_shared::{Page, agents::Agent};
use rocket::{State, fairing::AdHoc, get, routes, serde::json::Json};
use std::path::Path;

/// What makes this program one.
pub const WORD: &str = "bare-rocket";

#[get("/agents")]
fn agents(page: &State<Page<Agent>>) -> Json<&Page<Agent>> {
    Json(page.inner())
}

/// Serves the page in this file until it is killed; says its port once it is there.
pub async fn serve(page: &Path) {
    let page: Page<Agent> = serde_json::from_slice(&std::fs::read(page).unwrap()).unwrap();
    let config = rocket::Config {
        port: 0,
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::release_default()
    };
    let ready = AdHoc::on_liftoff("ready", |rocket| {
        Box::pin(async move { println!("http://127.0.0.1:{}/", rocket.config().port) })
    });
    rocket::custom(config).manage(page).mount("/", routes![agents]).attach(ready).launch().await.unwrap();
}
