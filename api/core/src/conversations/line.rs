//! One line of a session file, read into the pieces of a conversation.

use super::{Piece, Said, outcome};
use crate::transcripts::{
    fields::{count, list, text, text_or_empty, words},
    halves::mended,
    reading::Thread,
};
use memchr::memmem;
use serde_json::{Deserializer, Value};

/// Lines longer than this are looked at before they are built: some are large and never hold a word of anybody.
const SHORT: usize = 2 << 10;

/// Pieces of one line at most; no program writes more.
const MOST: usize = 4_096;

/// Types that are bookkeeping of the program that writes: nothing of them is part of the conversation.
const SILENT: [&str; 11] = [
    "file-history-snapshot",
    "queue-operation",
    "last-prompt",
    "mode",
    "cost-state",
    "api-request",
    "api-request-shape",
    "api-request-blob",
    "tools-used",
    "atis-latch",
    "stream_event",
];

/// What the program writes where a person stopped the model.
const INTERRUPTED: &str = "[Request interrupted by user";

pub(super) fn read(line: &[u8]) -> Vec<Piece> {
    let line = line.trim_ascii();
    if line.len() > SHORT && is_bookkeeping(line) {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(line);
    let mut pieces = Vec::with_capacity(1);
    for value in Deserializer::from_str(&mended(&text)).into_iter::<Value>() {
        match value {
            Ok(value) if value.is_object() => object(&value, &mut pieces),
            Ok(value) => pieces.push(unreadable(format!("no object: {}", kind_of(&value)))),
            Err(error) => pieces.push(unreadable(format!("no JSON: {error}"))),
        }
        if pieces.len() > MOST {
            pieces.truncate(MOST);
            pieces.push(unreadable("more pieces than a line has".to_owned()));
            break;
        }
    }
    for (index, piece) in pieces.iter_mut().enumerate() {
        piece.index = index;
    }
    pieces
}

/// Within a text of JSON these quotes would be escaped: so this is a field of the line.
fn is_bookkeeping(line: &[u8]) -> bool {
    memmem::find(line, b"\"type\":\"api-request").is_some() && memmem::find(line, b"\"message\":").is_none()
}

fn unreadable(text: String) -> Piece {
    about(&Value::Null, Said::Notice { what: "unreadable".to_owned(), text })
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "a list",
        Value::String(_) => "a text",
        Value::Number(_) => "a number",
        _ => "a bare word",
    }
}

/// What the line says of itself, with something that was said in it.
fn about(value: &Value, said: Said) -> Piece {
    let either = |one: &str, other: &str| text(value, one).or_else(|| text(value, other));
    Piece {
        index: 0,
        uuid: text(value, "uuid"),
        parent: text(value, "parentUuid"),
        at: text(value, "timestamp").and_then(|at| at.parse().ok()),
        thread: Thread {
            session_id: either("sessionId", "session_id").unwrap_or_default(),
            agent_id: text_or_empty(value, "agentId"),
        },
        message_id: None,
        request_id: either("requestId", "request_id"),
        model: None,
        is_echo: false,
        said,
    }
}

fn object(value: &Value, pieces: &mut Vec<Piece>) {
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    let said = match kind {
        "user" => return user(value, pieces),
        "assistant" => return assistant(value, pieces),
        "progress" => return progress(value, pieces),
        "system" => system(value),
        "attachment" => attachment(value),
        "summary" => notice("summary", text_or_empty(value, "summary")),
        "custom-title" => notice("named", text_or_empty(value, "customTitle")),
        "agent-name" => notice("named", text_or_empty(value, "agentName")),
        "pr-link" => notice("pull_request", text_or_empty(value, "prUrl")),
        silent if SILENT.contains(&silent) => return,
        other => {
            let what = if other.is_empty() { "unknown" } else { other };
            let words = text(value, "content").or_else(|| text(value, "text")).unwrap_or_default();
            notice(what, words)
        }
    };
    pieces.push(about(value, said));
}

fn notice(what: &str, text: String) -> Said {
    Said::Notice { what: what.to_owned(), text }
}

fn context(what: &str, text: String) -> Said {
    Said::Context { what: what.to_owned(), text }
}

