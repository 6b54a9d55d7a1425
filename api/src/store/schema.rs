//! Whether a database's schema and this program belong together.

use super::{StoreError, dialect};
use sea_orm::{ConnectionTrait, DatabaseConnection};

/// The newest step this program knows.
pub(super) fn newest() -> String {
    migrations::known().pop().unwrap_or_default()
}

/// Brings the schema up to date; refuses one that a newer program made.
pub(super) async fn bring_up(db: &DatabaseConnection) -> Result<(), StoreError> {
    match examine(db).await {
        Err(StoreError::Older { .. }) => {
            migrations::up(db).await.map_err(|error| dialect::write_failure(&error))
        }
        verdict => verdict,
    }
}

/// Refuses every schema but this program's.
pub(super) async fn examine(db: &impl ConnectionTrait) -> Result<(), StoreError> {
    let applied = migrations::applied(db).await.map_err(|error| dialect::read_failure(&error))?;
    let known = migrations::known();
    if let Some(unknown) = applied.iter().rfind(|step| !known.contains(step)) {
        return Err(StoreError::Newer { found: unknown.clone(), known: newest() });
    }
    if applied.len() < known.len() {
        let found = applied.last().map_or("none", String::as_str).to_owned();
        return Err(StoreError::Older { found, known: newest() });
    }
    Ok(())
}
