//! A moment is told from what was known by then, and nothing that came later.

use super::*;
use quarterdeck_shared::{StepId, agents::Role};
use serde_json::{Value, json};

fn task(status: &str, steps: &[&str]) -> Value {
    let steps: Vec<_> = steps.iter().enumerate().map(|(at, status)| step(at, status)).collect();
    json!({"id": "0192f0c1-2b3c-7d4e-8f50-00000000000a", "title": "t", "prompt": "p", "status": status, "status_evidence": {"reason": ""},
        "task_type": "bug_fix", "complexity": "simple", "reasons": [], "include_analyst": false,
        "analyst_reason": "", "execution_mode": "sequential", "permission_mode": "default", "limits": {},
        "working_directory": "/w", "runtime": "claude_cli", "model": null, "workflow": steps, "source": "quarterdeck",
        "tokens": {"input": 0, "output": 0, "cache_creation": 0, "cache_read": 0}, "cost_usd": "0",
        "cost_basis": null, "result": null, "error": null, "created_at": "2026-11-22T10:00:00Z",
        "started_at": "2026-11-22T10:00:00Z", "finished_at": "2026-11-22T11:00:00Z",
        "updated_at": "2026-11-22T11:00:00Z"})
}

fn step(at: usize, status: &str) -> Value {
    json!({"id": StepId::at(at), "role": "BUILDER", "depends_on": [], "status": status, "agent_id": null,
        "attempts": 1, "handover": null, "error": null, "started_at": null, "finished_at": null})
}

fn agent() -> Value {
    let id = "0192f0c1-2b3c-7d4e-8f50-00000000000b";
    json!({"id": id, "agent_id": id, "name": "a", "role": "BUILDER", "status": "deleted", "status_evidence": {"reason": ""},
        "task_id": null, "step_id": null, "parent_id": null, "model": null, "source": "quarterdeck", "runtime": "claude_cli",
        "session_id": null, "working_directory": "/w", "permission_mode": "default", "input_tokens": 0, "output_tokens": 0,
        "cache_creation_tokens": 0, "cache_read_tokens": 0, "total_tokens": 0, "cost_usd": "0", "cost_basis": null,
        "reported_cost_usd": null, "context": null, "requests": 0, "tool_calls": 0, "activity": "",
        "created_at": "2026-11-22T10:00:00Z", "started_at": "2026-11-22T10:00:00Z",
        "finished_at": "2026-11-22T11:00:00Z", "updated_at": "2026-11-22T11:00:00Z"})
}

fn event(seq: i64, kind: &str, data: Value) -> Event {
    serde_json::from_value(json!({"seq": seq, "at": "2026-11-22T10:30:00Z", "type": kind, "data": data}))
        .unwrap()
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_task_stands_where_its_last_event_left_it() {
    let now: Task = serde_json::from_value(task("completed", &["completed", "completed"])).unwrap();
    let told = [
        event(1, "task.created", json!({"task": task("pending", &["pending", "pending"])})),
        event(2, "task.step_started", json!({"step": step(0, "running")})),
        event(
            3,
            "task.status_changed",
            json!({"from": "pending", "to": "running", "task": task("running", &["running", "pending"])}),
        ),
        event(4, "task.step_finished", json!({"step": step(0, "completed")})),
    ];
    let stood = |told: &[Event]| {
        let (status, steps) = task_then(&now, told, moment("2026-11-22T10:30:00Z"));
        (status, steps.iter().map(|step| step.status).collect::<Vec<_>>())
    };
    use StepStatus::{Completed, Pending, Running};
    assert_eq!(stood(&told[..1]), (TaskStatus::Pending, vec![Pending, Pending]));
    assert_eq!(stood(&told[..2]), (TaskStatus::Pending, vec![Running, Pending]));
    assert_eq!(stood(&told), (TaskStatus::Running, vec![Completed, Pending]));
    assert_eq!(stood(&[]), (TaskStatus::Running, vec![Running, Running]), "history that nobody told");
    let after = task_then(&now, &[], moment("2026-11-22T12:00:00Z"));
    assert_eq!(after.0, TaskStatus::Completed);
}

#[test]
fn before_it_was_deleted_an_agent_had_ended_as_its_work_did() {
    use AgentStatus::{Cancelled, Completed, Created, Deleted, Failed, Interrupted, Running};
    let agent: Agent = serde_json::from_value(agent()).unwrap();
    let then = |told, at: &str| agent_then(&agent, told, Failed, moment(at));
    assert_eq!(then(None, "2026-11-22T09:00:00Z"), None);
    assert_eq!(then(None, "2026-11-22T10:30:00Z"), Some(Running));
    assert_eq!(then(None, "2026-11-22T11:00:00Z"), Some(Failed), "nobody told when");
    let deleted = Some(Deleted);
    assert_eq!(then(deleted, "2026-11-22T11:00:00Z"), deleted);

    for (taken_in, alone_on, wanted) in [
        (Some(Interrupted), Some(TaskStatus::Completed), Interrupted),
        (Some(Created), Some(TaskStatus::Failed), Failed),
        (Some(Running), Some(TaskStatus::Cancelled), Cancelled),
        (None, Some(TaskStatus::Interrupted), Interrupted),
        (Some(Deleted), None, Completed),
        (None, None, Completed),
    ] {
        assert_eq!(ended(taken_in, alone_on), wanted, "{taken_in:?}, {alone_on:?}");
    }
}

#[test]
fn what_stands_out_is_named_and_the_rest_is_left_out() {
    let told = [
        event(1, "task.step_started", json!({"step": step(0, "running")})),
        event(2, "agent.prompted", json!({"prompt": "go on"})),
        event(3, "task.step_finished", json!({"step": step(0, "failed")})),
        event(4, "task.created", json!({"task": task("pending", &[])})),
    ];
    let marks = marks(&told, |_| "Builder".to_owned());
    let labels: Vec<_> = marks.iter().map(|mark| (mark.kind, mark.label.as_str())).collect();
    let wanted = [
        (MarkKind::Began, format!("{} begins", Role::Builder)),
        (MarkKind::Prompted, "Builder is told something".to_owned()),
        (MarkKind::Failed, format!("{} failed", Role::Builder)),
    ];
    assert_eq!(labels, wanted.iter().map(|(kind, label)| (*kind, label.as_str())).collect::<Vec<_>>());
}
