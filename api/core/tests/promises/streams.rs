//! Lines of stream-json and what is read out of them.

use orchestrator::transcripts::{Block, BlockKind, Entry, read};
use proptest::prelude::*;
use quarterdeck_shared::Usd;
use serde_json::{Value, json};

fn one(line: Value) -> Entry {
    let mut entries = read(line.to_string().as_bytes());
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.remove(0)
}

#[test]
fn a_turn_begins_with_its_session() {
    let entry = one(json!({
        "type": "system", "subtype": "init", "session_id": "s1", "model": "claude-opus-5-5[1m]", "cwd": "/w",
        "tools": ["Read", "Bash"], "permissionMode": "default", "claude_code_version": "2.1.330", "plugins": [],
    }));
    let Entry::Init { session_id, model, tools, permission_mode, version, cwd } = entry else {
        panic!("{entry:?}")
    };
    assert_eq!((session_id.as_str(), model.as_str(), cwd.as_str()), ("s1", "claude-opus-5-5[1m]", "/w"));
    assert_eq!((tools.len(), permission_mode.as_str(), version.as_str()), (2, "default", "2.1.330"));
}

#[test]
fn an_answer_brings_its_blocks_its_figures_and_its_thread() {
    let entry = one(json!({
        "type": "assistant", "request_id": "r1", "parent_tool_use_id": "toolu_1",
        "message": {
            "id": "m1", "model": "claude-opus-5-5", "stop_reason": null,
            "content": [
                {"type": "text", "text": "Reading."},
                {"type": "thinking", "thinking": "hm", "signature": "x"},
                {"type": "tool_use", "id": "t1", "name": "Read", "input": {"file_path": "/a"}},
                {"type": "hologram", "data": 1},
            ],
            "usage": {
                "input_tokens": 5, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 900, "output_tokens": 1,
                "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
                "server_tool_use": {"web_search_requests": 2}, "speed": "fast", "inference_geo": "",
            },
        },
    }));
    let Entry::Assistant { message_id, request_id, blocks, usage, parent, stop_reason, .. } = entry else {
        panic!()
    };
    assert_eq!(
        (message_id.as_str(), request_id.as_deref(), parent.as_deref()),
        ("m1", Some("r1"), Some("toolu_1"))
    );
    let tool =
        Block::ToolUse { id: "t1".to_owned(), name: "Read".to_owned(), input: json!({"file_path": "/a"}) };
    assert_eq!(blocks[0], Block::Text("Reading.".to_owned()));
    assert_eq!(blocks[2..], [tool, Block::Other("hologram".to_owned())]);
    assert_eq!((usage.tokens.prompt(), usage.cache_5m, usage.cache_1h, usage.web_searches), (935, 10, 20, 2));
    assert_eq!((usage.speed.as_deref(), usage.geo, stop_reason), (Some("fast"), None, None));
}

#[test]
fn a_response_streams_piece_by_piece() {
    let event =
        |event: Value| one(json!({"type": "stream_event", "event": event, "parent_tool_use_id": null}));
    let start = event(json!({"type": "content_block_start", "index": 1,
        "content_block": {"type": "tool_use", "id": "t1", "name": "Bash", "input": {}}}));
    let tool = Some(("t1".to_owned(), "Bash".to_owned()));
    assert_eq!(start, Entry::BlockStart { index: 1, kind: BlockKind::ToolUse, tool, parent: None });
    let delta = |delta: Value| event(json!({"type": "content_block_delta", "index": 1, "delta": delta}));
    let text = |text: &str| text.to_owned();
    assert_eq!(
        delta(json!({"type": "text_delta", "text": "Hi"})),
        Entry::TextDelta { index: 1, text: text("Hi"), parent: None }
    );
    assert_eq!(
        delta(json!({"type": "thinking_delta", "thinking": "hm"})),
        Entry::ThinkingDelta { index: 1, text: text("hm"), parent: None }
    );
    assert_eq!(
        delta(json!({"type": "input_json_delta", "partial_json": "{\"a"})),
        Entry::InputDelta { index: 1, json: text("{\"a"), parent: None }
    );
    assert!(matches!(delta(json!({"type": "signature_delta", "signature": "x"})), Entry::Other { .. }));
    let end = event(
        json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}}),
    );
    let Entry::MessageDelta { usage, stop_reason, .. } = end else { panic!() };
    assert_eq!((usage.tokens.output, stop_reason.as_deref()), (9, Some("end_turn")));
    assert_eq!(event(json!({"type": "message_stop"})), Entry::MessageStop { parent: None });
    let ping = Entry::Other { kind: text("stream_event"), subtype: Some(text("ping")) };
    assert_eq!(event(json!({"type": "ping"})), ping);
}

