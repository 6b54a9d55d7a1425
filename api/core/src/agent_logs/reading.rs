//! A log: what a folder's files say of their agent, put together line by line.

use super::{
    Zone,
    lines::{SummaryLine, ToolLine, Turn, is_id, said, summary, text_blocks, tool},
};
use crate::{
    metrics::Tally,
    transcripts::{
        ToolResult,
        lines::{Line, Text},
    },
};
use quarterdeck_shared::{Timestamp, Usd, tasks::PermissionMode};

/// What is known of an agent by its folder.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The runtime's session.
    pub session_id: Option<String>,
    /// Where it worked.
    pub cwd: Option<String>,
    /// The model it began with.
    pub model: Option<String>,
    /// What it could do unasked.
    pub permission_mode: Option<PermissionMode>,
    /// Its turns, each with the place of its line, and what it cost by itself.
    pub turns: Vec<(u64, Turn, Option<Usd>)>,
    /// Calls of tools, and files.
    pub tally: Tally,
    /// When it was heard of first.
    pub first_at: Option<Timestamp>,
    /// When it was heard of last.
    pub last_at: Option<Timestamp>,
    /// Whether anything came behind the end of the last turn.
    pub goes_on: bool,
    /// Lines that hold anything.
    pub lines: u64,
    /// Lines that are none of such a file.
    pub broken: u64,
    /// Where the process listens whose turns are read: another place is another process.
    process: Option<String>,
    /// What that process had cost when its last turn ended.
    spent: Usd,
}

impl Log {
    /// Takes a line of `summary.jsonl`.
    pub fn take_summary(&mut self, line: Line<'_>, zone: Zone<'_>) {
        self.lines += 1;
        let Text::Whole(bytes) = line.text else { return self.broken += 1 };
        match summary(bytes, zone) {
            None => self.broken += 1,
            Some(SummaryLine::System { at, subtype, message }) => {
                self.heard(at);
                if subtype == "init" {
                    self.begin(&message);
                }
            }
            Some(SummaryLine::Turn(turn)) => {
                self.heard(turn.at);
                self.session_id = turn.session_id.clone().or(self.session_id.take());
                let own = self.cost_of(&turn);
                self.turns.push((line.offset, *turn, own));
                self.goes_on = false;
            }
        }
    }

    /// Takes a line of `tools.jsonl`; read `summary.jsonl` first.
    pub fn take_tool(&mut self, line: Line<'_>, zone: Zone<'_>) {
        self.lines += 1;
        let Text::Whole(bytes) = line.text else { return self.broken += 1 };
        match tool(bytes, zone) {
            None => self.broken += 1,
            Some(ToolLine::Call { at, tool, id, input }) => {
                self.heard(at);
                self.tally.called(&id, &tool, &input, at.unwrap_or_default());
            }
            Some(ToolLine::Answer { at, id, content: _, is_error }) => {
                self.heard(at);
                let result = ToolResult { tool_use_id: id, text: String::new(), is_error, parent: None };
                self.tally.answered(&result);
            }
        }
    }

    /// Takes `text.txt`; read `summary.jsonl` first.
    pub fn take_text(&mut self, text: &[u8], zone: Zone<'_>) {
        for block in text_blocks(text, zone) {
            self.heard(Some(block.at));
        }
    }

    fn heard(&mut self, at: Option<Timestamp>) {
        let Some(at) = at else { return };
        let ended = self.turns.last().and_then(|(_, turn, _)| turn.at);
        self.goes_on |= ended.is_none_or(|ended| at > ended);
        self.first_at = Some(self.first_at.map_or(at, |first| first.min(at)));
        self.last_at = self.last_at.max(Some(at));
    }

    fn begin(&mut self, message: &str) {
        self.session_id = said(message, "session_id").filter(|id| is_id(id)).or(self.session_id.take());
        self.cwd = self.cwd.take().or_else(|| said(message, "cwd"));
        self.model = said(message, "model").or(self.model.take());
        let mode = said(message, "permissionMode").and_then(|mode| mode.parse().ok());
        self.permission_mode = mode.or(self.permission_mode);
        let process = said(message, "messaging_socket_path");
        if process.is_some() && process != self.process {
            self.process = process;
            // A new process counts from nothing.
            self.spent = Usd::ZERO;
        }
    }

    /// What a turn cost by itself: its process counts on from turn to turn.
    fn cost_of(&mut self, turn: &Turn) -> Option<Usd> {
        let cost = turn.cost?;
        let before = if self.spent <= cost { self.spent } else { Usd::ZERO };
        self.spent = cost;
        Some(cost - before)
    }

    /// What it cost in all, as it says.
    pub fn reported(&self) -> Option<Usd> {
        let costs: Vec<_> = self.turns.iter().filter_map(|(_, _, own)| *own).collect();
        (!costs.is_empty()).then(|| costs.into_iter().sum())
    }
}
