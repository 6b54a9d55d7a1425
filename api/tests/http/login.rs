//! Logging in: the code once, the session's cookie, tokens, tickets, and out again.

use super::desk::{Desk, HOST, KEY, ORIGIN, Reply, bearer, json_type};
use quarterdeck::{
    fleet::clock::Clock,
    http::access::{Access, CODE_SECONDS, SESSION_SECONDS, TICKET_SECONDS},
    store::Store,
};
use quarterdeck_shared::Timestamp;
use rocket::http::{Header, Method};
use std::time::Duration;

async fn log_in(desk: &Desk, body: &str) -> Reply {
    let request =
        desk.bare(Method::Post, "/api/v1/session").header(Header::new("Origin", ORIGIN)).header(json_type());
    Reply::of(request.body(body).dispatch().await).await
}

fn secret_of(reply: &Reply) -> String {
    let cookie = reply.header("set-cookie");
    let value = cookie.split(';').next().and_then(|pair| pair.split_once('='));
    value.expect("a cookie").1.to_owned()
}

async fn with_cookie(desk: &Desk, method: Method, path: &str, secret: &str) -> Reply {
    let request = desk.bare(method, path).header(Header::new("Origin", ORIGIN));
    Reply::of(request.cookie(("quarterdeck_session", secret.to_owned())).dispatch().await).await
}

