//! Sources over HTTP: where work comes from that was not started here, and the jobs that follow it.

use super::{
    answer::{Answer, Reply},
    ask::Ask,
    pool::Db,
};
use crate::{jobs::Jobs, sources::Sources};
use quarterdeck_shared::{Page, Total, endpoints::ListSources};
use rocket::{Route, State, get, routes};
use rocket_db_pools::Connection;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list]
}

#[get("/sources")]
async fn list(
    _ask: Ask<ListSources>,
    db: Connection<Db>,
    sources: &State<Sources>,
    jobs: &State<Jobs>,
) -> Reply<ListSources> {
    let items: Vec<_> = sources.states().into_iter().chain(jobs.states()).collect();
    let total = Total::Exact(items.len() as u64);
    Answer::of(&Page { items, total, next_cursor: None, seq: db.seq() })
}
