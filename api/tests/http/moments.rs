//! What happened where in a conversation, and how it stood at its moments.

use super::{
    conversations::{answer, call, line, session, taken, words},
    desk::Desk,
};
use crate::{sources::append, support::rows};
use quarterdeck::store::{Batch, Draft, Row};
use quarterdeck_shared::{
    Payload,
    conversations::PLACES,
    event::{Activity, ActivityKind},
};
use serde_json::{Value, json};
use std::fs;

fn kinds(marks: &Value, kind: &str) -> usize {
    marks["places"].as_array().unwrap().iter().filter(|place| place["kind"] == kind).count()
}

/// An agent of one's own, and what it told.
async fn told(desk: &Desk, payloads: Vec<Payload>) -> String {
    let agent = rows::agent(1);
    let id = agent.id;
    let mut batch = Batch::new().row(Row::Agent(Box::new(agent)));
    for payload in payloads {
        batch = batch.event(Draft { agent_id: Some(id), task_id: None, payload });
    }
    desk.store().commit(batch).await.unwrap();
    format!("/api/v1/agents/{id}/conversation")
}

fn activity(kind: ActivityKind, key: &str, tool: &str, text: &str, input: Option<Value>) -> Payload {
    let (key, text, tool) = (key.into(), text.into(), Some(tool.into()));
    Payload::AgentActivity(Activity { kind, key, text, tool, input, is_error: Some(false), step_id: None })
}

#[rocket::async_test]
async fn calls_errors_and_prompts_are_marked_where_they_stand() {
    let (desk, path, address) = taken(|folder| session(&folder.join("s1.jsonl"), 400)).await;
    let marks = desk.get(&format!("{address}/marks")).await.json();
    assert_eq!(
        [&marks["calls"], &marks["errors"], &marks["prompts"], &marks["compactions"], &marks["read"]],
        [&json!(400), &json!(8), &json!(1), &json!(0), &json!(1.0)]
    );
    let places = marks["places"].as_array().unwrap();
    assert_eq!((places.len(), &places[0]["kind"]), (PLACES as usize, &json!("prompt")));
    assert_eq!((kinds(&marks, "error"), kinds(&marks, "prompt")), (8, 1));
    // The first failed call is the eighth of four hundred.
    let first = places.iter().find(|place| place["kind"] == "error").unwrap();
    assert!((first["at"].as_f64().unwrap() - 7.5 / 400.0).abs() < 0.01, "{first}");
    let boundary = json!({"type": "system", "subtype": "compact_boundary", "uuid": "c1", "sessionId": "s1",
        "timestamp": "2026-11-22T12:00:00Z", "compactMetadata": {"trigger": "auto", "preTokens": 170_000}});
    append(&path, &[boundary]);
    let marks = desk.get(&format!("{address}/marks")).await.json();
    let last = marks["places"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&marks["compactions"], &last["kind"]), (&json!(1), &json!("compaction")));
    assert_eq!(desk.get(&format!("{address}/marks?thread=nobody")).await.json()["calls"], json!(0));
    assert_eq!(desk.get(&format!("{address}/marks?what=1")).await.status, 422);
}

#[rocket::async_test]
async fn a_very_long_conversation_is_looked_into_everywhere_and_the_share_is_said() {
    let (desk, path, address) = taken(|folder| session(&folder.join("s1.jsonl"), 1)).await;
    let long = "shingle ".repeat(2_500);
    let mut lines = String::new();
    for turn in 0..2_200 {
        let at = 10 + turn * 2;
        lines += &format!("{}\n", call(at, "Bash", json!({"command": format!("hammer {turn}")})));
        lines += &format!("{}\n", answer(at + 1, at, json!(long), false));
    }
    fs::write(&path, fs::read_to_string(&path).unwrap() + &lines).unwrap();
    let marks = desk.get(&format!("{address}/marks")).await.json();
    let (read, calls) = (marks["read"].as_f64().unwrap(), marks["calls"].as_f64().unwrap());
    assert!(read > 0.5 && read < 0.95, "{read}");
    assert!((calls / 2_201.0 - read).abs() < 0.1, "{calls} calls in {read} of it");
    assert_eq!(marks["places"].as_array().unwrap().len(), PLACES as usize, "no place goes without");
}

#[rocket::async_test]
async fn an_agent_of_ones_own_has_its_marks_and_its_list_from_its_events() {
    let desk = Desk::new().await;
    let todo = |status: &str| {
        Some(json!({"todos": [{"content": "Mend", "status": status, "activeForm": "Mending"}]}))
    };
    let mut payloads = vec![Payload::AgentPrompted { prompt: "Go".into() }];
    payloads.push(activity(ActivityKind::ToolCall, "l1", "TodoWrite", "", todo("pending")));
    for turn in 0..500 {
        let key = format!("t{turn}");
        payloads.push(activity(ActivityKind::ToolCall, &key, "Bash", "ls", None));
        payloads.push(activity(ActivityKind::ToolResult, &key, "Bash", "a", None));
    }
    payloads.push(activity(ActivityKind::ToolCall, "l2", "TodoWrite", "", todo("completed")));
    let address = told(&desk, payloads).await;
    let marks = desk.get(&format!("{address}/marks")).await.json();
    let figures = [&marks["calls"], &marks["prompts"], &marks["errors"], &marks["read"]];
    assert_eq!(figures, [&json!(502), &json!(1), &json!(0), &json!(1.0)]);
    assert_eq!(marks["places"][0]["kind"], json!("prompt"));
    let now = desk.get(&format!("{address}/moment")).await.json();
    assert_eq!(now["todo"]["items"], json!([{"text": "Mend", "status": "completed"}]));
    let before = desk.get(&format!("{address}/moment?at=2020-01-01T00:00:00Z")).await.json();
    assert_eq!(before["todo"], Value::Null);
}

