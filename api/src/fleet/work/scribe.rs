//! The scribe: makes of a stream what people follow. Words are gathered, so that an agent writes a few pieces a
//! second at most; the end of a block, a call and an answer are written at once.

mod short;

use orchestrator::transcripts::{Block, BlockKind, Entry, ToolResult};
use quarterdeck_shared::{
    StepId, Timestamp,
    event::{Activity, ActivityKind},
};
use serde_json::Value;
use short::{PIECE_BYTES, cut, pieces, shortened};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

/// What is kept of a tool's answer, in bytes.
const ANSWER_BYTES: usize = 4 << 10;
/// What is kept of a description, in characters.
const DESCRIPTION_CHARS: usize = 200;

/// Follows one agent's stream.
#[derive(Debug)]
pub struct Scribe {
    step_id: Option<StepId>,
    window_micros: i64,
    open: Option<Piece>,
    written_at: Option<Timestamp>,
    /// The message that streams on each thread: the main one and those of sub-agents.
    messages: HashMap<Option<String>, String>,
    kinds: HashMap<(Option<String>, u64), BlockKind>,
    streamed: HashSet<String>,
    blocks: HashMap<String, u64>,
    calls: HashMap<String, String>,
}

#[derive(Debug)]
struct Piece {
    kind: ActivityKind,
    key: String,
    text: String,
}

impl Scribe {
    /// A scribe for an agent of this step, who writes words no more often than once per `window`.
    pub fn new(step_id: Option<StepId>, window: Duration) -> Self {
        Self {
            step_id,
            window_micros: i64::try_from(window.as_micros()).unwrap_or(i64::MAX),
            open: None,
            written_at: None,
            messages: HashMap::new(),
            kinds: HashMap::new(),
            streamed: HashSet::new(),
            blocks: HashMap::new(),
            calls: HashMap::new(),
        }
    }

    /// Takes an entry; returns what is to be written now.
    pub fn observe(&mut self, entry: &Entry, now: Timestamp) -> Vec<Activity> {
        let mut written = Vec::new();
        match entry {
            Entry::MessageStart { message_id, parent, .. } => {
                self.streamed.insert(message_id.clone());
                self.messages.insert(parent.clone(), message_id.clone());
            }
            Entry::BlockStart { index, kind, parent, .. } => {
                self.kinds.insert((parent.clone(), *index), kind.clone());
            }
            Entry::TextDelta { index, text, parent } => {
                self.gather(ActivityKind::Text, *index, parent, text, now, &mut written);
            }
            Entry::ThinkingDelta { index, text, parent } => {
                self.gather(ActivityKind::Thinking, *index, parent, text, now, &mut written);
            }
            Entry::BlockStop { .. } | Entry::MessageStop { .. } | Entry::Finished(_) => {
                written.extend(self.flush(now));
            }
            Entry::Assistant { message_id, blocks, error, .. } => {
                written.extend(self.flush(now));
                self.whole(message_id, blocks, error.is_some(), &mut written);
            }
            Entry::ToolResults(results) => {
                written.extend(self.flush(now));
                written.extend(results.iter().map(|result| self.answer(result)));
            }
            entry => {
                if let Some(words) = notice(entry) {
                    written.extend(self.flush(now));
                    written.push(self.notice(words));
                }
            }
        }
        written
    }

    /// A notice of ours.
    pub fn notice(&self, text: impl Into<String>) -> Activity {
        self.activity(ActivityKind::Notice, String::new(), text.into())
    }

    /// How long the gathered words may still wait; `None` where there are none.
    pub fn due_in(&self, now: Timestamp) -> Option<Duration> {
        self.open.as_ref()?;
        let since = self.written_at.map_or(i64::MAX, |at| now.0.saturating_sub(at.0));
        let left = self.window_micros.saturating_sub(since).max(0);
        Some(Duration::from_micros(left.unsigned_abs()))
    }

    /// What is gathered, written now.
    pub fn flush(&mut self, now: Timestamp) -> Option<Activity> {
        let piece = self.open.take()?;
        self.written_at = Some(now);
        Some(self.activity(piece.kind, piece.key, piece.text))
    }

