//! One task, its agents and a question, as the server would tell them: what panels are drawn with in tests.

use std::collections::BTreeMap;
use std::rc::Rc;

use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::approvals::Approval;
use quarterdeck_shared::tasks::Task;
use quarterdeck_shared::usage::UsageRecord;
use serde_json::{Value, json};

use super::task_view::TaskView;

/// The agent's id.
pub const AGENT: &str = "0192f0c1-2b3c-7d4e-8f50-00000000000a";
/// The task's id.
pub const TASK: &str = "0192f0c1-2b3c-7d4e-8f50-00000000000b";

fn with(mut base: Value, changes: &Value) -> Value {
    for (field, value) in changes.as_object().into_iter().flatten() {
        base[field] = value.clone();
    }
    base
}

/// A Builder at work.
pub fn agent_json(changes: Value) -> Value {
    let agent = json!({
        "id": AGENT, "agent_id": AGENT, "name": "Builder", "role": "BUILDER", "status": "running",
        "status_evidence": {"reason": "process 7 alive", "process": 7}, "task_id": TASK, "step_id": "s2", "model": "claude-opus-5-5",
        "source": "quarterdeck", "runtime": "claude_cli", "session_id": "5e55", "working_directory": "/home/me/checkout",
        "permission_mode": "default", "input_tokens": 10, "output_tokens": 20, "cache_creation_tokens": 0,
        "cache_read_tokens": 30, "total_tokens": 60, "cost_usd": "3.36", "cost_basis": "computed", "reported_cost_usd": null,
        "context": {"used": 36_000, "window": 200_000, "percent": 18.0}, "requests": 4, "tool_calls": 3,
        "activity": "Edit src/payments/store.rs", "created_at": "2026-11-22T10:00:00Z",
        "started_at": "2026-11-22T10:00:00Z", "finished_at": null, "updated_at": "2026-11-22T10:00:00Z"
    });
    with(agent, &changes)
}

/// The same, read.
pub fn agent(changes: Value) -> Agent {
    serde_json::from_value(agent_json(changes)).unwrap()
}

/// A step.
pub fn step_json(id: &str, role: &str, status: &str, depends_on: &[&str]) -> Value {
    let agent = (status != "pending").then_some(AGENT);
    let ended = matches!(status, "completed" | "failed" | "cancelled");
    json!({
        "id": id, "role": role, "depends_on": depends_on, "status": status, "agent_id": agent, "attempts": 1,
        "handover": null, "error": null, "started_at": agent.map(|_| "2026-11-22T10:00:00Z"),
        "finished_at": ended.then_some("2026-11-22T10:05:42Z")
    })
}

/// A task of three steps, the second under way.
pub fn task_json(changes: Value) -> Value {
    let steps = [
        step_json("s1", "PLANNER", "completed", &[]),
        step_json("s2", "BUILDER", "running", &["s1"]),
        step_json("s3", "TESTER", "pending", &["s2"]),
    ];
    let task = json!({
        "id": TASK, "title": "Idempotency keys on POST /payments", "prompt": "Idempotency keys on POST /payments\nand tests",
        "task_type": "feature_implementation", "status": "running", "status_evidence": {"reason": "1 of 3 steps runs"},
        "complexity": "complex", "reasons": ["five separate deliverables"], "include_analyst": false,
        "analyst_reason": "one endpoint, named exactly", "execution_mode": "auto", "workflow": steps,
        "working_directory": "/home/me/checkout", "runtime": "claude_cli", "model": null, "permission_mode": "default",
        "limits": {"cost_usd": "15"}, "tokens": {"input": 10, "output": 20, "cache_creation": 0, "cache_read": 30},
        "cost_usd": "3.95", "cost_basis": "computed", "result": null, "error": null,
        "created_at": "2026-11-22T10:00:00Z", "started_at": "2026-11-22T10:00:00Z", "finished_at": null,
        "updated_at": "2026-11-22T10:00:00Z"
    });
    with(task, &changes)
}

/// The same, read.
pub fn task(changes: Value) -> Task {
    serde_json::from_value(task_json(changes)).unwrap()
}

/// A question about a shell command.
pub fn approval(changes: Value) -> Approval {
    let approval = json!({
        "id": "0192f0c1-2b3c-7d4e-8f50-00000000000c", "agent_id": AGENT, "agent_name": "Builder", "task_id": TASK,
        "tool": "Bash", "input": {"command": "psql \"$STAGING_URL\" -f migrations/0042.sql"}, "reason": "No rule covers psql",
        "working_directory": "/home/me/checkout", "status": "pending", "message": null,
        "asked_at": "2026-11-22T10:00:00Z", "answered_at": null
    });
    serde_json::from_value(with(approval, &changes)).unwrap()
}

/// A response of the model's API.
pub fn record(changes: Value) -> UsageRecord {
    let record = json!({
        "id": AGENT, "agent_id": AGENT, "task_id": null, "role": "BUILDER", "message_id": "msg_1", "request_id": "req_1",
        "model": "claude-opus-5-5", "tokens": {"input": 5, "output": 7, "cache_creation": 1_000, "cache_read": 20_000},
        "cost_usd": "0.012345", "cost_basis": "computed", "price_version": "2026-11-22", "provenance": "stream line 12",
        "sidechain": false, "replayed": false, "at": "2026-11-22T10:00:01Z"
    });
    serde_json::from_value(with(record, &changes)).unwrap()
}

/// The task with its Builder, nothing said and nothing asked.
pub fn view(changes: Value) -> TaskView {
    TaskView::new(Rc::new(task(changes)), vec![Rc::new(agent(json!({})))], BTreeMap::new(), Vec::new())
}
