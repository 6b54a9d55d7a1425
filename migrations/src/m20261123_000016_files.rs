//! Which files an agent read and wrote is what sessions tell of it, whoever ran it.

use crate::step::Step;

const AGAIN: &[&str] = &[
    "DELETE FROM agent_files WHERE agent_id NOT IN (SELECT id FROM agents WHERE source = 'quarterdeck')",
    "INSERT INTO agent_files (agent_id, path, file_use, times, last_at) \
     SELECT agent_id, path, CASE deed WHEN 'read' THEN 'consumed' ELSE 'produced' END, count(*), max(at) \
     FROM file_changes WHERE agent_id NOT IN (SELECT id FROM agents WHERE source = 'quarterdeck') GROUP BY 1, 2, 3",
];

pub const STEP: Step = Step { name: "m20261123_000016_files", statements: AGAIN, ..Step::EMPTY };
