//! The surface: what is mounted, and that every line of it is guarded. New routes are tried without being named here.

use super::desk::{Desk, HOST, KEY, ORIGIN, Reply, bearer, filled, json_type, method, places};
use crate::both;
use quarterdeck::{http::spa, sources::otlp::PLACES, store::Location};
use quarterdeck_shared::{
    ENDPOINTS, Endpoint as _,
    endpoints::IngestHook,
    openapi::{PLAIN, SOCKETS},
};
use rocket::http::{Header, Method};
use serde_json::json;
use std::collections::BTreeSet;

#[rocket::async_test]
async fn what_is_declared_is_mounted_and_nothing_else() {
    let desk = Desk::new().await;
    let braced = |path: &str| path.replace('<', "{").replace('>', "}");
    let routes =
        desk.client.rocket().routes().filter(|route| !spa::is_page(&route.uri.path().replace("/<_..>", "")));
    let mounted: BTreeSet<String> =
        routes.map(|route| format!("{} {}", route.method, braced(route.uri.path()))).collect();
    let declared = ENDPOINTS.iter().map(|route| format!("{} {}", route.method.as_str(), route.path));
    let others = SOCKETS.iter().map(|(path, _)| format!("GET {path}"));
    let own = ["/metrics", "/api/openapi.json", "/api/docs", "/api/docs/style.css"];
    let own = own.into_iter().chain(PLAIN.iter().map(|plain| plain.path)).map(|path| format!("GET {path}"));
    let telemetry = PLACES.map(|path| format!("POST {path}"));
    let wanted: BTreeSet<String> = declared.chain(others).chain(own).chain(telemetry).collect();
    assert_eq!(mounted, wanted);
}

/// Sends each place a request with these headers, and gives back what came, with the place's name.
async fn everywhere(desk: &Desk, headers: &[Header<'static>]) -> Vec<(String, bool, Reply)> {
    let mut replies = Vec::new();
    for (method, path, route) in places() {
        let request = desk.client.req(method, path.clone());
        let request = headers.iter().fold(request, |request, header| request.header(header.clone()));
        let reply = Reply::of(request.dispatch().await).await;
        replies.push((format!("{method} {path}"), route.is_some_and(|route| route.open), reply));
    }
    replies
}

fn host(host: &str) -> Header<'static> {
    Header::new("Host", host.to_owned())
}

fn origin(origin: &str) -> Header<'static> {
    Header::new("Origin", origin.to_owned())
}

/// Whether a place needs no key: declared as open, or the page's.
fn is_open(place: &str, declared_open: bool) -> bool {
    let page =
        ["GET / ", "GET /dashboard ", "GET /favicon.ico ", "GET /../etc/passwd ", "GET /no/such/place "];
    let other = ["POST / ", "POST /health "];
    declared_open || page.iter().chain(&other).any(|open| format!("{place} ") == *open)
}

#[rocket::async_test]
async fn without_a_key_only_open_places_answer() {
    let desk = Desk::new().await;
    let shown = [
        None,
        Some(bearer("wrong-key-0123456789abcdef")),
        Some(bearer("qd_wrong-token-0123456789abcdef")),
        Some(bearer("")),
        Some(Header::new("Authorization", format!("Basic {KEY}"))),
        Some(Header::new("Authorization", KEY)),
    ];
    for shown in shown {
        let headers: Vec<_> = [host(HOST), origin(ORIGIN)].into_iter().chain(shown.clone()).collect();
        for (place, open, reply) in everywhere(&desk, &headers).await {
            if is_open(&place, open) {
                assert_ne!(reply.status, 401, "{place} {shown:?}");
            } else {
                assert_eq!((reply.status, reply.code().as_str()), (401, "UNAUTHORIZED"), "{place} {shown:?}");
                assert!(reply.header("www-authenticate").starts_with("Bearer"), "{place}");
            }
        }
    }
}

