//! Metrics over HTTP: what agents did, by role, agent or task.

use super::{
    access::Access,
    answer::{Answer, Reply},
    ask::Ask,
    pool::Db,
};
use quarterdeck_shared::endpoints::ListMetrics;
use rocket::{Route, State, get, routes};
use rocket_db_pools::Connection;
use std::sync::Arc;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list]
}

#[get("/metrics")]
async fn list(ask: Ask<ListMetrics>, db: Connection<Db>, access: &State<Arc<Access>>) -> Reply<ListMetrics> {
    Answer::of(&db.metrics(&ask.query, access.now()).await?)
}
