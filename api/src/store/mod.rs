//! What Quarterdeck remembers: rows, the events that tell of them, and one writer that makes both durable.

mod agents;
mod approvals;
mod auth;
mod batch;
mod behind;
mod changes;
mod check;
mod conversations;
mod costs;
mod counters;
mod cursor;
mod dialect;
mod error;
mod events;
mod foreign;
mod group;
mod index;
mod list;
mod lock;
mod metrics;
mod notes;
mod replay;
mod rows;
mod schema;
mod search;
mod sources;
mod sql;
mod state;
mod table;
mod tasks;
mod told;
mod touched;
mod turn;
mod usage;
mod writer;

pub use batch::{AnswerRow, Batch, Channel, Committed, Draft, FileRow, Row, SessionRow, TokenRow};
pub use behind::Behind;
pub use conversations::{Spent, ThreadFile};
pub use costs::{Beside, Cell, Cut, Span, Whose};
pub(crate) use cursor::Seal;
pub use error::StoreError;
pub use events::Snapshot;
pub use foreign::{ForeignError, ForeignTable, is_database, read_foreign};
pub use index::{Document, FileDone, Indexed, IndexedFile};
pub use list::{moments, refuse_turned_round};
pub use notes::{Notes, read_note};
pub use replay::STATUSES;
pub use search::{Phrase, Spot, Stand, Wanted};
pub use turn::Turn;

use dialect::Dialect;
use lock::Lock;
use rows::events::Sealed;
use sea_orm::DatabaseConnection;
use sql::Sql;
use state::State;
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use turn::Turns;
use writer::{Job, Order, Writer};

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database, by its URL.
    Postgres(String),
}

impl fmt::Debug for Location {
    /// Without the URL: a password may be in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "Sqlite({})", path.display()),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

impl Location {
    /// Where a configuration says the database is: a URL (`postgres://…`, `sqlite:PATH`), else a file in the data
    /// directory.
    pub fn of(data_dir: &Path, database_url: Option<&str>) -> Result<Self, StoreError> {
        let Some(url) = database_url.filter(|url| !url.is_empty()) else {
            return Ok(Self::Sqlite(data_dir.join("quarterdeck.db")));
        };
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(path.strip_prefix("//").unwrap_or(path).into()));
        }
        let message = "a database URL begins with postgres:// or sqlite:; without one SQLite is used".into();
        Err(StoreError::Invalid { field: "database_url", message })
    }
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
        Self { group: 512, queue: 1024, checkpoint_pages: 2000, readers: 4 }
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
    /// How far sources' files are read.
    Sources,
    /// What can be searched, and what was done to files.
    Index,
}

/// The database. Cheap to clone; every clone is the same store.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    dialect: Dialect,
    readers: DatabaseConnection,
    orders: mpsc::Sender<Order>,
    state: Arc<State>,
    turns: Turns,
    rankings: search::Rankings,
}

impl Store {
    /// Opens the database for a server: makes it where there is none, brings its schema up to date and keeps
    /// every other server out until the last clone is dropped.
    pub async fn open(location: &Location, rules: WriterRules) -> Result<Self, StoreError> {
        let opened = Self::opened(location, rules).await;
        opened.map_err(|error| match error {
            // Nothing is open that would go on by itself.
            StoreError::Unwritable { reason } => StoreError::Unopened { reason },
            error => error,
        })
    }

    async fn opened(location: &Location, rules: WriterRules) -> Result<Self, StoreError> {
        let dialect = Dialect::of(location)?;
        dialect.make_place()?;
        let lock = match dialect.file() {
            Some(file) => Some(lock::take(&lock::beside(file)).await?),
            None => None,
        };
        let db = dialect.writer(&rules, true).await?;
        schema::bring_up(&db).await?;
        let (seq, _) = writer::newest(&db).await?;
        Ok(Self::start(dialect, rules, seq, Some(db), lock))
    }

