//! A step of the schema: what it adds, in the order it is added, wholly or not at all.

use crate::columns::{more, table};
use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// One step. Its name is kept in the database: it is that of the step's file.
pub struct Step {
    pub name: &'static str,
    /// Tables: name, primary key, columns.
    pub tables: &'static [(&'static str, &'static str, &'static str)],
    /// Further columns of tables that are there.
    pub columns: &'static [(&'static str, &'static str)],
    /// Statements for SQLite alone.
    pub of_sqlite: &'static [&'static str],
    /// Statements for PostgreSQL alone.
    pub of_postgres: &'static [&'static str],
    /// Statements both databases understand.
    pub statements: &'static [&'static str],
}

impl Step {
    /// A step that adds nothing.
    pub const EMPTY: Self =
        Self { name: "", tables: &[], columns: &[], of_sqlite: &[], of_postgres: &[], statements: &[] };
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    /// Half a schema is no schema: also on SQLite the step is one transaction.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for (name, key, columns) in self.tables {
            manager.create_table(table(backend, name, key, columns)?).await?;
        }
        for (name, columns) in self.columns {
            for alter in more(backend, name, columns)? {
                manager.alter_table(alter).await?;
            }
        }
        let own = if backend == DbBackend::Sqlite { self.of_sqlite } else { self.of_postgres };
        for statement in own.iter().chain(self.statements) {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
