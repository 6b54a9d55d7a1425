//! What records were priced at before their history was priced anew.

use crate::columns::table;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = "record_id id, price_version key, cost_nanos number, cost_basis text, until number";
        let backend = manager.get_database_backend();
        manager.create_table(table(backend, "former_prices", "record_id, price_version", columns)?).await
    }
}
