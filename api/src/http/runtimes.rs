//! Runtimes over HTTP.

use super::{
    answer::{Answer, Reply},
    ask::Ask,
};
use crate::fleet::Fleet;
use quarterdeck_shared::{Page, Total, endpoints::ListRuntimes};
use rocket::{Route, State, get, routes};

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list]
}

#[get("/runtimes")]
async fn list(_ask: Ask<ListRuntimes>, fleet: &State<Fleet>) -> Reply<ListRuntimes> {
    let items = fleet.runtimes().await;
    Answer::of(&Page {
        total: Total::Exact(items.len() as u64),
        items,
        next_cursor: None,
        seq: fleet.store().seq(),
    })
}
