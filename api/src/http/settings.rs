//! Settings and status over HTTP.

use super::{
    access::Access,
    answer::{Answer, Reply},
    ask::Ask,
    health::Started,
    pool::Db,
};
use crate::{config::Config, fleet::Fleet};
use quarterdeck_shared::{
    endpoints::{GetSettings, GetStatus},
    settings::{Settings, Status},
};
use rocket::{Route, State, get, routes};
use rocket_db_pools::Connection;
use std::sync::Arc;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![status, settings]
}

#[get("/status")]
async fn status(
    _ask: Ask<GetStatus>,
    db: Connection<Db>,
    fleet: &State<Fleet>,
    access: &State<Arc<Access>>,
    started: &State<Started>,
) -> Reply<GetStatus> {
    Answer::of(&Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seq: db.seq(),
        uptime_seconds: started.seconds(),
        totals: db.totals(access.now()).await?,
        runtimes: fleet.runtimes().await,
    })
}

#[get("/settings")]
async fn settings(
    _ask: Ask<GetSettings>,
    db: Connection<Db>,
    fleet: &State<Fleet>,
    config: &State<Config>,
) -> Reply<GetSettings> {
    Answer::of(&Settings {
        settings: config.shown(),
        workspace_roots: config.workspace_roots.iter().map(|root| root.display().to_string()).collect(),
        recent_directories: db.recent_directories().await?,
        runtimes: fleet.runtimes().await,
        data_dir: config.data_dir.display().to_string(),
        database: db.database().to_owned(),
    })
}
