//! Prices: the table in effect, which is the newest that is known, with the user's own prices before it.

use crate::store::{Batch, Row, Store, StoreError};
use orchestrator::pricing::{NoPrices, PriceTable};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

/// The note that keeps the table of `prices update`.
const NOTE: &str = "prices";
/// How often it is looked whether somebody updated them: `quarterdeck prices` writes beside the server.
const LOOK: Duration = Duration::from_secs(5);

/// The prices in effect. Cheap to clone; every clone sees the same ones.
#[derive(Clone)]
pub struct Prices {
    own: Option<Arc<PriceTable>>,
    current: Arc<RwLock<Arc<PriceTable>>>,
}

impl Default for Prices {
    /// Those inside the program.
    fn default() -> Self {
        Self::of(PriceTable::bundled().clone(), None)
    }
}

impl fmt::Debug for Prices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prices({})", self.current().version())
    }
}

/// Why there are no prices.
#[derive(Debug, thiserror::Error)]
pub enum PricesError {
    /// A file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A file holds no prices.
    #[error("{path}: {error}")]
    Table {
        /// Which.
        path: PathBuf,
        /// Why.
        error: NoPrices,
    },
    /// A table is no newer than the one in effect.
    #[error("{path} is of {found}, and the prices of {current} are in effect; name its date with --dated")]
    Older {
        /// Which file.
        path: PathBuf,
        /// Its date.
        found: String,
        /// The date of those in effect.
        current: String,
    },
    /// The database does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be written as JSON.
    #[error("prices have no JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Prices {
    /// What is in effect: the newer of the table in the program and the one in the database, and the own prices of
    /// this file before it.
    pub async fn load(store: &Store, own: Option<&Path>) -> Result<Self, PricesError> {
        let own = own.map(read_own).transpose()?;
        let prices = Self::of(PriceTable::bundled().clone(), own.map(Arc::new));
        prices.refresh(store).await?;
        Ok(prices)
    }

    fn of(table: PriceTable, own: Option<Arc<PriceTable>>) -> Self {
        let prices = Self { own, current: Arc::default() };
        prices.put(table);
        prices
    }

    /// The table as it is now.
    pub fn current(&self) -> Arc<PriceTable> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, table: PriceTable) {
        let table = match &self.own {
            Some(own) => table.with_own(own),
            None => table,
        };
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }

    /// Looks whether somebody updated them.
    pub async fn refresh(&self, store: &Store) -> Result<(), StoreError> {
        let Some(text) = store.note(NOTE).await? else { return Ok(()) };
        match PriceTable::read(&text) {
            Ok(table) if table.version() > PriceTable::bundled().version() => self.put(table),
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "the prices in the database cannot be read; others are in effect")
            }
        }
        Ok(())
    }

    /// Follows updates for as long as it is let.
    pub async fn follow(&self, store: &Store) {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Err(error) = self.refresh(store).await {
                tracing::warn!(%error, "whether prices were updated is not known; it is looked again");
            }
        }
    }

    /// Takes a file's prices over from now on; history keeps its own until it is priced anew.
    pub async fn update(&self, store: &Store, path: &Path, dated: &str) -> Result<(), PricesError> {
        let text = text_of(path)?;
        let current = self.base(store).await?;
        let table = current
            .updated(&text, dated)
            .map_err(|error| PricesError::Table { path: path.to_owned(), error })?;
        if table.version() <= current.version() {
            let (found, current) = (table.version().to_owned(), current.version().to_owned());
            return Err(PricesError::Older { path: path.to_owned(), found, current });
        }
        let note = Row::Note { key: NOTE.to_owned(), json: Some(table.written()?) };
        store.commit(Batch::new().row(note)).await?;
        self.put(table);
        Ok(())
    }

    /// The table without own prices.
    async fn base(&self, store: &Store) -> Result<PriceTable, StoreError> {
        let bundled = PriceTable::bundled();
        let stored = store.note(NOTE).await?.and_then(|text| PriceTable::read(&text).ok());
        Ok(stored.filter(|table| table.version() > bundled.version()).unwrap_or_else(|| bundled.clone()))
    }
}

fn read_own(path: &Path) -> Result<PriceTable, PricesError> {
    PriceTable::read(&text_of(path)?).map_err(|error| PricesError::Table { path: path.to_owned(), error })
}

fn text_of(path: &Path) -> Result<String, PricesError> {
    std::fs::read_to_string(path).map_err(|error| PricesError::File { path: path.to_owned(), error })
}
