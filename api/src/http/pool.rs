//! The database as handlers ask for it: `Connection<Db>` is a store to read from.

// What the derive of `Database` writes is not ours to shorten.
#![allow(unused_qualifications)]

use crate::store::{Location, Store, StoreError, WriterRules};
use rocket::figment::{Error as FigmentError, Figment};
use rocket_db_pools::{Database, Pool};
use std::path::PathBuf;

/// The pool behind [`Db`]: the store has its own connections, so each guard gets a handle to the same store.
pub struct StorePool(Store);

/// The product's database.
#[derive(Database)]
#[database("quarterdeck")]
pub struct Db(StorePool);

impl Db {
    /// The database of a store that is open already.
    pub fn of(store: Store) -> Self {
        Self(StorePool(store))
    }
}

/// Why the pool has no database.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The place is not named as it should be.
    #[error("the database's place cannot be read: {0}")]
    Place(Box<FigmentError>),
    /// The store does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[rocket::async_trait]
impl Pool for StorePool {
    type Connection = Store;
    type Error = PoolError;

    /// Opens the database that `databases.quarterdeck.url` names.
    async fn init(figment: &Figment) -> Result<Self, PoolError> {
        let url: String = figment.extract_inner("url").map_err(|error| PoolError::Place(Box::new(error)))?;
        Ok(Self(Store::open(&location(&url), WriterRules::default()).await?))
    }

    async fn get(&self) -> Result<Store, PoolError> {
        Ok(self.0.clone())
    }

    async fn close(&self) {}
}

/// Where a database URL leads: `postgres://…`, `sqlite://path` or a bare path.
pub fn location(url: &str) -> Location {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Location::Postgres(url.to_owned());
    }
    let path = url.strip_prefix("sqlite:").map_or(url, |rest| rest.strip_prefix("//").unwrap_or(rest));
    Location::Sqlite(PathBuf::from(path))
}
