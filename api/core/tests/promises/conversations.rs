//! Lines of session files read into pieces: every era, every kind, and whatever else stands in a line.

use crate::transcripts::folder;
use orchestrator::{
    conversations::{ChangeKind, Outcome, Piece, Said, continues, of_event, read},
    transcripts::{self, session},
};
use proptest::prelude::*;
use quarterdeck_shared::{
    Event, Payload, Timestamp,
    event::{Activity, ActivityKind},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn pieces(line: &Value) -> Vec<Piece> {
    read(line.to_string().as_bytes())
}

fn only(line: &Value) -> Said {
    let mut pieces = pieces(line);
    assert_eq!(pieces.len(), 1, "{pieces:?}");
    pieces.remove(0).said
}

#[test]
fn a_letter_cut_in_half_costs_neither_the_words_nor_the_figures_beside_it() {
    let line = br#"{"type":"assistant","sessionId":"s1","requestId":"r1","cwd":"/home/dev/\udc00","message":{"role":"assistant",
        "id":"m1","model":"claude-opus-5-5","content":[{"type":"text","text":"cut \ud83d, whole \ud83d\ude00"}],
        "stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":5}}}"#;
    assert_eq!(read(line)[0].said, Said::Text("cut \u{fffd}, whole \u{1f600}".to_owned()));
    for title_wanted in [true, false] {
        let told = session::told(line, title_wanted);
        let [session::Told { cwd, fact: session::Fact::Response { observed, .. }, .. }] = &told[..] else {
            panic!("{told:?}")
        };
        assert_eq!((cwd.as_deref(), observed.tokens.output), (Some("/home/dev/\u{fffd}"), 5));
    }
    assert!(matches!(&transcripts::read(line)[..], [transcripts::Entry::Assistant { .. }]));
}

fn user(content: &Value) -> Value {
    json!({"type": "user", "uuid": "u2", "parentUuid": "u1", "sessionId": "s1",
           "timestamp": "2026-11-22T12:00:00.250Z", "message": {"role": "user", "content": content}})
}

fn with(mut line: Value, key: &str, value: Value) -> Value {
    line[key] = value;
    line
}

