//! Replay over HTTP: how a task or a session stood at a moment.

use super::{
    answer::{Answer, Reply},
    ask::{Ask, Id},
    pool::Db,
};
use crate::{error::ApiError, fleet::clock::Clock, replay};
use quarterdeck_shared::{
    AgentId, TaskId,
    endpoints::{ReplayAgent, ReplayTask},
};
use rocket::{Route, get, routes};
use rocket_db_pools::Connection;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![task, agent]
}

#[get("/tasks/<id>/replay")]
async fn task(ask: Ask<ReplayTask>, id: Id<TaskId>, db: Connection<Db>) -> Reply<ReplayTask> {
    let stood = replay::of_task(&db, id.0, &ask.query, Clock::system().now()).await?;
    Answer::of(&stood.ok_or_else(|| ApiError::not_found(&format!("task {}", id.0)))?)
}

#[get("/agents/<id>/replay")]
async fn agent(ask: Ask<ReplayAgent>, id: Id<AgentId>, db: Connection<Db>) -> Reply<ReplayAgent> {
    let stood = replay::of_agent(&db, id.0, &ask.query, Clock::system().now()).await?;
    Answer::of(&stood.ok_or_else(|| ApiError::not_found(&format!("agent {}", id.0)))?)
}
