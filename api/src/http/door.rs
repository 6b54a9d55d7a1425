//! The door: every request passes it, also those to addresses that do not exist. Host, origin, kind of body, who
//! asks and how often are settled here, before anything is routed.

use super::{
    access::{Access, TICKET_PROTOCOL},
    caller::Caller,
    hooks,
    origin::{Names, Origin},
    otlp,
    rates::{Asker, Rates},
    seen::{Seen, is_valid_id, new_id},
    silence::Silence,
    spa,
};
use crate::{config::Config, error::ApiError, store::StoreError};
use quarterdeck_shared::{Code, auth::TokenScope};
use rocket::{
    Data, Request,
    fairing::{Fairing, Info, Kind},
    http::{ContentType, Method},
};
use std::{sync::Arc, time::Instant};

/// The session cookie's name: under TLS with the prefix that binds it to this very host.
pub const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-quarterdeck_session" } else { "quarterdeck_session" }
}

/// The fairing that stands at the door.
pub struct Door;

#[rocket::async_trait]
impl Fairing for Door {
    fn info(&self) -> Info {
        Info { name: "the door", kind: Kind::Request }
    }

    async fn on_request(&self, request: &mut Request<'_>, data: &mut Data<'_>) {
        let id = request.headers().get_one("X-Request-Id").filter(|id| is_valid_id(id));
        let mut seen = Seen::new(id.map_or_else(new_id, str::to_owned), request.method());
        seen.at_door = true;
        let verdict = look(request, data, &mut seen).await;
        if let Err(error) = verdict {
            seen.refuse(error);
        }
        let stays_outside = seen.is_refused() || seen.is_preflight;
        request.local_cache(|| seen);
        if stays_outside {
            // No route takes this method: only the catcher is left, which says why.
            request.set_method(Method::Options);
        }
    }
}

async fn look(request: &Request<'_>, data: &mut Data<'_>, seen: &mut Seen) -> Result<(), ApiError> {
    let names = names(request)?;
    let host = admit_host(request, &names)?;
    let credentials = Credentials::of(request, names.https);
    let from = admit_origin(request, &names, &host, &credentials)?;
    if from == Origin::Listed {
        seen.listed_origin = request.headers().get_one("Origin").map(str::to_owned);
        seen.is_preflight =
            seen.method == Method::Options && request.headers().contains("Access-Control-Request-Method");
        if seen.is_preflight {
            return Ok(());
        }
    }
    admit_media(request, data).await?;
    seen.caller = identify(request, credentials, from).await?;
    if let Some(peer) = request.remote() {
        state::<Silence>(request)?.hear(peer, seen.caller.is_some(), Instant::now());
    }
    count(request, seen)?;
    confine(request, seen)
}