    /// Opens the database beside a server, or without one: to read, and to write a row now and then.
    pub async fn open_reader(location: &Location) -> Result<Self, StoreError> {
        let dialect = Dialect::of(location)?;
        if let Some(file) = dialect.file().filter(|file| !file.exists()) {
            return Err(StoreError::Missing { place: file.display().to_string() });
        }
        let readers = dialect.readers(1);
        schema::examine(&readers).await?;
        let (seq, _) = writer::newest(&readers).await?;
        Ok(Self::start(dialect, WriterRules { readers: 1, ..WriterRules::default() }, seq, None, None))
    }

    fn start(
        dialect: Dialect,
        rules: WriterRules,
        seq: i64,
        db: Option<DatabaseConnection>,
        lock: Option<Lock>,
    ) -> Self {
        let state = Arc::new(State::new(seq));
        let readers = dialect.readers(rules.readers);
        let turns = Turns::of(&dialect);
        let (orders, waiting) = mpsc::channel(rules.queue.max(1));
        let server = db.is_some();
        let told = Default::default();
        let writer = Writer { dialect: dialect.clone(), rules, server, db, state: state.clone(), lock, told };
        tokio::spawn(writer.run(waiting));
        let rankings = search::Rankings::default();
        Self { inner: Arc::new(Inner { dialect, readers, orders, state, turns, rankings }) }
    }

    /// Makes the batch durable. When this returns, its rows and events survive a crash and a power cut; the
    /// places of the events are returned in the order given.
    pub async fn commit(&self, batch: Batch) -> Result<Vec<i64>, StoreError> {
        let Batch { rows, events } = batch;
        if rows.is_empty() && events.is_empty() {
            return Ok(Vec::new());
        }
        let events = events.iter().map(Sealed::new).collect::<Result<_, _>>()?;
        let (done, answer) = oneshot::channel();
        let closed = || StoreError::Unwritable { reason: "the store is closed".into() };
        self.inner.orders.send(Order::Write(Job { rows, events, done })).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Writes what waits and lets go of the database, so that another server may have it. Clones refuse writes from
    /// then on.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.inner.orders.send(Order::Close(done)).await.is_ok() {
            // A writer that is gone has closed already.
            let _ = closed.await;
        }
        if let Err(error) = self.inner.readers.close_by_ref().await {
            tracing::warn!(%error, "the reading connections did not close well");
        }
        self.inner.turns.close().await;
    }

    /// The newest durable event; 0 before the first.
    pub fn seq(&self) -> i64 {
        self.inner.state.seq.load(Ordering::Acquire)
    }

    /// A number that rises whenever rows of this kind change, before the change is acknowledged. It begins anew
    /// with each process.
    pub fn version(&self, noun: Noun) -> u64 {
        self.inner.state.version(noun)
    }

    /// The same number, and each time it rises.
    pub fn versions(&self, noun: Noun) -> watch::Receiver<u64> {
        self.inner.state.versions(noun)
    }

    /// Events as they become durable, in order, a group at a time. Whoever falls behind finds the rest by
    /// [`Store::events`].
    pub fn watch(&self) -> broadcast::Receiver<Arc<[Committed]>> {
        self.inner.state.committed.subscribe()
    }

    /// Why nothing can be written now, if nothing can; it is tried again every second.
    pub fn fault(&self) -> Option<String> {
        self.inner.state.fault()
    }

    /// The same, and each time it changes.
    pub fn faults(&self) -> watch::Receiver<Option<String>> {
        self.inner.state.faults()
    }

    /// Which server has the database now, if one has.
    pub async fn server(&self) -> Result<Option<String>, StoreError> {
        match self.inner.dialect.file() {
            Some(file) => Ok(lock::held_by(&lock::beside(file))),
            None => Sql::new(dialect::holder_query()).one(self.readers(), |fields| fields.take()).await,
        }
    }

    /// The database's kind: `sqlite` or `postgres`.
    pub fn database(&self) -> &'static str {
        self.inner.dialect.name()
    }

    /// The newest migration this program knows.
    pub fn schema() -> String {
        schema::newest()
    }

    fn readers(&self) -> &DatabaseConnection {
        &self.inner.readers
    }
}
