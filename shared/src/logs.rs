//! Logs: what an agent did, action by action, a window at a time; and the files behind it.

use crate::{Timestamp, words::words};
use serde::{Deserialize, Serialize};

words! {
    /// What an action is.
    ActionKind: exact "kind of action" {
        /// A call of a tool, with the answer where there is one.
        Call = "call",
        /// Words to the agent.
        Prompt = "prompt",
        /// Words of the agent.
        Text = "text",
        /// Its thoughts.
        Thinking = "thinking",
        /// A turn ended.
        Turn = "turn",
        /// Anything else.
        Notice = "notice",
    }
}

words! {
    /// What came of an action.
    ActionOutcome: exact "outcome" {
        /// It went well.
        Ok = "ok",
        /// It went wrong.
        Error = "error",
        /// Nothing is known yet: it still runs, or was cut off.
        Open = "open",
    }
}

/// Which actions. Of `before` and `after` one may be given; without them it is the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct LogQuery {
    /// What stands before this cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What stands behind this cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Actions at most, 1 to 200; 100 where missing. Those of one line of a file come together.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Calls of one tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// With one outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ActionOutcome>,
    /// At or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// At or before this moment; a bare date means all of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

words! {
    /// Where a log is read from.
    LogSource: exact "source" {
        /// From the session's files.
        Session = "session",
        /// From the folder of the Python orchestrator.
        Folder = "folder",
        /// From our own events: there is no file.
        Events = "events",
    }
}

/// A window of an agent's log, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Log {
    /// The actions.
    pub actions: Vec<Action>,
    /// Pass as `before` for what stands before; null at the beginning.
    pub earlier: Option<String>,
    /// Pass as `after` for what stands behind, now or later; null while there is nothing to stand behind. A recent call
    /// without an answer, and what stands behind it, comes again: tell actions by their cursor.
    pub later: Option<String>,
    /// Whether more stands behind already.
    pub more: bool,
    /// Where it is read from.
    pub source: LogSource,
    /// The files behind it that can be had.
    pub files: Vec<LogFile>,
    /// What cannot be shown, and why.
    pub missing: Vec<String>,
}

/// One thing an agent did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Action {
    /// Its place: opaque.
    pub cursor: String,
    /// When.
    pub at: Option<Timestamp>,
    /// What it is.
    pub kind: ActionKind,
    /// The tool; of a notice, its word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tool: String,
    /// What came of it, of calls and turns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ActionOutcome>,
    /// From the call to its answer, where both have a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// What it was, in one line.
    pub summary: String,
    /// The file it touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What a tool was called with, as JSON cut into coloured pieces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub input: Vec<Ink>,
    /// Words; of a call, its answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Characters of words and input that are left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

words! {
    /// How a piece of JSON is coloured: the name of its class.
    InkKind: exact "ink" {
        /// Marks between, and blanks.
        Mark = "mark",
        /// The name of a field.
        Key = "key",
        /// A text.
        Text = "text",
        /// A number.
        Number = "number",
        /// `true`, `false`, `null`.
        Word = "word",
    }
}

/// A piece of JSON in one colour.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ink {
    /// Which.
    pub kind: InkKind,
    /// The letters.
    pub text: String,
}

/// A file of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogFile {
    /// Its name: append it to `/logs/files/`.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
