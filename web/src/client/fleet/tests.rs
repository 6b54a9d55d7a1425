//! What the page makes of the frames it hears.

use super::*;
use crate::panels::samples;
use quarterdeck_shared::Usd;
use serde_json::{Value, json};

const AGENT: &str = "0192f0c1-2b3c-7d4e-8f50-00000000000a";
const TASK: &str = "0192f0c1-2b3c-7d4e-8f50-00000000000b";

fn agent(changes: Value) -> Value {
    let mut agent = json!({
        "id": AGENT, "agent_id": AGENT, "name": "Builder", "role": "BUILDER", "status": "running",
        "status_evidence": {"reason": "process 7 alive"}, "task_id": TASK, "step_id": "s1", "model": null,
        "source": "quarterdeck", "runtime": "claude_cli", "session_id": null, "working_directory": "/w",
        "permission_mode": "default", "input_tokens": 0, "output_tokens": 0, "cache_creation_tokens": 0,
        "cache_read_tokens": 0, "total_tokens": 0, "cost_usd": "0", "cost_basis": null, "reported_cost_usd": null,
        "context": null, "requests": 0, "tool_calls": 0, "activity": "", "created_at": "2026-11-22T10:00:00Z",
        "started_at": null, "finished_at": null, "updated_at": "2026-11-22T10:00:00Z"
    });
    for (field, value) in changes.as_object().unwrap() {
        agent[field] = value.clone();
    }
    agent
}

fn hear(state: &mut FleetState, seq: i64, kind: &str, data: Value) {
    let event = json!({"seq": seq, "at": "2026-11-22T10:00:01Z", "agent_id": AGENT, "task_id": TASK, "type": kind, "data": data});
    let frame = json!({"type": "event", "after": state.seq, "seq": seq, "event": event});
    state.apply(serde_json::from_value(frame).unwrap());
}

fn usage(cost: &str, agent: Value) -> Value {
    let record = json!({
        "id": AGENT, "agent_id": AGENT, "task_id": TASK, "role": "BUILDER", "message_id": "msg_1", "request_id": null,
        "model": "claude-opus-5-5", "tokens": {"input": 5, "output": 7, "cache_creation": 0, "cache_read": 0},
        "cost_usd": cost, "cost_basis": "computed", "price_version": "2026-11-22", "provenance": "stream line 3",
        "sidechain": false, "replayed": false, "at": "2026-11-22T10:00:01Z"
    });
    json!({"record": record, "agent": agent})
}

#[test]
fn a_new_agent_is_counted_once_and_follows_its_status() {
    let mut state = FleetState::default();
    hear(&mut state, 1, "agent.created", json!({"agent": agent(json!({"status": "created"}))}));
    let change =
        json!({"from": "created", "to": "running", "evidence": {"reason": "x"}, "agent": agent(json!({}))});
    hear(&mut state, 2, "agent.status_changed", change);
    assert_eq!((state.totals.agents, state.totals.active), (1, 1));
    assert_eq!(state.totals.by_status["running"], 1);
    assert_eq!(state.totals.by_status["created"], 0);
}

#[test]
fn a_record_raises_the_totals_by_what_it_adds_and_no_more() {
    let mut state = FleetState::default();
    hear(&mut state, 1, "agent.created", json!({"agent": agent(json!({}))}));
    let grown = agent(
        json!({"cost_usd": "0.01", "input_tokens": 5, "output_tokens": 7, "total_tokens": 12, "requests": 1}),
    );
    hear(&mut state, 2, "usage.recorded", usage("0.01", grown.clone()));
    hear(&mut state, 3, "usage.recorded", usage("0.01", grown));
    assert_eq!(state.totals.cost_usd, Usd::from_nanos(10_000_000));
    assert_eq!((state.totals.tokens.total(), state.totals.records), (12, 1));
    let less = agent(json!({"cost_usd": "0.004", "input_tokens": 5, "total_tokens": 5, "requests": 0}));
    hear(&mut state, 4, "usage.recorded", usage("0.01", less));
    assert_eq!(state.totals.cost_usd, Usd::from_nanos(4_000_000));
    assert_eq!(
        (state.totals.tokens.total(), state.totals.records),
        (5, 0),
        "what was counted twice gave way"
    );
}

#[test]
fn a_recording_costs_the_fleet_nothing() {
    let mut state = FleetState::default();
    let replayed = agent(json!({"runtime": "replay", "cost_usd": "0.50", "requests": 1}));
    hear(&mut state, 1, "agent.created", json!({"agent": replayed}));
    assert_eq!((state.totals.cost_usd, state.totals.records), (Usd::ZERO, 0));
}

#[test]
fn pieces_of_one_block_grow_one_line_and_a_tool_call_starts_another() {
    let mut state = FleetState::default();
    for (seq, kind, key, text) in
        [(1, "text", "m:0", "Hal"), (2, "text", "m:0", "lo"), (3, "tool_call", "m:1", "ls")]
    {
        hear(&mut state, seq, "agent.activity", json!({"kind": kind, "key": key, "text": text}));
    }
    let lines = state.lines.values().next().unwrap();
    let texts: Vec<_> = lines.iter().map(|line| line.activity.text.as_str()).collect();
    assert_eq!(texts, ["Hallo", "ls"]);
}

#[test]
fn an_answered_question_leaves_the_inbox() {
    let mut state = FleetState::default();
    let approval = json!({
        "id": AGENT, "agent_id": AGENT, "agent_name": "Builder", "task_id": TASK, "tool": "Bash", "input": {},
        "reason": null, "working_directory": "/w", "status": "pending", "message": null,
        "asked_at": "2026-11-22T10:00:01Z", "answered_at": null
    });
    hear(&mut state, 1, "approval.asked", json!({"approval": approval}));
    assert_eq!((state.approvals.len(), state.totals.pending_approvals), (1, 1));
    hear(&mut state, 2, "approval.answered", json!({"approval_id": AGENT, "status": "allowed"}));
    assert_eq!((state.approvals.len(), state.totals.pending_approvals), (0, 0));
}

#[test]
fn a_step_that_begins_changes_the_reason_for_the_status_of_its_task() {
    let mut state = FleetState::default();
    let mut task = samples::task_json(json!({}));
    task["workflow"][1]["status"] = json!("pending");
    hear(&mut state, 1, "task.created", json!({"task": task}));
    hear(
        &mut state,
        2,
        "task.step_started",
        json!({"step": samples::step_json("s2", "BUILDER", "running", &["s1"])}),
    );
    let task = state.tasks.values().next().unwrap();
    assert_eq!(task.status_evidence.reason, "at work: step 2, BUILDER");
}