#[test]
fn tools_answer_with_words_whatever_else_they_bring() {
    let entry = one(json!({"type": "user", "message": {"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": "t1", "content": "plain"},
        {"type": "tool_result", "tool_use_id": "t2", "is_error": true,
         "content": [{"type": "text", "text": "no"}, {"type": "image", "source": {}}]},
    ]}}));
    let Entry::ToolResults(results) = entry else { panic!() };
    assert_eq!((results[0].text.as_str(), results[0].is_error), ("plain", false));
    assert_eq!((results[1].text.as_str(), results[1].is_error), ("no\n[image]", true));
    let said =
        one(json!({"type": "user", "message": {"role": "user", "content": "typed"}, "isReplay": true}));
    assert_eq!(said, Entry::Other { kind: "user".to_owned(), subtype: None });
}

#[test]
fn the_runtime_asks_and_answers() {
    let ask =
        |request: Value| one(json!({"type": "control_request", "request_id": "q1", "request": request}));
    let entry = ask(json!({"subtype": "can_use_tool", "tool_name": "Bash", "input": {"command": "ls"},
        "description": "list", "tool_use_id": "t1", "agent_id": "a1"}));
    let Entry::Asked { tool, input, reason, agent_id, .. } = entry else { panic!("{entry:?}") };
    assert_eq!((tool.as_str(), &input["command"], reason.as_deref()), ("Bash", &json!("ls"), Some("list")));
    assert_eq!(agent_id.as_deref(), Some("a1"));
    let wanted = Entry::Wanted { request_id: "q1".to_owned(), subtype: "hook_callback".to_owned() };
    assert_eq!(ask(json!({"subtype": "hook_callback", "callback_id": "h"})), wanted);
    let reply = |response: Value| one(json!({"type": "control_response", "response": response}));
    let well = Entry::Reply { request_id: "q1".to_owned(), ok: true, error: None };
    assert_eq!(reply(json!({"subtype": "success", "request_id": "q1", "response": {}})), well);
    let ill = Entry::Reply { request_id: "q1".to_owned(), ok: false, error: Some("no".to_owned()) };
    assert_eq!(reply(json!({"subtype": "error", "request_id": "q1", "error": "no"})), ill);
    let session = json!({"total_cost_usd": 0.5, "model_usage": {"m": {"inputTokens": 7, "costUSD": 0.5}}});
    let told = json!({"subtype": "success", "request_id": "q1", "response": {"session": session}});
    let Entry::Taken { cost, models } = reply(told) else { panic!() };
    assert_eq!((cost, models["m"].tokens.input, models["m"].cost), (Usd::from_reported(0.5), 7, cost));
    let withdrawn = one(json!({"type": "control_cancel_request", "request_id": "q1"}));
    assert_eq!(withdrawn, Entry::Withdrawn { request_id: "q1".to_owned() });
}

#[test]
fn a_turn_ends_with_what_it_took() {
    let entry = one(json!({
        "total_cost_usd": 0.0355, "subtype": "success", "is_error": true, "api_error_status": 529, "result": "overloaded",
        "session_id": "s1", "num_turns": 2, "duration_ms": 5, "terminal_reason": "completed", "errors": ["a", {"b": 1}],
        "permission_denials": [{"tool_name": "Write", "tool_use_id": "t1", "tool_input": {}}],
        "modelUsage": {"claude-haiku-5-5": {"inputTokens": 6, "outputTokens": 1, "cacheReadInputTokens": 2,
            "cacheCreationInputTokens": 3, "costUSD": 0.0355, "contextWindow": 1_000_000, "costBasis": "unknown"}},
        "type": "result",
    }));
    let Entry::Finished(result) = entry else { panic!("{entry:?}") };
    assert!(result.is_error, "`success` says nothing");
    assert_eq!((result.api_error_status, result.cost), (Some(529), Some(Usd::from_nanos(35_500_000))));
    assert_eq!(result.errors, ["a", "{\"b\":1}"]);
    assert_eq!(result.denials, [("Write".to_owned(), "t1".to_owned())]);
    let used = &result.models["claude-haiku-5-5"];
    assert_eq!((used.tokens.total(), used.context_window, used.price_known), (12, Some(1_000_000), false));
}

