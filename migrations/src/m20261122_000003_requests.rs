//! Responses are found by their request as well: telemetry knows nothing else of them.

use sea_orm_migration::prelude::*;

const INDEX: &str = "CREATE INDEX usage_of_request ON usage_records (request_id) WHERE request_id <> ''";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(INDEX).await.map(drop)
    }
}
