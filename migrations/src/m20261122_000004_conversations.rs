//! Where the words of a conversation are: the files that hold a thread, and the events that tell of an agent.

use crate::step::Step;

/// Name, primary key, columns.
const TABLES: &[(&str, &str, &str)] = &[(
    "thread_files",
    "session_id, thread_id, path",
    "session_id key, thread_id key, path key, first_at number",
)];

/// What is known of files that were read before: whose words came last, and when the file was written last.
const FILL: &str = "INSERT INTO thread_files (session_id, thread_id, path, first_at) \
                    SELECT session_id, thread_id, path, modified_ns / 1000 FROM source_files";

const INDEX: &str = "CREATE INDEX events_of_words ON events (agent_id, seq) \
                     WHERE kind IN ('agent.activity', 'agent.prompted')";

pub const STEP: Step = Step {
    name: "m20261122_000004_conversations",
    tables: TABLES,
    statements: &[FILL, INDEX],
    ..Step::EMPTY
};
