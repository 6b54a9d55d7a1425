//! Costs and sources over HTTP.

use super::desk::{Desk, Reply};
use crate::{
    sources::{
        append, helped, import,
        logs::{built, take},
        prompt, response,
    },
    support::rows,
};
use quarterdeck::{
    sources::Tense,
    store::{Batch, Row},
};
use quarterdeck_shared::usage::UsageRecord;
use rocket::http::Method;
use serde_json::json;

#[rocket::async_test]
async fn costs_are_sums_of_the_records_that_usage_lists() {
    let desk = Desk::new().await;
    let agent = Row::Agent(Box::new(rows::agent(1)));
    let record = |number| Row::Usage(rows::record(number).into());
    let batch = (1..31).fold(Batch::new().row(agent), |batch, number| batch.row(record(number)));
    desk.store().commit(batch).await.unwrap();
    for by in ["day", "week", "month", "model", "role", "block"] {
        let costs = desk.get(&format!("/api/v1/costs?by={by}&timezone=Europe/Berlin")).await.json();
        assert_eq!(costs["total"]["records"], json!(30), "{by}");
        assert_eq!(costs["total"]["cost_usd"], json!("0.03"), "{by}");
        let groups = costs["groups"].as_array().unwrap();
        let records: u64 = groups.iter().map(|group| group["sum"]["records"].as_u64().unwrap()).sum();
        assert_eq!(records, 30, "{by}");
    }
    let mut late = rows::record(31);
    late.at = late.at.plus_seconds(12 * 3_600);
    desk.store().commit(Batch::new().row(Row::Usage(late.into()))).await.unwrap();
    let blocks = desk.get("/api/v1/costs?by=block").await.json();
    let gaps: Vec<_> =
        blocks["groups"].as_array().unwrap().iter().map(|group| group["is_gap"].clone()).collect();
    assert_eq!(gaps, [false, true, false]);
    let some = desk.get("/api/v1/costs?by=role&limit=2").await.json();
    assert_eq!((some["groups"].as_array().unwrap().len(), &some["left_out"]), (2, &json!(6)));
    for by in ["role", "session", "block"] {
        let whole = desk.get(&format!("/api/v1/costs?by={by}")).await.json();
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = desk.get(&format!("/api/v1/costs?by={by}&limit=2&cursor={cursor}")).await.json();
            assert_eq!(page["total"], whole["total"], "every page tells the sum of all");
            pages.push(page["groups"].as_array().unwrap().clone());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = next.to_owned();
        }
        pages.reverse();
        assert_eq!(json!(pages.concat()), whole["groups"], "{by}");
    }
    assert_eq!(desk.get("/api/v1/costs?by=day&cursor=x").await.status, 400);
    assert_eq!(desk.get("/api/v1/usage?role=builder").await.json()["total"], json!(4), "in any case");
    assert_eq!(desk.get("/api/v1/usage?role=cook").await.status, 422);
    let listed = desk.get("/api/v1/usage?limit=200").await.json();
    assert_eq!((&listed["total"], &listed["items"][0]["terms"]["complete"]), (&json!(31), &json!(true)));
}

#[rocket::async_test]
async fn what_is_asked_wrongly_is_named() {
    let desk = Desk::new().await;
    for (query, field) in
        [("timezone=Mars", "timezone"), ("from=soon", "from"), ("by=colour", "by"), ("limit=0", "limit")]
    {
        let reply = desk.get(&format!("/api/v1/costs?{query}")).await;
        assert_eq!(reply.status, 422, "{query}: {reply:?}");
        assert!(reply.text.contains(field), "{query}: {reply:?}");
    }
}

#[rocket::async_test]
async fn a_session_taken_in_is_found_by_session_and_project() {
    let desk = Desk::new().await;
    let folder = desk.folder.path().join("elsewhere");
    append(&folder.join("s1.jsonl"), &[prompt("s1", "Mend the roof"), response("s1", "m1", 1_000)]);
    import(desk.store(), &folder, Tense::History).await;
    let by = |by: &str| format!("/api/v1/costs?by={by}");
    let session = desk.get(&by("session")).await.json()["groups"][0].clone();
    assert_eq!((&session["key"], &session["name"]), (&json!("s1"), &json!("Mend the roof")));
    let agent = session["agent_id"].as_str().unwrap();
    assert_eq!(desk.get(&format!("/api/v1/agents/{agent}")).await.json()["source"], json!("transcript"));
    assert_eq!(desk.get(&by("project")).await.json()["groups"][0]["key"], json!("/home/dev/app"));
    assert_eq!(desk.get("/api/v1/costs?project=app").await.json()["total"]["records"], json!(1));
    assert_eq!(desk.get("/api/v1/usage?project=app").await.json()["items"][0]["message_id"], json!("m1"));
    assert_eq!(desk.get("/api/v1/usage?project=/home/dev/ap").await.json()["total"], json!(0));
}

#[rocket::async_test]
async fn sources_tell_how_they_do_to_those_who_may_know() {
    let desk = Desk::new().await;
    let sources = desk.get("/api/v1/sources").await.json();
    assert_eq!(sources["items"][0]["id"], json!("claude_sessions"));
    let checks = desk.get("/ready").await.json()["checks"].clone();
    assert!(checks.as_array().unwrap().iter().any(|check| check["name"] == "claude_sessions"), "{checks}");
    let stranger = Reply::of(desk.bare(Method::Get, "/ready").dispatch().await).await;
    assert!(!stranger.text.contains("claude_sessions"), "{stranger:?}");
}

