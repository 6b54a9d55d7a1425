//! Hooks over HTTP: what Claude Code posts of its sessions, and what it is told.

use super::{
    answer::{Answer, Reply},
    ask::Ask,
    body::Body,
};
use crate::{error::ApiError, sources::Sources};
use orchestrator::hooks;
use quarterdeck_shared::{
    endpoints::IngestHook,
    hooks::{HookInput, HookReply},
};
use rocket::{Route, State, post, routes};

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![hear]
}

#[post("/ingest/hooks", data = "<input>")]
async fn hear(_ask: Ask<IngestHook>, input: Body<HookInput>, sources: &State<Sources>) -> Reply<IngestHook> {
    let hook = hooks::read(&input.0.0).map_err(|wrong| ApiError::invalid(wrong.field, wrong.message))?;
    Answer::of(&HookReply(sources.hooks().hear(hook).await?))
}
