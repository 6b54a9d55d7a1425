//! Turns as they are drawn: every kind, and nothing of what an agent says taken for markup.

use super::*;
use crate::testing::{drawn, holds};
use quarterdeck_shared::conversations::Moment;
use serde_json::{Value, json};

fn shown(item: Value) -> String {
    let mut whole = json!({"cursor": "0.7.0", "at": "2026-11-22T10:00:01Z", "kind": "text"});
    for (field, value) in item.as_object().unwrap() {
        whole[field] = value.clone();
    }
    let item: Rc<Item> = Rc::new(serde_json::from_value(whole).unwrap());
    drawn(html! { <Turn {item} here=true thoughts=false on_deal={Callback::noop()} /> })
}

#[test]
fn words_of_an_agent_are_text_and_nothing_else() {
    let html = shown(json!({"text": "<img src=x onerror=alert(1)> ![x](http://evil/x.png) \u{202e}"}));
    holds(&html, &["data-cursor=\"0.7.0\"", "Copy", "Link to here", "Raw line", "aria-current=\"true\""]);
    assert!(!html.contains("<img"), "{html}");
}

#[test]
fn a_call_stands_with_its_input_and_its_answer() {
    let html = shown(json!({"kind": "call", "tool": "Bash", "input": {"command": "cargo check"},
        "result": {"cursor": "0.9.0", "at": "2026-11-22T10:00:10Z", "text": "error[E0308]", "is_error": true}}));
    holds(&html, &["call bad", "cargo check", "failed, 0:09", "error[E0308]", "Input"]);
    assert!(!html.contains("region"), "of many answers none is a landmark: {html}");
    holds(&shown(json!({"kind": "call", "tool": "Bash", "input": {"command": "ls"}})), &["no answer yet"]);
}

#[test]
fn an_edit_shows_what_comes_and_goes_with_its_lines() {
    let change = json!({"path": "/a.rs", "kind": "update", "added": 1, "removed": 1,
        "hunks": [{"old_start": 113, "new_start": 113, "lines": [" a", "-b", "+c"]}]});
    let result = json!({"cursor": "0.9.0", "at": null, "is_error": false, "change": change});
    let html =
        shown(json!({"kind": "call", "tool": "Edit", "input": {"file_path": "/a.rs"}, "result": result}));
    holds(&html, &["Change in /a.rs", "+1 −1", "class=\"cutl\"><span>114", "class=\"add\"><span>114"]);
}

#[test]
fn a_sub_agent_is_unfolded_in_place_or_read_on_its_own() {
    let id = "0192f0c1-2b3c-7d4e-8f50-00000000000a";
    let result =
        |helper: Value| json!({"cursor": "0.9.0", "at": null, "is_error": false, "sub_agent": helper});
    let call = |result: Value| shown(json!({"kind": "call", "tool": "Agent", "input": {}, "result": result}));
    let way = format!("href=\"/agents/{id}/conversation\"");
    holds(&call(result(json!({"agent_id": id}))), &[&way, "Unfold the sub-agent"]);
    holds(&call(result(json!({"agent_id": id, "thread": "a9&b"}))), &["conversation?thread=a9%26b\""]);
}

#[test]
fn the_to_do_list_of_a_moment_has_its_states_and_says_what_is_not_known() {
    let then = |todo: Value| {
        let tokens = json!({"input": 1, "output": 2, "cache_creation": 3, "cache_read": 4});
        let moment = json!({"at": "2026-11-22T10:00:00Z", "requests": 1, "all_requests": 1, "tokens": tokens,
            "cost_usd": "0", "cost_basis": null, "todo": todo});
        let moment: Rc<Moment> = Rc::new(serde_json::from_value(moment).unwrap());
        drawn(html! { <Then {moment} /> })
    };
    let items =
        json!([{"text": "Mend <b>", "status": "in_progress"}, {"text": "Paint", "status": "completed"}]);
    let html = then(json!({"items": items, "left_out": 3, "changed_at": null, "read_from": null}));
    holds(&html, &["Its to-do list then", "under way", "Mend &lt;b&gt;", "is-completed", "and 3 more"]);
    assert!(!html.contains("not read"), "{html}");
    let unknown = json!({"items": [], "changed_at": null, "read_from": "2026-11-22T09:00:00Z"});
    holds(&then(unknown), &["None since", "further back was not read"]);
    assert!(!then(Value::Null).contains("to-do"));
}

#[test]
fn thoughts_are_folded_and_marks_are_told() {
    let html = shown(json!({"kind": "thinking", "text": "one two three"}));
    holds(&html, &["Thought, 3 words", "<details class=\"fold\">"]);
    let compaction =
        json!({"kind": "compaction", "what": "auto", "tokens_before": 170_000, "tokens_after": 12_000});
    holds(&shown(compaction), &["condensed by itself, 170k → 12.0k tokens"]);
    holds(
        &shown(json!({"kind": "notice", "what": "turn_duration", "text": "3200"})),
        &["The turn took 0:03"],
    );
    holds(
        &shown(json!({"kind": "notice", "what": "turn_duration", "text": i64::MAX.to_string()})),
        &["The turn took 106751991 d 4 h"],
    );
    holds(&shown(json!({"kind": "prompt", "text": "again", "is_branch": true})), &["Somebody went back"]);
    holds(&shown(json!({"kind": "fault", "text": "Overloaded", "status": 529})), &["529: ", "Overloaded"]);
    holds(&shown(json!({"left_out": 20_000, "text": "x"})), &["Show 20,000 more bytes"]);
}

#[test]
fn pictures_come_from_this_server_alone() {
    let here = "/api/v1/agents/0192/conversation/image?at=0.7.0&index=0";
    holds(&shown(json!({"kind": "image", "images": [here]})), &["<img", "loading=\"lazy\""]);
    assert!(
        !shown(json!({"kind": "image", "images": ["http://evil/x.png", "//evil/x.png"]})).contains("<img")
    );
}