/// What somebody, a program or a tool said to the model.
fn user(value: &Value, pieces: &mut Vec<Piece>) {
    let Some(message) = value.get("message") else {
        return pieces.push(about(value, notice("unknown", String::new())));
    };
    let blocks = match message.get("content").unwrap_or(message) {
        Value::String(words) => return pieces.push(about(value, spoken(value, words))),
        Value::Array(blocks) => blocks.as_slice(),
        _ => &[],
    };
    let results = blocks.iter().filter(|block| is(block, "tool_result")).count();
    // What the program noted belongs to the one answer of the line.
    let noted = value.get("toolUseResult").or_else(|| value.get("tool_use_result"));
    let noted = noted.filter(|_| results == 1);
    for block in blocks.iter().take(MOST + 1) {
        let said = match block.get("type").and_then(Value::as_str) {
            Some("text") => spoken(value, &text_or_empty(block, "text")),
            Some("tool_result") => Said::Result(Box::new(outcome::of(block, noted))),
            Some("image") => Said::Image(outcome::picture(block)),
            Some(other) => notice(other, text(block, "title").unwrap_or_default()),
            None => spoken(value, block.as_str().unwrap_or_default()),
        };
        pieces.push(about(value, said));
    }
}

fn is(block: &Value, kind: &str) -> bool {
    block.get("type").is_some_and(|it| it == kind)
}

/// Words on a line of a user: of a person, unless something says that a program put them in.
fn spoken(value: &Value, words: &str) -> Said {
    let flag = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or_default();
    let origin = value.get("origin").and_then(|origin| text(origin, "kind")).filter(|kind| kind != "human");
    let trimmed = words.trim_start();
    if flag("isCompactSummary") {
        context("compact_summary", words.to_owned())
    } else if flag("isMeta") || trimmed.starts_with("Caveat:") {
        context("meta", words.to_owned())
    } else if let Some(origin) = origin {
        context(&origin, words.to_owned())
    } else if words.starts_with(INTERRUPTED) {
        notice("interrupted", words.to_owned())
    } else if let Some(name) = tagged(words, "command-name") {
        let arguments = tagged(words, "command-args").unwrap_or_default();
        notice("command", format!("{name} {arguments}").trim_end().to_owned())
    } else if let Some(output) = tagged(words, "local-command-stdout") {
        notice("command_output", output.to_owned())
    } else if let Some(output) = tagged(words, "local-command-stderr") {
        notice("command_output", output.to_owned())
    } else if let Some(tag) = program_tag(trimmed) {
        context(tag, words.to_owned())
    } else {
        Said::Prompt(words.to_owned())
    }
}

/// What stands between a tag and its end. Such words are the program's where they begin with it or with its kin.
fn tagged<'words>(words: &'words str, tag: &str) -> Option<&'words str> {
    let is_own = ["<command-", "<local-command-"].iter().any(|begin| words.trim_start().starts_with(begin));
    let (_, rest) = words.split_once(&format!("<{tag}>")).filter(|_| is_own)?;
    rest.split_once(&format!("</{tag}>")).map(|(inside, _)| inside.trim())
}

/// The name of a tag that only programs put before words.
fn program_tag(words: &str) -> Option<&'static str> {
    const TAGS: [&str; 6] = [
        "system-reminder",
        "task-notification",
        "user-prompt-submit-hook",
        "bash-stdout",
        "bash-input",
        "teammate-message",
    ];
    let inside = words.strip_prefix('<')?;
    TAGS.into_iter().find(|tag| inside.strip_prefix(tag).is_some_and(|rest| rest.starts_with(['>', ' '])))
}

/// What the model said.
fn assistant(value: &Value, pieces: &mut Vec<Piece>) {
    let Some(message) = value.get("message") else {
        return pieces.push(about(value, notice("unknown", String::new())));
    };
    let model = text(message, "model");
    let is_synthetic = model.as_deref() == Some(crate::usage::SYNTHETIC);
    let is_fault = value.get("isApiErrorMessage").and_then(Value::as_bool).unwrap_or_default();
    let speak = |words: String| match (is_fault, is_synthetic) {
        (true, _) => {
            let status = count(value, "apiErrorStatus").and_then(|status| u16::try_from(status).ok());
            Said::Fault { text: words, status }
        }
        (false, true) => notice("synthetic", words),
        (false, false) => Said::Text(words),
    };
    let mut push = |said| {
        let mut piece = about(value, said);
        piece.message_id = text(message, "id");
        piece.model = model.clone().filter(|_| !is_synthetic);
        pieces.push(piece);
    };
    if let Some(words) = text(message, "content") {
        return push(speak(words));
    }
    for block in list(message, "content").iter().take(MOST + 1) {
        push(match block.get("type").and_then(Value::as_str) {
            Some("text") => speak(text_or_empty(block, "text")),
            Some("thinking") => Said::Thinking(text_or_empty(block, "thinking")),
            Some("redacted_thinking") => Said::Thinking(String::new()),
            Some("tool_use" | "server_tool_use" | "mcp_tool_use") => Said::Call {
                id: text_or_empty(block, "id"),
                tool: text_or_empty(block, "name"),
                input: block.get("input").cloned().unwrap_or_default(),
            },
            Some("image") => Said::Image(outcome::picture(block)),
            Some(answer) if answer.ends_with("_tool_result") => {
                Said::Result(Box::new(outcome::of(block, None)))
            }
            Some(other) => notice(other, String::new()),
            None => speak(block.as_str().unwrap_or_default().to_owned()),
        });
    }
}