#[rocket::async_test]
async fn a_to_do_list_is_shown_as_it_was() {
    let write = |number: usize, states: [&str; 2]| {
        let [mend, paint] = states;
        call(
            number,
            "TodoWrite",
            json!({"todos": [{"content": "Mend \u{1b}[31mit", "status": mend}, {"content": "Paint", "status": paint}]}),
        )
    };
    let (desk, path, address) = taken(|folder| {
        let mut of_helper = write(30, ["completed", "completed"]);
        (of_helper["isSidechain"], of_helper["agentId"]) = (json!(true), json!("a9"));
        append(
            &folder.join("s1.jsonl"),
            &[
                line("user", 0, json!("Mend the roof")),
                write(10, ["in_progress", "pending"]),
                answer(11, 10, json!("ok"), false),
                write(20, ["completed", "in_progress"]),
                answer(21, 20, json!("ok"), false),
                write(22, ["pending", "pending"]),
                answer(23, 22, json!("InputValidationError"), true),
            ],
        );
        append(&folder.join("s1/subagents/agent-a9.jsonl"), &[of_helper]);
    })
    .await;
    let then = async |second: usize| {
        let at = format!("{address}/moment?at=2026-11-22T08:00:{second:02}Z");
        let todo = desk.get(&at).await.json()["todo"].clone();
        let items = todo["items"].as_array().cloned().unwrap_or_default();
        let shown =
            |item: &Value| format!("{} {}", item["status"].as_str().unwrap(), item["text"].as_str().unwrap());
        (items.iter().map(shown).collect::<Vec<_>>(), todo)
    };
    assert_eq!(then(5).await.1, Value::Null);
    assert_eq!(then(10).await.0, ["in_progress Mend it", "pending Paint"]);
    let (items, todo) = then(40).await;
    assert_eq!(items, ["completed Mend it", "in_progress Paint"], "a refused change is none");
    assert_eq!(
        (&todo["changed_at"], &todo["read_from"]),
        (&json!("2026-11-22T08:00:20.000000Z"), &Value::Null)
    );
    let of_helper = desk.get(&format!("{address}/moment?thread=a9")).await.json();
    assert_eq!(of_helper["todo"]["items"][1]["status"], json!("completed"));

    // Where the stretch that is read back through holds no list, that is said.
    let long = "shingle ".repeat(4_000);
    let lines = (60..660).map(|at| format!("{}\n", line("assistant", at, json!(long)))).collect::<String>();
    fs::write(&path, fs::read_to_string(&path).unwrap() + &lines).unwrap();
    let far = desk.get(&format!("{address}/moment?at=2026-11-22T09:00:00Z")).await.json();
    assert_eq!(far["todo"]["items"], json!([]));
    assert!(far["todo"]["read_from"].as_str().unwrap() > "2026-11-22T08:01", "{}", far["todo"]);
}

#[rocket::async_test]
async fn a_window_up_to_a_moment_holds_what_had_been_said_by_then() {
    let (desk, _, address) = taken(|folder| session(&folder.join("s1.jsonl"), 40)).await;
    // Turn 3 begins at second 10, calls at 11, and is answered at 12.
    let window = desk.get(&format!("{address}?limit=3&before=2026-11-22T08:00:11Z")).await.json();
    assert_eq!(words(&window), ["hammer 2", "Turn 3 begins.", "hammer 3"]);
    assert_eq!((&window["items"][2]["result"], window["later"].is_string()), (&Value::Null, true));
    assert!(window["items"][0]["result"].is_object(), "{window}");
    let whole = desk.get(&format!("{address}?limit=3&before=2026-11-22T08:00:12Z")).await.json();
    assert_eq!(whole["items"][2]["result"]["text"], json!("nail 3 is in"));
    let nothing = desk.get(&format!("{address}?before=2026-11-01T00:00:00Z")).await.json();
    assert_eq!((&nothing["items"], &nothing["earlier"]), (&json!([]), &Value::Null));

    let own = Desk::new().await;
    let address = told(
        &own,
        vec![
            Payload::AgentPrompted { prompt: "Go".into() },
            activity(ActivityKind::Text, "m1:0", "", "On my way.", None),
        ],
    )
    .await;
    let window = own.get(&format!("{address}?before=2020-01-01T00:00:00Z")).await.json();
    assert_eq!(window["items"], json!([]));
    let window = own.get(&format!("{address}?before=2120-01-01T00:00:00Z")).await.json();
    assert_eq!(words(&window), ["Go", "On my way."]);
}
