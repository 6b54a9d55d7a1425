//! What folders of the Python orchestrator say, line by line.

use super::*;
use crate::transcripts::lines::{Line, Lines};
use quarterdeck_shared::{
    Usd,
    agents::{FileUse, Role},
    usage::Tokens,
};

/// A clock on the wall that stands in Greenwich.
fn greenwich(text: &str) -> Option<Timestamp> {
    format!("{text}Z").parse().ok()
}

fn each(text: &str, mut give: impl FnMut(Line<'_>)) {
    let mut lines = Lines::from(0);
    lines.push(text.as_bytes(), &mut give);
    lines.finish(|_| true, give);
}

fn log(summary: &str, tools: &str, text: &str) -> Log {
    let mut log = Log::default();
    each(summary, |line| log.take_summary(line, &greenwich));
    each(tools, |line| log.take_tool(line, &greenwich));
    log.take_text(text.as_bytes(), &greenwich);
    log
}

const INIT: &str = r#"{"timestamp": "2026-11-22T13:02:00.8", "type": "SystemMessage", "subtype": "init", "message": "SystemMessage(subtype='init', data={'type': 'system', 'cwd': '/home/dev/it\\'s', 'tools': ['model', {'session_id': 'no'}], 'session_id': 's1', 'model': \"claude-sonnet-4-5\", 'permissionMode': 'acceptEdits', 'messaging_socket_path': '/tmp/1.sock'})"}"#;

fn turn(at: &str, cost: f64) -> String {
    format!(
        r#"{{"timestamp": "{at}", "type": "ResultMessage", "is_error": false, "result": "Done.", "session_id": "s1", "total_cost_usd": {cost}, "usage": {{"input_tokens": 48, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 7, "output_tokens": 56}}}}"#
    )
}

#[test]
fn a_folder_is_known_by_its_name() {
    let read = |name: &str| Folder::parse(name).map(|it| (it.agent, it.name, it.made));
    let told = |agent: &str, name: &str| Some((agent.into(), name.into(), "2026-11-22T13:02:00".into()));
    assert_eq!(read("71258fdc_Builder___API_20261122_130200"), told("71258fdc", "Builder API"));
    assert_eq!(read("71258fdc__20261122_130200"), told("71258fdc", "Agent 71258fdc"));
    for other in ["src", "20261122_130200", "_x_20261122_130200", "71258fdc_x_2026112_130200", "é_\u{1}"] {
        assert_eq!(read(other), None, "{other}");
    }
}

#[test]
fn a_role_is_the_first_word_of_a_name_that_is_one() {
    for (name, role) in [
        ("Builder API", Role::Builder),
        ("my-tester 2", Role::Tester),
        ("Worker 0", Role::Custom),
        ("Rebuilder", Role::Custom),
    ] {
        assert_eq!(role_of(name), role, "{name}");
    }
}

#[test]
fn a_text_of_a_python_object_is_found_where_the_object_itself_says_it() {
    let said = r#"M(a='x', data={'k': "it's", 'in': {'session_id': 'no'}, 'words': "'session_id': 'no'", 'n': None, 'session_id': 'a\\b\x41\u00e9\U0001f600'})"#;
    assert_eq!(repr::text(said, "session_id").as_deref(), Some("a\\bAé😀"));
    assert_eq!(repr::text(said, "k").as_deref(), Some("it's"));
    assert_eq!(repr::text(said, "n"), None);
    // Whatever is cut off, nothing is made up.
    for cut in 0..said.len() - 2 {
        assert_eq!(said.get(..cut).and_then(|part| repr::text(part, "session_id")), None, "{cut}");
    }
}

#[test]
fn a_log_says_who_where_and_what_was_done() {
    let tools = r#"{"timestamp": "2026-11-22T13:02:00.9", "type": "tool_use", "tool_name": "Write", "tool_use_id": "t1", "input": {"file_path": "/a"}}
{"timestamp": "2026-11-22T13:02:01", "type": "tool_result", "tool_use_id": "t1", "content": "ok", "is_error": null}
{"timestamp": "2026-11-22T13:02:01", "type": "tool_use", "tool_name": "Read", "tool_use_id": "t2", "input": {"file_path": "/b"}}
{"timestamp": "2026-11-22T13:02:02", "type": "tool_result", "tool_use_id": "t2", "content": "gone", "is_error": true}
what
"#;
    let log = log(
        &format!("{INIT}\n{}\n", turn("2026-11-22T13:02:03", 0.05)),
        tools,
        "[2026-11-22T13:02:02] THINKING:\nhm\n\n",
    );
    assert_eq!(log.session_id.as_deref(), Some("s1"));
    let flag = turn("2026-11-22T13:02:03", 0.05).replace("\"s1\"", "\"--resume\"");
    assert_eq!(self::log(&flag, "", "").session_id, None, "it would be a flag");
    assert_eq!(
        (log.cwd.as_deref(), log.model.as_deref()),
        (Some("/home/dev/it's"), Some("claude-sonnet-4-5"))
    );
    let tools: Vec<_> = log.tally.tools().into_iter().map(|it| (it.tool, it.calls, it.errors)).collect();
    assert_eq!(tools, [("Read".to_owned(), 1, 1), ("Write".to_owned(), 1, 0)]);
    let files: Vec<_> = log.tally.files().into_iter().map(|it| (it.path, it.file_use)).collect();
    assert_eq!(files, [("/a".to_owned(), FileUse::Produced)]);
    assert_eq!((log.broken, log.goes_on, log.turns.len()), (1, false, 1));
    assert_eq!(
        log.turns[0].1.usage.tokens,
        Tokens { input: 48, output: 56, cache_creation: 5, cache_read: 7 }
    );
}

#[test]
fn a_process_counts_its_cost_on_from_turn_to_turn_and_another_from_nothing() {
    let twice =
        format!("{INIT}\n{}\n{}\n", turn("2026-11-22T13:02:03", 0.02), turn("2026-11-22T13:02:04", 0.05));
    let usd = |text: &str| text.parse::<Usd>().ok();
    assert_eq!(log(&twice, "", "").reported(), usd("0.05"));
    let anew = INIT.replace("1.sock", "2.sock");
    let again = format!("{twice}{anew}\n{}\n", turn("2026-11-22T13:03:04", 0.06));
    assert_eq!(log(&again, "", "").reported(), usd("0.11"));
    let fell = format!("{twice}{}\n", turn("2026-11-22T13:03:04", 0.01));
    assert_eq!(log(&fell, "", "").reported(), usd("0.06"));
}

#[test]
fn what_comes_behind_the_end_of_a_turn_is_another_turn() {
    let ended = format!("{INIT}\n{}\n", turn("2026-11-22T13:02:03", 0.02));
    assert!(!log(&ended, "", "").goes_on);
    assert!(log(&ended, "", "[2026-11-22T13:02:04] AssistantMessage:\nmore\n\n").goes_on);
    assert!(log(&format!("{INIT}\n"), "", "").goes_on);
}

#[test]
fn blocks_of_text_are_parted_by_who_speaks() {
    let text = "\n[2026-11-22T13:02:01] AssistantMessage:\nOne\n\n[not] a header\n\n[2026-11-22T13:02:02] THINKING:\nTwo\n\n";
    let blocks = text_blocks(text.as_bytes(), &greenwich);
    let told: Vec<_> = blocks.iter().map(|it| (it.offset, it.said, it.text.as_str())).collect();
    assert_eq!(
        told,
        [(1, Said::Words, "One\n\n[not] a header"), (text.rfind('[').unwrap() as u64, Said::Thoughts, "Two")]
    );
}

#[test]
fn whatever_stands_there_nothing_breaks() {
    for text in [
        "{}",
        "[]",
        "null",
        "{\"type\":1}",
        "{\"type\":\"ResultMessage\",\"usage\":7,\"total_cost_usd\":-1e300}",
        "\u{0}",
        "{\"type\":\"SystemMessage\",\"subtype\":\"init\",\"message\":\"}}}'\\\\\"}",
    ] {
        let log = log(text, text, text);
        assert_eq!(log.reported(), None, "{text}");
    }
}
