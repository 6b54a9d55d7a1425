//! Turns: whoever reads what is known and makes durable what that becomes has the database to themselves meanwhile, be
//! the others in this process or in another one.

use super::{Store, StoreError, dialect, dialect::Dialect, lock};
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::sleep,
};

/// Between two looks whether another process has ended its turn.
const ROUND: Duration = Duration::from_millis(2);

/// A turn; it ends when this is dropped.
#[derive(Debug)]
#[must_use = "a turn ends when it is dropped"]
pub struct Turn {
    // What other processes see of it goes first: whoever waits in this one looks at that next. It goes with the
    // process, however that ends.
    _file: Option<File>,
    _transaction: Option<DatabaseTransaction>,
    _within: OwnedMutexGuard<()>,
}

/// Where turns are taken.
#[derive(Debug)]
pub(super) struct Turns {
    within: Arc<Mutex<()>>,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// The file that is locked, beside a SQLite database.
    Beside(PathBuf),
    /// A connection that does nothing else.
    Database(DatabaseConnection),
}

impl Turns {
    pub(super) fn of(dialect: &Dialect) -> Self {
        let place = match dialect.file() {
            Some(file) => Place::Beside(file.with_added_extension("turn")),
            None => Place::Database(dialect.readers(1)),
        };
        Self { within: Arc::default(), place }
    }

    pub(super) async fn close(&self) {
        if let Place::Database(db) = &self.place
            && let Err(error) = db.close_by_ref().await
        {
            tracing::warn!(%error, "the connection that takes turns did not close well");
        }
    }
}

impl Store {
    /// Takes a turn, after everybody who has one.
    pub async fn turn(&self) -> Result<Turn, StoreError> {
        let turns = &self.inner.turns;
        let within = turns.within.clone().lock_owned().await;
        let (file, transaction) = match &turns.place {
            Place::Beside(path) => (Some(locked(path).await?), None),
            Place::Database(db) => {
                let begun = dialect::begin_turn(db).await.map_err(|error| dialect::read_failure(&error))?;
                (None, Some(begun))
            }
        };
        Ok(Turn { _file: file, _transaction: transaction, _within: within })
    }
}

/// The file, once nobody else has it.
async fn locked(path: &Path) -> Result<File, StoreError> {
    let reason = |error: io::Error| StoreError::Unwritable { reason: format!("{}: {error}", path.display()) };
    let file = lock::open_private(path).map_err(reason)?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => sleep(ROUND).await,
            Err(TryLockError::Error(error)) => return Err(reason(error)),
        }
    }
}
