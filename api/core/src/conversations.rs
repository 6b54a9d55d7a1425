//! Conversations: lines of session files and our own events, read into the pieces that people follow.
//!
//! The ledger counts what a response took and steps over its words (see `transcripts::session`); here it is the words
//! that matter. Nothing is dropped in silence: what this program does not know becomes a notice with its own word, and
//! only bookkeeping that says nothing about the conversation is passed over.

mod line;
mod marks;
mod outcome;
mod places;
mod plain;
mod todo;
mod told;
pub mod window;

pub use marks::Marks;
pub use plain::plain;
pub use todo::Todos;
pub use told::{continues, of_event};

use crate::transcripts::reading::Thread;
use quarterdeck_shared::Timestamp;
use serde_json::Value;

/// One thing that was said, done or noted in a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Its place among the pieces of its line, from 0.
    pub index: usize,
    /// The id of its line; none in lines that are no part of the tree.
    pub uuid: Option<String>,
    /// The line it follows. A prompt that follows a line which was followed before is a rewind.
    pub parent: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// Whose words. The session is empty where the line does not say: it is that of the lines around it.
    pub thread: Thread,
    /// The response it is part of.
    pub message_id: Option<String>,
    /// The request of that response.
    pub request_id: Option<String>,
    /// The model that said it.
    pub model: Option<String>,
    /// Whether a parent repeats here what its sub-agent's own file says as well. Old programs wrote no such file.
    pub is_echo: bool,
    /// What.
    pub said: Said,
}

impl Piece {
    /// What stands by itself: no part of a tree nor of a response, and on the thread of what stands around it.
    pub const fn alone(said: Said, at: Option<Timestamp>) -> Self {
        Self {
            index: 0,
            uuid: None,
            parent: None,
            at,
            thread: Thread { session_id: String::new(), agent_id: String::new() },
            message_id: None,
            request_id: None,
            model: None,
            is_echo: false,
            said,
        }
    }
}

/// What a piece is.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// Words to the agent: of a person, or of the agent whose sub-agent it is.
    Prompt(String),
    /// Words that a program put in: reminders, attachments, answers of hooks, the summary after a compaction.
    Context {
        /// What they are, in the program's word: `meta`, `compact_summary`, `skill_listing`, `hook_success`.
        what: String,
        /// The words.
        text: String,
    },
    /// Words of the model.
    Text(String),
    /// Its thoughts; empty where they are not shown.
    Thinking(String),
    /// A call of a tool.
    Call {
        /// The call's id: a [`Said::Result`] answers it.
        id: String,
        /// The tool.
        tool: String,
        /// What it is called with.
        input: Value,
    },
    /// A tool's answer.
    Result(Box<Outcome>),
    /// A picture among the words.
    Image(Picture),
    /// The conversation was condensed.
    Compaction {
        /// Who asked for it: `manual`, `auto`.
        trigger: String,
        /// Tokens before.
        before: Option<u64>,
        /// Tokens after.
        after: Option<u64>,
    },
    /// The model's API refused or failed.
    Fault {
        /// Its words.
        text: String,
        /// Its HTTP status.
        status: Option<u16>,
    },
    /// Anything else worth a line.
    Notice {
        /// What it is, in the program's word: `command`, `interrupted`, `turn_duration`, `unreadable`.
        what: String,
        /// The words; may be empty.
        text: String,
    },
}

/// What a tool answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The call it answers.
    pub tool_use_id: String,
    /// Its words; what is neither words nor a picture is named in brackets.
    pub text: String,
    /// Whether it went wrong.
    pub is_error: bool,
    /// Its pictures.
    pub images: Vec<Picture>,
    /// What it did to a file.
    pub change: Option<Change>,
    /// The sub-agent that did it.
    pub agent_id: Option<String>,
}

/// A picture as its line holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// What the line says it is, such as `image/png`: to be checked before it is shown.
    pub media_type: String,
    /// Its bytes in base64; empty where the line only points at a place elsewhere, which is never fetched.
    pub base64: String,
}

/// What a tool did to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The file, as the tool named it.
    pub path: String,
    /// What was done.
    pub kind: ChangeKind,
    /// The places that changed, where the program noted them.
    pub hunks: Vec<Hunk>,
    /// The text before: of the whole file for a creation over an old one, of the replaced passage for an edit.
    pub old: Option<String>,
    /// The text after, likewise. Of a read file, what was read.
    pub new: Option<String>,
    /// The first line that was read, from 1.
    pub first_line: Option<u64>,
    /// Lines of the whole file, where it says so.
    pub total_lines: Option<u64>,
}

/// What is done to a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It was read.
    #[default]
    Read,
    /// It was written whole.
    Create,
    /// Passages of it were replaced.
    Update,
}

/// One place of a file that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hunk {
    /// The first line of it before, from 1.
    pub old_start: u64,
    /// The first line of it after, from 1.
    pub new_start: u64,
    /// Its lines, each behind ` `, `-` or `+`.
    pub lines: Vec<String>,
}

/// Reads one line of a session file: usually one piece, none for bookkeeping, several for several blocks or where a
/// newline was lost between two objects.
///
/// Whatever the bytes are, it answers: what cannot be read is a notice `unreadable`, an unknown type a notice of its
/// own word. Letters that are none are replaced.
pub fn read(line: &[u8]) -> Vec<Piece> {
    line::read(line)
}

impl Said {
    /// The word of its kind: `prompt`, `context`, `text`, `thinking`, `call`, `result`, `image`, `compaction`, `fault`,
    /// `notice`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Prompt(_) => "prompt",
            Self::Context { .. } => "context",
            Self::Text(_) => "text",
            Self::Thinking(_) => "thinking",
            Self::Call { .. } => "call",
            Self::Result(_) => "result",
            Self::Image(_) => "image",
            Self::Compaction { .. } => "compaction",
            Self::Fault { .. } => "fault",
            Self::Notice { .. } => "notice",
        }
    }

    /// Its words, where it has any: not those of a call, whose input is no prose.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Prompt(text)
            | Self::Text(text)
            | Self::Thinking(text)
            | Self::Context { text, .. }
            | Self::Fault { text, .. }
            | Self::Notice { text, .. } => Some(text),
            Self::Result(outcome) => Some(&outcome.text),
            Self::Call { .. } | Self::Image(_) | Self::Compaction { .. } => None,
        }
    }
}
