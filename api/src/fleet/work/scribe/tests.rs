//! What a scribe makes of a stream.

use super::{short::INPUT_BYTES, *};
use orchestrator::transcripts::Usage;
use serde_json::json;

fn scribe() -> Scribe {
    let mut scribe = Scribe::new(None, Duration::from_millis(250));
    let start = Entry::MessageStart {
        message_id: "m1".into(),
        model: "opus".into(),
        usage: Usage::default(),
        parent: None,
    };
    assert!(scribe.observe(&start, at(0)).is_empty());
    scribe
}

fn at(ms: i64) -> Timestamp {
    Timestamp(ms * 1000)
}

fn words(text: &str) -> Entry {
    Entry::TextDelta { index: 0, text: text.into(), parent: None }
}

fn assistant(message_id: &str, block: Block) -> Entry {
    Entry::Assistant {
        message_id: message_id.into(),
        request_id: None,
        model: "opus".into(),
        blocks: vec![block],
        usage: Usage::default(),
        stop_reason: None,
        parent: None,
        error: None,
    }
}

fn texts(written: &[Activity]) -> Vec<&str> {
    written.iter().map(|activity| activity.text.as_str()).collect()
}

#[test]
fn the_first_words_go_at_once_and_the_next_are_gathered() {
    let mut scribe = scribe();
    assert_eq!(texts(&scribe.observe(&words("one "), at(0))), ["one "]);
    assert!(scribe.observe(&words("two "), at(10)).is_empty());
    assert!(scribe.observe(&words("three "), at(20)).is_empty());
    assert_eq!(scribe.due_in(at(20)), Some(Duration::from_millis(230)));
    assert_eq!(texts(&scribe.observe(&words("four"), at(250))), ["two three four"]);
    assert_eq!(scribe.due_in(at(250)), None);
}

#[test]
fn the_end_of_a_block_is_written_at_once_and_pieces_share_its_key() {
    let mut scribe = scribe();
    let first = scribe.observe(&words("one "), at(0));
    scribe.observe(&words("two"), at(1));
    let last = scribe.observe(&Entry::BlockStop { index: 0, parent: None }, at(2));
    assert_eq!(texts(&last), ["two"]);
    assert_eq!((first[0].key.as_str(), last[0].key.as_str()), ("m1:0", "m1:0"));
}

#[test]
fn words_that_streamed_are_not_written_again_and_others_are() {
    let mut scribe = scribe();
    scribe.observe(&words("said"), at(0));
    assert!(scribe.observe(&assistant("m1", Block::Text("said".into())), at(1)).is_empty());
    let unheard = scribe.observe(&assistant("m2", Block::Text("unheard".into())), at(2));
    assert_eq!(texts(&unheard), ["unheard"]);
}

#[test]
fn a_call_is_written_once_and_its_answer_names_the_tool() {
    let mut scribe = scribe();
    let call = Block::ToolUse { id: "t1".into(), name: "Bash".into(), input: json!({"command": "ls\npwd"}) };
    let written = scribe.observe(&assistant("m1", call.clone()), at(0));
    assert_eq!((texts(&written), written[0].tool.as_deref()), (vec!["ls"], Some("Bash")));
    assert!(scribe.observe(&assistant("m1", call), at(1)).is_empty());
    let result = ToolResult { tool_use_id: "t1".into(), text: "a".into(), is_error: true, parent: None };
    let written = scribe.observe(&Entry::ToolResults(vec![result]), at(2));
    assert_eq!((written[0].tool.as_deref(), written[0].is_error), (Some("Bash"), Some(true)));
    assert_eq!(written[0].key, "t1");
}

#[test]
fn a_large_input_is_shortened_to_four_kilobytes_and_keeps_its_shape() {
    let input = json!({"file_path": "/a", "content": "ü".repeat(50_000)});
    let short = shortened(&input);
    assert!(short.to_string().len() <= INPUT_BYTES);
    assert_eq!(short["file_path"], "/a");
    let many = Value::Array(vec![json!("x"); 10_000]);
    assert!(shortened(&many).to_string().len() <= INPUT_BYTES);
}

#[test]
fn a_long_text_comes_in_pieces_that_make_it_whole() {
    let text = "ü".repeat(PIECE_BYTES);
    let written = scribe().observe(&assistant("m9", Block::Text(text.clone())), at(0));
    assert!(written.len() > 1);
    assert_eq!(texts(&written).concat(), text);
}
