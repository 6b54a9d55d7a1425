//! Idempotency keys: a command sent twice is carried out once.

use super::desk::{Desk, Reply, bearer, json_type};
use rocket::http::{Header, Method};

const NEW: &str = r#"{"role":"BUILDER","name":"once","runtime":"replay"}"#;

async fn send(desk: &Desk, path: &str, key: &'static str, body: &str) -> Reply {
    let request =
        desk.keyed(Method::Post, path).header(json_type()).header(Header::new("Idempotency-Key", key));
    Reply::of(request.body(body).dispatch().await).await
}

async fn agents(desk: &Desk) -> usize {
    desk.get("/api/v1/agents").await.json()["items"].as_array().unwrap().len()
}

#[rocket::async_test]
async fn the_same_command_under_the_same_key_is_answered_again() {
    let desk = Desk::new().await;
    let first = send(&desk, "/api/v1/agents", "k-1", NEW).await;
    let spaced = NEW.replace(':', ": ");
    let again = send(&desk, "/api/v1/agents", "k-1", &spaced).await;
    assert_eq!((first.status, again.status), (201, 201), "{first:?} {again:?}");
    assert_eq!(first.text, again.text);
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!(agents(&desk).await, 1);
    send(&desk, "/api/v1/agents", "k-2", NEW).await;
    assert_eq!(agents(&desk).await, 2);
}

#[rocket::async_test]
async fn many_at_once_are_carried_out_once() {
    let desk = Desk::new().await;
    let all = futures::future::join_all((0..8).map(|_| send(&desk, "/api/v1/agents", "k-1", NEW))).await;
    assert!(all.iter().all(|reply| reply.status == 201 && reply.text == all[0].text));
    assert_eq!(agents(&desk).await, 1);
}

#[rocket::async_test]
async fn another_command_under_the_same_key_is_a_conflict() {
    let desk = Desk::new().await;
    send(&desk, "/api/v1/agents", "k-1", NEW).await;
    let other = send(&desk, "/api/v1/agents", "k-1", r#"{"role":"TESTER","runtime":"replay"}"#).await;
    assert_eq!((other.status, other.code().as_str()), (409, "IDEMPOTENCY_CONFLICT"));
    let elsewhere = send(&desk, "/api/v1/tasks", "k-1", r#"{"prompt":"a","runtime":"replay"}"#).await;
    assert_eq!(elsewhere.status, 409);
    assert_eq!(agents(&desk).await, 1);
}

#[rocket::async_test]
async fn two_callers_may_use_the_same_key() {
    let desk = Desk::new().await;
    let made = desk.post("/api/v1/tokens", r#"{"name":"ci"}"#).await;
    send(&desk, "/api/v1/agents", "k-1", NEW).await;
    let request =
        desk.bare(Method::Post, "/api/v1/agents").header(bearer(made.json()["secret"].as_str().unwrap()));
    let request = request.header(json_type()).header(Header::new("Idempotency-Key", "k-1")).body(NEW);
    assert_eq!(request.dispatch().await.status().code, 201);
    assert_eq!(agents(&desk).await, 2);
}

#[rocket::async_test]
async fn a_refused_command_leaves_its_key_free() {
    let desk = Desk::new().await;
    let refused = send(
        &desk,
        "/api/v1/agents",
        "k-1",
        r#"{"role":"BUILDER","task_id":"0192f0c1-2b3c-7d4e-8f50-123456789abc"}"#,
    )
    .await;
    assert!((400..500).contains(&refused.status), "{refused:?}");
    assert_eq!(send(&desk, "/api/v1/agents", "k-1", NEW).await.status, 201);
    for key in ["", "a b"] {
        assert_eq!(send(&desk, "/api/v1/agents", key, NEW).await.status, 422, "{key:?}");
    }
    assert_eq!(send(&desk, "/api/v1/tokens", "k-9", r#"{"name":"ci"}"#).await.status, 422);
}
