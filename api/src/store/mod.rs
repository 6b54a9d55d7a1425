//! What Quarterdeck remembers: rows, the events that tell of them, and one writer that makes both durable.

mod agents;
mod approvals;
mod auth;
mod batch;
mod error;
mod events;
mod notes;
mod tasks;
mod usage;

pub use batch::{AnswerRow, Batch, Channel, Committed, Draft, Row, SessionRow, TokenRow};
pub use error::StoreError;
pub use events::Snapshot;

use quarterdeck_shared::settings::Check;
use std::{path::PathBuf, sync::Arc};
use tokio::sync::broadcast;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, by its URL.
    Postgres(String),
}

/// How the writer works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriterRules {
    /// Events that one transaction takes at most.
    pub group: usize,
    /// Batches that may wait; further ones make their callers wait.
    pub queue: usize,
    /// Pages of the write-ahead log after which SQLite moves them into the database; 0 never.
    pub checkpoint_pages: u32,
    /// Connections that read.
    pub readers: u32,
}

impl Default for WriterRules {
    fn default() -> Self {
        Self { group: 512, queue: 1024, checkpoint_pages: 4000, readers: 4 }
    }
}

/// Kinds of rows that lists show, for [`Store::version`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// Agents, with their tools and files.
    Agents,
    /// Tasks.
    Tasks,
    /// Approvals.
    Approvals,
    /// Usage records.
    Usage,
    /// Tokens and sessions.
    Auth,
}

/// The database. Cheap to clone; every clone is the same store.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {}

impl Store {
    /// Opens the database for a server: makes it where there is none, brings its schema up to date and keeps
    /// every other server out until the last clone is dropped.
    pub async fn open(_location: &Location, _rules: WriterRules) -> Result<Self, StoreError> {
        Err(unbuilt())
    }

    /// Opens the database beside a server, or without one: to read, and to write a row now and then.
    pub async fn open_reader(_location: &Location) -> Result<Self, StoreError> {
        Err(unbuilt())
    }

    /// Makes the batch durable. When this returns, its rows and events survive a crash and a power cut; the
    /// places of the events are returned in the order given.
    pub async fn commit(&self, _batch: Batch) -> Result<Vec<i64>, StoreError> {
        Err(unbuilt())
    }

    /// The newest durable event; 0 before the first.
    pub fn seq(&self) -> i64 {
        0
    }

    /// A number that rises whenever rows of this kind change, before the change is acknowledged. It begins anew
    /// with each process.
    pub fn version(&self, _noun: Noun) -> u64 {
        0
    }

    /// Events as they become durable, in order, a group at a time. Whoever falls behind finds the rest by
    /// [`Store::events`].
    pub fn watch(&self) -> broadcast::Receiver<Arc<[Committed]>> {
        broadcast::channel(1).1
    }

    /// Whether the database answers, takes writes and keeps up: the parts of `/ready`.
    pub async fn check(&self) -> Vec<Check> {
        Vec::new()
    }

    /// The database's kind: `sqlite` or `postgres`.
    pub fn database(&self) -> &'static str {
        "sqlite"
    }

    /// The newest migration this program knows.
    pub fn schema() -> String {
        String::new()
    }
}

fn unbuilt() -> StoreError {
    StoreError::Unreachable { reason: "being built".into() }
}