    fn gather(
        &mut self,
        kind: ActivityKind,
        index: u64,
        parent: &Option<String>,
        text: &str,
        now: Timestamp,
        written: &mut Vec<Activity>,
    ) {
        if text.is_empty() {
            return;
        }
        let message = self.messages.get(parent).map_or("", String::as_str);
        let key = format!("{message}:{index}");
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.key != key || open.text.len() + text.len() > PIECE_BYTES)
        {
            written.extend(self.flush(now));
        }
        self.open.get_or_insert_with(|| Piece { kind, key, text: String::new() }).text.push_str(text);
        if self.due_in(now) == Some(Duration::ZERO) {
            written.extend(self.flush(now));
        }
    }

    /// Whole blocks: calls of tools, and words that did not stream before.
    fn whole(&mut self, message_id: &str, blocks: &[Block], refused: bool, written: &mut Vec<Activity>) {
        for block in blocks {
            let place = self.blocks.entry(message_id.to_owned()).or_default();
            let key = format!("{message_id}:{place}");
            *place += 1;
            let kind = match block {
                Block::Text(_) if refused => ActivityKind::Notice,
                Block::Text(_) => ActivityKind::Text,
                Block::Thinking(_) => ActivityKind::Thinking,
                Block::ToolUse { id, name, input } => {
                    if self.calls.insert(id.clone(), name.clone()).is_none() {
                        written.push(self.call(id, name, input));
                    }
                    continue;
                }
                Block::Other(_) => continue,
            };
            let (Block::Text(text) | Block::Thinking(text)) = block else { continue };
            if !self.streamed.contains(message_id) {
                let pieces = pieces(text).map(|piece| self.activity(kind, key.clone(), piece.to_owned()));
                written.extend(pieces);
            }
        }
    }

    fn call(&self, id: &str, tool: &str, input: &Value) -> Activity {
        let mut call = self.activity(ActivityKind::ToolCall, id.to_owned(), description(input));
        call.tool = Some(tool.to_owned());
        call.input = Some(shortened(input));
        call
    }

    fn answer(&self, result: &ToolResult) -> Activity {
        let text = cut(&result.text, ANSWER_BYTES).to_owned();
        let mut answer = self.activity(ActivityKind::ToolResult, result.tool_use_id.clone(), text);
        answer.tool = self.calls.get(&result.tool_use_id).cloned();
        answer.is_error = Some(result.is_error);
        answer
    }

    fn activity(&self, kind: ActivityKind, key: String, text: String) -> Activity {
        let step_id = self.step_id.clone();
        Activity { kind, key, text, tool: None, input: None, is_error: None, step_id }
    }
}

/// What an agent does now, in a few words; `None` where the entry does not say.
pub fn phrase(entry: &Entry) -> Option<String> {
    match entry {
        Entry::Init { .. } => Some("reads the request".into()),
        Entry::BlockStart { kind: BlockKind::Text, .. } => Some("writes".into()),
        Entry::BlockStart { kind: BlockKind::Thinking, .. } => Some("thinks".into()),
        Entry::Assistant { blocks, .. } => blocks.iter().rev().find_map(|block| match block {
            Block::ToolUse { name, input, .. } => Some(match description(input).as_str() {
                "" => name.clone(),
                words => format!("{name}: {}", words.chars().take(80).collect::<String>()),
            }),
            _ => None,
        }),
        Entry::ToolResults(_) => Some("thinks".into()),
        Entry::Retry { .. } => notice(entry),
        Entry::Finished(_) => Some(String::new()),
        _ => None,
    }
}

fn notice(entry: &Entry) -> Option<String> {
    match entry {
        Entry::Retry { attempt, max, delay_ms, status, error } => {
            let status = status.map(|status| format!("{status} ")).unwrap_or_default();
            let error = error.as_deref().unwrap_or("no answer");
            let seconds = *delay_ms as f64 / 1000.0;
            Some(format!("the API refused ({status}{error}); try {attempt} of {max} in {seconds:.1} s"))
        }
        Entry::Compacted { trigger, before, after } => {
            let tokens = |count: &Option<u64>| count.map_or("?".into(), |count| count.to_string());
            let (before, after) = (tokens(before), tokens(after));
            Some(format!("the conversation was condensed ({trigger}): {before} tokens before, {after} after"))
        }
        Entry::Broken { reason } => Some(format!("a line of the runtime could not be read: {reason}")),
        _ => None,
    }
}

/// The first words of a tool's input that tell what the call is about.
pub fn description(input: &Value) -> String {
    const TELLING: &[&str] =
        &["command", "file_path", "path", "pattern", "query", "url", "description", "prompt"];
    let first = TELLING.iter().find_map(|name| input.get(name)?.as_str());
    let any = || input.as_object()?.values().find_map(Value::as_str);
    let words = first.or_else(any).unwrap_or_default();
    words.lines().next().unwrap_or_default().chars().take(DESCRIPTION_CHARS).collect()
}

#[cfg(test)]
mod tests;
