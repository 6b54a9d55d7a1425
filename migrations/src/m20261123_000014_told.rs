//! What events alone tell of an agent's files is found without walking over all that it did to any.

use crate::step::Step;

const INDEXES: &[&str] = &["CREATE INDEX changes_of_events ON file_changes (agent_id) WHERE file_id IS NULL"];

pub const STEP: Step = Step { name: "m20261123_000014_told", statements: INDEXES, ..Step::EMPTY };
