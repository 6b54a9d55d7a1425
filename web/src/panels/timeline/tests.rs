//! The timeline's faces.

use super::*;
use crate::components::Trouble;
use crate::panels::samples;
use crate::testing::{drawn, holds};
use quarterdeck_shared::agents::AgentStatus;
use serde_json::json;

fn begun() -> i64 {
    "2026-11-22T10:00:00Z".parse::<Timestamp>().unwrap().micros()
}

fn full() -> TaskView {
    let mut view = samples::view(json!({}));
    let mut track = Track::default();
    let say = |track: &mut Track, seq: i64, second: i64, what: serde_json::Value| {
        track.say(seq, Timestamp(begun()).plus_seconds(second), serde_json::from_value(what).unwrap());
    };
    say(&mut track, 1, 1, json!({"kind": "text", "key": "m", "text": "Looking."}));
    say(
        &mut track,
        2,
        2,
        json!({"kind": "tool_call", "key": "t1", "tool": "Bash", "text": "", "input": {"command": "cargo check"}}),
    );
    say(&mut track, 3, 30, json!({"kind": "tool_result", "key": "t1", "text": "exit 101", "is_error": true}));
    say(&mut track, 4, 40, json!({"kind": "tool_call", "key": "t2", "tool": "Read", "text": "Read a"}));
    track.turn(AgentStatus::Waiting, Timestamp(begun()).plus_seconds(50));
    view.tracks.insert(view.agents[0].id, Rc::new(track));
    view
}

fn shown(view: TaskView, face: Face) -> String {
    drawn(html! { <Timeline {view} {face} now_us={begun() + 120_000_000} /> })
}

#[test]
fn what_was_done_what_failed_what_lasts_and_what_waits_differ() {
    let html = shown(full(), Face::Full);
    holds(&html, &["class=\"words\"", "is-failed fill-c", "class=\"hold\"", "waits 1:10", "nowline"]);
    holds(&html, &["cargo check, an error, 0:28", "<caption>Timeline</caption>", "2:00</text>"]);
}

#[test]
fn a_call_that_waits_to_be_allowed_is_no_work_yet() {
    let mut view = full();
    assert!(!shown(view.clone(), Face::Full).contains("is-running fill-c"));
    let id = view.agents[0].id;
    let mut track = (*view.tracks[&id]).clone();
    track.turn(AgentStatus::Running, Timestamp(begun()).plus_seconds(100));
    view.tracks.insert(id, Rc::new(track));
    holds(&shown(view, Face::Full), &["is-running fill-c", "class=\"hold\""]);
}

#[test]
fn before_the_first_agent_it_says_what_will_stand_here() {
    let mut view = samples::view(json!({}));
    view.agents.clear();
    holds(&shown(view, Face::Full), &["No agent has begun yet."]);
}

#[test]
fn waiting_and_failed_keep_the_title() {
    let trouble = Trouble { what: "The task did not come.".into(), ..Trouble::default() };
    holds(&shown(full(), Face::Waiting), &["Timeline</h2>", "Loading what was done when"]);
    holds(
        &shown(full(), Face::Failed(trouble)),
        &["Timeline</h2>", "The task did not come.", "Try again", "nowline"],
    );
}
