//! Logs: actions in order, answers with their calls, JSON in colours.

use super::*;
use crate::agent_logs::TextBlock;
use quarterdeck_shared::logs::InkKind;
use serde_json::json;

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp(seconds * 1_000_000))
}

#[test]
fn an_answer_stands_with_its_call_and_everything_in_its_order() {
    let (mut places, mut actions) = (Places::from(Timestamp(1_000_000)), Actions::default());
    let mut take = |file, offset, entry: Entry| actions.take(places.next(file, offset, entry.at()), entry);
    take(0, 0, Entry::Prompt("\nBuild it.\nNow.".into()));
    let call = |second, tool: &str, id: &str, input| {
        Entry::Tool(ToolLine::Call { at: at(second), tool: tool.into(), id: id.into(), input })
    };
    let answer = |at, id: &str, content: &str, is_error| {
        Entry::Tool(ToolLine::Answer { at, id: id.into(), content: content.into(), is_error })
    };
    take(2, 0, call(3, "Write", "t1", json!({"file_path": "/a"})));
    take(2, 90, call(4, "Odd", "t2", json!({})));
    take(2, 150, answer(at(5), "t1", "no", true));
    take(2, 200, answer(None, "t9", "whose?", false));
    let block = TextBlock { offset: 7, at: Timestamp(2_000_000), said: Said::Thoughts, text: "hm".into() };
    take(1, 7, Entry::Block(block));
    let told: Vec<_> = actions.sorted().into_iter().map(|placed| placed.action).collect();
    let short: Vec<_> = told
        .iter()
        .map(|it| {
            (it.kind.as_str(), it.tool.as_str(), it.summary.as_str(), it.outcome.map(ActionOutcome::as_str))
        })
        .collect();
    assert_eq!(
        short,
        [
            ("prompt", "", "Build it.", None),
            ("thinking", "", "hm", None),
            ("call", "Write", "/a", Some("error")),
            ("call", "Odd", "", Some("open")),
            ("notice", "answer", "whose?", Some("ok")),
        ]
    );
    assert_eq!(
        (told[2].duration_ms, told[2].path.as_deref(), told[2].text.as_str()),
        (Some(2_000), Some("/a"), "no")
    );
}

#[test]
fn a_line_without_a_time_keeps_its_place_while_other_files_grow() {
    let place = |told: i64| {
        let mut places = Places::from(Timestamp(0));
        places.next(1, 0, Some(Timestamp(told)));
        places.next(3, 40, None).cursor()
    };
    assert_eq!(place(1_000), place(9_000));
}

#[test]
fn a_place_survives_the_wire_and_nothing_else_is_one() {
    let place = Place { at: Timestamp(-5), file: 3, offset: 99 };
    assert_eq!(Place::parse(&place.cursor()), Some(place));
    for other in ["", "l", "l1.2", "1.2.3", "l1.2.x", "l1.999.3"] {
        assert_eq!(Place::parse(other), None, "{other}");
    }
}

#[test]
fn json_is_written_with_indents_in_colours_and_reads_back_the_same() {
    let value = json!({"a": [1, "x\"<b>", null], "empty": {}, "b": {"c": true}});
    let pieces = ink(&value);
    let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    let of = |kind| pieces.iter().filter(|it| it.kind == kind).map(|it| it.text.as_str()).collect::<Vec<_>>();
    assert_eq!(of(InkKind::Key), ["\"a\"", "\"b\"", "\"c\"", "\"empty\""]);
    assert_eq!((of(InkKind::Number), of(InkKind::Word)), (vec!["1"], vec!["null", "true"]));
    assert!(ink(&Value::Null).is_empty());
}

#[test]
fn what_is_too_long_is_cut_and_counted() {
    let mut action =
        Action { input: ink(&json!({"a": "äöü".repeat(10)})), ..said(ActionKind::Text, &"ß".repeat(20)) };
    let all: usize = action.input.iter().map(|it| it.text.chars().count()).sum();
    cut(&mut action, 8);
    let kept: usize = action.input.iter().map(|it| it.text.chars().count()).sum();
    assert_eq!((action.text.chars().count(), kept, action.left_out), (8, 8, (12 + all - 8) as u64));
}
