//! Logs: the actions of an agent, out of the lines of its files; and JSON in colours.

mod ink;

pub use ink::ink;

use crate::{
    agent_logs::{Entry, FILES, Said, SummaryLine, ToolLine},
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

/// The places of a folder's entries, given file by file.
#[derive(Debug)]
pub struct Places {
    /// The last time that each file told: lines of one come on without moving those of another.
    last: [Timestamp; FILES.len()],
}

impl Places {
    /// What is known before any line: when the log began.
    pub const fn from(began: Timestamp) -> Self {
        Self { last: [began; FILES.len()] }
    }

    /// The place of a file's next entry.
    pub fn next(&mut self, file: u8, offset: u64, at: Option<Timestamp>) -> Place {
        let last = &mut self.last[usize::from(file).min(FILES.len() - 1)];
        *last = at.unwrap_or(*last);
        Place { at: *last, file, offset }
    }
}

/// The actions of an agent's folder, gathered file by file.
#[derive(Debug, Default)]
pub struct Actions {
    all: Vec<Placed>,
    /// Where calls stand that were not answered yet.
    open: HashMap<String, usize>,
}

impl Actions {
    /// Every action, oldest first.
    pub fn sorted(mut self) -> Vec<Placed> {
        self.all.sort_by_key(|placed| placed.place);
        self.all
    }

    /// Takes what stands at a place.
    pub fn take(&mut self, place: Place, entry: Entry) {
        let at = entry.at();
        match entry {
            // It was told when the folder was made.
            Entry::Prompt(words) => self.put(place, Some(place.at), said(ActionKind::Prompt, &words)),
            Entry::Block(block) => {
                let kind = match block.said {
                    Said::Words => ActionKind::Text,
                    Said::Thoughts => ActionKind::Thinking,
                    Said::Prompt => ActionKind::Prompt,
                };
                self.put(place, at, said(kind, &block.text));
            }
            Entry::Tool(line) => self.tool(place, at, line),
            Entry::Summary(line) => self.put(place, at, summed(line)),
            Entry::Unreadable => {
                let words = format!("byte {} begins a line that cannot be read", place.offset);
                let action = said(ActionKind::Notice, &words);
                self.put(place, at, Action { tool: "unreadable".to_owned(), ..action });
            }
        }
    }

    fn put(&mut self, place: Place, at: Option<Timestamp>, action: Action) {
        self.all.push(Placed { place, action: Action { at, ..action } });
    }

    fn tool(&mut self, place: Place, at: Option<Timestamp>, line: ToolLine) {
        match line {
            ToolLine::Call { tool, id, input, .. } => {
                self.open.insert(id, self.all.len());
                self.put(place, at, call(tool, &input));
            }
            ToolLine::Answer { id, content, is_error, .. } => {
                let Some(placed) = self.open.remove(&id).and_then(|at| self.all.get_mut(at)) else {
                    let outcome = Some(came_of(is_error));
                    let action = Action { outcome, ..said(ActionKind::Notice, &content) };
                    return self.put(place, at, Action { tool: "answer".to_owned(), ..action });
                };
                answer(&mut placed.action, at, content, is_error);
            }
        }
    }
}

/// A line of `summary.jsonl` as an action.
fn summed(line: SummaryLine) -> Action {
    match line {
        SummaryLine::System { subtype, message, .. } => {
            Action { summary: subtype.clone(), tool: subtype, ..said(ActionKind::Notice, &message) }
        }
        SummaryLine::Turn(turn) => Action {
            outcome: Some(came_of(turn.is_error)),
            duration_ms: Some(turn.duration_ms).filter(|ms| *ms > 0),
            ..said(ActionKind::Turn, &turn.result.unwrap_or_default())
        },
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