#[rocket::async_test]
async fn a_login_code_works_once() {
    let desk = Desk::new().await;
    let code = desk.access().make_code().unwrap();
    let body = format!(r#"{{"code":"{code}"}}"#);
    let first = log_in(&desk, &body).await;
    assert_eq!((first.status, first.json()["kind"].as_str()), (200, Some("session")));
    let second = log_in(&desk, &body).await;
    assert_eq!((second.status, second.code().as_str()), (401, "UNAUTHORIZED"));
    assert!(!second.headers.contains_key("set-cookie"));
}

#[rocket::async_test]
async fn the_key_logs_in_and_another_does_not() {
    let desk = Desk::new().await;
    assert_eq!(log_in(&desk, &format!(r#"{{"key":"{KEY}"}}"#)).await.status, 200);
    assert_eq!(log_in(&desk, r#"{"key":"wrong-key-0123456789"}"#).await.status, 401);
    assert_eq!(log_in(&desk, "{}").await.status, 422);
    let body = format!(r#"{{"key":"{KEY}"}}"#);
    let request = desk.bare(Method::Post, "/api/v1/session").header(json_type()).body(body);
    assert_eq!(request.dispatch().await.status().code, 403, "a login needs our origin too");
}

#[rocket::async_test]
async fn the_cookie_stays_with_this_host_and_out_of_reach_of_scripts() {
    let desk = Desk::new().await;
    let reply = log_in(&desk, &format!(r#"{{"key":"{KEY}"}}"#)).await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("quarterdeck_session="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain") && !cookie.contains("Secure"), "{cookie}");

    let tls = Desk::with(&[("behind_proxy", "true"), ("allowed_hosts", "deck.example.org")]).await;
    let request = tls.client.post("/api/v1/session").header(Header::new("Host", "deck.example.org"));
    let request = request.header(Header::new("Origin", "https://deck.example.org")).header(json_type());
    let reply = Reply::of(request.body(format!(r#"{{"key":"{KEY}"}}"#)).dispatch().await).await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.starts_with("__Host-quarterdeck_session="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Secure"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[rocket::async_test]
async fn a_session_ends_when_it_is_left() {
    let desk = Desk::new().await;
    let secret = secret_of(&log_in(&desk, &format!(r#"{{"key":"{KEY}"}}"#)).await);
    assert_eq!(with_cookie(&desk, Method::Get, "/api/v1/session", &secret).await.status, 200);
    let left = with_cookie(&desk, Method::Delete, "/api/v1/session", &secret).await;
    assert_eq!((left.status, left.header("clear-site-data")), (204, "\"cache\""));
    assert!(left.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(with_cookie(&desk, Method::Get, "/api/v1/session", &secret).await.status, 401);
}

#[rocket::async_test]
async fn a_session_survives_a_restart_of_the_server() {
    let desk = Desk::new().await;
    let secret = secret_of(&log_in(&desk, &format!(r#"{{"key":"{KEY}"}}"#)).await);
    let again = Access::new(KEY, desk.store().clone(), Clock::system());
    assert!(again.by_session(&secret).await.unwrap().is_some());
}

#[rocket::async_test]
async fn a_token_opens_until_it_is_revoked() {
    let desk = Desk::new().await;
    let made = desk.post("/api/v1/tokens", r#"{"name":"ci"}"#).await;
    assert_eq!(made.status, 201);
    let (token, secret) =
        (made.json()["id"].as_str().unwrap().to_owned(), made.json()["secret"].as_str().unwrap().to_owned());
    assert!(secret.starts_with("qd_") && secret.len() > 40);
    assert!(secret.ends_with(made.json()["ends_with"].as_str().unwrap()));
    let ask = || desk.bare(Method::Get, "/api/v1/session").header(bearer(&secret));
    let reply = Reply::of(ask().dispatch().await).await;
    assert_eq!((reply.json()["kind"].as_str(), reply.json()["name"].as_str()), (Some("token"), Some("ci")));
    let listed = desk.get("/api/v1/tokens").await;
    assert_eq!(listed.json()["items"][0]["id"], token.as_str());
    assert!(!listed.json()["items"][0]["last_used_at"].is_null());
    assert!(!listed.text.contains(&secret));
    assert_eq!(desk.delete(&format!("/api/v1/tokens/{token}")).await.status, 204);
    assert_eq!(ask().dispatch().await.status().code, 401);
    assert_eq!(desk.delete(&format!("/api/v1/tokens/{token}")).await.status, 404);
    for body in [r#"{"name":""}"#, r#"{"name":"a","expires_in_days":0}"#, r#"{"name":"a\nb"}"#] {
        assert_eq!(desk.post("/api/v1/tokens", body).await.status, 422, "{body}");
    }
}

/// Access by a clock that stands still until it is moved.
async fn timed() -> (Access, Clock, Store, Desk) {
    let desk = Desk::new().await;
    let clock = Clock::manual(Timestamp(1_795_305_600_000_000));
    let store = desk.store().clone();
    (Access::new(KEY, store.clone(), clock.clone()), clock, store, desk)
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(count as u64)
}

#[rocket::async_test]
async fn a_code_ends_after_ten_minutes() {
    let (access, clock, _, _desk) = timed().await;
    let (early, late) = (access.make_code().unwrap(), access.make_code().unwrap());
    clock.advance(seconds(CODE_SECONDS - 1));
    assert!(access.take_code(&early));
    clock.advance(seconds(1));
    assert!(!access.take_code(&late));
}

#[rocket::async_test]
async fn a_ticket_works_once_and_for_thirty_seconds() {
    let (access, clock, _, _desk) = timed().await;
    let caller = access.by_secret(KEY).await.unwrap().unwrap();
    let ticket = || access.make_ticket(caller.clone()).unwrap().protocol;
    let (first, second) = (ticket(), ticket());
    assert_eq!(access.take_ticket(&first).await, Ok(Some(caller.clone())));
    assert_eq!(access.take_ticket(&first).await, Ok(None));
    clock.advance(seconds(TICKET_SECONDS));
    assert_eq!(access.take_ticket(&second).await, Ok(None));
}

#[rocket::async_test]
async fn a_ticket_ends_with_the_session_or_token_it_was_made_by() {
    let (access, _, _, _desk) = timed().await;
    let (_, by_session) = access.open_session("login link").await.unwrap();
    let new = quarterdeck_shared::auth::NewToken { name: "ci".into(), expires_in_days: None, scope: None };
    let token = access.make_token(new).await.unwrap();
    let by_token = access.by_secret(&token.secret).await.unwrap().unwrap();
    let of_session = access.make_ticket(by_session.clone().into()).unwrap().protocol;
    let of_token = access.make_ticket(by_token).unwrap().protocol;
    access.end_session(&by_session).await.unwrap();
    access.revoke(token.token.id).await.unwrap();
    assert_eq!(access.take_ticket(&of_session).await, Ok(None));
    assert_eq!(access.take_ticket(&of_token).await, Ok(None));
}

#[rocket::async_test]
async fn a_ticket_opens_sockets_alone() {
    let desk = Desk::new().await;
    let caller = desk.access().by_secret(KEY).await.unwrap().unwrap();
    let ticket = desk.access().make_ticket(caller).unwrap().protocol;
    let ask = |method, path, upgrade: Option<&'static str>| {
        let mut request = desk.bare(method, path).header(json_type());
        request.add_header(Header::new("Sec-WebSocket-Protocol", ticket.clone()));
        upgrade.into_iter().for_each(|to| request.add_header(Header::new("Upgrade", to)));
        request.body(r#"{"name":"ci"}"#).dispatch()
    };
    assert_eq!(ask(Method::Get, "/api/v1/agents", None).await.status().code, 401);
    for upgrade in [None, Some("websocket")] {
        assert_eq!(ask(Method::Post, "/api/v1/tokens", upgrade).await.status().code, 403);
    }
    let taken = desk.access().take_ticket(&ticket).await.unwrap();
    assert!(taken.is_some(), "it was looked at nowhere else");
}

#[rocket::async_test]
async fn sessions_and_tokens_end_by_themselves() {
    let (access, clock, _, _desk) = timed().await;
    let (secret, caller) = access.open_session("login link").await.unwrap();
    let new = quarterdeck_shared::auth::NewToken { name: "ci".into(), expires_in_days: Some(1), scope: None };
    let token = access.make_token(new).await.unwrap();
    let by_token = access.by_secret(&token.secret).await.unwrap().unwrap();
    clock.advance(seconds(24 * 3600));
    assert!(access.by_secret(&token.secret).await.unwrap().is_none());
    assert!(!access.still_holds(&by_token).await.unwrap());
    assert!(access.still_holds(&caller).await.unwrap());
    clock.advance(seconds(SESSION_SECONDS));
    assert!(access.by_session(&secret).await.unwrap().is_none());
    assert!(!access.still_holds(&caller).await.unwrap());
}

#[rocket::async_test]
async fn a_token_that_only_hands_in_opens_no_session() {
    let desk = Desk::new().await;
    let made = desk.post("/api/v1/tokens", r#"{"name":"connect","scope":"ingest"}"#).await.json();
    let secret = made["secret"].as_str().unwrap();
    let refused = log_in(&desk, &format!(r#"{{"key":"{secret}"}}"#)).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "FORBIDDEN"));
    assert_eq!(refused.header("set-cookie"), "");
}

#[rocket::async_test]
async fn a_wrong_key_is_not_mended_by_a_good_cookie() {
    let desk = Desk::new().await;
    let secret = secret_of(&log_in(&desk, &format!(r#"{{"key":"{KEY}"}}"#)).await);
    let request = desk
        .client
        .get("/api/v1/session")
        .header(Header::new("Host", HOST))
        .header(bearer("wrong-key-01234"));
    let request = request.cookie(("quarterdeck_session", secret));
    assert_eq!(request.dispatch().await.status().code, 401);
}
