//! One line of stream-json or of a session file, read into entries.

use super::{
    Block, BlockKind, Entry, ToolResult,
    fields::{count, count_or_zero, list, money, text, text_or_empty, usage, words},
    halves::mended,
    result,
};
use crate::bounds::REQUEST_TOKENS;
use serde_json::Value;

/// Reads one line: usually one entry, none for an empty line, several where a newline was lost.
///
/// Whatever the bytes are, it answers: what is no JSON becomes [`Entry::Broken`], what is unknown [`Entry::Other`].
pub fn read(line: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::with_capacity(1);
    let text = String::from_utf8_lossy(line.trim_ascii());
    for value in serde_json::Deserializer::from_str(&mended(&text)).into_iter::<Value>() {
        match value {
            Ok(value) => entries.push(entry(&value)),
            Err(error) if error.is_eof() => {
                entries.push(Entry::Broken { reason: format!("the line is cut off at byte {}", line.len()) });
            }
            Err(error) => entries.push(Entry::Broken { reason: format!("no JSON: {error}") }),
        }
    }
    entries
}

fn entry(value: &Value) -> Entry {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    let known = match kind {
        "system" => system(value),
        "assistant" => assistant(value),
        "user" => tool_results(value),
        "stream_event" => value.get("event").and_then(|event| stream(event, parent(value))),
        "control_request" => request(value),
        "control_response" => reply(value),
        "control_cancel_request" => {
            text(value, "request_id").map(|request_id| Entry::Withdrawn { request_id })
        }
        "command_lifecycle" => taken_up(value),
        "result" => Some(Entry::Finished(result::read(value))),
        "progress" => return progress(value),
        _ => None,
    };
    known.unwrap_or_else(|| {
        let inner = ["event", "request", "response"].iter().find_map(|key| value.get(key));
        let subtype =
            text(value, "subtype").or_else(|| text(inner?, "subtype").or_else(|| text(inner?, "type")));
        Entry::Other { kind: kind.to_owned(), subtype }
    })
}

/// The call of the sub-agent; where a session file names it by its own id instead, that.
fn parent(value: &Value) -> Option<String> {
    let in_session = || {
        let is_sidechain = value.get("isSidechain").and_then(Value::as_bool).unwrap_or_default();
        is_sidechain.then(|| text_or_empty(value, "agentId"))
    };
    text(value, "parent_tool_use_id").or_else(in_session)
}

/// What a session file says of something under way: a sub-agent's message is an entry of its thread.
fn progress(value: &Value) -> Entry {
    let data = value.get("data").cloned().unwrap_or_default();
    let kind = text(&data, "type");
    let mut inner = data.get("message").cloned().unwrap_or_default();
    let is_message = inner.get("type").is_some_and(|kind| kind == "assistant" || kind == "user");
    if kind.as_deref() != Some("agent_progress") || !is_message {
        return Entry::Other { kind: "progress".to_owned(), subtype: kind };
    }
    if let (Some(inner), Some(call)) = (inner.as_object_mut(), text(value, "parentToolUseID")) {
        inner.insert("parent_tool_use_id".to_owned(), call.into());
    }
    entry(&inner)
}

fn system(value: &Value) -> Option<Entry> {
    match value.get("subtype")?.as_str()? {
        "init" => Some(Entry::Init {
            session_id: text(value, "session_id")?,
            model: text_or_empty(value, "model"),
            cwd: text_or_empty(value, "cwd"),
            version: text_or_empty(value, "claude_code_version"),
            tools: list(value, "tools").iter().filter_map(|tool| tool.as_str().map(str::to_owned)).collect(),
            permission_mode: text_or_empty(value, "permissionMode"),
        }),
        "api_retry" => Some(Entry::Retry {
            attempt: count_or_zero(value, "attempt"),
            max: count_or_zero(value, "max_retries"),
            delay_ms: count_or_zero(value, "retry_delay_ms"),
            status: count(value, "error_status").and_then(|status| u16::try_from(status).ok()),
            error: text(value, "error"),
        }),
        "compact_boundary" => {
            let told = value.get("compact_metadata").or_else(|| value.get("compactMetadata"))?;
            Some(Entry::Compacted {
                trigger: text_or_empty(told, "trigger"),
                before: count(told, "pre_tokens").or_else(|| count(told, "preTokens")),
                after: count(told, "post_tokens").or_else(|| count(told, "postTokens")),
            })
        }
        "api_error" => {
            let error = value.get("error").cloned().unwrap_or_default();
            Some(Entry::Retry {
                attempt: count_or_zero(value, "retryAttempt"),
                max: count_or_zero(value, "maxRetries"),
                delay_ms: count_or_zero(value, "retryInMs"),
                status: count(&error, "status").and_then(|status| u16::try_from(status).ok()),
                error: text(&error, "message"),
            })
        }
        _ => None,
    }
}

