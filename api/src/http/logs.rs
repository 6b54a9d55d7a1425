//! Logs over HTTP: windows of them, and the files behind them.

use super::{
    answer::{Answer, Reply},
    ask::{Ask, Id, Known},
    pool::Db,
};
use crate::{error::ApiError, logs};
use quarterdeck_shared::{
    AgentId,
    endpoints::{GetLog, GetLogCalls},
};
use rocket::{
    Request, Response, Route, get,
    response::{self, Responder},
    routes,
};
use rocket_db_pools::Connection;
use std::io::Cursor;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![window, calls, file]
}

#[get("/agents/<id>/logs")]
async fn window(ask: Ask<GetLog>, id: Id<AgentId>, db: Connection<Db>) -> Reply<GetLog> {
    let log = logs::window(&db, id.0, &ask.query).await?;
    Answer::of(&log.ok_or_else(|| ApiError::not_found(format_args!("agent {}", id.0)))?)
}

#[get("/agents/<id>/logs/tools")]
async fn calls(ask: Ask<GetLogCalls>, id: Id<AgentId>, db: Connection<Db>) -> Reply<GetLogCalls> {
    let log = logs::calls(&db, id.0, &ask.query).await?;
    Answer::of(&log.ok_or_else(|| ApiError::not_found(format_args!("agent {}", id.0)))?)
}

#[get("/agents/<id>/logs/files/<name>")]
async fn file(_known: Known, id: Id<AgentId>, name: &str, db: Connection<Db>) -> Result<Attached, ApiError> {
    let bytes = logs::file(&db, id.0, name).await?;
    let missing = || ApiError::not_found(format_args!("file of this name in the log of agent {}", id.0));
    Ok(Attached { name: name.to_owned(), bytes: bytes.ok_or_else(missing)? })
}

/// A file on its way out, to be kept and not to be shown: it is whatever an agent wrote.
struct Attached {
    name: String,
    bytes: Vec<u8>,
}

impl<'r> Responder<'r, 'static> for Attached {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        // The name is one of four known ones.
        Response::build()
            .raw_header("Content-Type", "text/plain; charset=utf-8")
            .raw_header("Content-Disposition", format!("attachment; filename=\"{}\"", self.name))
            .raw_header("X-Content-Type-Options", "nosniff")
            .sized_body(self.bytes.len(), Cursor::new(self.bytes))
            .ok()
    }
}
