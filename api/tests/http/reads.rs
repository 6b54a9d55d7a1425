//! Reads: fresh, tagged, paged, and no more than was asked for.

use super::desk::{Desk, Reply};
use crate::support::rows;
use quarterdeck::store::{Batch, Draft, Row};
use quarterdeck_shared::{ENDPOINTS, Payload};
use rocket::http::{Header, Method};
use std::collections::BTreeSet;

async fn add(desk: &Desk, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let agent = rows::agent(number);
        let draft = Draft {
            agent_id: Some(agent.id),
            task_id: None,
            payload: Payload::AgentCreated { agent: agent.clone() },
        };
        desk.store().commit(Batch::new().row(Row::Agent(Box::new(agent))).event(draft)).await.unwrap();
    }
}

#[rocket::async_test]
async fn a_list_shows_what_was_acknowledged_before_it_was_asked_for() {
    let desk = Desk::new().await;
    for count in 1..20 {
        add(&desk, count - 1..count).await;
        let page = desk.get("/api/v1/agents").await.json();
        assert_eq!((page["total"].as_u64(), page["seq"].as_i64()), (Some(count), Some(desk.store().seq())));
    }
}

#[rocket::async_test]
async fn what_the_client_has_is_not_sent_again() {
    let desk = Desk::new().await;
    add(&desk, 0..3).await;
    let first = desk.get("/api/v1/agents").await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.len() > 10);
    let conditional =
        |tags: String| desk.keyed(Method::Get, "/api/v1/agents").header(Header::new("If-None-Match", tags));
    for tags in [etag.clone(), format!("\"other\", W/{etag}"), "*".to_owned()] {
        let reply = Reply::of(conditional(tags).dispatch().await).await;
        assert_eq!((reply.status, reply.text.as_str(), reply.header("etag")), (304, "", etag.as_str()));
    }
    add(&desk, 3..4).await;
    let reply = Reply::of(conditional(etag.clone()).dispatch().await).await;
    assert_eq!(reply.status, 200);
    assert_ne!(reply.header("etag"), etag);
}

#[rocket::async_test]
async fn every_read_is_tagged() {
    let desk = Desk::new().await;
    add(&desk, 0..1).await;
    let past = format!("?agent_id={}", rows::agent_id(0));
    for route in ENDPOINTS.iter().filter(|route| route.method.as_str() == "GET" && !route.path.contains('{'))
    {
        let query = match route.name {
            "GetPreview" => "?role=BUILDER",
            "Search" => "?q=word",
            "GetWhy" => "?day=2026-11-22",
            "GetReplay" => &past,
            // Of a change that nobody knows there is nothing to read.
            "GetFileDiff" => continue,
            _ => "",
        };
        let reply = desk.get(&format!("{}{query}", route.path)).await;
        assert_eq!(reply.status, 200, "{} {reply:?}", route.name);
        assert!(reply.headers.contains_key("etag"), "{}", route.name);
    }
}

#[rocket::async_test]
async fn pages_hold_every_row_once() {
    let desk = Desk::new().await;
    add(&desk, 0..23).await;
    for sort in ["-created_at", "cost", "-tokens", "name", "status", "role"] {
        let (mut seen, mut rows, mut cursor) = (BTreeSet::new(), 0, String::new());
        loop {
            let page = desk.get(&format!("/api/v1/agents?limit=5&sort={sort}&cursor={cursor}")).await.json();
            for row in page["items"].as_array().unwrap() {
                rows += 1;
                seen.insert(row["id"].as_str().unwrap().to_owned());
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!((rows, seen.len()), (23, 23), "{sort}");
    }
}

#[rocket::async_test]
async fn strangers_learn_whether_the_server_is_ready_and_no_more() {
    let desk = Desk::new().await;
    let known = desk.get("/ready").await.json();
    let names: BTreeSet<_> =
        known["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert!(names.is_superset(&BTreeSet::from(["database", "migrations", "disk", "events"])), "{names:?}");
    let stranger = Reply::of(desk.bare(Method::Get, "/ready").dispatch().await).await;
    assert_eq!((stranger.status, stranger.text.as_str()), (200, r#"{"status":"ready"}"#));
}

#[rocket::async_test]
async fn the_document_describes_every_endpoint() {
    let desk = Desk::new().await;
    let document = desk.get("/api/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    for route in ENDPOINTS {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        assert_eq!(operation["operationId"], route.name);
        assert!(
            operation["responses"][route.status.to_string()]["description"].is_string(),
            "{}",
            route.name
        );
    }
    let visit = |path| desk.bare(Method::Get, path).header(Header::new("Accept", "text/html,*/*;q=0.8"));
    let led = Reply::of(visit("/api/docs").dispatch().await).await;
    assert_eq!((led.status, led.header("location")), (303, "/login?next=/api/docs"));
    assert_eq!(visit("/api/openapi.json").dispatch().await.status().code, 401);
    let page = desk.get("/api/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text.contains("CreateTask"));
}

#[rocket::async_test]
async fn metrics_are_in_prometheus_form() {
    let desk = Desk::new().await;
    add(&desk, 0..3).await;
    let page = desk.get("/metrics").await;
    assert!(page.header("content-type").starts_with("text/plain"));
    for line in page.text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("quarterdeck_") && value.parse::<f64>().is_ok(), "{line}");
    }
    assert!(page.text.contains("quarterdeck_events_seq 3\n"), "{}", page.text);
    assert!(desk.get("/metrics").await.text.contains("route=\"/metrics\",method=\"GET\",status=\"200\"} 1"));
}

#[rocket::async_test]
async fn prompts_and_workflows_are_shown() {
    let desk = Desk::new().await;
    let role = desk.get("/api/v1/prompts/role/planner?complexity=simple").await.json();
    assert_eq!((role["role"].as_str(), role["complexity"].as_str()), (Some("PLANNER"), Some("simple")));
    assert!(role["prompt"].as_str().unwrap().len() > 50);
    let body =
        r#"{"role":"ANALYST","task":"Refactor the storage layer","custom_instructions":"Mind the cache."}"#;
    let posted = desk.post("/api/v1/prompts/preview", body).await.json();
    let system = posted["system_prompt"].as_str().unwrap();
    assert!(system.contains("Mind the cache."), "{system}");
    assert!(posted["prompt"].as_str().unwrap().contains("Refactor the storage layer"));
    let got = desk.get("/api/v1/prompts/preview?role=ANALYST&task=Refactor+the+storage+layer&custom_instructions=Mind+the+cache.");
    assert_eq!(got.await.json(), posted);
    let all = desk.get("/api/v1/workflows/recommend").await.json();
    assert_eq!(all["items"].as_array().unwrap().len(), 8);
    let one = desk.get("/api/v1/workflows/recommend?task_type=bug_fix&complexity=simple").await.json();
    assert_eq!((one["total"].as_u64(), one["items"][0]["task_type"].as_str()), (Some(1), Some("bug_fix")));
}
