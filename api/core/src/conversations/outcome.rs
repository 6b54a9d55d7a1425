//! What a tool answered: its words, its pictures, and what it did to a file.

use super::{Change, ChangeKind, Hunk, Outcome, Picture};
use crate::transcripts::fields::{count, list, text, text_or_empty, words};
use serde_json::Value;

/// The answer of a block, with what the program noted beside it.
pub(super) fn of(block: &Value, noted: Option<&Value>) -> Outcome {
    let content = block.get("content");
    let blocks = content.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_image = |block: &&Value| block.get("type").is_some_and(|kind| kind == "image");
    let texts: Vec<Value> = blocks.iter().filter(|block| !is_image(block)).cloned().collect();
    let said = if blocks.is_empty() { words(content) } else { words(Some(&Value::Array(texts))) };
    let noted_words = || match noted {
        Some(Value::String(text)) => text.clone(),
        Some(noted) => ["stdout", "stderr"].iter().map(|key| text_or_empty(noted, key)).collect(),
        None => String::new(),
    };
    let is_bare = said.is_empty() && !blocks.iter().any(|block| is_image(&block));
    Outcome {
        tool_use_id: text_or_empty(block, "tool_use_id"),
        text: if is_bare { noted_words() } else { said },
        is_error: block.get("is_error").and_then(Value::as_bool).unwrap_or_default(),
        images: blocks.iter().filter(is_image).map(picture).collect(),
        change: noted.and_then(change),
        agent_id: noted.and_then(|noted| text(noted, "agentId")).filter(|id| !id.is_empty()),
    }
}

/// The picture of a block.
pub(super) fn picture(block: &Value) -> Picture {
    let source = block.get("source").cloned().unwrap_or_default();
    Picture { media_type: text_or_empty(&source, "media_type"), base64: text_or_empty(&source, "data") }
}

/// What was done to a file, where the note is of one of the tools that read and write files.
fn change(noted: &Value) -> Option<Change> {
    if let Some(file) = noted.get("file") {
        return Some(Change {
            path: text(file, "filePath")?,
            kind: ChangeKind::Read,
            new: text(file, "content"),
            first_line: count(file, "startLine"),
            total_lines: count(file, "totalLines"),
            ..Change::default()
        });
    }
    let path = text(noted, "filePath").or_else(|| text(noted, "notebook_path"))?;
    let hunks: Vec<_> = list(noted, "structuredPatch").iter().map(hunk).collect();
    let whole = text(noted, "content");
    let lines = whole.as_ref().map(|content| content.lines().count() as u64);
    let is_update = whole.is_none() || noted.get("type").is_some_and(|kind| kind == "update");
    let written = whole.or_else(|| text(noted, "new_source"));
    let edits = list(noted, "edits");
    let joined = |key: &str| {
        let all: Vec<_> = edits.iter().map(|edit| text_or_empty(edit, key)).collect();
        (!all.is_empty()).then(|| all.join("\n"))
    };
    let (old, new) = match &written {
        Some(content) => (text(noted, "originalFile"), Some(content.clone())),
        None => (
            text(noted, "oldString").or_else(|| joined("old_string")),
            text(noted, "newString").or_else(|| joined("new_string")),
        ),
    };
    (old.is_some() || new.is_some() || !hunks.is_empty()).then_some(Change {
        path,
        kind: if is_update { ChangeKind::Update } else { ChangeKind::Create },
        hunks,
        old,
        new,
        first_line: None,
        total_lines: lines,
    })
}

fn hunk(value: &Value) -> Hunk {
    Hunk {
        old_start: count(value, "oldStart").unwrap_or_default(),
        new_start: count(value, "newStart").unwrap_or_default(),
        lines: list(value, "lines").iter().filter_map(|line| line.as_str().map(str::to_owned)).collect(),
    }
}
