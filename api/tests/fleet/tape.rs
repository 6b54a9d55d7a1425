//! Recordings written for a test: what an agent says and asks, line by line.

use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// What one role plays.
#[derive(Clone, Debug)]
pub struct Tape {
    lines: Vec<(u64, Value)>,
    at_ms: u64,
    messages: u32,
}

impl Tape {
    /// A tape that begins as a turn does.
    pub fn new() -> Self {
        let tape = Self { lines: Vec::new(), at_ms: 0, messages: 0 };
        tape.line(json!({
            "type": "system", "subtype": "init", "session_id": "s", "model": "claude-sonnet-5-5", "cwd": "/",
            "claude_code_version": "2.1.330", "tools": ["Bash"], "permissionMode": "default",
        }))
    }

    /// The next lines come so much later.
    pub fn later(mut self, ms: u64) -> Self {
        self.at_ms += ms;
        self
    }

    pub fn line(mut self, line: Value) -> Self {
        self.lines.push((self.at_ms, line));
        self
    }

    fn event(self, event: Value) -> Self {
        let message = format!("msg_{}", self.messages);
        self.line(json!({
            "type": "stream_event", "event": event, "session_id": "s", "parent_tool_use_id": null,
            "api_message_id": message,
        }))
    }

    /// A message that says `text` and takes 10 uncached, 100 written, 1000 read and `output` tokens.
    pub fn says(self, text: &str, output: u64) -> Self {
        self.message(json!({"type": "text", "text": text}), output)
    }

    /// A message that answers a prompt of so many tokens.
    pub fn answers(mut self, text: &str, prompt: u64) -> Self {
        let first = self.lines.len();
        self = self.says(text, 5);
        for (_, line) in &mut self.lines[first..] {
            for usage in ["/event/message/usage", "/message/usage", "/event/usage"] {
                if let Some(usage) = line.pointer_mut(usage) {
                    usage["cache_read_input_tokens"] = json!(prompt - 110);
                }
            }
        }
        self
    }

    /// A message that calls a tool.
    pub fn calls(self, call: &str, tool: &str, input: Value) -> Self {
        self.message(json!({"type": "tool_use", "id": call, "name": tool, "input": input}), 20)
    }

    fn message(mut self, block: Value, output: u64) -> Self {
        self.messages += 1;
        let (number, id) = (self.messages, format!("msg_{}", self.messages));
        let usage = |output: u64| {
            json!({"input_tokens": 10, "cache_creation_input_tokens": 100, "cache_read_input_tokens": 1000,
                   "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 0},
                   "output_tokens": output})
        };
        let message = |content: Value| {
            json!({"id": id, "type": "message", "role": "assistant", "model": "claude-sonnet-5-5",
                   "content": content, "stop_reason": null, "usage": usage(1)})
        };
        let begun = message(json!([]));
        let whole = message(json!([block]));
        let mut tape = self.event(json!({"type": "message_start", "message": begun}));
        if let Some(text) = block["text"].as_str() {
            let start = json!({"type": "text", "text": ""});
            tape = tape.event(json!({"type": "content_block_start", "index": 0, "content_block": start}));
            let delta = json!({"type": "text_delta", "text": text});
            tape = tape.event(json!({"type": "content_block_delta", "index": 0, "delta": delta}));
        }
        tape.line(json!({
            "type": "assistant", "message": whole, "session_id": "s", "parent_tool_use_id": null,
            "request_id": format!("req_{number}"),
        }))
        .event(json!({"type": "content_block_stop", "index": 0}))
        .event(json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage(output)}))
        .event(json!({"type": "message_stop"}))
    }

    /// Asks whether it may make a call.
    pub fn asks(self, request: &str, call: &str, tool: &str, input: Value) -> Self {
        self.line(json!({
            "type": "control_request", "request_id": request,
            "request": {"subtype": "can_use_tool", "tool_name": tool, "input": input, "tool_use_id": call},
        }))
    }

    /// A tool answers.
    pub fn answered(self, call: &str, text: &str) -> Self {
        let content = json!([{"type": "tool_result", "tool_use_id": call, "content": text}]);
        self.line(json!({
            "type": "user", "session_id": "s", "parent_tool_use_id": null,
            "message": {"role": "user", "content": content},
        }))
    }

    /// Asks for a tool and gets its answer.
    pub fn may(self, tool: &str, input: Value) -> Self {
        let call = format!("call_{}", self.messages);
        let request = format!("ask_{}", self.messages);
        self.calls(&call, tool, input.clone()).asks(&request, &call, tool, input).answered(&call, "done")
    }

    /// Ends well.
    pub fn ends(self, text: &str) -> Self {
        self.line(json!({
            "type": "result", "subtype": "success", "is_error": false, "result": text, "session_id": "s",
            "num_turns": 1, "duration_ms": 1, "modelUsage": {},
        }))
    }

    /// Ends as an API failure does: `success`, with `is_error`.
    pub fn fails(self, text: &str, status: Option<u16>) -> Self {
        self.line(json!({
            "type": "result", "subtype": "success", "is_error": true, "result": text, "session_id": "s",
            "num_turns": 1, "duration_ms": 1, "api_error_status": status, "terminal_reason": "api_error",
        }))
    }

    fn text(&self) -> String {
        let lines = self.lines.iter().map(|(at_ms, line)| json!({"at_ms": at_ms, "line": line}).to_string());
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Recordings by role.
pub fn shelf(tapes: &[(&str, &Tape)]) -> quarterdeck::fleet::runtime::Recordings {
    let texts: BTreeMap<_, _> = tapes.iter().map(|(role, tape)| ((*role).to_owned(), tape.text())).collect();
    quarterdeck::fleet::runtime::Recordings::Given(Arc::new(texts))
}

/// Says one thing and ends well.
pub fn plain(text: &str) -> Tape {
    Tape::new().says(text, 50).ends(text)
}