fn result(content: &Value, noted: Value) -> Outcome {
    let block = json!({"type": "tool_result", "tool_use_id": "toolu_1", "content": content});
    match only(&with(user(&json!([block])), "toolUseResult", noted)) {
        Said::Result(outcome) => *outcome,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_piece_knows_its_line_its_thread_and_its_moment() {
    let piece = pieces(&user(&json!("Mend the pier"))).remove(0);
    assert_eq!((piece.uuid.as_deref(), piece.parent.as_deref()), (Some("u2"), Some("u1")));
    assert_eq!(piece.thread.session_id, "s1");
    assert_eq!(piece.at, "2026-11-22T12:00:00.250Z".parse().ok());
    assert_eq!(piece.said, Said::Prompt("Mend the pier".to_owned()));
}

#[test]
fn blocks_of_a_response_are_pieces_of_it_in_their_order() {
    let blocks = json!([
        {"type": "thinking", "thinking": "Where is it?", "signature": "x"},
        {"type": "redacted_thinking", "data": "y"},
        {"type": "text", "text": "I look."},
        {"type": "tool_use", "id": "toolu_1", "name": "Read", "input": {"file_path": "/a"}},
        {"type": "server_tool_use", "id": "srv_1", "name": "web_search", "input": {"query": "tide"}},
        {"type": "web_search_tool_result", "tool_use_id": "srv_1", "content": [{"type": "web_search_result"}]},
    ]);
    let message = json!({"id": "msg_1", "model": "claude-opus-5-5", "content": blocks});
    let found = pieces(&json!({"type": "assistant", "requestId": "req_1", "message": message}));
    let kinds: Vec<_> = found.iter().map(|piece| (piece.index, piece.said.kind())).collect();
    assert_eq!(
        kinds,
        [(0, "thinking"), (1, "thinking"), (2, "text"), (3, "call"), (4, "call"), (5, "result")]
    );
    let of_response =
        |piece: &Piece| piece.message_id.as_deref() == Some("msg_1") && piece.request_id.is_some();
    assert!(found.iter().all(of_response));
    let call = Said::Call { id: "toolu_1".into(), tool: "Read".into(), input: json!({"file_path": "/a"}) };
    assert_eq!(found[3].said, call);
}

#[test]
fn words_of_a_program_are_not_a_persons() {
    let check = |line: Value, kind: &str, what: Option<&str>| {
        let said = only(&line);
        let word = match &said {
            Said::Context { what, .. } | Said::Notice { what, .. } => Some(what.as_str()),
            _ => None,
        };
        assert_eq!((said.kind(), word), (kind, what), "{line}");
    };
    let says = |words: &str| user(&json!(words));
    check(says("<b>bold</b> is what I want"), "prompt", None);
    check(with(says("x"), "isMeta", json!(true)), "context", Some("meta"));
    check(with(says("x"), "isCompactSummary", json!(true)), "context", Some("compact_summary"));
    check(
        with(says("x"), "origin", json!({"kind": "task-notification"})),
        "context",
        Some("task-notification"),
    );
    check(with(says("x"), "origin", json!({"kind": "human"})), "prompt", None);
    check(says("<system-reminder>\nx</system-reminder>"), "context", Some("system-reminder"));
    check(says("[Request interrupted by user for tool use]"), "notice", Some("interrupted"));
    check(says("<local-command-stdout>done</local-command-stdout>"), "notice", Some("command_output"));
    let command = says("<command-name>/compact</command-name>\n<command-args>keep names</command-args>");
    assert_eq!(only(&command), Said::Notice { what: "command".into(), text: "/compact keep names".into() });
    check(user(&json!([{"type": "text", "text": "hi"}])), "prompt", None);
}

#[test]
fn an_answer_carries_its_words_its_pictures_and_whether_it_went_wrong() {
    let picture =
        json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"}});
    let found = result(&json!([{"type": "text", "text": "see"}, picture, {"type": "odd"}]), Value::Null);
    assert_eq!((found.tool_use_id.as_str(), found.text.as_str()), ("toolu_1", "see\n[odd]"));
    assert_eq!((found.images[0].media_type.as_str(), found.images[0].base64.as_str()), ("image/png", "iVBO"));
    let elsewhere = json!([{"type": "image", "source": {"type": "url", "url": "https://example.org/x.png"}}]);
    assert_eq!(result(&elsewhere, Value::Null).images[0].base64, "", "nothing is fetched");
    let failed = json!([{"type": "tool_result", "tool_use_id": "t", "content": "no", "is_error": true}]);
    assert!(matches!(only(&user(&failed)), Said::Result(outcome) if outcome.is_error));
    let noted = json!({"stdout": "one\n", "stderr": "two"});
    assert_eq!(result(&json!(""), noted).text, "one\ntwo", "what the program noted where the block is bare");
}

#[test]
fn a_change_of_a_file_is_known_by_every_tool_that_makes_one() {
    let change = |noted: Value| result(&json!("ok"), noted).change.expect("a change");
    let patch =
        json!([{"oldStart": 3, "oldLines": 1, "newStart": 3, "newLines": 2, "lines": [" a", "-b", "+c"]}]);
    let edited =
        change(json!({"filePath": "/a", "oldString": "b", "newString": "c", "structuredPatch": patch}));
    assert_eq!(
        (edited.kind, edited.old.as_deref(), edited.new.as_deref()),
        (ChangeKind::Update, Some("b"), Some("c"))
    );
    assert_eq!((edited.hunks[0].old_start, edited.hunks[0].lines.len()), (3, 3));
    let written = change(json!({"type": "create", "filePath": "/n", "content": "x\n", "originalFile": null}));
    assert_eq!((written.kind, written.old, written.new.as_deref()), (ChangeKind::Create, None, Some("x\n")));
    let over = change(json!({"type": "update", "filePath": "/n", "content": "y\n", "originalFile": "x\n"}));
    assert_eq!((over.kind, over.old.as_deref()), (ChangeKind::Update, Some("x\n")));
    let seen = change(
        json!({"type": "text", "file": {"filePath": "/a", "content": "z", "startLine": 7, "totalLines": 90}}),
    );
    assert_eq!((seen.kind, seen.first_line, seen.total_lines), (ChangeKind::Read, Some(7), Some(90)));
    assert_eq!(result(&json!("ok"), json!({"filePath": 7})).change, None);
    assert_eq!(result(&json!("done"), json!({"agentId": "a1f"})).agent_id.as_deref(), Some("a1f"));
}

#[test]
fn compactions_faults_and_notices_are_marked() {
    let boundary = json!({"type": "system", "subtype": "compact_boundary",
                          "compactMetadata": {"trigger": "auto", "preTokens": 170_000, "postTokens": 12_000}});
    let compaction = Said::Compaction { trigger: "auto".into(), before: Some(170_000), after: Some(12_000) };
    assert_eq!(only(&boundary), compaction);
    let overload =
        json!({"type": "system", "subtype": "api_error", "error": {"status": 529, "message": "Overloaded"}});
    assert_eq!(only(&overload), Said::Fault { text: "Overloaded".into(), status: Some(529) });
    let synthetic = json!({"type": "assistant", "isApiErrorMessage": true,
                           "message": {"model": "<synthetic>", "content": [{"type": "text", "text": "API Error"}]}});
    assert_eq!(only(&synthetic), Said::Fault { text: "API Error".into(), status: None });
    let newer = json!({"type": "weather-report", "content": "fair"});
    assert_eq!(only(&newer), Said::Notice { what: "weather-report".into(), text: "fair".into() });
    assert_eq!(
        only(
            &json!({"type": "attachment", "attachment": {"type": "date"}, "rendered": [{"content": "Today"}]})
        ),
        Said::Context { what: "date".into(), text: "Today".into() }
    );
}

#[test]
fn a_sub_agent_that_only_its_parent_told_of_has_a_thread() {
    let inner =
        json!({"type": "assistant", "message": {"id": "m", "content": [{"type": "text", "text": "found"}]}});
    let line = json!({"type": "progress", "sessionId": "s1", "timestamp": "2026-01-02T03:04:05Z",
                      "data": {"type": "agent_progress", "agentId": "a1f", "message": inner}});
    let piece = pieces(&line).remove(0);
    assert_eq!((piece.thread.session_id.as_str(), piece.thread.agent_id.as_str()), ("s1", "a1f"));
    assert!(piece.is_echo && piece.at.is_some());
    assert!(
        pieces(&json!({"type": "progress", "data": {"type": "bash_progress", "output": "x"}})).is_empty()
    );
}

#[test]
fn whatever_the_line_is_it_is_read() {
    let two = format!("{}{}", user(&json!("one")), user(&json!("two")));
    let words: Vec<_> = read(two.as_bytes()).into_iter().map(|it| (it.index, it.said)).collect();
    assert_eq!(words, [(0, Said::Prompt("one".into())), (1, Said::Prompt("two".into()))]);
    let mut broken = user(&json!("caf?")).to_string().into_bytes();
    let at = broken.iter().position(|byte| *byte == b'?').unwrap();
    broken[at] = 0xe9;
    assert!(matches!(&read(&broken)[0].said, Said::Prompt(words) if words == "caf\u{fffd}"));
    for cut in [&b"{\"type\":\"user\",\"mess"[..], b"[1]", b"\"x\"", b"7", b"null", &b"[".repeat(9_000)] {
        let found = read(cut);
        assert!(matches!(&found[0].said, Said::Notice { what, .. } if what == "unreadable"), "{found:?}");
    }
    assert!(read(b"  \r\n").is_empty());
    assert!(matches!(&pieces(&json!({"type": 7}))[0].said, Said::Notice { what, .. } if what == "unknown"));
    assert!(
        matches!(&pieces(&json!({"type": "user", "message": "bare"}))[0].said, Said::Prompt(it) if it == "bare")
    );
    let blob = format!(r#"{{"type":"api-request-blob","x":"{}"}}"#, "y".repeat(5_000));
    assert!(read(blob.as_bytes()).is_empty());
    let about_blobs = user(&json!(format!(r#"{{"type":"api-request-blob"}} {}"#, "y".repeat(5_000))));
    assert_eq!(only(&about_blobs).kind(), "prompt", "words about bookkeeping are words");
}

#[test]
fn of_a_line_with_more_pieces_than_any_the_first_are_read() {
    let content = json!(vec![1; 100_000]);
    let assistant = json!({"type": "assistant", "message": {"id": "m", "content": content}});
    let lines = [b"{}".repeat(1 << 20), user(&content).to_string().into(), assistant.to_string().into()];
    for line in lines {
        let found = read(&line);
        assert_eq!(found.len(), 4_097);
        assert!(matches!(&found[4_096].said, Said::Notice { what, .. } if what == "unreadable"));
        assert!(session::told(&line, true).len() <= 4_097, "as the ledger reads it");
        assert!(session::told(&line, false).len() <= 4_097);
    }
}

#[test]
fn an_agent_of_ones_own_is_read_from_its_events() {
    let event = |payload| Event { seq: 1, at: Timestamp(5), agent_id: None, task_id: None, payload };
    let activity = |kind, key: &str, text: &str| {
        let (key, text) = (key.to_owned(), text.to_owned());
        let activity = Activity { kind, key, text, tool: None, input: None, is_error: None, step_id: None };
        of_event(&event(Payload::AgentActivity(activity))).unwrap()
    };
    let prompted = of_event(&event(Payload::AgentPrompted { prompt: "Go".into() })).unwrap();
    assert_eq!((prompted.said, prompted.at), (Said::Prompt("Go".into()), Some(Timestamp(5))));
    let mut words = activity(ActivityKind::Text, "msg_1:0", "Half ");
    assert_eq!(words.message_id.as_deref(), Some("msg_1"));
    assert_eq!(continues(&mut words, activity(ActivityKind::Text, "msg_1:0", "and half")), None);
    assert_eq!(words.said, Said::Text("Half and half".into()));
    assert!(continues(&mut words, activity(ActivityKind::Text, "msg_1:1", "new")).is_some());
    let mut call = activity(ActivityKind::ToolCall, "toolu_1", "ls");
    let answer = activity(ActivityKind::ToolResult, "toolu_1", "a b");
    assert!(continues(&mut call, answer).is_some(), "a call and its answer are two pieces");
    assert_eq!(of_event(&event(Payload::AgentDeleted {})), None);
}

proptest! {
    #[test]
    fn no_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let found = read(&bytes);
        prop_assert!(found.iter().enumerate().all(|(at, piece)| piece.index == at));
    }
}

/// Every session file of the samples.
fn samples(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            samples(&path, found);
        } else if path.extension().is_some_and(|it| it == "jsonl") {
            found.push(path);
        }
    }
}

#[test]
fn every_line_of_the_samples_is_read_and_no_kind_is_lost() {
    let Some(folder) = folder() else { return };
    let mut files = Vec::new();
    samples(&folder.join("transcripts"), &mut files);
    samples(&folder.join("transcripts-public"), &mut files);
    let (mut told, mut wanted) = (BTreeMap::<&str, usize>::new(), BTreeMap::<&str, usize>::new());
    for path in &files {
        for line in fs::read(path).unwrap().split(|byte| *byte == b'\n') {
            read(line)
                .iter()
                .filter(|piece| !piece.is_echo)
                .for_each(|piece| *told.entry(piece.said.kind()).or_default() += 1);
            let values = String::from_utf8_lossy(line);
            let values = serde_json::Deserializer::from_str(&values).into_iter::<Value>();
            for value in values.map_while(Result::ok).filter(|value| value["message"]["content"].is_array()) {
                for block in value["message"]["content"].as_array().unwrap() {
                    let of_model = value["type"] == "assistant";
                    let kind = match (block["type"].as_str(), of_model) {
                        (Some("tool_use"), true) => "call",
                        (Some("thinking" | "redacted_thinking"), true) => "thinking",
                        (Some("tool_result"), false) if value["type"] == "user" => "result",
                        (Some("image"), false) => "image",
                        _ => continue,
                    };
                    *wanted.entry(kind).or_default() += 1;
                }
            }
        }
    }
    let counted: BTreeMap<_, _> = wanted.keys().map(|kind| (*kind, told[kind])).collect();
    assert_eq!(counted, wanted, "in {} files", files.len());
    for kind in ["prompt", "context", "text", "fault", "compaction", "notice"] {
        assert!(told.contains_key(kind), "{kind}: {told:?}");
    }
}
