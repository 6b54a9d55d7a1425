//! Errors: one shape, whoever raised them, and nothing in it that is not the caller's business.

use super::desk::{Desk, HOST, Reply, json_type};
use rocket::{
    get,
    http::{Header, Method},
    routes,
};

fn shaped(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status, reply.code().as_str()), (status, code), "{reply:?}");
    let body = reply.json();
    let fields: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["code", "details", "message", "request_id", "timestamp"]);
    assert!(!body["message"].as_str().unwrap().is_empty());
    assert_eq!(body["request_id"], reply.header("x-request-id"));
    assert!(body["timestamp"].as_str().unwrap().ends_with('Z'));
    assert_eq!(reply.header("content-type"), "application/json");
}

#[rocket::async_test]
async fn what_is_not_there_is_404() {
    let desk = Desk::new().await;
    for path in [
        "/api/v1/nothing",
        "/nowhere",
        "/api/v1/agents/no-id",
        "/api/v1/tasks/0192f0c1-2b3c-7d4e-8f50-123456789abc",
    ] {
        shaped(&desk.get(path).await, 404, "NOT_FOUND");
    }
    shaped(&desk.delete("/api/v1/agents/0192f0c1-2b3c-7d4e-8f50-123456789abc").await, 404, "NOT_FOUND");
    let nowhere = desk.get("/api/v1/nothing").await.json();
    assert!(nowhere["message"].as_str().unwrap().contains("/api/docs"), "{nowhere}");
    let document = quarterdeck_shared::openapi::document("1");
    for (path, asked) in [
        ("/api/v1/files/diff", "id=nope"),
        ("/api/v1/replay", "task_id=0192f0c1-2b3c-7d4e-8f50-123456789abc"),
    ] {
        shaped(&desk.get(&format!("{path}?{asked}")).await, 404, "NOT_FOUND");
        assert!(document["paths"][path]["get"]["responses"]["404"].is_object(), "{path}");
    }
}

#[rocket::async_test]
async fn another_method_is_405_and_says_which_would_do() {
    let desk = Desk::new().await;
    let methods = [Method::Put, Method::Patch, Method::Trace, Method::Options, Method::Connect];
    for (path, allow) in [
        ("/api/v1/agents", "GET, HEAD, POST"),
        ("/api/v1/agents/0192f0c1-2b3c-7d4e-8f50-123456789abc", "DELETE, GET, HEAD"),
        ("/api/v1/tickets", "POST"),
        ("/api/v1/tasks/estimate", "POST"),
        ("/health", "GET, HEAD"),
        ("/ws/fleet", "GET, HEAD"),
        ("/dashboard", "GET, HEAD"),
    ] {
        for method in methods {
            let reply = Reply::of(desk.keyed(method, path).dispatch().await).await;
            shaped(&reply, 405, "METHOD_NOT_ALLOWED");
            assert_eq!(reply.header("allow"), allow, "{method} {path}");
        }
    }
    shaped(&desk.delete("/api/v1/agents").await, 405, "METHOD_NOT_ALLOWED");
    shaped(&desk.get("/api/v1/tickets").await, 405, "METHOD_NOT_ALLOWED");
    for reply in [desk.get("/api/v1/tasks/estimate").await, desk.delete("/api/v1/tasks/estimate").await] {
        shaped(&reply, 405, "METHOD_NOT_ALLOWED");
        assert_eq!(reply.header("allow"), "POST");
    }
}

