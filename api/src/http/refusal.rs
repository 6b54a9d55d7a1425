//! Refusals: one shape for every error, whoever raised it.

use super::{door, headers, otlp, seen::Seen, spa};
use crate::{error::ApiError, sources::otlp::PLACES};
use quarterdeck_shared::{
    Code, ENDPOINTS, ErrorBody, Timestamp,
    openapi::{PLAIN, SOCKETS},
};
use rocket::{
    Catcher, Request, Response, catch, catchers,
    http::{ContentType, Method, Status},
    request::Outcome,
    response::{self, Redirect, Responder},
};
use std::{collections::BTreeSet, io::Cursor};

/// The catchers: all of them the same one.
pub fn catchers() -> Vec<Catcher> {
    catchers![refused]
}

impl<'r> Responder<'r, 'static> for ApiError {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let seen = Seen::of(request);
        if let Some(cause) = &self.cause {
            tracing::error!(
                request.id = %seen.id,
                request.method = %seen.method,
                request.path = %request.uri().path(),
                error.code = self.code.as_str(),
                "{cause}"
            );
        }
        let (kind, body) = match otlp::refused(request, self.code, &self.message) {
            // Exporters read refusals of their own shape.
            Some(refused) => refused,
            None => {
                let body = ErrorBody {
                    code: self.code,
                    message: self.message.into(),
                    details: self.details,
                    request_id: seen.id.clone(),
                    timestamp: Timestamp(jiff::Timestamp::now().as_microsecond()),
                };
                (ContentType::JSON, serde_json::to_vec(&body).map_err(|_| Status::InternalServerError)?)
            }
        };
        let mut response = Response::new();
        response.set_status(Status::new(self.code.status()));
        response.set_header(kind);
        response.set_sized_body(body.len(), Cursor::new(body));
        if let Some(seconds) = self.retry_after.or((self.code.status() == 503).then_some(5)) {
            response.set_raw_header("Retry-After", seconds.max(1).to_string());
        }
        if let Some(allow) = self.allow {
            response.set_raw_header("Allow", String::from(allow));
        }
        if self.code == Code::Unauthorized {
            response.set_raw_header("WWW-Authenticate", "Bearer realm=\"quarterdeck\"");
        }
        headers::put_on(request, &mut response);
        Ok(response)
    }
}

/// Refuses in a guard: the catcher finds the words.
pub fn refuse<S, E: Default>(request: &Request<'_>, error: ApiError) -> Outcome<S, E> {
    let status = Status::new(error.code.status());
    Seen::of(request).refuse(error);
    Outcome::Error((status, E::default()))
}

/// A request that only asked whether it may ask.
struct Preflight;

impl<'r> Responder<'r, 'static> for Preflight {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::new();
        response.set_status(Status::NoContent);
        response.set_raw_header("Access-Control-Allow-Methods", "GET, POST, DELETE");
        response.set_raw_header(
            "Access-Control-Allow-Headers",
            "Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id",
        );
        response.set_raw_header("Access-Control-Max-Age", "600");
        headers::put_on(request, &mut response);
        Ok(response)
    }
}

/// The one page that is not the page's own: a browser that may not see it yet is led through the login.
const DOCS: &str = "/api/docs";

#[derive(rocket::response::Responder)]
enum Caught {
    Page(spa::Sent),
    Refused(ApiError),
    ToLogin(Redirect),
    Preflight(Preflight),
}

#[catch(default)]
fn refused(status: Status, request: &Request<'_>) -> Caught {
    let seen = Seen::of(request);
    if seen.is_preflight {
        return Caught::Preflight(Preflight);
    }
    let error = seen.take_fault().unwrap_or_else(|| unsaid(status, request, seen));
    if error.code == Code::Unauthorized && request.uri().path() == DOCS && spa::is_visit(request) {
        return Caught::ToLogin(Redirect::to(format!("/login?next={DOCS}")));
    }
    match spa::document(Status::NotFound).filter(|_| error.code == Code::NotFound && spa::is_visit(request)) {
        Some(page) if !is_guarded(request.uri().path().as_str()) => Caught::Page(page),
        _ => Caught::Refused(error),
    }
}

