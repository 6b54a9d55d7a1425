//! Hooks over HTTP: who may tell, what is refused, and that answers and instructions reach the session.

use super::desk::{Desk, Reply, json_type};
use quarterdeck_shared::{
    agents::{AgentQuery, NewPrompt},
    approvals::{Approval, ApprovalQuery},
};
use rocket::http::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/ingest/hooks";

async fn send(desk: &Desk, path: &str, body: &Value) -> (u16, Value) {
    let request = desk.keyed(Method::Post, path).header(json_type()).body(body.to_string());
    let reply = Reply::of(request.dispatch().await).await;
    (reply.status, serde_json::from_str(&reply.text).unwrap_or_default())
}

fn told(event: &str) -> Value {
    json!({"session_id": "s1", "hook_event_name": event, "prompt_id": "p1", "cwd": "/home/dev/app",
        "tool_name": "Bash", "tool_input": {"command": "make"}, "a_field_of_next_year": [1, 2]})
}

/// Waits for a question.
async fn asked(desk: &Desk) -> Approval {
    loop {
        let mut waiting = desk.store().approvals(&ApprovalQuery::default()).await.unwrap().items;
        match waiting.pop() {
            Some(approval) => return approval,
            None => tokio::task::yield_now().await,
        }
    }
}

#[rocket::async_test]
async fn a_question_is_answered_and_an_instruction_is_handed_over_by_the_api() {
    let desk = Desk::new().await;
    assert_eq!(send(&desk, PATH, &told("UserPromptSubmit")).await, (200, json!({})));
    let asks = async {
        let (status, reply) = send(&desk, PATH, &told("PermissionRequest")).await;
        (status, reply["hookSpecificOutput"]["decision"]["behavior"].clone())
    };
    let answers = async {
        let id = asked(&desk).await.id;
        let path = format!("/api/v1/approvals/{id}");
        let first = send(&desk, &path, &json!({"decision": "allow"})).await.0;
        (first, send(&desk, &path, &json!({"decision": "deny"})).await.0)
    };
    assert_eq!(tokio::join!(asks, answers), ((200, json!("allow")), (200, 409)));

    let agent = desk.store().agents(&AgentQuery::default()).await.unwrap().items.remove(0);
    let path = format!("/api/v1/agents/{}/prompt", agent.id);
    let prompt = serde_json::to_value(NewPrompt { prompt: "Then paint it.".into() }).unwrap();
    assert_eq!(send(&desk, &path, &prompt).await.0, 200);
    let reply = send(&desk, PATH, &told("Stop")).await;
    assert_eq!(reply, (200, json!({"decision": "block", "reason": "Then paint it."})));
    let mut stops = told("Stop");
    stops["stop_hook_active"] = true.into();
    assert_eq!(send(&desk, PATH, &stops).await, (200, json!({})));
    let (status, refusal) = send(&desk, &path, &prompt).await;
    assert_eq!(status, 409, "nobody would come for it");
    assert!(refusal["message"].as_str().unwrap().contains("its turn has ended"), "{refusal}");
}

#[rocket::async_test]
async fn a_session_in_its_terminal_is_not_said_to_be_cancelled() {
    let desk = Desk::new().await;
    send(&desk, PATH, &told("UserPromptSubmit")).await;
    let asks = async { send(&desk, PATH, &told("PermissionRequest")).await };
    let cancels = async {
        let asked = asked(&desk).await;
        let path = format!("/api/v1/agents/{}", asked.agent_id);
        let (status, refusal) = send(&desk, &format!("{path}/cancel"), &json!({})).await;
        assert!(refusal["message"].as_str().unwrap().contains("end it in its terminal"), "{refusal}");
        let agent = desk.get(&path).await.json();
        assert_eq!((status, &agent["status"]), (409, &json!("waiting")));
        let task = desk.delete(&format!("/api/v1/tasks/{}", agent["task_id"].as_str().unwrap())).await;
        assert!(task.status == 409 && task.text.contains("works elsewhere"), "{}", task.text);
        send(&desk, &format!("/api/v1/approvals/{}", asked.id), &json!({"decision": "allow"})).await.0
    };
    let (asked, answered) = tokio::join!(asks, cancels);
    assert_eq!(answered, 200, "its question is still open");
    assert_eq!(asked.1["hookSpecificOutput"]["decision"]["behavior"], "allow");
}

#[rocket::async_test]
async fn a_large_file_is_asked_about_before_it_is_written() {
    let desk = Desk::with(&[("hook_ask_tools", "Write"), ("max_otlp_bytes", "4000000")]).await;
    let mut writes = told("PreToolUse");
    writes["tool_name"] = "Write".into();
    writes["tool_input"] = json!({"file_path": "/home/dev/app/log", "content": "x".repeat(2 << 20)});
    let asks =
        async { send(&desk, PATH, &writes).await.1["hookSpecificOutput"]["permissionDecision"].clone() };
    let answers = async {
        let id = asked(&desk).await.id;
        send(&desk, &format!("/api/v1/approvals/{id}"), &json!({"decision": "deny"})).await.0
    };
    assert_eq!(tokio::join!(asks, answers), (json!("deny"), 200));
    writes["tool_input"]["content"] = "x".repeat(4_000_000).into();
    assert_eq!(send(&desk, PATH, &writes).await.0, 413);
}

#[rocket::async_test]
async fn a_setting_keeps_hooks_out() {
    let desk = Desk::with(&[("hooks", "false")]).await;
    let (status, refusal) = send(&desk, PATH, &told("UserPromptSubmit")).await;
    assert_eq!(status, 403);
    assert!(refusal["message"].as_str().unwrap().contains("`hooks` is off"), "{refusal}");
    assert_eq!(desk.store().agents(&AgentQuery::default()).await.unwrap().items, []);
    let sources = desk.get("/api/v1/sources").await.json();
    let board = sources["items"].as_array().unwrap().iter().find(|it| it["id"] == "hooks").unwrap();
    assert_eq!((&board["running"], &board["message"]), (&json!(false), &json!("the settings want it off")));
}

#[rocket::async_test]
async fn what_is_no_hook_is_refused_by_its_field() {
    let desk = Desk::new().await;
    for (body, field) in [(json!({}), "hook_event_name"), (json!({"hook_event_name": "Stop"}), "session_id")]
    {
        let (status, reply) = send(&desk, PATH, &body).await;
        assert_eq!((status, &reply["details"]["field"]), (422, &json!(field)), "{reply}");
    }
}

#[rocket::async_test]
async fn what_sessions_hand_in_is_not_held_to_the_rate_of_commands() {
    let desk = Desk::with(&[("command_rate", "1")]).await;
    let logs = json!({"resourceLogs": []});
    for _ in 0..8 {
        assert_eq!(send(&desk, PATH, &told("PostToolUse")).await.0, 200);
        assert_eq!(send(&desk, "/v1/logs", &logs).await.0, 200);
    }
    let desk = Desk::with(&[("read_rate", "1")]).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(send(&desk, PATH, &told("PostToolUse")).await.0);
    }
    assert!(statuses[0] == 200 && statuses.contains(&429), "{statuses:?}");
}
