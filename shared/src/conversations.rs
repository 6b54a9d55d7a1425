//! Conversations: what an agent was told, said and did, a window at a time. Nobody gets the whole of a long one.

mod marks;
mod moment;

pub use marks::{ConversationMarks, MarkedPlace, PLACES, PlaceKind};
pub use moment::{Moment, MomentQuery, ReplyThen, Todo, TodoItem, TodoStatus};

use crate::{AgentId, Timestamp, words::words};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which window of a conversation. Of `before`, `after` and `at` one may be given; without them it is the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct ConversationQuery {
    /// What stands before this cursor, or was said and answered up to this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What stands behind this cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// What begins at this cursor, at or after this moment, or at this share of the whole, such as `40%`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Only what holds these words, in any case. A window is looked for in a bounded stretch: follow `earlier` or
    /// `later` even where nothing was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only what went wrong: failed calls and refusals of the model's API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<bool>,
    /// A sub-agent's thread of the same session, where it is no agent of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Whether words and inputs come whole, however long they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<bool>,
    /// Items at most, 1 to 200; 100 where missing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Which thread of an agent's session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct ThreadQuery {
    /// A sub-agent's thread of the same session, where it is no agent of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

/// One item of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct PlaceQuery {
    /// Its cursor.
    #[serde(default)]
    pub at: String,
    /// A sub-agent's thread of the same session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Of several pictures which, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
}

words! {
    /// Where a conversation is read from.
    ConversationSource: exact "source" {
        /// From the session's files.
        Files = "files",
        /// From the folder of the Python orchestrator: its session left no file.
        Folder = "folder",
        /// From our own events: there is no file.
        Events = "events",
    }
}

words! {
    /// What an item is.
    ItemKind: exact "kind of item" {
        /// Words to the agent.
        Prompt = "prompt",
        /// Words that a program put in.
        Context = "context",
        /// Words of the model.
        Text = "text",
        /// Its thoughts.
        Thinking = "thinking",
        /// A call of a tool, with the answer.
        Call = "call",
        /// An answer whose call is far away.
        Result = "result",
        /// A picture.
        Image = "image",
        /// The conversation was condensed.
        Compaction = "compaction",
        /// The model's API refused or failed.
        Fault = "fault",
        /// Anything else.
        Notice = "notice",
    }
}

words! {
    /// What became of a file.
    ChangeKind: exact "change" {
        /// It was read.
        Read = "read",
        /// It was written whole.
        Create = "create",
        /// Passages of it were replaced.
        Update = "update",
    }
}

/// A window of a conversation, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conversation {
    /// The items.
    pub items: Vec<Item>,
    /// Pass as `before` for what stands before; null at the beginning.
    pub earlier: Option<String>,
    /// Pass as `after` for what stands behind; null at the end.
    pub later: Option<String>,
    /// Where the window begins, as a share of the whole from 0 to 1.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Where it is read from.
    pub source: ConversationSource,
    /// The thread of the session; empty for the main one.
    pub thread: String,
    /// What cannot be shown, and why: a file that is gone, one that shrank.
    pub missing: Vec<String>,
}

/// One thing that was said or done. Which fields there are depends on the kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    /// Its place: opaque, and the same as long as the conversation's file is.
    pub cursor: String,
    /// When.
    pub at: Option<Timestamp>,
    /// What it is.
    pub kind: ItemKind,
    /// Its words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What it is in the program's word, of contexts and notices; who asked, of a compaction.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// Bytes of words and input that are left out; ask for the item alone with `whole=true`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
    /// The model that said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The response it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The tool.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tool: String,
    /// What the tool is called with.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub input: Value,
    /// The tool's answer; a call without one still runs, or was cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<ItemResult>,
    /// Its pictures: addresses on this server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    /// The HTTP status of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Tokens before a compaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_before: Option<u64>,
    /// Tokens after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_after: Option<u64>,
    /// Somebody went back and went on from an earlier place: what stands before this and after that place was left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_branch: bool,
}

/// A tool's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemResult {
    /// Its place.
    pub cursor: String,
    /// When.
    pub at: Option<Timestamp>,
    /// Its words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Bytes of them that are left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
    /// Whether it went wrong.
    pub is_error: bool,
    /// Its pictures: addresses on this server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<String>,
    /// What it did to a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ItemChange>,
    /// The sub-agent that did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_agent: Option<SubAgent>,
}

/// What a call did to a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemChange {
    /// The file, as the tool named it.
    pub path: String,
    /// What was done.
    pub kind: ChangeKind,
    /// Lines that came.
    pub added: u64,
    /// Lines that went.
    pub removed: u64,
    /// The places that changed; of a read file, none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hunks: Vec<FileHunk>,
    /// Lines of these places that are left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

/// One place of a file that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileHunk {
    /// Its first line before, from 1; 0 where that is not known.
    pub old_start: u64,
    /// Its first line after, likewise.
    pub new_start: u64,
    /// Its lines, each behind ` `, `-` or `+`.
    pub lines: Vec<String>,
}

/// Where a sub-agent's own conversation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubAgent {
    /// Whose conversation to open.
    pub agent_id: AgentId,
    /// Its thread there; none where the agent is the sub-agent itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

/// The raw line of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RawLine {
    /// Where it stands: a file and `byte 4711`, or `event 12`.
    pub place: String,
    /// The line; letters that are none are replaced.
    pub text: String,
    /// Its bytes.
    pub bytes: u64,
    /// Bytes that are left out at its end.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
