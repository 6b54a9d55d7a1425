//! The entries of a folder's files, and the pieces of a conversation that they are.

use super::{
    Zone,
    lines::{Said, SummaryLine, TextBlock, ToolLine, summary, text_blocks, tool},
};
use crate::{
    conversations::{self, Outcome, Piece},
    transcripts::{
        lines::{Lines, Text},
        session::is_whole,
    },
};
use quarterdeck_shared::Timestamp;

/// What stands at a place of one of a folder's files.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// `prompt.txt`: what the agent was told.
    Prompt(String),
    /// A block of `text.txt`.
    Block(TextBlock),
    /// A line of `tools.jsonl`.
    Tool(ToolLine),
    /// A line of `summary.jsonl`.
    Summary(SummaryLine),
    /// A line that is none of its file.
    Unreadable,
}

/// The entries of a part of one of [`super::FILES`], by its place there, with the bytes of the file before each. The part
/// begins at `begin`, where a line does.
pub fn entries(file: usize, part: &[u8], begin: u64, zone: Zone<'_>) -> Vec<(u64, Entry)> {
    let block = |block: TextBlock| {
        let offset = begin + block.offset;
        (offset, Entry::Block(TextBlock { offset, ..block }))
    };
    match file {
        0 => vec![(begin, Entry::Prompt(String::from_utf8_lossy(part).trim().to_owned()))],
        1 => text_blocks(part, zone).into_iter().map(block).collect(),
        2 => lines(part, begin, |line| tool(line, zone).map(Entry::Tool)),
        _ => lines(part, begin, |line| summary(line, zone).map(Entry::Summary)),
    }
}

fn lines(part: &[u8], begin: u64, read: impl Fn(&[u8]) -> Option<Entry>) -> Vec<(u64, Entry)> {
    let (mut lines, mut found) = (Lines::from(begin), Vec::new());
    let mut give = |line: crate::transcripts::lines::Line<'_>| {
        let entry = match line.text {
            Text::Whole(text) => read(text),
            Text::Oversize(_) => None,
        };
        found.push((line.offset, entry.unwrap_or(Entry::Unreadable)));
    };
    lines.push(part, &mut give);
    lines.finish(is_whole, give);
    found
}

impl Entry {
    /// When, where it says so.
    pub const fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Block(block) => Some(block.at),
            Self::Tool(ToolLine::Call { at, .. } | ToolLine::Answer { at, .. }) => *at,
            Self::Summary(SummaryLine::System { at, .. }) => *at,
            Self::Summary(SummaryLine::Turn(turn)) => turn.at,
            Self::Prompt(_) | Self::Unreadable => None,
        }
    }

    /// The piece of a conversation that it is. How the session was set up, and that a turn ended well, are none: its
    /// words stand in the text.
    pub fn piece(self, at: Timestamp) -> Option<Piece> {
        use conversations::Said as Is;
        let notice = |what: &str, text| Is::Notice { what: what.to_owned(), text };
        let said = match self {
            Self::Prompt(words) => Is::Prompt(words),
            Self::Block(TextBlock { said, text, .. }) => match said {
                Said::Words => Is::Text(text),
                Said::Thoughts => Is::Thinking(text),
                Said::Prompt => Is::Prompt(text),
            },
            Self::Tool(ToolLine::Call { tool, id, input, .. }) => Is::Call { id, tool, input },
            Self::Tool(ToolLine::Answer { id, content, is_error, .. }) => {
                let outcome = Outcome { tool_use_id: id, text: content, is_error, ..Outcome::default() };
                Is::Result(Box::new(outcome))
            }
            Self::Summary(SummaryLine::System { subtype, message, .. }) if subtype != "init" => {
                notice(&subtype, message)
            }
            Self::Summary(SummaryLine::Turn(turn)) if turn.is_error => {
                notice("turn_failed", turn.result.unwrap_or_default())
            }
            Self::Summary(_) => return None,
            Self::Unreadable => notice("unreadable", String::new()),
        };
        Some(Piece::alone(said, Some(at)))
    }
}