#[rocket::async_test]
async fn a_body_that_will_not_do_is_named() {
    let desk = Desk::with(&[("max_body_bytes", "2000")]).await;
    let deep = format!("{{\"prompt\":{}{}}}", "[".repeat(70), "]".repeat(70));
    let large = format!("{{\"prompt\":\"{}\"}}", "a".repeat(3000));
    for (body, status, code, field) in [
        ("{", 400, "MALFORMED_JSON", ""),
        ("", 400, "MALFORMED_JSON", ""),
        (deep.as_str(), 400, "MALFORMED_JSON", ""),
        (large.as_str(), 413, "PAYLOAD_TOO_LARGE", ""),
        ("{}", 422, "VALIDATION_ERROR", "prompt"),
        ("[]", 422, "VALIDATION_ERROR", "body"),
        (r#"{"prompt":"a","colour":"red"}"#, 422, "VALIDATION_ERROR", "colour"),
        (r#"{"prompt":"a","limits":{"seconds":"x"}}"#, 422, "VALIDATION_ERROR", "limits.seconds"),
        (r#"{"prompt":"a","limits":{"cost_usd":"-1"}}"#, 422, "VALIDATION_ERROR", "limits.cost_usd"),
        (r#"{"prompt":"a","limits":{"seconds":0}}"#, 422, "VALIDATION_ERROR", "limits.seconds"),
        (r#"{"prompt":"a","include_analyst":"banana"}"#, 422, "VALIDATION_ERROR", "include_analyst"),
    ] {
        let reply = desk.post("/api/v1/tasks", body).await;
        shaped(&reply, status, code);
        assert_eq!(reply.json()["details"]["field"].as_str().unwrap_or_default(), field, "{body}");
    }
    shaped(&desk.post("/api/v1/agents", r#"{"role":"WIZARD"}"#).await, 422, "VALIDATION_ERROR");
    let reply = desk.post("/api/v1/tickets", r#"{"colour":"red"}"#).await;
    shaped(&reply, 422, "VALIDATION_ERROR");
}

#[rocket::async_test]
async fn a_parameter_that_will_not_do_is_named() {
    let desk = Desk::new().await;
    for (path, status, code, field) in [
        ("/api/v1/agents?limit=0", 422, "VALIDATION_ERROR", "limit"),
        ("/api/v1/agents?limit=201", 422, "VALIDATION_ERROR", "limit"),
        ("/api/v1/agents?limit=many", 422, "VALIDATION_ERROR", "limit"),
        ("/api/v1/agents?colour=red", 422, "VALIDATION_ERROR", "colour"),
        ("/api/v1/agents?sort=colour", 422, "VALIDATION_ERROR", "sort"),
        ("/api/v1/agents?status=bogus", 422, "VALIDATION_ERROR", "status"),
        ("/api/v1/agents?role=WIZARD", 422, "VALIDATION_ERROR", "role"),
        ("/api/v1/agents?from=zzz", 422, "VALIDATION_ERROR", "from"),
        ("/api/v1/tasks?status=bogus", 422, "VALIDATION_ERROR", "status"),
        ("/api/v1/agents?from=2026-03-01&to=2026-02-28", 422, "VALIDATION_ERROR", "from"),
        ("/api/v1/tasks?from=2026-03-01&to=2026-02-28", 422, "VALIDATION_ERROR", "from"),
        ("/api/v1/usage?from=2026-03-01&to=2026-02-28", 422, "VALIDATION_ERROR", "from"),
        ("/api/v1/usage/series?from=2026-03-01&to=2026-02-28", 422, "VALIDATION_ERROR", "from"),
        ("/api/v1/costs?from=2026-03-01&to=2026-02-28", 422, "VALIDATION_ERROR", "from"),
        ("/api/v1/metrics?from=2026-03-01&to=2026-02-28", 422, "VALIDATION_ERROR", "from"),
        ("/api/v1/search?q=word&from=2026-03-01&to=2026-02-28", 422, "VALIDATION_ERROR", "from"),
        ("/api/v1/tasks?cost_min=-1", 422, "VALIDATION_ERROR", "cost_min"),
        ("/api/v1/tasks?type=chore", 422, "VALIDATION_ERROR", "type"),
        ("/api/v1/status?colour=red", 422, "VALIDATION_ERROR", "colour"),
        ("/health?colour=red", 422, "VALIDATION_ERROR", "colour"),
        ("/api/v1/prompts/role/WIZARD", 422, "VALIDATION_ERROR", "role"),
        ("/api/v1/agents?cursor=nonsense", 400, "BAD_CURSOR", ""),
    ] {
        let reply = desk.get(path).await;
        assert_eq!(reply.status, status, "{path}");
        shaped(&reply, status, code);
        assert_eq!(reply.json()["details"]["field"].as_str().unwrap_or_default(), field, "{path}");
    }
    let bogus = desk.get("/api/v1/tasks?status=bogus").await.json();
    assert!(bogus["message"].as_str().unwrap().ends_with("or deleted alone"), "{bogus}");
}

#[rocket::async_test]
async fn a_valid_request_id_comes_back_and_another_does_not() {
    let desk = Desk::new().await;
    let sent =
        |id: &'static str| desk.keyed(Method::Get, "/api/v1/nothing").header(Header::new("X-Request-Id", id));
    for id in ["a", "req-7.x_Y", "0123456789012345678901234567890123456789012345678901234567890123"] {
        let reply = Reply::of(sent(id).dispatch().await).await;
        shaped(&reply, 404, "NOT_FOUND");
        assert_eq!(reply.header("x-request-id"), id);
    }
    for id in [
        "",
        "a b",
        "a\u{1b}[2J",
        "<script>",
        "01234567890123456789012345678901234567890123456789012345678901234",
    ] {
        let reply = Reply::of(sent(id).dispatch().await).await;
        shaped(&reply, 404, "NOT_FOUND");
        assert_ne!(reply.header("x-request-id"), id);
    }
}

#[get("/panics")]
fn panics() -> &'static str {
    panic!("canary of the panic")
}

#[rocket::async_test]
async fn a_panic_is_a_500_and_the_server_goes_on() {
    let desk = Desk::changed(&[], |rocket| rocket.mount("/", routes![panics])).await;
    let reply = desk.get("/panics").await;
    shaped(&reply, 500, "INTERNAL");
    assert!(!reply.text.contains("canary"));
    assert_eq!(desk.get("/health").await.status, 200);
}

#[rocket::async_test]
async fn too_many_requests_are_429_with_a_time_to_wait() {
    let desk = Desk::with(&[("read_rate", "3"), ("command_rate", "2"), ("stranger_rate", "4")]).await;
    let mut last = None;
    for _ in 0..20 {
        last = Some(desk.get("/api/v1/session").await);
    }
    let reply = last.unwrap();
    shaped(&reply, 429, "RATE_LIMITED");
    assert!(reply.header("retry-after").parse::<u32>().unwrap() >= 1);
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(desk.post("/api/v1/tickets", "{}").await.status);
    }
    assert_eq!(
        (statuses[0], statuses.contains(&429)),
        (201, true),
        "commands have a smaller allowance of their own"
    );
    let mut strangers = Vec::new();
    for _ in 0..6 {
        let request = desk.bare(Method::Get, "/health").remote("10.0.0.1:4000".parse().unwrap());
        strangers.push(request.dispatch().await.status().code);
    }
    assert_eq!(strangers, [200, 200, 200, 200, 429, 429]);
    let forged = desk.bare(Method::Get, "/health").remote("10.0.0.1:4001".parse().unwrap());
    let forged = forged
        .header(Header::new("X-Real-IP", "10.9.9.9"))
        .header(Header::new("X-Forwarded-For", "10.9.9.9"));
    assert_eq!(forged.dispatch().await.status().code, 429, "headers of a proxy are believed from nobody");
}

#[rocket::async_test]
async fn a_runtime_that_is_not_there_says_what_to_do() {
    let desk = Desk::new().await;
    let reply = desk.post("/api/v1/tasks", r#"{"prompt":"fix the typo"}"#).await;
    shaped(&reply, 422, "RUNTIME_UNAVAILABLE");
    assert_eq!(reply.json()["details"]["field"], "runtime");
    let outside =
        desk.post("/api/v1/tasks", r#"{"prompt":"a","runtime":"replay","working_directory":"/etc"}"#).await;
    shaped(&outside, 422, "DIRECTORY_REFUSED");
    assert!(outside.json()["details"]["roots"].is_array());
}

#[rocket::async_test]
async fn reading_needs_no_body_and_head_answers_without_one() {
    let desk = Desk::new().await;
    let request = desk.client.head("/health").header(Header::new("Host", HOST)).header(json_type());
    let reply = Reply::of(request.dispatch().await).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
}
