//! The files of an agent's log are found by the agent.

use crate::step::Step;

const INDEXES: &[&str] = &[
    "CREATE INDEX threads_of_agent ON threads (agent_id)",
    "CREATE INDEX source_files_of_session ON source_files (session_id)",
];

pub const STEP: Step = Step { name: "m20261123_000015_logs", statements: INDEXES, ..Step::EMPTY };
