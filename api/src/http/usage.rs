//! Usage over HTTP: the records themselves and their sums over time.

use super::{
    access::Access,
    answer::{Answer, Reply},
    ask::Ask,
    cache::Cache,
    pool::Db,
};
use crate::store::Noun;
use quarterdeck_shared::endpoints::{GetUsageSeries, ListUsage};
use rocket::{Route, State, get, routes};
use rocket_db_pools::Connection;
use std::sync::Arc;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list, series]
}

#[get("/usage")]
async fn list(ask: Ask<ListUsage>, db: Connection<Db>, cache: &State<Cache>) -> Reply<ListUsage> {
    cache.list(&ask, || db.version(Noun::Usage), || async { Ok(db.usage(&ask.query).await?) }).await
}

#[get("/usage/series")]
async fn series(
    ask: Ask<GetUsageSeries>,
    db: Connection<Db>,
    access: &State<Arc<Access>>,
) -> Reply<GetUsageSeries> {
    Answer::of(&db.series(&ask.query, access.now()).await?)
}
