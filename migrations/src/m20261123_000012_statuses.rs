//! An agent's statuses are found with its end, deleted or not, without walking over what everybody said.

use crate::step::Step;

const INDEXES: &[&str] = &[
    "DROP INDEX statuses_of_agent",
    "CREATE INDEX statuses_of_agent ON events (agent_id, seq) \
     WHERE kind IN ('agent.status_changed', 'agent.deleted')",
];

pub const STEP: Step = Step { name: "m20261123_000012_statuses", statements: INDEXES, ..Step::EMPTY };
