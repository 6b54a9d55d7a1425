//! Approvals over HTTP.

use super::{
    answer::{Answer, Reply},
    ask::{Ask, Id},
    body::Body,
    cache::Cache,
    once::Once,
    pool::Db,
};
use crate::{fleet::Fleet, store::Noun};
use quarterdeck_shared::{
    ApprovalId,
    approvals::NewAnswer,
    endpoints::{AnswerApproval, ListApprovals},
};
use rocket::{Route, State, get, post, routes};
use rocket_db_pools::Connection;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list, answer]
}

#[get("/approvals")]
async fn list(ask: Ask<ListApprovals>, db: Connection<Db>, cache: &State<Cache>) -> Reply<ListApprovals> {
    cache.list(&ask, || db.version(Noun::Approvals), || async { Ok(db.approvals(&ask.query).await?) }).await
}

#[post("/approvals/<id>", data = "<new>")]
async fn answer(
    ask: Ask<AnswerApproval>,
    id: Id<ApprovalId>,
    new: Body<NewAnswer>,
    fleet: &State<Fleet>,
    once: &State<Once>,
) -> Reply<AnswerApproval> {
    let work = async { Answer::of(&fleet.answer(id.0, new.0.clone()).await?) };
    once.only(fleet.store(), &ask, &new.0, work).await
}
