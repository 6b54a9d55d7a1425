//! A task's course and an agent's statuses are found without walking over everything that was said.

use sea_orm_migration::prelude::*;

const INDEXES: &[&str] = &[
    "CREATE INDEX course_of_task ON events (task_id, seq) WHERE task_id IS NOT NULL AND kind <> 'agent.activity' \
     AND kind <> 'usage.recorded'",
    "CREATE INDEX statuses_of_agent ON events (agent_id, seq) WHERE kind = 'agent.status_changed'",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }
}
