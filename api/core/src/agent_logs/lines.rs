//! The lines of a folder's files, each read by itself: what is missing or of another kind is simply not there.

use super::{Zone, moment, repr};
use crate::{
    bounds::{SESSION_TOKENS, SESSION_USD, believed},
    transcripts::{Usage, fields, halves::mended},
};
use quarterdeck_shared::{Timestamp, Usd};
use serde_json::Value;

/// A line of `tools.jsonl`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum ToolLine {
    /// A tool was called.
    Call { at: Option<Timestamp>, tool: String, id: String, input: Value },
    /// It answered.
    Answer { at: Option<Timestamp>, id: String, content: String, is_error: bool },
}

/// A line of `summary.jsonl`.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum SummaryLine {
    /// The runtime said something; `message` is how Python writes it down.
    System { at: Option<Timestamp>, subtype: String, message: String },
    /// A turn ended.
    Turn(Box<Turn>),
}

/// The end of a turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// When.
    pub at: Option<Timestamp>,
    /// Whether it failed.
    pub is_error: bool,
    /// Its last words.
    pub result: Option<String>,
    /// How long it took.
    pub duration_ms: u64,
    /// The session it was a turn of.
    pub session_id: Option<String>,
    /// What the process had cost by then, sub-agents included.
    pub cost: Option<Usd>,
    /// What the turn took.
    pub usage: Usage,
}

/// Who speaks in a block of `text.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// The model.
    Words,
    /// The model, to itself.
    Thoughts,
    /// Somebody to the model.
    Prompt,
}

/// A block of `text.txt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextBlock {
    /// Bytes of the file before it.
    pub offset: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub said: Said,
    /// What.
    pub text: String,
}

/// Reads a line of `tools.jsonl`; nothing where it is none.
pub fn tool(line: &[u8], zone: Zone<'_>) -> Option<ToolLine> {
    let value = value(line)?;
    let at = at(&value, zone);
    let id = fields::text_or_empty(&value, "tool_use_id");
    match value.get("type")?.as_str()? {
        "tool_use" => Some(ToolLine::Call {
            at,
            tool: fields::text(&value, "tool_name").unwrap_or_else(|| "unknown".to_owned()),
            id,
            input: value.get("input").cloned().unwrap_or_default(),
        }),
        "tool_result" => Some(ToolLine::Answer {
            at,
            id,
            content: content(value.get("content")),
            is_error: value.get("is_error").and_then(Value::as_bool).unwrap_or_default(),
        }),
        _ => None,
    }
}

fn value(line: &[u8]) -> Option<Value> {
    serde_json::from_str(&mended(std::str::from_utf8(line).ok()?)).ok()
}

fn content(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Reads a line of `summary.jsonl`; nothing where it is none.
pub fn summary(line: &[u8], zone: Zone<'_>) -> Option<SummaryLine> {
    let value = value(line)?;
    let at = at(&value, zone);
    match value.get("type")?.as_str()? {
        "SystemMessage" => Some(SummaryLine::System {
            at,
            subtype: fields::text_or_empty(&value, "subtype"),
            message: fields::text_or_empty(&value, "message"),
        }),
        "ResultMessage" => Some(SummaryLine::Turn(Box::new(Turn {
            at,
            is_error: value.get("is_error").and_then(Value::as_bool).unwrap_or_default(),
            result: fields::text(&value, "result"),
            duration_ms: fields::count_or_zero(&value, "duration_ms"),
            session_id: fields::text(&value, "session_id").filter(|id| is_id(id)),
            cost: fields::money(&value, "total_cost_usd").and_then(|cost| believed(cost, SESSION_USD)),
            usage: fields::usage(&value, SESSION_TOKENS),
        }))),
        _ => None,
    }
}

fn at(value: &Value, zone: Zone<'_>) -> Option<Timestamp> {
    moment(value.get("timestamp")?.as_str()?, zone)
}

/// A session's id: short, and nothing that could be taken for something else.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 200
        && !text.starts_with('-')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
}

/// What the message of an `init` line says of this.
pub(super) fn said(message: &str, name: &str) -> Option<String> {
    repr::text(message, name).filter(|text| !text.is_empty() && text.len() <= 4_096)
}

/// The blocks of `text.txt`. A block goes on until the next line that looks like a block's first.
pub fn text_blocks(text: &[u8], zone: Zone<'_>) -> Vec<TextBlock> {
    let mut blocks: Vec<TextBlock> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let words = String::from_utf8_lossy(line);
        let bare = words.trim_end_matches(['\n', '\r']);
        match header(bare, zone) {
            Some((at, said)) => blocks.push(TextBlock { offset, at, said, text: String::new() }),
            None => blocks.iter_mut().last().into_iter().for_each(|block| block.text.push_str(&words)),
        }
        offset += line.len() as u64;
    }
    for block in &mut blocks {
        block.text.truncate(block.text.trim_end().len());
    }
    blocks
}

fn header(line: &str, zone: Zone<'_>) -> Option<(Timestamp, Said)> {
    let (time, who) = line.strip_prefix('[')?.split_once("] ")?;
    let said = match who {
        "AssistantMessage:" => Said::Words,
        "UserMessage:" => Said::Prompt,
        "THINKING:" => Said::Thoughts,
        _ => return None,
    };
    Some((moment(time, zone)?, said))
}
