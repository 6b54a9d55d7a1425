//! Tasks over HTTP.

use super::{
    answer::{Answer, Encoded, Reply},
    ask::{Ask, Id},
    body::{Body, Empty},
    cache::Cache,
    once::Once,
    pool::Db,
};
use crate::{error::ApiError, fleet::Fleet, store::Noun};
use quarterdeck_shared::{
    TaskId,
    endpoints::{CreateTask, DeleteTask, EstimateTask, GetTask, ListTasks},
    tasks::{NewEstimate, NewTask},
};
use rocket::{Route, State, delete, get, post, routes};
use rocket_db_pools::Connection;
use std::sync::Arc;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list, create, estimate, one, retire]
}

#[get("/tasks")]
async fn list(ask: Ask<ListTasks>, db: Connection<Db>, cache: &State<Cache>) -> Reply<ListTasks> {
    cache.list(&ask, || db.version(Noun::Tasks), || async { Ok(db.tasks(&ask.query).await?) }).await
}

#[post("/tasks", data = "<new>")]
async fn create(
    ask: Ask<CreateTask>,
    new: Body<NewTask>,
    fleet: &State<Fleet>,
    once: &State<Once>,
) -> Reply<CreateTask> {
    let work = async { Answer::of(&fleet.submit(new.0.clone()).await?) };
    once.only(fleet.store(), &ask, &new.0, work).await
}

#[post("/tasks/estimate", data = "<new>")]
async fn estimate(
    _ask: Ask<EstimateTask>,
    new: Body<NewEstimate>,
    fleet: &State<Fleet>,
) -> Reply<EstimateTask> {
    Answer::of(&fleet.estimate(new.0).await?)
}

#[get("/tasks/<id>")]
async fn one(_ask: Ask<GetTask>, id: Id<TaskId>, db: Connection<Db>) -> Reply<GetTask> {
    let task = db.task(id.0).await?;
    Answer::of(&task.ok_or_else(|| ApiError::not_found(format_args!("task {}", id.0)))?)
}

#[delete("/tasks/<id>", data = "<_empty>")]
async fn retire(
    _ask: Ask<DeleteTask>,
    id: Id<TaskId>,
    _empty: Empty,
    fleet: &State<Fleet>,
) -> Reply<DeleteTask> {
    match fleet.delete_task(id.0).await? {
        Some(task) => Ok(Answer::encoded(Arc::new(Encoded::of(&task)?)).with_status(200)),
        None => Ok(Answer::nothing()),
    }
}
