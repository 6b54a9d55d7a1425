//! A window's items: each answer with its call, branches where somebody went back, and nothing without a bound.

use orchestrator::conversations::{
    Piece, read,
    window::{Around, Placed, Showing, items},
};
use quarterdeck_shared::conversations::{Item, ItemKind};
use serde_json::{Value, json};

fn shown(lines: &[Value], whole: bool) -> Vec<Item> {
    let read = |(at, line): (usize, &Value)| {
        let place = move |piece: Piece| Placed { cursor: format!("{at}.{}", piece.index), piece };
        read(line.to_string().as_bytes()).into_iter().map(place)
    };
    let pieces = lines.iter().enumerate().flat_map(read).collect();
    let showing = Showing { whole, image: &|cursor, _| cursor.to_owned(), sub_agent: &|_| None };
    items(pieces, Around::default(), &showing)
}

fn line(kind: &str, uuid: &str, parent: &str, content: &Value) -> Value {
    json!({"type": kind, "uuid": uuid, "parentUuid": parent, "sessionId": "s1",
           "message": {"role": kind, "id": "m1", "content": content}})
}

fn call(uuid: &str, id: &str, input: &Value) -> Value {
    line(
        "assistant",
        uuid,
        "u0",
        &json!([{"type": "tool_use", "id": id, "name": "Ba\u{1b}[1msh", "input": input}]),
    )
}

fn answer(id: &str, noted: Value) -> Value {
    let mut answer =
        line("user", "u9", "u1", &json!([{"type": "tool_result", "tool_use_id": id, "content": "so"}]));
    answer["toolUseResult"] = noted;
    answer
}

#[test]
fn blocks_of_one_line_are_no_branch_and_another_line_behind_the_same_is_one() {
    let picture =
        json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "x"}});
    let words = json!({"type": "text", "text": "like this"});
    let told = shown(
        &[
            line("user", "u1", "u0", &json!([picture, words, words])),
            line("user", "u2", "u0", &json!("rather so")),
            line("user", "u3", "", &json!("a beginning")),
            line("user", "u4", "", &json!("another")),
        ],
        false,
    );
    let branches: Vec<_> = told.iter().map(|item| item.is_branch).collect();
    assert_eq!(branches, [false, false, false, true, false, false]);
}

#[test]
fn a_call_that_is_told_twice_keeps_its_answer_and_one_without_a_name_takes_nobodys() {
    let nothing = json!({});
    let told = shown(
        &[call("u1", "t1", &nothing), call("u2", "t1", &nothing), answer("t1", nothing.clone())],
        false,
    );
    let answered: Vec<_> = told.iter().map(|item| item.result.is_some()).collect();
    assert_eq!(answered, [false, true]);
    let told = shown(&[call("u1", "", &nothing), answer("", nothing.clone()), answer("", nothing)], false);
    let kinds: Vec<_> = told.iter().map(|item| item.kind).collect();
    assert_eq!(kinds, [ItemKind::Call, ItemKind::Result, ItemKind::Result]);
}

#[test]
fn what_was_written_is_bounded_by_its_size_whatever_its_lines() {
    for content in ["x".repeat(1 << 18), "a line of some words\n".repeat(12_500), "\n".repeat(1 << 18)] {
        let input =
            json!({"file_path": "/a", "content": content, "list": vec![1; 30_000], "nested": [[[content]]]});
        let noted = json!({"type": "create", "filePath": "/a", "content": content, "originalFile": null});
        let lines = [call("u1", "t1", &input), answer("t1", noted)];
        let told = shown(&lines, false);
        let reply = serde_json::to_vec(&told).unwrap();
        assert!(reply.len() < 96 << 10, "{} bytes", reply.len());
        let result = told[0].result.as_ref().unwrap();
        let change = result.change.as_ref().unwrap();
        assert!(
            told[0].left_out > 200_000 && result.left_out + change.left_out > 0,
            "{:?}",
            told[0].left_out
        );
        assert_eq!(change.added, content.lines().count() as u64);
        let whole = shown(&lines, true);
        assert_eq!((whole[0].left_out, &whole[0].input), (0, &input));
        let all = &whole[0].result.as_ref().unwrap().change.as_ref().unwrap().hunks[0].lines;
        assert_eq!(all.len(), content.lines().count());
    }
}

#[test]
fn nothing_that_is_shown_steers_a_terminal() {
    let noted = json!({"filePath": "/a\u{1b}]0;title\u{7}b", "oldString": "x", "newString": "y", "structuredPatch": [
        {"oldStart": 1, "newStart": 1, "lines": ["-\u{1b}[31mred\u{1b}[0m", "+one\rtwo\r", " \u{9b}2Jend"]}]});
    let mut notice = json!({"type": "wea\u{1b}[2Jther", "content": "fair"});
    notice["uuid"] = json!("u7");
    let told = shown(&[call("u1", "t1", &json!({})), answer("t1", noted), notice], false);
    assert_eq!((told[0].tool.as_str(), told[1].what.as_str()), ("Bash", "weather"));
    let change = told[0].result.as_ref().unwrap().change.as_ref().unwrap();
    assert_eq!(change.path, "/ab");
    assert_eq!(change.hunks[0].lines, ["-red", "+one two", " end"]);
}
