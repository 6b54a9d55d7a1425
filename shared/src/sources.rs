//! Sources: where work that was not started here comes from.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// One source and how it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Source {
    /// Its name, such as `claude_sessions`.
    pub id: String,
    /// Whether it runs; settings start and stop it.
    pub running: bool,
    /// Whether all is well.
    pub ok: bool,
    /// What it does now, or what is wrong.
    pub message: String,
    /// Where it looks.
    pub places: Vec<String>,
    /// Files it knows.
    pub files: u64,
    /// Bytes of them that are not read yet.
    pub behind_bytes: u64,
    /// Bytes it has read since it started.
    pub read_bytes: u64,
    /// Lines that could not be read, and lines that were too long.
    pub unread_lines: u64,
    /// When it took something in last.
    pub taken_at: Option<Timestamp>,
}
