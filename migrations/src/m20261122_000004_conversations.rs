//! Where the words of a conversation are: the files that hold a thread, and the events that tell of an agent.

use crate::columns::table;
use sea_orm_migration::prelude::*;

const COLUMNS: &str = "session_id key, thread_id key, path key, first_at number";

/// What is known of files that were read before: whose words came last, and when the file was written last.
const FILL: &str = "INSERT INTO thread_files (session_id, thread_id, path, first_at) \
                    SELECT session_id, thread_id, path, modified_ns / 1000 FROM source_files";

const INDEX: &str = "CREATE INDEX events_of_words ON events (agent_id, seq) \
                     WHERE kind IN ('agent.activity', 'agent.prompted')";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let files = table(backend, "thread_files", "session_id, thread_id, path", COLUMNS)?;
        manager.create_table(files).await?;
        for statement in [FILL, INDEX] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