/// The words for a refusal of Rocket's own.
fn unsaid(status: Status, request: &Request<'_>, seen: &Seen) -> ApiError {
    let path = request.uri().path().as_str();
    if !seen.at_door {
        // The server could not read its method, so nobody has looked at it yet.
        return door::knows_host(request).map_or_else(|error| error, |()| missing(path, None));
    }
    match status.code {
        404 if is_guarded(path) && seen.caller.is_none() => ApiError::unauthorized(),
        404 => missing(path, Some(seen.method)),
        // The last part of the address was taken for an id, and is the name of something that other methods answer.
        422 if ENDPOINTS.iter().any(|route| route.path == path) => missing(path, Some(seen.method)),
        // A part of the address that is no id names nothing.
        422 => missing_id(request),
        413 => ApiError::new(Code::TooLarge, "the body is larger than allowed"),
        400 if path.starts_with("/ws/") && seen.caller.is_none() => ApiError::unauthorized(),
        400 if path.starts_with("/ws/") => {
            ApiError::new(Code::BadRequest, "this address speaks WebSocket (version 13) alone")
        }
        400..=499 => ApiError::new(
            Code::BadRequest,
            "the request cannot be read: its method, address or headers are broken",
        ),
        503 => ApiError::new(Code::Unavailable, "the server cannot serve this now; try again").after(2),
        code => ApiError::internal(format!("a handler ended with status {code}")),
    }
}

fn is_guarded(path: &str) -> bool {
    matches!(path.split('/').nth(1), Some("api" | "ws" | "v1"))
}

/// Nothing answers this method at this address: 405 where another method would do, else 404.
fn missing(path: &str, method: Option<Method>) -> ApiError {
    let literal = ENDPOINTS.iter().any(|route| route.path == path);
    let here =
        ENDPOINTS.iter().filter(|route| if literal { route.path == path } else { is_at(route.path, path) });
    let mut allow: BTreeSet<_> = here.map(|route| route.method.as_str()).collect();
    let reads = SOCKETS.iter().map(|(path, _)| *path).chain(["/metrics", "/api/openapi.json", DOCS]);
    let reads = reads.chain(PLAIN.iter().map(|plain| plain.path));
    if reads.into_iter().any(|read| is_at(read, path)) || spa::is_page(path) {
        allow.insert("GET");
    }
    if PLACES.contains(&path) {
        allow.insert("POST");
    }
    if allow.contains("GET") {
        allow.insert("HEAD");
    }
    if allow.is_empty() || method.is_some_and(|method| allow.contains(method.as_str())) {
        return ApiError::no_address(path);
    }
    let allow = allow.into_iter().collect::<Vec<_>>().join(", ");
    let method = method.map_or("this method", Method::as_str);
    let message = format!("{method} is not possible at {path}; {allow} is");
    ApiError { allow: Some(allow.into()), ..ApiError::new(Code::MethodNotAllowed, message) }
}

/// Whether an address is one of a declared path.
fn is_at(declared: &str, path: &str) -> bool {
    let (mut wanted, mut found) = (declared.split('/'), path.split('/'));
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == found => {}
            (Some(wanted), Some(found)) if wanted.starts_with('{') && !found.is_empty() => {}
            _ => return false,
        }
    }
}

/// A part of the address that is no id.
fn missing_id(request: &Request<'_>) -> ApiError {
    let found: String = request.uri().path().as_str().chars().take(120).collect();
    let message = format!("nothing lives at {found}: ids look like 0192f0c1-2b3c-7d4e-8f50-123456789abc");
    ApiError::new(Code::NotFound, message)
}
