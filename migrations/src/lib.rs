//! The schema, step by step, one history for SQLite and PostgreSQL; a released step is never edited.

mod columns;
mod m20261122_000001_fleet;
mod m20261122_000002_ledger;
mod m20261122_000003_requests;
mod m20261122_000004_conversations;
mod m20261122_000005_search;
mod m20261122_000006_prices;
mod m20261122_000007_replay;
mod m20261123_000008_tokens;
mod m20261123_000009_order;
mod m20261123_000010_metrics;
mod m20261123_000011_roles;
mod m20261123_000012_statuses;
mod m20261123_000013_basis;
mod m20261123_000014_told;
mod m20261123_000015_logs;
mod m20261123_000016_files;
mod step;

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DatabaseConnection, DbBackend, Statement},
    seaql_migrations,
};

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let steps = [
            m20261122_000001_fleet::STEP,
            m20261122_000002_ledger::STEP,
            m20261122_000003_requests::STEP,
            m20261122_000004_conversations::STEP,
            m20261122_000005_search::STEP,
            m20261122_000006_prices::STEP,
            m20261122_000007_replay::STEP,
            m20261123_000008_tokens::STEP,
            m20261123_000009_order::STEP,
            m20261123_000010_metrics::STEP,
            m20261123_000011_roles::STEP,
            m20261123_000012_statuses::STEP,
            m20261123_000013_basis::STEP,
            m20261123_000014_told::STEP,
            m20261123_000015_logs::STEP,
            m20261123_000016_files::STEP,
        ];
        steps.into_iter().map(|step| Box::new(step) as Box<dyn MigrationTrait>).collect()
    }
}

/// The names of every step, oldest first.
pub fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// The names of the steps a database has taken, oldest first, this program's or not. Changes nothing.
pub async fn applied(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let history = seaql_migrations::Entity.into_iden().to_string();
    if !has_table(db, &history).await? {
        return Ok(Vec::new());
    }
    let query = Query::select()
        .column(seaql_migrations::Column::Version)
        .from(seaql_migrations::Entity)
        .order_by(seaql_migrations::Column::Version, Order::Asc)
        .take();
    db.query_all(&query).await?.iter().map(|row| row.try_get_by_index(0)).collect()
}

/// Takes every step the database has not taken; each one wholly or not at all.
pub async fn up(db: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(db, None).await
}

async fn has_table(db: &impl ConnectionTrait, name: &str) -> Result<bool, DbErr> {
    let backend = db.get_database_backend();
    let tables = match backend {
        DbBackend::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1",
        _ => {
            "SELECT 1 FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = $1"
        }
    };
    let query = Statement::from_sql_and_values(backend, tables, [name.into()]);
    Ok(db.query_one_raw(query).await?.is_some())
}
