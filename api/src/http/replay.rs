//! Replay over HTTP: how a task or a session stood at a moment.

use super::{
    answer::{Answer, Reply},
    ask::Ask,
    pool::Db,
};
use crate::{error::ApiError, fleet::clock::Clock, replay};
use quarterdeck_shared::endpoints::GetReplay;
use rocket::{Route, get, routes};
use rocket_db_pools::Connection;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![stood]
}

#[get("/replay")]
async fn stood(ask: Ask<GetReplay>, db: Connection<Db>) -> Reply<GetReplay> {
    let stood = replay::stood(&db, &ask.query, Clock::system().now()).await?;
    Answer::of(&stood.ok_or_else(|| ApiError::not_found("such task or agent"))?)
}
