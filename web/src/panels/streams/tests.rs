//! The streams' faces.

use super::*;
use crate::components::Trouble;
use crate::panels::samples;
use crate::testing::{drawn, holds};
use quarterdeck_shared::Timestamp;
use serde_json::{Value, json};

fn view(pieces: &[Value]) -> TaskView {
    let mut view = samples::view(json!({}));
    let mut track = Track::default();
    for (seq, piece) in pieces.iter().enumerate() {
        let at = "2026-11-22T10:00:00Z".parse::<Timestamp>().unwrap().plus_seconds(seq as i64);
        track.say(seq as i64, at, serde_json::from_value(piece.clone()).unwrap());
    }
    view.tracks.insert(view.agents[0].id, Rc::new(track));
    view
}

fn shown(view: TaskView, face: Face) -> String {
    drawn(html! { <Streams {view} {face} /> })
}

#[test]
fn words_grow_tools_are_named_and_errors_say_why() {
    let html = shown(
        view(&[
            json!({"kind": "text", "key": "m", "text": "The unique index must cover tenant "}),
            json!({"kind": "text", "key": "m", "text": "and key."}),
            json!({"kind": "tool_call", "key": "t", "tool": "Bash", "text": "", "input": {"command": "cargo check -p checkout"}}),
            json!({"kind": "tool_result", "key": "t", "text": "exit 101\nerror[E0308]", "is_error": true}),
            json!({"kind": "tool_call", "key": "u", "tool": "Edit", "text": "", "input": {"file_path": "/home/me/checkout/src/store.rs"}}),
        ]),
        Face::Full,
    );
    holds(
        &html,
        &[
            "must cover tenant and key.",
            "<code>cargo check -p checkout</code>",
            "exit 101</span>",
            "error[E0308]",
        ],
    );
    holds(&html, &["Edit <code>src/store.rs</code>", "fine caret", "event used bad", "follows"]);
}

#[test]
fn what_an_agent_writes_is_text_and_never_markup() {
    let html = shown(
        view(&[json!({"kind": "text", "key": "m", "text": "<img src=x onerror=alert(1)>"})]),
        Face::Full,
    );
    assert!(!html.contains("<img"), "{html}");
}

#[test]
fn a_question_stands_at_the_end() {
    let mut view = view(&[]);
    view.approvals.push(Rc::new(samples::approval(json!({}))));
    holds(&shown(view, Face::Full), &["event held", "Asks to run a command: ", "psql"]);
}

#[test]
fn the_call_that_waits_is_marked_where_it_stands() {
    let call =
        json!({"kind": "tool_call", "key": "t", "tool": "Bash", "text": "", "input": {"command": "psql"}});
    let mut view = view(&[call]);
    view.approvals.push(Rc::new(samples::approval(json!({}))));
    let html = shown(view, Face::Full);
    holds(&html, &["event used held", "waiting to be allowed"]);
    assert!(!html.contains("Asks to"), "{html}");
}

#[test]
fn of_many_lines_the_newest_are_drawn_and_the_others_offered() {
    let pieces: Vec<Value> = (0..400)
        .map(|at| json!({"kind": "text", "key": format!("m{at}"), "text": format!("line {at}.")}))
        .collect();
    let html = shown(view(&pieces), Face::Full);
    holds(&html, &["Show 150 earlier", "line 399."]);
    assert!(!html.contains("line 249."));
}

#[test]
fn where_nothing_was_heard_the_way_to_the_words_is_open() {
    let silent = |changes: Value| {
        let mut view = samples::view(json!({}));
        view.agents = vec![Rc::new(samples::agent(changes))];
        shown(view, Face::Full)
    };
    let reason = json!({"reason": "its session file ends in the middle of a turn"});
    let ended = silent(json!({"status": "interrupted", "status_evidence": reason}));
    holds(&ended, &["this page: its session file ends in the middle of a turn.", "Read the conversation"]);
    holds(
        &silent(json!({"source": "transcript"})),
        &["begun elsewhere", "Read the conversation", "/conversation\""],
    );
    assert!(!silent(json!({})).contains("Read the conversation"), "it has only just begun");
}

#[test]
fn before_the_first_word_and_without_the_server_it_says_so() {
    let mut none = samples::view(json!({}));
    none.agents.clear();
    holds(&shown(none, Face::Full), &["No agent has begun yet."]);
    holds(&shown(view(&[]), Face::Full), &["Nothing said yet."]);
    holds(&shown(view(&[]), Face::Waiting), &["Live</h2>", "Loading what the agents say and do"]);
    let trouble = Trouble { what: "The task did not come.".into(), ..Trouble::default() };
    holds(
        &shown(view(&[]), Face::Failed(trouble)),
        &["Live</h2>", "The task did not come.", "Nothing said yet."],
    );
}
