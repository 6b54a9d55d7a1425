//! Logs: the actions of an agent, out of the lines of its files; and JSON in colours.

mod ink;

pub use ink::ink;

use crate::{
    agent_logs::{FILES, Said, SummaryLine, TextBlock, ToolLine},
    hooks::Call,
    metrics,
};
use quarterdeck_shared::{
    Timestamp,
    logs::{Action, ActionKind, ActionOutcome},
};
use serde_json::Value;
use std::collections::HashMap;

/// Characters of a summary.
const SUMMARY: usize = 200;

/// An action and its place: by time, then by file, then by where it stands there.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// Its place.
    pub place: Place,
    /// What it is; the cursor is still empty.
    pub action: Action,
}

/// Where an action stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When; of lines without a time, that of the line before in their file.
    pub at: Timestamp,
    /// Which file.
    pub file: u8,
    /// Bytes of the file before it.
    pub offset: u64,
}

impl Place {
    /// As it goes over the wire.
    pub fn cursor(self) -> String {
        format!("l{}.{}.{}", self.at.micros(), self.file, self.offset)
    }

    /// What went over the wire.
    pub fn parse(cursor: &str) -> Option<Self> {
        let mut parts = cursor.strip_prefix('l')?.splitn(3, '.');
        let at = Timestamp(parts.next()?.parse().ok()?);
        Some(Self { at, file: parts.next()?.parse().ok()?, offset: parts.next()?.parse().ok()? })
    }
}

/// The actions of an agent's folder, gathered file by file.
#[derive(Debug, Default)]
pub struct Actions {
    all: Vec<Placed>,
    /// Where calls stand that were not answered yet.
    open: HashMap<String, usize>,
    /// The last time that each file told: lines of one come on without moving those of another.
    last: [Timestamp; FILES.len()],
}

impl Actions {
    /// What is known before any line: when the log began.
    pub fn from(began: Timestamp) -> Self {
        Self { last: [began; FILES.len()], ..Self::default() }
    }

    /// Every action, oldest first.
    pub fn sorted(mut self) -> Vec<Placed> {
        self.all.sort_by_key(|placed| placed.place);
        self.all
    }

    fn put(&mut self, at: Option<Timestamp>, file: u8, offset: u64, action: Action) {
        let last = &mut self.last[usize::from(file).min(FILES.len() - 1)];
        *last = at.unwrap_or(*last);
        self.all.push(Placed { place: Place { at: *last, file, offset }, action: Action { at, ..action } });
    }

    /// What the agent was told, when its folder was made.
    pub fn prompt(&mut self, words: &str, made_at: Timestamp) {
        self.put(Some(made_at), 0, 0, said(ActionKind::Prompt, words));
    }

    /// A block of `text.txt`.
    pub fn block(&mut self, block: TextBlock) {
        let kind = match block.said {
            Said::Words => ActionKind::Text,
            Said::Thoughts => ActionKind::Thinking,
            Said::Prompt => ActionKind::Prompt,
        };
        self.put(Some(block.at), 1, block.offset, said(kind, &block.text));
    }

    /// A line of `tools.jsonl`.
    pub fn tool(&mut self, line: ToolLine, offset: u64) {
        match line {
            ToolLine::Call { at, tool, id, input } => {
                self.open.insert(id, self.all.len());
                self.put(at, 2, offset, call(tool, &input));
            }
            ToolLine::Answer { at, id, content, is_error } => {
                let Some(placed) = self.open.remove(&id).and_then(|at| self.all.get_mut(at)) else {
                    let outcome = Some(came_of(is_error));
                    let action = Action { outcome, ..said(ActionKind::Notice, &content) };
                    return self.put(at, 2, offset, Action { tool: "answer".to_owned(), ..action });
                };
                answer(&mut placed.action, at, content, is_error);
            }
        }
    }

    /// A line of `summary.jsonl`.
    pub fn summary(&mut self, line: SummaryLine, offset: u64) {
        match line {
            SummaryLine::System { at, subtype, message } => {
                let action =
                    Action { summary: subtype.clone(), tool: subtype, ..said(ActionKind::Notice, &message) };
                self.put(at, 3, offset, action);
            }
            SummaryLine::Turn(turn) => {
                let words = turn.result.clone().unwrap_or_default();
                let action = Action {
                    outcome: Some(came_of(turn.is_error)),
                    duration_ms: Some(turn.duration_ms).filter(|ms| *ms > 0),
                    ..said(ActionKind::Turn, &words)
                };
                self.put(turn.at, 3, offset, action);
            }
        }
    }

    /// A line that is none of its file.
    pub fn unreadable(&mut self, file: u8, offset: u64) {
        let words = format!("byte {offset} begins a line that cannot be read");
        let action = Action { tool: "unreadable".to_owned(), ..said(ActionKind::Notice, &words) };
        self.put(None, file, offset, action);
    }
}

fn came_of(is_error: bool) -> ActionOutcome {
    if is_error { ActionOutcome::Error } else { ActionOutcome::Ok }
}

/// Words as an action.
pub fn said(kind: ActionKind, words: &str) -> Action {
    Action { kind, summary: line(words), text: words.to_owned(), ..Action::default() }
}

/// A call that was not answered yet.
pub fn call(tool: String, input: &Value) -> Action {
    let path = metrics::file(&tool, input).map(|(path, _)| path);
    let short = Call { tool: tool.clone(), input: input.clone(), id: None }.short();
    let short = short.strip_prefix(&format!("{tool}: ")).map_or(String::new(), str::to_owned);
    Action {
        kind: ActionKind::Call,
        summary: line(&short),
        path,
        tool,
        outcome: Some(ActionOutcome::Open),
        input: ink(input),
        ..Action::default()
    }
}

/// Puts an answer to its call.
pub fn answer(action: &mut Action, at: Option<Timestamp>, text: String, is_error: bool) {
    let took = at.zip(action.at).map(|(end, start)| (end.micros() - start.micros()) / 1_000);
    action.duration_ms = took.and_then(|ms| u64::try_from(ms).ok());
    (action.outcome, action.text) = (Some(came_of(is_error)), text);
}

/// The first line of some words that says anything.
pub fn line(words: &str) -> String {
    let first = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    match first.char_indices().nth(SUMMARY) {
        Some((at, _)) => format!("{}…", &first[..at]),
        None => first.to_owned(),
    }
}

/// Cuts words and input to so many characters each, and says how many are left out.
pub fn cut(action: &mut Action, limit: usize) {
    let mut left_out = 0;
    if let Some((at, _)) = action.text.char_indices().nth(limit) {
        left_out += action.text[at..].chars().count();
        action.text.truncate(at);
    }
    let mut room = limit;
    for piece in &mut action.input {
        let length = piece.text.chars().count();
        if length > room {
            left_out += length - room;
            piece.text = piece.text.chars().take(room).collect();
        }
        room = room.saturating_sub(length);
    }
    action.input.retain(|piece| !piece.text.is_empty());
    action.left_out += left_out as u64;
}

#[cfg(test)]
mod tests;
