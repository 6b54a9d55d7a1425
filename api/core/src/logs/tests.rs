//! Logs: actions in order, answers with their calls, JSON in colours.

use super::*;
use quarterdeck_shared::logs::InkKind;
use serde_json::json;

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp(seconds * 1_000_000))
}

#[test]
fn an_answer_stands_with_its_call_and_everything_in_its_order() {
    let mut actions = Actions::from(Timestamp(0));
    actions.prompt("\nBuild it.\nNow.", Timestamp(1_000_000));
    let input = json!({"file_path": "/a"});
    actions
        .tool(ToolLine::Call { at: at(3), tool: "Write".into(), id: "t1".into(), input: input.clone() }, 0);
    actions.tool(ToolLine::Call { at: at(4), tool: "Odd".into(), id: "t2".into(), input: json!({}) }, 90);
    actions.tool(ToolLine::Answer { at: at(5), id: "t1".into(), content: "no".into(), is_error: true }, 150);
    actions
        .tool(ToolLine::Answer { at: None, id: "t9".into(), content: "whose?".into(), is_error: false }, 200);
    actions.block(TextBlock { offset: 7, at: Timestamp(2_000_000), said: Said::Thoughts, text: "hm".into() });
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
        let mut actions = Actions::from(Timestamp(0));
        let said = Said::Words;
        actions.block(TextBlock { offset: 0, at: Timestamp(told), said, text: "words".into() });
        actions.unreadable(3, 40);
        let is_it = |placed: &Placed| placed.place.file == 3;
        actions.sorted().into_iter().find(is_it).unwrap().place.cursor()
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
