//! Hooks over HTTP: what Claude Code posts of its sessions, and what it is told.

use super::{
    answer::{Answer, Reply},
    ask::Ask,
    body::{bytes_up_to, parse},
    door,
    seen::Seen,
};
use crate::{config::Config, error::ApiError, sources::Sources};
use orchestrator::hooks;
use quarterdeck_shared::{
    Code, Endpoint as _,
    endpoints::IngestHook,
    hooks::{HookInput, HookReply},
};
use rocket::{
    Data, Request, Route, State,
    data::{self, FromData},
    http::Status,
    post, routes,
};

/// Whether a request is for the hooks' address.
pub(super) fn is_at(request: &Request<'_>) -> bool {
    request.uri().path().as_str() == IngestHook::ROUTE.path
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![hear]
}

/// What a hook was given. It carries whatever its tool is called with, such as a whole file: were it refused for its
/// size, the tool would run unasked.
struct Given(HookInput);

#[rocket::async_trait]
impl<'r> FromData<'r> for Given {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> data::Outcome<'r, Self> {
        let outcome = async {
            let limit = door::state::<Config>(request)?.max_otlp_bytes;
            parse(&bytes_up_to(limit, request, data).await?)
        };
        match outcome.await {
            Ok(input) => data::Outcome::Success(Self(input)),
            Err(error) => {
                let error: ApiError = error;
                let status = Status::new(error.code.status());
                Seen::of(request).refuse(error);
                data::Outcome::Error((status, ()))
            }
        }
    }
}

#[post("/ingest/hooks", data = "<given>")]
async fn hear(_ask: Ask<IngestHook>, given: Given, sources: &State<Sources>) -> Reply<IngestHook> {
    let off = || ApiError::new(Code::Forbidden, "hooks are not heard here: the setting `hooks` is off");
    let heard = sources.hooks().ok_or_else(off)?;
    let hook = hooks::read(&given.0.0).map_err(|wrong| ApiError::invalid(wrong.field, wrong.message))?;
    Answer::of(&HookReply(heard.hear(hook).await?))
}