fn assistant(value: &Value) -> Option<Entry> {
    let message = value.get("message")?;
    Some(Entry::Assistant {
        message_id: text(message, "id")?,
        request_id: text(value, "request_id").or_else(|| text(value, "requestId")),
        model: text_or_empty(message, "model"),
        blocks: list(message, "content").iter().map(block).collect(),
        usage: usage(message, REQUEST_TOKENS),
        stop_reason: text(message, "stop_reason"),
        parent: parent(value),
        error: text(value, "error"),
    })
}

fn block(block: &Value) -> Block {
    match block.get("type").and_then(Value::as_str) {
        Some("text") => Block::Text(text_or_empty(block, "text")),
        Some("thinking") => Block::Thinking(text_or_empty(block, "thinking")),
        Some("redacted_thinking") => Block::Thinking(String::new()),
        Some("tool_use") => Block::ToolUse {
            id: text_or_empty(block, "id"),
            name: text_or_empty(block, "name"),
            input: block.get("input").cloned().unwrap_or_default(),
        },
        other => Block::Other(other.unwrap_or_default().to_owned()),
    }
}

fn tool_results(value: &Value) -> Option<Entry> {
    let blocks = list(value.get("message")?, "content").iter();
    let results: Vec<ToolResult> = blocks
        .filter(|block| block.get("type").and_then(Value::as_str) == Some("tool_result"))
        .map(|block| ToolResult {
            tool_use_id: text_or_empty(block, "tool_use_id"),
            text: words(block.get("content")),
            is_error: block.get("is_error").and_then(Value::as_bool).unwrap_or_default(),
            parent: parent(value),
        })
        .collect();
    (!results.is_empty()).then_some(Entry::ToolResults(results))
}

fn stream(event: &Value, parent: Option<String>) -> Option<Entry> {
    let index = count_or_zero(event, "index");
    Some(match event.get("type")?.as_str()? {
        "message_start" => {
            let message = event.get("message")?;
            let (message_id, model) = (text(message, "id")?, text_or_empty(message, "model"));
            Entry::MessageStart { message_id, model, usage: usage(message, REQUEST_TOKENS), parent }
        }
        "content_block_start" => {
            let block = event.get("content_block")?;
            let kind = match block.get("type")?.as_str()? {
                "text" => BlockKind::Text,
                "thinking" | "redacted_thinking" => BlockKind::Thinking,
                "tool_use" => BlockKind::ToolUse,
                other => BlockKind::Other(other.to_owned()),
            };
            let tool = text(block, "id").zip(text(block, "name"));
            Entry::BlockStart { index, kind, tool, parent }
        }
        "content_block_delta" => {
            let delta = event.get("delta")?;
            match delta.get("type")?.as_str()? {
                "text_delta" => Entry::TextDelta { index, text: text(delta, "text")?, parent },
                "thinking_delta" => Entry::ThinkingDelta { index, text: text(delta, "thinking")?, parent },
                "input_json_delta" => Entry::InputDelta { index, json: text(delta, "partial_json")?, parent },
                _ => return None,
            }
        }
        "content_block_stop" => Entry::BlockStop { index, parent },
        "message_delta" => {
            let stop_reason = event.get("delta").and_then(|delta| text(delta, "stop_reason"));
            Entry::MessageDelta { usage: usage(event, REQUEST_TOKENS), stop_reason, parent }
        }
        "message_stop" => Entry::MessageStop { parent },
        _ => return None,
    })
}

fn request(value: &Value) -> Option<Entry> {
    let request_id = text(value, "request_id")?;
    let request = value.get("request")?;
    let subtype = text(request, "subtype")?;
    if subtype != "can_use_tool" {
        return Some(Entry::Wanted { request_id, subtype });
    }
    Some(Entry::Asked {
        request_id,
        tool: text(request, "tool_name")?,
        input: request.get("input").cloned().unwrap_or_default(),
        tool_use_id: text(request, "tool_use_id"),
        reason: text(request, "decision_reason").or_else(|| text(request, "description")),
        agent_id: text(request, "agent_id"),
    })
}

fn taken_up(value: &Value) -> Option<Entry> {
    let is_started = value.get("state")? == "started";
    is_started.then_some(Entry::TakenUp { message_id: text(value, "command_uuid")? })
}

fn reply(value: &Value) -> Option<Entry> {
    let response = value.get("response")?;
    let session = response.get("response").and_then(|told| told.get("session"));
    if let Some(session) = session.filter(|session| session.get("model_usage").is_some()) {
        let cost = money(session, "total_cost_usd");
        return Some(Entry::Taken { cost, models: result::models(session, "model_usage") });
    }
    let ok = response.get("subtype")?.as_str()? == "success";
    Some(Entry::Reply { request_id: text(response, "request_id")?, ok, error: text(response, "error") })
}
