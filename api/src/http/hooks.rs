//! Hooks over HTTP: what Claude Code posts of its sessions, and what it is told.

use super::{
    answer::{Answer, Reply},
    ask::Ask,
    body::Body,
};
use crate::{error::ApiError, sources::Sources};
use orchestrator::hooks;
use quarterdeck_shared::{
    Endpoint as _,
    endpoints::IngestHook,
    hooks::{HookInput, HookReply},
};
use rocket::{Request, Route, State, post, routes};

/// Whether a request is for the hooks' address.
pub(super) fn is_at(request: &Request<'_>) -> bool {
    request.uri().path().as_str() == IngestHook::ROUTE.path
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![hear]
}

#[post("/ingest/hooks", data = "<input>")]
async fn hear(_ask: Ask<IngestHook>, input: Body<HookInput>, sources: &State<Sources>) -> Reply<IngestHook> {
    let hook = hooks::read(&input.0.0).map_err(|wrong| ApiError::invalid(wrong.field, wrong.message))?;
    Answer::of(&HookReply(sources.hooks().hear(hook).await?))
}