#[rocket::async_test]
async fn a_day_is_accounted_for_line_by_line() {
    let desk = Desk::new().await;
    let folder = desk.folder.path().join("elsewhere");
    let mut begun = response("s1", "m1", 1);
    begun["message"]["stop_reason"] = json!(null);
    append(&folder.join("s1.jsonl"), &[prompt("s1", "go"), begun, response("s1", "m1", 1_000)]);
    append(&folder.join("s2.jsonl"), &[response("s2", "m1", 1_000), response("s2", "m2", 10)]);
    // A parent repeats what its sub-agents were answered: one of them has a file of its own, of another day, one none.
    let mut helped = helped("s4", "a1", "m3", 6);
    helped["timestamp"] = json!("2026-11-21T12:00:00.000Z");
    append(&folder.join("s4/subagents/agent-a1.jsonl"), &[helped]);
    let echo = |message: &str| {
        json!({"type": "progress", "sessionId": "s4", "timestamp": "2026-11-22T12:00:00.000Z",
            "data": {"type": "agent_progress", "agentId": "a1", "message": response("s4", message, 6)}})
    };
    append(&folder.join("s4.jsonl"), &[prompt("s4", "go"), echo("m3"), echo("m4"), echo("m4")]);
    import(desk.store(), &folder, Tense::History).await;
    built(&folder, "s3");
    take(desk.store(), &folder, Tense::History).await;
    let elsewhere = UsageRecord { at: "2026-11-22T13:00:00Z".parse().unwrap(), ..rows::record(7) };
    desk.store().commit(Batch::new().row(Row::Usage(elsewhere.into()))).await.unwrap();

    let asked = "/api/v1/costs/why?day=2026-11-22&timezone=Europe/Berlin";
    let why = desk.get(asked).await.json();
    let day = desk.get("/api/v1/costs?from=2026-11-22&to=2026-11-22&timezone=Europe/Berlin").await.json();
    assert_eq!(why["sum"], day["total"]);
    let lines = json!({"files": 4, "lines": 4, "responses": 2, "repeated_lines": 1, "copied_lines": 1,
        "copied_responses": 1, "partial_lines": 1, "echoes": 3, "unread_lines": 0});
    assert_eq!(why["lines"], lines);
    let left_out = (&why["left_out_responses"], &why["left_out"]["tokens"]["output"]);
    assert_eq!(left_out, (&json!(1), &json!(6)), "it stands in the parent's file alone");
    assert_eq!(why["every_line"]["tokens"]["output"], json!(2_011), "twice and more");
    assert_eq!(why["first_line"]["tokens"]["output"], json!(11), "next to nothing");
    let at_least = ["every_line", "first_line", "elsewhere"].map(|way| why[way]["lower_bound"].clone());
    assert_eq!(at_least, [json!(1), json!(1), json!(0)], "one line had not ended");
    assert_eq!(why["sum"]["tokens"]["output"], json!(1_010 + 20 + 12));
    let elsewhere = (&why["elsewhere_records"], &why["elsewhere"]["cost_usd"]);
    assert_eq!(elsewhere, (&json!(2), &json!("0.501")), "of an agent run here and of a folder of logs");
    assert_eq!(why["sum"]["records"], json!(2 + 2), "the files' and those from elsewhere are all there are");

    std::fs::remove_file(folder.join("s2.jsonl")).unwrap();
    let gone = desk.get(asked).await.json();
    assert_eq!(
        (&gone["missing_files"], &gone["sum"]["records"]),
        (&json!(1), &json!(4)),
        "what was counted stays"
    );
    let quiet = desk.get("/api/v1/costs/why?day=2026-11-23").await.json();
    assert_eq!((&quiet["lines"]["lines"], &quiet["sum"]["records"]), (&json!(0), &json!(0)));
    for wrong in ["", "day=soon", "day=2026-11-22T10:00:00Z", "day=2026-13-01"] {
        assert_eq!(desk.get(&format!("/api/v1/costs/why?{wrong}")).await.status, 422, "{wrong}");
    }
}

#[rocket::async_test]
async fn the_files_of_a_day_are_read_once_until_something_is_taken_in() {
    let desk = Desk::new().await;
    let folder = desk.folder.path().join("elsewhere");
    append(&folder.join("s1.jsonl"), &[prompt("s1", "go"), response("s1", "m1", 1_000)]);
    import(desk.store(), &folder, Tense::History).await;
    let lines = async || desk.get("/api/v1/costs/why?day=2026-11-22").await.json()["lines"]["lines"].clone();
    let (first, second) = rocket::tokio::join!(lines(), lines());
    assert_eq!((first, second), (json!(1), json!(1)));
    append(&folder.join("s1.jsonl"), &[response("s1", "m2", 10)]);
    assert_eq!(lines().await, json!(1), "nothing of it is in a sum yet");
    import(desk.store(), &folder, Tense::History).await;
    assert_eq!(lines().await, json!(2));
}
