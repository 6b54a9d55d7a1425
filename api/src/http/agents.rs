//! Agents over HTTP.

use super::{
    answer::{Answer, Reply},
    ask::{Ask, Id},
    body::{Body, Empty},
    cache::Cache,
    once::Once,
    pool::Db,
};
use crate::{error::ApiError, fleet::Fleet, store::Noun};
use quarterdeck_shared::{
    AgentId,
    agents::{NewAgent, NewCleanup, NewPrompt},
    endpoints::{CancelAgent, CleanUpAgents, CreateAgent, DeleteAgent, GetAgent, ListAgents, PromptAgent},
};
use rocket::{Route, State, delete, get, post, routes};
use rocket_db_pools::Connection;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list, create, clean_up, one, retire, prompt, cancel]
}

#[get("/agents")]
async fn list(ask: Ask<ListAgents>, db: Connection<Db>, cache: &State<Cache>) -> Reply<ListAgents> {
    cache.list(&ask, || db.version(Noun::Agents), || async { Ok(db.agents(&ask.query).await?) }).await
}

#[post("/agents", data = "<new>")]
async fn create(
    ask: Ask<CreateAgent>,
    new: Body<NewAgent>,
    fleet: &State<Fleet>,
    once: &State<Once>,
) -> Reply<CreateAgent> {
    let work = async { Answer::of(&fleet.create(new.0.clone()).await?) };
    once.only(fleet.store(), &ask, &new.0, work).await
}

#[post("/agents/cleanup", data = "<new>")]
async fn clean_up(
    ask: Ask<CleanUpAgents>,
    new: Body<NewCleanup>,
    fleet: &State<Fleet>,
    once: &State<Once>,
) -> Reply<CleanUpAgents> {
    let work = async { Answer::of(&fleet.clean_up(&new.0).await?) };
    once.only(fleet.store(), &ask, &new.0, work).await
}

#[get("/agents/<id>")]
async fn one(_ask: Ask<GetAgent>, id: Id<AgentId>, db: Connection<Db>) -> Reply<GetAgent> {
    let agent = db.agent(id.0).await?;
    Answer::of(&agent.ok_or_else(|| ApiError::not_found(format_args!("agent {}", id.0)))?)
}

#[delete("/agents/<id>", data = "<_empty>")]
async fn retire(
    _ask: Ask<DeleteAgent>,
    id: Id<AgentId>,
    _empty: Empty,
    fleet: &State<Fleet>,
) -> Reply<DeleteAgent> {
    fleet.delete(id.0).await?;
    Ok(Answer::nothing())
}

#[post("/agents/<id>/prompt", data = "<new>")]
async fn prompt(
    ask: Ask<PromptAgent>,
    id: Id<AgentId>,
    new: Body<NewPrompt>,
    fleet: &State<Fleet>,
    once: &State<Once>,
) -> Reply<PromptAgent> {
    let work = async { Answer::of(&fleet.prompt(id.0, new.0.clone()).await?) };
    once.only(fleet.store(), &ask, &new.0, work).await
}

#[post("/agents/<id>/cancel", data = "<_empty>")]
async fn cancel(
    ask: Ask<CancelAgent>,
    id: Id<AgentId>,
    _empty: Empty,
    fleet: &State<Fleet>,
    once: &State<Once>,
) -> Reply<CancelAgent> {
    let work = async { Answer::of(&fleet.cancel(id.0).await?) };
    once.only(fleet.store(), &ask, &(), work).await
}
