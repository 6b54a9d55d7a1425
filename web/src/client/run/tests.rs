//! What the task page makes of the frames it hears.

use super::*;
use crate::panels::samples;
use crate::track::Span;
use quarterdeck_shared::Usd;
use serde_json::{Value, json};

fn hear(state: &mut RunState, seq: i64, kind: &str, data: Value) {
    let at = format!("2026-11-22T10:00:{seq:02}Z");
    let event = json!({"seq": seq, "at": at, "agent_id": samples::AGENT, "task_id": samples::TASK, "type": kind, "data": data});
    let frame = json!({"type": "event", "after": state.seq, "seq": seq, "event": event});
    state.apply(samples::TASK.parse().unwrap(), serde_json::from_value(frame).unwrap());
}

fn said(kind: &str, key: &str, text: &str) -> Value {
    json!({"kind": kind, "key": key, "text": text})
}

fn track(state: &RunState) -> Rc<Track> {
    Rc::clone(&state.tracks[&samples::AGENT.parse().unwrap()])
}

fn second(at: i64) -> Timestamp {
    "2026-11-22T10:00:00Z".parse::<Timestamp>().unwrap().plus_seconds(at)
}

#[test]
fn pieces_of_one_block_are_read_as_one() {
    let mut state = RunState::default();
    hear(&mut state, 1, "agent.activity", said("text", "m1:0", "Reading "));
    hear(&mut state, 2, "agent.activity", said("text", "m1:0", "the tides."));
    hear(&mut state, 3, "agent.activity", said("text", "m1:1", "Next."));
    let track = track(&state);
    let texts: Vec<_> = track.moments.iter().map(|moment| moment.activity.text.as_str()).collect();
    assert_eq!(texts, ["Reading the tides.", "Next."]);
    assert_eq!(track.moments[0].until, Some(second(2)));
}

#[test]
fn a_tool_call_lasts_until_its_own_answer() {
    let mut state = RunState::default();
    for key in ["t1", "t2"] {
        hear(
            &mut state,
            if key == "t1" { 1 } else { 2 },
            "agent.activity",
            json!({"kind": "tool_call", "key": key, "text": "ls", "tool": "Bash"}),
        );
    }
    let answer =
        json!({"kind": "tool_result", "key": "t2", "text": "exit 1", "tool": "Bash", "is_error": true});
    hear(&mut state, 5, "agent.activity", answer);
    let track = track(&state);
    assert!(track.moments[0].is_open());
    assert_eq!((track.moments[1].until, track.moments[1].bad), (Some(second(5)), true));
    assert_eq!(track.moments[1].answer.as_deref(), Some("exit 1"));
}

#[test]
fn nothing_of_an_ended_agent_stays_open_and_its_waits_are_kept() {
    let mut state = RunState::default();
    hear(
        &mut state,
        1,
        "agent.activity",
        json!({"kind": "tool_call", "key": "t1", "text": "psql", "tool": "Bash"}),
    );
    let turn = |from: &str, to: &str| json!({"from": from, "to": to, "evidence": {"reason": "x"}, "agent": samples::agent_json(json!({"status": to}))});
    hear(&mut state, 2, "agent.status_changed", turn("running", "waiting"));
    hear(&mut state, 4, "agent.status_changed", turn("waiting", "running"));
    hear(&mut state, 6, "agent.status_changed", turn("running", "cancelled"));
    let track = track(&state);
    assert_eq!(track.waits, [Span { from: second(2), until: Some(second(4)) }]);
    assert_eq!(track.moments[0].until, Some(second(6)));
}

#[test]
fn steps_and_cost_reach_the_task_and_a_repeated_frame_changes_nothing() {
    let mut state = RunState::default();
    hear(&mut state, 1, "task.created", json!({"task": samples::task_json(json!({}))}));
    hear(
        &mut state,
        2,
        "task.step_finished",
        json!({"step": samples::step_json("s1", "PLANNER", "completed", &[])}),
    );
    let task = state.task.clone().unwrap();
    assert_eq!(task.workflow[0].status.as_str(), "completed");
    assert_eq!(task.updated_at, second(2));
    assert_eq!(task.status_evidence.reason, "at work: step 2, BUILDER");
    assert_eq!(task.status_evidence.last_event_at, Some(second(2)));
    let cost = task.cost_usd;
    hear(&mut state, 2, "task.created", json!({"task": samples::task_json(json!({"cost_usd": "9"}))}));
    assert_eq!(state.task.unwrap().cost_usd, cost);
    assert_ne!(cost, Usd::from_nanos(9_000_000_000));
}
