//! What is asked for by its beginning is kept in the order of its bytes, and what is asked for often has an index.

use crate::step::Step;

/// Telemetry's records are found by how their message ids begin. In the order of a language nothing may lie between
/// such a beginning and the last letter there is.
const BYTEWISE: &[&str] = &["ALTER TABLE usage_records ALTER COLUMN message_id TYPE text COLLATE \"C\""];

const INDEXES: &[&str] = &[
    "CREATE INDEX indexed_files_by_id ON indexed_files (id)",
    "CREATE INDEX changes_by_time ON file_changes (at, call)",
    "CREATE INDEX changes_of_agent_by_time ON file_changes (agent_id, at, call)",
];

pub const STEP: Step =
    Step { name: "m20261123_000009_order", of_postgres: BYTEWISE, statements: INDEXES, ..Step::EMPTY };
