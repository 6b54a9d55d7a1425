//! Turns: whoever reads what is known and makes durable what that becomes has the database to themselves meanwhile, be
//! the others in this process or in another one.

use super::{Store, StoreError, dialect, dialect::Dialect, lock};
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use std::{
    fs::{File, TryLockError},
    io,
    os::unix::fs::MetadataExt as _,
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
    _transaction: Option<DatabaseTransaction>,
    within: OwnedMutexGuard<Option<File>>,
}

impl Drop for Turn {
    /// What other processes see of it goes first: whoever waits in this one looks at that next. It goes with the
    /// process, however that ends.
    fn drop(&mut self) {
        if self.within.as_ref().is_some_and(|file| file.unlock().is_err()) {
            // Closed, it is let go of as well.
            *self.within = None;
        }
    }
}

/// Where turns are taken.
#[derive(Debug)]
pub(super) struct Turns {
    /// The file beside a SQLite database stays open: where no further one can be opened, turns are taken all the same.
    within: Arc<Mutex<Option<File>>>,
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
        let mut within = turns.within.clone().lock_owned().await;
        let transaction = match &turns.place {
            Place::Beside(path) => {
                *within = Some(locked(path, within.take()).await?);
                None
            }
            Place::Database(db) => {
                Some(dialect::begin_turn(db).await.map_err(|error| dialect::read_failure(&error))?)
            }
        };
        Ok(Turn { _transaction: transaction, within })
    }
}

/// The file, once nobody else has it. One whose name is gone is opened anew: others would look at another one.
async fn locked(path: &Path, open: Option<File>) -> Result<File, StoreError> {
    let reason = |error: io::Error| StoreError::Unwritable { reason: format!("{}: {error}", path.display()) };
    let file = match open.filter(|file| file.metadata().is_ok_and(|about| about.nlink() > 0)) {
        Some(file) => file,
        None => lock::open_private(path).map_err(reason)?,
    };
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => sleep(ROUND).await,
            Err(TryLockError::Error(error)) => return Err(reason(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::store::{Location, Store, WriterRules};
    use std::fs;

    #[tokio::test]
    async fn the_file_stays_open_as_long_as_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let (file, elsewhere) = (folder.path().join("a.db.turn"), folder.path().join("b"));
        let location = Location::Sqlite(folder.path().join("a.db"));
        let store = Store::open(&location, WriterRules::default()).await.unwrap();
        drop(store.turn().await.unwrap());
        fs::rename(&file, &elsewhere).unwrap();
        drop(store.turn().await.unwrap());
        assert!(!file.exists(), "none was opened");
        fs::remove_file(&elsewhere).unwrap();
        drop(store.turn().await.unwrap());
        assert!(file.exists(), "one that is gone is of no use");
        store.close().await;
    }
}