#[test]
fn retries_and_compactions_are_told() {
    let retry = one(json!({"type": "system", "subtype": "api_retry", "attempt": 1, "max_retries": 10,
        "retry_delay_ms": 1000, "error_status": 529, "error": "overloaded"}));
    let error = Some("overloaded".to_owned());
    assert_eq!(retry, Entry::Retry { attempt: 1, max: 10, delay_ms: 1000, status: Some(529), error });
    let compacted = one(json!({"type": "system", "subtype": "compact_boundary",
        "compact_metadata": {"trigger": "auto", "pre_tokens": 9, "post_tokens": 1}}));
    assert_eq!(compacted, Entry::Compacted { trigger: "auto".to_owned(), before: Some(9), after: Some(1) });
}

#[test]
fn what_the_runtime_takes_up_is_told() {
    let life = |state: &str| one(json!({"type": "command_lifecycle", "command_uuid": "m1", "state": state}));
    assert_eq!(life("started"), Entry::TakenUp { message_id: "m1".to_owned() });
    for state in ["queued", "completed", "cancelled"] {
        assert!(matches!(life(state), Entry::Other { .. }), "{state}");
    }
}

#[test]
fn a_lost_newline_loses_nothing_and_a_cut_line_is_named() {
    let line = br#"{"type":"control_cancel_request","request_id":"a"}{"type":"keep_alive"}{"type":"assi"#;
    let entries = read(line);
    assert!(matches!(&entries[0], Entry::Withdrawn { .. }));
    assert_eq!(entries[1], Entry::Other { kind: "keep_alive".to_owned(), subtype: None });
    assert!(matches!(&entries[2], Entry::Broken { reason } if reason.contains("cut off")), "{entries:?}");
    assert_eq!(entries.len(), 3);
    assert_eq!(read(b" \t\r\n"), []);
    assert!(matches!(read(b"Error: no such option").as_slice(), [Entry::Broken { .. }]));
    assert!(matches!(read("[".repeat(100_000).as_bytes()).as_slice(), [Entry::Broken { .. }]));
}

#[test]
fn what_lacks_its_parts_is_other_and_absurd_figures_are_cut() {
    for line in [
        json!(7),
        json!([1]),
        json!({"type": "assistant"}),
        json!({"type": "stream_event"}),
        json!({"type": "control_request", "request": {"subtype": "can_use_tool"}}),
        json!({"type": 3}),
        json!(null),
    ] {
        assert!(matches!(one(line), Entry::Other { .. }));
    }
    let usage = json!({"input_tokens": u64::MAX, "output_tokens": -5, "cache_read_input_tokens": 1e300});
    let entry = one(json!({"type": "assistant", "message": {"id": "m", "usage": usage}}));
    let Entry::Assistant { usage, .. } = entry else { panic!() };
    assert_eq!((usage.tokens.input, usage.tokens.output, usage.tokens.cache_read), (1 << 24, 0, 1 << 24));
}

/// JSON that looks like a stream's, with anything anywhere.
fn a_line() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "type",
        "subtype",
        "message",
        "event",
        "request",
        "response",
        "usage",
        "content",
        "delta",
        "index",
        "id",
        "system",
        "init",
        "assistant",
        "user",
        "result",
        "stream_event",
        "control_request",
        "message_start",
        "text",
        "content_block_delta",
        "tool_result",
        "modelUsage",
        "input_tokens",
        "errors",
        "content_block",
        "can_use_tool",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|float| json!(float)),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(word.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&bytes);
    }

    #[test]
    fn any_json_is_one_entry(value in a_line(), cut in any::<prop::sample::Index>()) {
        let line = value.to_string();
        prop_assert_eq!(read(line.as_bytes()).len(), 1);
        read(&line.as_bytes()[..cut.index(line.len())]);
    }
}