/// What a session says of something under way. A sub-agent's message is a piece of its thread; that a command or a hook
/// still runs is told by its answer.
fn progress(value: &Value, pieces: &mut Vec<Piece>) {
    let Some(data) = value.get("data").filter(|data| is(data, "agent_progress")) else { return };
    let Some(message) = data.get("message").filter(|inner| is(inner, "user") || is(inner, "assistant"))
    else {
        return;
    };
    let from = pieces.len();
    object(message, pieces);
    let around = about(value, Said::Prompt(String::new()));
    for piece in &mut pieces[from..] {
        piece.is_echo = true;
        piece.at = piece.at.or(around.at);
        piece.thread.session_id.clone_from(&around.thread.session_id);
        piece.thread.agent_id = text_or_empty(data, "agentId");
    }
}

fn system(value: &Value) -> Said {
    let subtype = text_or_empty(value, "subtype");
    let content = words(value.get("content"));
    match subtype.as_str() {
        "compact_boundary" => {
            let told = value.get("compactMetadata").or_else(|| value.get("compact_metadata"));
            let told = told.cloned().unwrap_or_default();
            Said::Compaction {
                trigger: text_or_empty(&told, "trigger"),
                before: count(&told, "preTokens").or_else(|| count(&told, "pre_tokens")),
                after: count(&told, "postTokens").or_else(|| count(&told, "post_tokens")),
            }
        }
        "api_error" => {
            let error = value.get("error").cloned().unwrap_or_default();
            let status = count(&error, "status").and_then(|status| u16::try_from(status).ok());
            let said = text(&error, "message").or_else(|| error.as_str().map(str::to_owned));
            Said::Fault { text: said.unwrap_or(content), status }
        }
        "local_command" => spoken(value, &content),
        "stop_hook_summary" => context("stop_hook_summary", hooks(value)),
        "turn_duration" => {
            notice("turn_duration", count(value, "durationMs").unwrap_or_default().to_string())
        }
        _ => notice(&subtype, content),
    }
}

/// Which hooks ran, how long, and what went wrong with them: a line each.
fn hooks(value: &Value) -> String {
    let ran = list(value, "hookInfos").iter().map(|hook| {
        let took = count(hook, "durationMs").map(|ms| format!(" ({ms} ms)")).unwrap_or_default();
        format!("{}{took}", text_or_empty(hook, "command"))
    });
    let wrong = list(value, "hookErrors").iter().map(|error| words(Some(error)));
    let kept = text(value, "stopReason").filter(|reason| !reason.is_empty());
    ran.chain(wrong).chain(kept).collect::<Vec<_>>().join("\n")
}

/// What the program put before the model: in the words the model got, where they are kept.
fn attachment(value: &Value) -> Said {
    let inside = value.get("attachment").cloned().unwrap_or_default();
    let what = text(&inside, "type").unwrap_or_else(|| "attachment".to_owned());
    if what == "max_turns_reached" {
        let turns = count(&inside, "maxTurns").map(|turns| turns.to_string());
        return notice(&what, turns.unwrap_or_default());
    }
    if what == "queued_command" {
        return spoken(value, &words(inside.get("prompt")));
    }
    let rendered = list(value, "rendered").iter().map(|it| words(it.get("content"))).collect::<Vec<_>>();
    let own = || {
        let file = inside.get("content").and_then(|content| content.get("file"));
        let of_file = file.and_then(|file| text(file, "content"));
        let plain = ["content", "text", "stdout"].iter().map(|key| words(inside.get(*key)));
        of_file.or_else(|| plain.into_iter().find(|words| !words.is_empty()))
    };
    let words =
        if rendered.iter().any(|words| !words.is_empty()) { Some(rendered.join("\n")) } else { own() };
    let name = text(&inside, "filename").or_else(|| text(&inside, "hookName"));
    let words = words.unwrap_or_else(|| serde_json::to_string_pretty(&inside).unwrap_or_default());
    context(&what, name.map(|name| format!("{name}\n{words}")).unwrap_or(words))
}
