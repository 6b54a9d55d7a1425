//! What sessions say, to be found by its words, and what they did to files. The words themselves stay in the files:
//! here is only where each stands.

use crate::step::Step;

/// Name, primary key, columns.
const TABLES: &[(&str, &str, &str)] = &[
    (
        "indexed_files",
        "path",
        "id number, path key, device number, inode number, head text, head_bytes number, indexed_bytes number",
    ),
    (
        "documents",
        "id",
        "id row, agent_id id, file_id number?, place number, piece number, kind text, tool text?, at number",
    ),
    (
        "file_changes",
        "call",
        "call key, agent_id id, path key, deed text, at number, file_id number?, place number, piece number, \
         added number?, removed number?, lines number?, settled flag",
    ),
];

const INDEXES: &[&str] = &[
    "CREATE INDEX documents_of_file ON documents (file_id, place) WHERE file_id IS NOT NULL",
    "CREATE INDEX documents_of_events ON documents (agent_id, place) WHERE file_id IS NULL",
    "CREATE INDEX changes_of_agent ON file_changes (agent_id, deed, path, at)",
    "CREATE INDEX changes_of_path ON file_changes (path, at, call)",
    "CREATE INDEX changes_of_file ON file_changes (file_id) WHERE file_id IS NOT NULL",
];

/// The words alone, without a copy of the text, by the document's number.
const WORDS_OF_SQLITE: &[&str] = &["CREATE VIRTUAL TABLE document_words USING fts5(words, content = '', \
     contentless_delete = 1, tokenize = 'ascii')"];
const WORDS_OF_POSTGRES: &[&str] = &[
    "CREATE TABLE document_words (rowid bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX document_words_by_word ON document_words USING gin (words)",
];

pub const STEP: Step = Step {
    name: "m20261122_000005_search",
    tables: TABLES,
    of_sqlite: WORDS_OF_SQLITE,
    of_postgres: WORDS_OF_POSTGRES,
    statements: INDEXES,
    ..Step::EMPTY
};
