//! Searching over HTTP: what was said and done in all sessions, found by its words.

use super::{
    answer::{Answer, Reply},
    ask::Ask,
    pool::Db,
};
use crate::search::find;
use quarterdeck_shared::endpoints::Search;
use rocket::{Route, get, routes};
use rocket_db_pools::Connection;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![search]
}

#[get("/search")]
async fn search(ask: Ask<Search>, db: Connection<Db>) -> Reply<Search> {
    Answer::of(&find(&db, &ask.query).await?)
}
