//! The ledger over all sources: what a price depends on, sessions that were started elsewhere, and how far their
//! files are read.

use crate::step::Step;

/// Name, primary key, columns.
const TABLES: &[(&str, &str, &str)] = &[
    (
        "source_files",
        "path",
        "path key, source text, device number, inode number, size number, modified_ns number, head text, \
         head_bytes number, read_bytes number, session_id text, thread_id text, lines number, \
         response_lines number, echoes number, broken number, oversize json, read_at number",
    ),
    ("threads", "session_id, thread_id", "session_id key, thread_id key, agent_id id"),
];

/// Name, further columns.
const MORE: &[(&str, &str)] = &[
    (
        "usage_records",
        "cache_5m_tokens number = 0, cache_1h_tokens number = 0, web_searches number = 0, speed text?, \
         geo text?, complete flag = true, reported_cost_nanos number?",
    ),
    ("agents", "parent_id id?"),
    ("tasks", "source text = 'quarterdeck'"),
];

const INDEXES: &[&str] = &[
    "CREATE INDEX agents_of_session ON agents (session_id) WHERE session_id IS NOT NULL",
    "CREATE INDEX agents_of_parent ON agents (parent_id) WHERE parent_id IS NOT NULL",
];

pub const STEP: Step = Step {
    name: "m20261122_000002_ledger",
    tables: TABLES,
    columns: MORE,
    statements: INDEXES,
    ..Step::EMPTY
};
