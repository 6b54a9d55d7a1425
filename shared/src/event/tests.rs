//! Every kind of event comes over the wire as it went, whoever reads it.

use super::*;
use crate::{json, live::Frame};
use serde_json::json;

const ID: &str = "0192f0c1-2b3c-7d4e-8f50-123456789abc";
const AT: &str = "2026-11-22T10:00:00.000000Z";

fn agent() -> Value {
    json!({
        "id": ID, "agent_id": ID, "name": "Builder", "role": "BUILDER", "status": "running",
        "status_evidence": {"reason": "alive", "process": 7}, "task_id": ID, "step_id": "s2", "model": null,
        "source": "quarterdeck", "runtime": "claude_cli", "session_id": "5e55", "working_directory": "/w",
        "permission_mode": "acceptEdits", "input_tokens": 10, "output_tokens": 20, "cache_creation_tokens": 0,
        "cache_read_tokens": 30, "total_tokens": 60, "cost_usd": "3.36", "cost_basis": "computed",
        "reported_cost_usd": null, "context": {"used": 36_000, "window": 200_000, "percent": 18.5}, "requests": 4,
        "tool_calls": 3, "activity": "Edit", "created_at": AT, "started_at": AT, "finished_at": null, "updated_at": AT,
    })
}

fn step() -> Value {
    json!({
        "id": "s2", "role": "BUILDER", "name": "Build", "depends_on": ["s1"], "status": "running", "agent_id": ID,
        "attempts": 1, "handover": null, "error": null, "started_at": AT, "finished_at": null,
    })
}

fn task() -> Value {
    json!({
        "id": ID, "source": "quarterdeck", "title": "t", "prompt": "p", "task_type": "bug_fix", "status": "running",
        "status_evidence": {"reason": "1 of 3"}, "complexity": "complex", "reasons": ["five"],
        "include_analyst": false, "analyst_reason": "r", "execution_mode": "auto", "workflow": [step()],
        "working_directory": "/w", "runtime": "claude_cli", "model": null, "permission_mode": "default",
        "limits": {"cost_usd": "15"}, "tokens": {"input": 1, "output": 2, "cache_creation": 3, "cache_read": 4},
        "cost_usd": "3.95", "cost_basis": null, "result": null, "error": null, "created_at": AT, "started_at": null,
        "finished_at": null, "updated_at": AT,
    })
}

fn approval() -> Value {
    json!({
        "id": ID, "agent_id": ID, "agent_name": "Builder", "task_id": null, "tool": "Bash",
        "input": {"command": "ls", "timeout": 0.5}, "reason": null, "working_directory": "/w", "status": "pending",
        "message": null, "asked_at": AT, "answered_at": null,
    })
}

fn record() -> Value {
    json!({
        "id": ID, "agent_id": ID, "task_id": null, "role": "TESTER", "message_id": "m", "request_id": null,
        "model": "claude-opus-5-5", "tokens": {"input": 1, "output": 2, "cache_creation": 3, "cache_read": 4},
        "cost_usd": "0.000000001", "cost_basis": "lower_bound", "price_version": null, "provenance": "stream",
        "sidechain": false, "replayed": true, "at": AT,
        "terms": {"cache_5m": 0, "cache_1h": 0, "web_searches": 0, "speed": null, "geo": null, "complete": false},
    })
}

fn payloads() -> Vec<(&'static str, Value)> {
    vec![
        ("agent.created", json!({"agent": agent()})),
        (
            "agent.status_changed",
            json!({"from": "created", "to": "running", "evidence": {"reason": "r"}, "agent": agent()}),
        ),
        ("agent.changed", json!({"agent": agent()})),
        ("agent.deleted", json!({})),
        (
            "agent.activity",
            json!({
                "kind": "tool_call", "key": "m1:0", "text": "ls", "tool": "Bash", "input": {"command": ["l", 1, null]},
                "is_error": false, "step_id": "s1",
            }),
        ),
        ("agent.activity", json!({"kind": "text", "key": "m1:0", "text": "so"})),
        ("agent.prompted", json!({"prompt": "go"})),
        ("agent.context_high", json!({"context": {"used": 9, "window": 10, "percent": 90.0}})),
        ("agent.stalled", json!({"seconds": 600})),
        ("usage.recorded", json!({"record": record(), "agent": agent(), "task_cost_usd": "1.5"})),
        ("usage.recorded", json!({"record": record(), "agent": agent()})),
        ("task.created", json!({"task": task()})),
        ("task.planned", json!({"task": task()})),
        ("task.status_changed", json!({"from": "pending", "to": "running", "task": task()})),
        ("task.step_started", json!({"step": step()})),
        ("task.step_changed", json!({"step": step()})),
        ("task.step_finished", json!({"step": step()})),
        ("task.deleted", json!({})),
        ("approval.asked", json!({"approval": approval()})),
        ("approval.answered", json!({"approval_id": ID, "status": "denied"})),
    ]
}

fn event(kind: &str, data: Value) -> Value {
    json!({"seq": 7, "at": AT, "agent_id": ID, "type": kind, "data": data})
}

#[test]
fn every_kind_of_event_survives_the_wire() {
    for (kind, data) in payloads() {
        let sent = event(kind, data);
        let read: Event = json::read(&sent.to_string()).unwrap_or_else(|_| panic!("{kind} is not read"));
        assert_eq!(read.payload.kind(), kind);
        assert_eq!(serde_json::to_value(&read).unwrap(), sent);
        assert_eq!(serde_json::from_str::<Event>(&sent.to_string()).unwrap(), read);
    }
}

#[test]
fn every_frame_survives_the_wire() {
    let totals = json!({
        "agents": 1, "active": 1, "by_status": {"running": 1}, "by_role": {}, "tasks": 1, "tasks_by_status": {},
        "with_analyst": 0, "without_analyst": 1, "pending_approvals": 1,
        "tokens": {"input": 1, "output": 2, "cache_creation": 3, "cache_read": 4}, "cost_usd": "1",
        "cost_basis": "lower_bound", "cost_today_usd": "0", "cost_today_basis": null, "unpriced_records": 0, "records": 3,
    });
    for sent in [
        json!({"type": "snapshot", "seq": 4, "agents": [agent()], "tasks": [task()], "approvals": [approval()], "totals": totals}),
        json!({"type": "event", "after": 6, "seq": 7, "event": event("agent.stalled", json!({"seconds": 1}))}),
        json!({"type": "gap", "from": 1, "to": 9}),
        json!({"type": "pong"}),
    ] {
        let read: Frame = json::read(&sent.to_string()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), sent);
        assert_eq!(serde_json::from_str::<Frame>(&sent.to_string()).unwrap(), read);
    }
}

#[test]
fn a_field_that_is_missing_is_named_and_a_later_one_is_no_fault() {
    let read = |data: Value| serde_json::from_value::<Event>(event("agent.stalled", data));
    let why = read(json!({})).unwrap_err().to_string();
    assert!(why.contains("missing field `seconds`"), "{why}");
    assert!(read(json!({"seconds": 1, "since": 2})).is_ok());
    let why = serde_json::from_value::<Event>(event("agent.born", json!({}))).unwrap_err().to_string();
    assert!(why.contains("agent.born"), "{why}");
}