/// What somebody shows to prove who they are. The first that is there counts, and no other.
#[derive(Clone, Copy)]
enum Credentials<'r> {
    Bearer(&'r str),
    Ticket(&'r str),
    Cookie(&'r str),
    Nothing,
}

impl<'r> Credentials<'r> {
    fn of(request: &'r Request<'_>, https: bool) -> Self {
        if let Some(header) = request.headers().get_one("Authorization") {
            let secret = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
            return Self::Bearer(secret.map_or("", |(_, secret)| secret.trim()));
        }
        // Exporters of telemetry are told headers by name.
        if let Some(key) = request.headers().get_one("X-Api-Key").filter(|_| otlp::is_at(request)) {
            return Self::Bearer(key.trim());
        }
        if let Some(ticket) = ticket(request).filter(|_| is_socket(request)) {
            return Self::Ticket(ticket);
        }
        let cookie = request.cookies().get(cookie_name(https));
        cookie.map_or(Self::Nothing, |cookie| Self::Cookie(cookie.value()))
    }
}

/// The ticket that a request names as its protocol.
pub fn ticket<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let protocols = request.headers().get("Sec-WebSocket-Protocol").flat_map(|line| line.split(','));
    protocols.map(str::trim).find(|protocol| protocol.starts_with(TICKET_PROTOCOL))
}

/// Whether the request names a host of ours; also for those that could not be read otherwise.
pub fn knows_host(request: &Request<'_>) -> Result<(), ApiError> {
    admit_host(request, &names(request)?).map(drop)
}

fn admit_host(request: &Request<'_>, names: &Names<'_>) -> Result<String, ApiError> {
    match host(request) {
        Some(host) if names.answers_to(&host) => Ok(host),
        other => Err(foreign_host(other.as_deref())),
    }
}

fn admit_origin(
    request: &Request<'_>,
    names: &Names<'_>,
    host: &str,
    credentials: &Credentials<'_>,
) -> Result<Origin, ApiError> {
    let origins: Vec<&str> = request.headers().get("Origin").collect();
    let from = names.judge(host, &origins);
    let refused = |message: &str| Err(ApiError::new(Code::Forbidden, message));
    if from == Origin::Foreign {
        return refused(
            "requests from pages of other origins are refused; the setting cors_origins lists exceptions",
        );
    }
    let carries_key = matches!(credentials, Credentials::Bearer(_) | Credentials::Ticket(_));
    if from != Origin::Unsaid || carries_key {
        return Ok(from);
    }
    let site = request.headers().get_one("Sec-Fetch-Site");
    if site.is_some_and(|site| site == "cross-site" || site == "same-site") {
        return refused("another site's page sent this request; open the address yourself, or send a key");
    }
    let is_read = matches!(request.method(), Method::Get | Method::Head);
    if !is_read || is_upgrade(request) {
        return refused("without a key this needs an `Origin` header, as browsers send it; or send a key");
    }
    Ok(from)
}

fn is_upgrade(request: &Request<'_>) -> bool {
    request.headers().contains("Upgrade") || is_socket(request)
}

fn is_socket(request: &Request<'_>) -> bool {
    request.uri().path().starts_with("/ws/")
}

/// Bodies are JSON in UTF-8 only, and telemetry protobuf as well. Forms are refused on every method, because they can
/// pretend to be another one.
async fn admit_media(request: &Request<'_>, data: &mut Data<'_>) -> Result<(), ApiError> {
    let kind = request.content_type();
    let is_read = matches!(request.method(), Method::Get | Method::Head | Method::Options);
    let good = match kind {
        Some(kind) if kind.is_json() && is_utf8(kind) => true,
        Some(kind) if otlp::is_at(request) && otlp::is_protobuf(kind) => true,
        Some(kind) => is_read && !kind.is_form() && !kind.is_form_data(),
        None if request.headers().contains("Content-Type") => is_read,
        None => is_read || data.peek(1).await.is_empty(),
    };
    if good {
        return Ok(());
    }
    let message = if otlp::is_at(request) {
        "telemetry is `Content-Type: application/x-protobuf` or `application/json`"
    } else {
        "bodies are JSON in UTF-8 only: send `Content-Type: application/json`"
    };
    Err(ApiError::new(Code::UnsupportedMediaType, message))
}

/// Whether the kind names no other letters than JSON is written in.
fn is_utf8(kind: &ContentType) -> bool {
    kind.param("charset").is_none_or(|letters| letters.eq_ignore_ascii_case("utf-8"))
}

async fn identify(
    request: &Request<'_>,
    credentials: Credentials<'_>,
    from: Origin,
) -> Result<Option<Arc<Caller>>, ApiError> {
    let access = state::<Arc<Access>>(request)?;
    let found: Result<_, StoreError> = match credentials {
        Credentials::Bearer(secret) => access.by_secret(secret).await,
        Credentials::Ticket(protocol) => access.take_ticket(protocol).await,
        Credentials::Cookie(secret) if from != Origin::Listed => access.by_session(secret).await,
        Credentials::Cookie(_) | Credentials::Nothing => Ok(None),
    };
    Ok(found?)
}

/// Who may only hand in finds every other address closed, also those that are open to strangers.
fn confine(request: &Request<'_>, seen: &Seen) -> Result<(), ApiError> {
    let is_confined = seen.caller.as_ref().is_some_and(|caller| caller.scope == TokenScope::Ingest);
    if is_confined && !takes_in(request) { Err(ApiError::beyond_scope()) } else { Ok(()) }
}

/// Whether it is an address where sessions hand in what they do.
fn takes_in(request: &Request<'_>) -> bool {
    otlp::is_at(request) || hooks::is_at(request)
}

/// What is handed in counts as a read: every session of a machine does so with one key, and none says it twice.
fn count(request: &Request<'_>, seen: &Seen) -> Result<(), ApiError> {
    let is_read = matches!(seen.method, Method::Get | Method::Head | Method::Options);
    let is_command = !is_read && !takes_in(request);
    let asker = match &seen.caller {
        Some(caller) => Asker::Known(&caller.hash),
        None if spa::is_asset(request.uri().path().as_str()) => return Ok(()),
        None => Asker::Stranger(request.remote().map(|remote| remote.ip())),
    };
    state::<Rates>(request)?.count(asker, is_command).map_err(|seconds| {
        let message = format!("too many requests; wait {seconds} s");
        ApiError::new(Code::RateLimited, message).after(seconds)
    })
}

/// The one `Host` of a request; HTTP/2 names it elsewhere.
fn host(request: &Request<'_>) -> Option<String> {
    let mut hosts = request.headers().get("Host");
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => Some(host.to_owned()),
        (None, _) => request.host().map(ToString::to_string),
        (Some(_), Some(_)) => None,
    }
}

fn foreign_host(host: Option<&str>) -> ApiError {
    let named: String = host.unwrap_or_default().chars().take(80).collect();
    let message = if named.is_empty() {
        "the request names no one `Host`".to_owned()
    } else {
        format!(
            "this server does not answer to the host `{named}`; the setting allowed_hosts lists further names"
        )
    };
    ApiError::new(Code::Forbidden, message)
}

fn names<'r>(request: &'r Request<'_>) -> Result<Names<'r>, ApiError> {
    let config = state::<Config>(request)?;
    let own = (!config.host.is_unspecified() && !config.host.is_loopback()).then(|| match config.host {
        std::net::IpAddr::V4(address) => address.to_string(),
        std::net::IpAddr::V6(address) => format!("[{address}]"),
    });
    Ok(Names {
        https: config.is_https(),
        port: request.rocket().config().port,
        own,
        allowed: &config.allowed_hosts,
        cors: &config.cors_origins,
    })
}

/// Something the assembly put in place.
pub fn state<'r, T: Send + Sync + 'static>(request: &'r Request<'_>) -> Result<&'r T, ApiError> {
    let found = request.rocket().state::<T>();
    found.ok_or_else(|| ApiError::internal(format!("{} is not in place", std::any::type_name::<T>())))
}
