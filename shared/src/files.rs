//! Files: what agents read and wrote, as their sessions tell; never the files on the disk as they are now.

use crate::{AgentId, Paged, Timestamp, Total, words::words};
use serde::{Deserialize, Serialize};

words! {
    /// What was done with a file.
    FileDeed: exact "deed" {
        /// It was read.
        Read = "read",
        /// It was written whole.
        Write = "write",
        /// Passages of it were replaced.
        Edit = "edit",
    }
}

/// One file an agent had to do with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileUsed {
    /// Its path, as the agent's tools named it.
    pub path: String,
    /// How often.
    pub times: u64,
    /// Lines it has, where that was told last.
    pub lines: Option<u64>,
    /// Lines that were added.
    pub added: u64,
    /// Lines that were taken out.
    pub removed: u64,
    /// When it was used so last.
    pub last_at: Timestamp,
    /// Its newest use of this kind.
    pub last: String,
}

/// An agent's files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentFiles {
    /// What it read, the newest first.
    pub consumed: Vec<FileUsed>,
    /// What it wrote or edited, the newest first.
    pub produced: Vec<FileUsed>,
    /// Files of both that follow these.
    pub left_out: u64,
    /// Asks for those; null where there are none.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// Which of an agent's files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct AgentFilesQuery {
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Files of each kind a page, 1 to 1000; 1000 where missing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Which uses of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct FileQuery {
    /// The file's path, as tools named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// One agent's alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// Of one deed alone: `read`, `write` or `edit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deed: Option<FileDeed>,
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows a page, 1 to 200; 50 where missing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// One use of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileChange {
    /// What to ask for its difference by.
    pub id: String,
    /// The file's path.
    pub path: String,
    /// Whose work.
    pub agent_id: AgentId,
    /// What people call them.
    pub agent_name: String,
    /// What was done.
    pub deed: FileDeed,
    /// When.
    pub at: Timestamp,
    /// Lines that were added, where it was told.
    pub added: Option<u64>,
    /// Lines that were taken out, where it was told.
    pub removed: Option<u64>,
    /// Lines it had then, where it was told.
    pub lines: Option<u64>,
}

/// The uses of a file across agents, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileHistory {
    /// The uses.
    pub items: Vec<FileChange>,
    /// How many there are in all.
    pub total: Total,
    /// What to pass as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

impl Paged for FileHistory {
    type Item = FileChange;

    fn paged(self) -> (Vec<FileChange>, Total, Option<String>) {
        (self.items, self.total, self.next_cursor)
    }
}

/// Which difference.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct DiffQuery {
    /// The id of the use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// What one modification did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileDiff {
    /// Which.
    pub change: FileChange,
    /// The places, in order; none where the session does not say what was done.
    pub hunks: Vec<DiffHunk>,
    /// Lines left out because they were too many; the patch holds them.
    pub left_out: u64,
}

/// One place that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiffHunk {
    /// Its first line before, from 1; 0 where the session does not say which it is.
    pub old_start: u64,
    /// Its first line after, likewise.
    pub new_start: u64,
    /// Its lines.
    pub lines: Vec<DiffLine>,
}

/// One line of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiffLine {
    /// ` ` as before, `-` taken out, `+` added.
    pub sign: char,
    /// Its words, in pieces of one look each.
    pub spans: Vec<DiffSpan>,
    /// Letters that are left out at its end; the patch holds them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiffSpan {
    /// Its words.
    pub text: String,
    /// What they are in the file's language: `keyword`, `string`, `comment`, `number`, or nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
