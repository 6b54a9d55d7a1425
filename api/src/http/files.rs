//! Files over HTTP: what agents read and wrote, the history of a file across them, and what each modification did.

use super::{
    answer::{Answer, Reply},
    ask::{Ask, Id, Known, Queried},
    pool::Db,
};
use crate::{
    error::ApiError,
    files::{difference, patch},
};
use quarterdeck_shared::{
    AgentId,
    endpoints::{GetFileDiff, ListAgentFiles, ListFileChanges},
    files::DiffQuery,
};
use rocket::{Route, get, http::Header, response::Responder, routes};
use rocket_db_pools::Connection;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![of_agent, history, diff, download]
}

#[get("/agents/<id>/files")]
async fn of_agent(id: Id<AgentId>, ask: Ask<ListAgentFiles>, db: Connection<Db>) -> Reply<ListAgentFiles> {
    if db.agent(id.0).await?.is_none() {
        return Err(ApiError::not_found(format_args!("agent {}", id.0)));
    }
    Answer::of(&db.agent_files(id.0, &ask.query).await?)
}

#[get("/files")]
async fn history(ask: Ask<ListFileChanges>, db: Connection<Db>) -> Reply<ListFileChanges> {
    Answer::of(&db.file_history(&ask.query).await?)
}

#[get("/files/diff")]
async fn diff(ask: Ask<GetFileDiff>, db: Connection<Db>) -> Reply<GetFileDiff> {
    let id = ask.query.id.as_deref().unwrap_or_default();
    Answer::of(&difference(&db, id).await?.ok_or_else(|| unknown(id))?)
}

/// A patch to keep.
#[derive(Responder)]
#[response(content_type = "text/plain; charset=utf-8")]
struct Patch {
    text: String,
    name: Header<'static>,
}

#[get("/files/patch")]
async fn download(_known: Known, query: Queried<DiffQuery>, db: Connection<Db>) -> Result<Patch, ApiError> {
    let id = query.0.id.as_deref().unwrap_or_default();
    let text = patch(&db, id).await?.ok_or_else(|| unknown(id))?;
    Ok(Patch { text, name: Header::new("Content-Disposition", "attachment; filename=\"change.patch\"") })
}

fn unknown(id: &str) -> ApiError {
    ApiError::not_found(format_args!("change of a file: {}", id.chars().take(80).collect::<String>()))
}
