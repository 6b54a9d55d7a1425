//! Searching: what was said and done in all sessions, found by its words.

use crate::{AgentId, Paged, TaskId, Timestamp, Total, words::words};
use serde::{Deserialize, Serialize};

words! {
    /// What the words are.
    HitKind: exact "kind" {
        /// Words to an agent.
        Prompt = "prompt",
        /// Words of the model.
        Text = "text",
        /// Its thoughts.
        Thinking = "thinking",
        /// A call of a tool.
        Call = "call",
        /// A tool's answer.
        Result = "result",
        /// Words a program put in.
        Context = "context",
        /// What the model's API refused.
        Fault = "fault",
        /// Anything else a program said.
        Notice = "notice",
    }
}

/// What to look for, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct SearchQuery {
    /// The words: all of them; `"quoted words"` stand together, `word*` begins so, `-word` is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// In one agent's session alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// In one project: its folder, or the folder's last part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// One kind, or several parted by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// One tool's calls and answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Said at or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Said at or before this moment; a bare date means all of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Hits a page, 1 to 200; 50 where missing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// What was found, the best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Found {
    /// The hits.
    pub items: Vec<Hit>,
    /// How many there are in all.
    pub total: Total,
    /// What to pass as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
    /// How much of the sessions can be searched.
    pub index: IndexState,
}

impl Paged for Found {
    type Item = Hit;

    fn paged(self) -> (Vec<Hit>, Total, Option<String>) {
        (self.items, self.total, self.next_cursor)
    }

    fn behind(&self) -> u64 {
        self.index.behind_bytes
    }
}

/// How far the search has read what was taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IndexState {
    /// Bytes of session files that can be searched.
    pub indexed_bytes: u64,
    /// Bytes that cannot be searched yet.
    pub behind_bytes: u64,
}

/// One place where the words stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hit {
    /// Whose session.
    pub agent_id: AgentId,
    /// What people call it.
    pub agent_name: String,
    /// Its task.
    pub task_id: Option<TaskId>,
    /// The folder it works in.
    pub project: String,
    /// When it was said.
    pub at: Timestamp,
    /// What it is.
    pub kind: HitKind,
    /// The tool, of calls and answers.
    pub tool: Option<String>,
    /// The words around the first place; empty where what held them is gone from the disk.
    pub snippet: String,
    /// What was looked for within the snippet: pairs of the first character and the one behind the last.
    pub marks: Vec<(u32, u32)>,
    /// Where the conversation opens at this place: its `at`.
    pub place: String,
}
