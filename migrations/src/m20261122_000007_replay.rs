//! A task's course and an agent's statuses are found without walking over everything that was said.

use crate::step::Step;

const INDEXES: &[&str] = &[
    "CREATE INDEX course_of_task ON events (task_id, seq) WHERE task_id IS NOT NULL AND kind <> 'agent.activity' \
     AND kind <> 'usage.recorded'",
    "CREATE INDEX statuses_of_agent ON events (agent_id, seq) WHERE kind = 'agent.status_changed'",
];

pub const STEP: Step = Step { name: "m20261122_000007_replay", statements: INDEXES, ..Step::EMPTY };
