//! Headers every answer carries: what browsers must not do with it, and the request's id.

use super::{door, prometheus::Metrics, seen::Seen};
use crate::config::Config;
use rocket::{
    Request, Response,
    fairing::{Fairing, Info, Kind},
};

/// What the page may load and do: its own files, WebAssembly, and nothing written into the document.
pub const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' \
data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; object-src \
'none'; frame-src 'none'; frame-ancestors 'none'";

const ALWAYS: [(&str, &str); 8] = [
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    ("X-Permitted-Cross-Domain-Policies", "none"),
];

/// The fairing that puts them on.
pub struct Headers;

#[rocket::async_trait]
impl Fairing for Headers {
    fn info(&self) -> Info {
        Info { name: "headers and counts", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        put_on(request, response);
        let seen = Seen::of(request);
        tracing::debug!(
            request.id = %seen.id,
            request.method = %seen.method,
            request.route = request.route().map_or("unknown", |route| route.uri.as_str()),
            response.status = response.status().code,
            response.after_ms = seen.began.elapsed().as_secs_f64() * 1000.0,
            "answered"
        );
        if let Ok(metrics) = door::state::<Metrics>(request) {
            metrics.answered(request, response.status().code, seen.began.elapsed());
        }
    }
}

/// Puts the headers on an answer; twice does no harm.
pub fn put_on(request: &Request<'_>, response: &mut Response<'_>) {
    for (name, value) in ALWAYS {
        if !response.headers().contains(name) {
            response.set_raw_header(name, value);
        }
    }
    let seen = Seen::of(request);
    response.set_raw_header("X-Request-Id", seen.id.clone());
    if !response.headers().contains("Cache-Control") {
        response.set_raw_header("Cache-Control", "no-store");
    }
    if door::state::<Config>(request).is_ok_and(Config::is_https) {
        response.set_raw_header("Strict-Transport-Security", "max-age=31536000");
    }
    if let Some(origin) = &seen.listed_origin {
        response.set_raw_header("Access-Control-Allow-Origin", origin.clone());
        response.set_raw_header("Access-Control-Expose-Headers", "ETag, Retry-After, X-Request-Id");
        response.set_raw_header("Cross-Origin-Resource-Policy", "cross-origin");
    }
    if door::state::<Config>(request).is_ok_and(|config| !config.cors_origins.is_empty()) {
        let named = response.headers().get("Vary").flat_map(|line| line.split(',')).map(str::trim);
        let others = named.filter(|name| !name.eq_ignore_ascii_case("Origin"));
        let vary = others.chain(["Origin"]).collect::<Vec<_>>().join(", ");
        response.set_raw_header("Vary", vary);
    }
}

/// The policy with our own sockets named: not every browser counts them as `'self'`.
pub fn page_policy(request: &Request<'_>) -> String {
    let scheme = if door::state::<Config>(request).is_ok_and(Config::is_https) { "wss" } else { "ws" };
    match request.host() {
        Some(host) => POLICY.replace("connect-src 'self'", &format!("connect-src 'self' {scheme}://{host}")),
        None => POLICY.to_owned(),
    }
}