both! {
    async fn a_token_that_only_hands_in_finds_all_else_closed(place: &Place) {
        let url = match &place.location {
            Location::Sqlite(path) => format!("sqlite:{}", path.display()),
            Location::Postgres(url) => url.clone(),
        };
        let desk = Desk::with(&[("database_url", url.as_str())]).await;
        let made = desk.post("/api/v1/tokens", r#"{"name":"connect","scope":"ingest"}"#).await.json();
        let listed = desk.get("/api/v1/tokens").await.json();
        assert_eq!((&made["scope"], &listed["items"][0]["scope"]), (&json!("ingest"), &json!("ingest")));
        let shown = bearer(made["secret"].as_str().unwrap());
        let headers = [host(HOST), origin(ORIGIN), shown.clone(), json_type()];
        for (place, _, reply) in everywhere(&desk, &headers).await {
            if place.ends_with(IngestHook::ROUTE.path) {
                assert_ne!(reply.status, 403, "{place}");
            } else {
                assert_eq!((reply.status, reply.code().as_str()), (403, "FORBIDDEN"), "{place}");
                assert!(reply.text.contains("only hand in hooks and telemetry"), "{place}: {}", reply.text);
            }
        }
        for path in PLACES {
            let request = desk.bare(Method::Post, path).header(shown.clone()).header(json_type()).body("{}");
            assert_eq!(request.dispatch().await.status().code, 200, "{path}");
        }
        desk.store().close().await;
    }
}

#[rocket::async_test]
async fn a_key_in_the_address_is_no_key() {
    let desk = Desk::new().await;
    for path in ["/api/v1/agents?token=", "/api/v1/agents?key=", "/metrics?access_token=", "/ws/fleet?token="]
    {
        let reply = Reply::of(desk.bare(Method::Get, &format!("{path}{KEY}")).dispatch().await).await;
        assert_eq!(reply.status, if path.starts_with("/ws/") { 403 } else { 401 }, "{path}");
    }
}

#[rocket::async_test]
async fn no_place_answers_to_a_foreign_host() {
    let desk = Desk::new().await;
    let foreign = [
        "evil.example:8000",
        "127.1:8000",
        "127.0.0.1",
        "127.0.0.1:8001",
        "127.0.0.1.:8000",
        "localhost.:8000",
        "LOCALHOST:8000",
        "[::ffff:7f00:1]:8000",
        "0.0.0.0:8000",
        "2130706433:8000",
        "127.0.0.1:8000.evil.example",
        "127.0.0.1:8000@evil.example",
        "",
    ];
    for name in foreign {
        refused_everywhere(&desk, &[host(name), bearer(KEY)], name).await;
    }
    refused_everywhere(&desk, &[bearer(KEY)], "no host").await;
    refused_everywhere(&desk, &[host(HOST), host(HOST), bearer(KEY)], "two hosts").await;
}

#[rocket::async_test]
async fn no_place_answers_a_foreign_origin_even_with_a_key() {
    let desk = Desk::with(&[("cors_origins", "https://listed.example")]).await;
    let foreign = [
        "https://evil.example",
        "null",
        "",
        "http://127.0.0.1",
        "https://127.0.0.1:8000",
        "http://localhost:8000",
        "http://127.0.0.1:3000",
        "http://127.0.0.1:8000/",
        "HTTP://127.0.0.1:8000",
        "http://127.0.0.1:8000.evil.example",
        "https://listed.example.evil.example",
        "http://listed.example",
        "file://",
    ];
    for name in foreign {
        refused_everywhere(&desk, &[host(HOST), origin(name), bearer(KEY)], name).await;
    }
    refused_everywhere(&desk, &[host(HOST), origin(ORIGIN), origin(ORIGIN), bearer(KEY)], "two origins")
        .await;
}

#[rocket::async_test]
async fn no_place_answers_a_page_of_another_site() {
    let desk = Desk::new().await;
    for site in ["cross-site", "same-site"] {
        refused_everywhere(&desk, &[host(HOST), Header::new("Sec-Fetch-Site", site)], site).await;
    }
    for site in ["same-origin", "none"] {
        let request = desk.bare(Method::Get, "/health").header(Header::new("Sec-Fetch-Site", site));
        assert_eq!(request.dispatch().await.status().code, 200, "{site}");
    }
}

async fn refused_everywhere(desk: &Desk, headers: &[Header<'static>], case: &str) {
    for (place, _, reply) in everywhere(desk, headers).await {
        assert_eq!((reply.status, reply.code().as_str()), (403, "FORBIDDEN"), "{place} {case:?}");
    }
}

#[rocket::async_test]
async fn commands_without_a_key_need_our_origin() {
    let desk = Desk::new().await;
    let (secret, _) = desk.access().open_session("test").await.unwrap();
    for route in ENDPOINTS.iter().filter(|route| method(route) != Method::Get) {
        let request =
            || desk.bare(method(route), &filled(route.path)).cookie(("quarterdeck_session", secret.clone()));
        let without = Reply::of(request().dispatch().await).await;
        assert_eq!((without.status, without.code().as_str()), (403, "FORBIDDEN"), "{}", route.name);
        if route.name != "DeleteSession" {
            let with = request().header(Header::new("Origin", ORIGIN)).header(json_type()).body("{}");
            assert_ne!(with.dispatch().await.status().code, 403, "{}", route.name);
        }
    }
    let upgrade = desk.bare(Method::Get, "/ws/fleet").cookie(("quarterdeck_session", secret));
    assert_eq!(upgrade.dispatch().await.status().code, 403);
}

#[rocket::async_test]
async fn bodies_are_json_or_refused() {
    let desk = Desk::new().await;
    let kinds = [
        ("application/x-www-form-urlencoded", "_method=delete&prompt=a"),
        ("multipart/form-data; boundary=x", "--x--"),
        ("text/plain", r#"{"prompt":"a"}"#),
        ("text/plain; charset=application/json", r#"{"prompt":"a"}"#),
        ("application/xml", "<a/>"),
        ("nonsense", "{}"),
        ("application/json; charset=utf-16", "{}"),
    ];
    for (method, path, _) in places().into_iter().filter(|(method, _, _)| *method != Method::Get) {
        for (kind, body) in kinds {
            let request = desk.keyed(method, &path).header(Header::new("Content-Type", kind)).body(body);
            let reply = Reply::of(request.dispatch().await).await;
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (415, "UNSUPPORTED_MEDIA_TYPE"),
                "{method} {path} {kind}"
            );
        }
        let request = desk.keyed(method, &path).body("{}");
        assert_eq!(request.dispatch().await.status().code, 415, "{method} {path} without a type");
    }
}

#[rocket::async_test]
async fn a_form_cannot_pretend_to_be_another_method() {
    let desk = Desk::new().await;
    let form = Header::new("Content-Type", "application/x-www-form-urlencoded");
    let request = desk.keyed(Method::Post, "/api/v1/agents").header(form).body("_method=get");
    assert_eq!(request.dispatch().await.status().code, 415);
}

#[rocket::async_test]
async fn every_answer_carries_its_protection() {
    let desk = Desk::new().await;
    for key in [Some(bearer(KEY)), None] {
        let headers: Vec<_> = [host(HOST), origin(ORIGIN)].into_iter().chain(key).collect();
        for (place, _, reply) in everywhere(&desk, &headers).await {
            protected(&reply, &place);
        }
    }
    let refused = Reply::of(desk.client.get("/health").dispatch().await).await;
    protected(&refused, "a request without a host");
}

fn protected(reply: &Reply, place: &str) {
    let policy = reply.header("content-security-policy");
    assert!(
        policy.contains("frame-ancestors 'none'") && policy.contains("object-src 'none'"),
        "{place}: {policy}"
    );
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval'"), "{place}: {policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{place}: {policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(reply.header(name), value, "{place} {name}");
    }
    assert!(!reply.header("x-request-id").is_empty(), "{place}");
    assert!(reply.headers.contains_key("cache-control"), "{place}");
    assert!(!reply.headers.contains_key("server"), "{place}");
    assert!(!reply.headers.contains_key("strict-transport-security"), "{place}");
    if place.contains("/api/") {
        assert_eq!(reply.header("cache-control"), "no-store", "{place}");
    }
}

#[rocket::async_test]
async fn under_tls_browsers_are_told_to_stay_there() {
    let desk = Desk::with(&[("behind_proxy", "true"), ("allowed_hosts", "deck.example.org")]).await;
    let request = desk.client.get("/health").header(Header::new("Host", "deck.example.org"));
    let reply = Reply::of(request.dispatch().await).await;
    assert_eq!((reply.status, reply.header("strict-transport-security")), (200, "max-age=31536000"));
}

#[rocket::async_test]
async fn a_listed_origin_may_ask_with_a_key_but_not_with_a_cookie() {
    let desk = Desk::with(&[("cors_origins", "https://listed.example")]).await;
    let listed = || Header::new("Origin", "https://listed.example");
    let reply = Reply::of(desk.keyed(Method::Get, "/api/v1/status").header(listed()).dispatch().await).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, "https://listed.example"));
    assert!(!reply.headers.contains_key("access-control-allow-credentials"));
    for path in ["/api/v1/status", "/api/v1/nothing"] {
        assert_eq!(desk.get(path).await.header("vary"), "Origin", "{path}");
    }

    let (secret, _) = desk.access().open_session("test").await.unwrap();
    let request =
        desk.bare(Method::Get, "/api/v1/status").header(listed()).cookie(("quarterdeck_session", secret));
    assert_eq!(request.dispatch().await.status().code, 401);

    let preflight = desk.bare(Method::Options, "/api/v1/agents").header(listed());
    let preflight = preflight.header(Header::new("Access-Control-Request-Method", "POST"));
    let reply = Reply::of(preflight.dispatch().await).await;
    assert_eq!((reply.status, reply.header("access-control-allow-methods")), (204, "GET, POST, DELETE"));

    let foreign =
        desk.bare(Method::Options, "/api/v1/agents").header(Header::new("Origin", "https://evil.example"));
    let foreign = foreign.header(Header::new("Access-Control-Request-Method", "POST"));
    let reply = Reply::of(foreign.dispatch().await).await;
    assert_eq!(reply.status, 403);
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
}
