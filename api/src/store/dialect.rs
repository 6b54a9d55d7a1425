//! Where SQLite and PostgreSQL differ; everywhere else is one SQL for both.

pub(super) mod words;

use super::{Location, StoreError, WriterRules, lock};
use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbErr, IsolationLevel, RuntimeErr,
    SqliteTransactionMode, SqlxPostgresConnector, SqlxSqliteConnector, Statement, TransactionOptions,
    TransactionTrait,
    sqlx::{
        self, ConnectOptions as _, Connection as _, Executor as _,
        postgres::{PgConnectOptions, PgPoolOptions},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};
use sea_orm::{ConnectionTrait as _, DbBackend};
use std::{fmt, path::Path, time::Duration};

/// Held by the one server of a PostgreSQL database for as long as its writing connection lives.
const SERVER_LOCK: i64 = 0x5155_4152_5445_5201;
/// Held by whoever appends events to a PostgreSQL database, until that transaction ends.
const ORDER_LOCK: i64 = 0x5155_4152_5445_5202;

/// Held by whoever has a turn in a PostgreSQL database, until that transaction ends.
const TURN_LOCK: i64 = 0x5155_4152_5445_5203;

const PATIENCE: Duration = Duration::from_secs(5);
const STATEMENTS: usize = 400;
/// Pages of a SQLite database that is new.
const PAGE_BYTES: u32 = 8_192;

/// A database and how it is opened.
#[derive(Clone)]
pub(super) enum Dialect {
    Sqlite(SqliteConnectOptions),
    Postgres(PgConnectOptions),
}

impl fmt::Debug for Dialect {
    /// Without the options: a password is among them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Dialect {
    pub(super) fn of(location: &Location) -> Result<Self, StoreError> {
        match location {
            Location::Sqlite(path) => Ok(Self::Sqlite(
                SqliteConnectOptions::new()
                    .filename(path)
                    .busy_timeout(PATIENCE)
                    .statement_cache_capacity(STATEMENTS)
                    .thread_name(|id| format!("sqlite-{id}"))
                    .disable_statement_logging(),
            )),
            Location::Postgres(url) => url
                .parse::<PgConnectOptions>()
                .map(|options| {
                    let name = format!("quarterdeck process {}", std::process::id());
                    let options = options.application_name(&name).statement_cache_capacity(STATEMENTS);
                    Self::Postgres(
                        options.options([("synchronous_commit", "on")]).disable_statement_logging(),
                    )
                })
                .map_err(|_| StoreError::Invalid {
                    field: "database_url",
                    message:
                        "the database URL is none; one looks like postgres://user:password@host:5432/name"
                            .into(),
                }),
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgres",
        }
    }

    /// The file of a SQLite database.
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(options) => Some(options.get_filename()),
            Self::Postgres(_) => None,
        }
    }

    /// Connections that read. They come to be when they are needed.
    pub(super) fn readers(&self, count: u32) -> DatabaseConnection {
        match self {
            Self::Sqlite(options) => {
                let options = options.clone().create_if_missing(false).pragma("query_only", "ON");
                // The system keeps the file in memory as well.
                let options = options.pragma("cache_size", "-1024");
                let pool = SqlitePoolOptions::new().max_connections(count).test_before_acquire(false);
                let pool = pool.acquire_timeout(PATIENCE).idle_timeout(None).max_lifetime(None);
                SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.connect_lazy_with(options))
            }
            Self::Postgres(options) => {
                let pool = PgPoolOptions::new().max_connections(count).acquire_timeout(PATIENCE);
                SqlxPostgresConnector::from_sqlx_postgres_pool(pool.connect_lazy_with(options.clone()))
            }
        }
    }

    /// The one connection that writes. On PostgreSQL a server's holds the lock that keeps other servers out, and
    /// takes it again whenever it has to be made anew.
    pub(super) async fn writer(
        &self,
        rules: &WriterRules,
        server: bool,
    ) -> Result<DatabaseConnection, StoreError> {
        match self {
            Self::Sqlite(options) => {
                let options = options
                    .clone()
                    .create_if_missing(server)
                    .page_size(PAGE_BYTES)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full)
                    .pragma("wal_autocheckpoint", rules.checkpoint_pages.to_string())
                    .pragma("journal_size_limit", "67108864")
                    .pragma("temp_store", "memory")
                    .pragma("cache_size", "-8192");
                let pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
                let pool = pool.acquire_timeout(PATIENCE).idle_timeout(None).max_lifetime(None);
                let pool =
                    pool.connect_with(options).await.map_err(|error| write_failure(&wrapped(error)))?;
                Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
            }
            Self::Postgres(options) => {
                let mut pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
                pool = pool.idle_timeout(None).max_lifetime(None);
                if server {
                    postgres_is_free(options).await?;
                    pool = pool.after_connect(|connection, _| Box::pin(keep_others_out(connection)));
                }
                let pool = pool.connect_with(options.clone()).await.map_err(|error| unreachable(&error))?;
                Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
            }
        }
    }

    /// A transaction that nobody else can write beside, and in which the newest event is really the newest.
    pub(super) async fn begin_write(
        &self,
        writer: &DatabaseConnection,
    ) -> Result<DatabaseTransaction, DbErr> {
        match self {
            Self::Sqlite(_) => {
                let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
                writer
                    .begin_with_options(TransactionOptions { sqlite_transaction_mode, ..<_>::default() })
                    .await
            }
            Self::Postgres(_) => begin_with(writer, ORDER_LOCK).await,
        }
    }

    /// A transaction in which every query sees the same moment.
    pub(super) async fn begin_read(
        &self,
        readers: &DatabaseConnection,
    ) -> Result<DatabaseTransaction, DbErr> {
        match self {
            Self::Sqlite(_) => readers.begin().await,
            Self::Postgres(_) => {
                let (level, mode) = (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly));
                readers.begin_with_config(level, mode).await
            }
        }
    }

    /// Makes the file of a SQLite database and the folder around it, for its owner alone.
    pub(super) fn make_place(&self) -> Result<(), StoreError> {
        let Some(path) = self.file() else { return Ok(()) };
        let reason = |error| StoreError::Unwritable { reason: format!("{}: {error}", path.display()) };
        if let Some(folder) =
            path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        {
            let mut builder = std::fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.recursive(true).create(folder).map_err(reason)?;
        }
        lock::open_private(path).map(drop).map_err(reason)
    }
}

/// A turn in a PostgreSQL database: a transaction beside which there is no other such.
pub(super) async fn begin_turn(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    begin_with(db, TURN_LOCK).await
}

/// A transaction of PostgreSQL that holds a lock.
async fn begin_with(db: &DatabaseConnection, lock: i64) -> Result<DatabaseTransaction, DbErr> {
    let transaction = db.begin().await?;
    let statement = "SELECT pg_advisory_xact_lock($1)";
    let lock = Statement::from_sql_and_values(DbBackend::Postgres, statement, [lock.into()]);
    transaction.query_one_raw(lock).await?;
    Ok(transaction)
}

/// How rows that are new are inserted. Whatever fails takes back its whole transaction: where SQLite were to take back
/// a statement of many rows alone, it would keep a copy of every page that each of them changes.
pub(super) const fn insertion(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Sqlite => "INSERT OR FAIL",
        _ => "INSERT",
    }
}

/// Statements are written with question marks; PostgreSQL wants its placeholders numbered.
pub(super) fn placeholders(backend: DbBackend, text: String) -> String {
    if backend != DbBackend::Postgres {
        return text;
    }
    let mut pieces = text.split('?');
    let mut numbered = pieces.next().unwrap_or_default().to_owned();
    for (index, piece) in pieces.enumerate() {
        numbered.push('$');
        numbered.push_str(&(index + 1).to_string());
        numbered.push_str(piece);
    }
    numbered
}

/// Takes the server's lock for as long as the connection lives. It waits a moment: after a crash the database
/// needs one to notice that the server before is gone.
async fn keep_others_out(connection: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    connection.execute("SET lock_timeout = '3s'").await?;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(SERVER_LOCK).execute(&mut *connection).await?;
    connection.execute("SET lock_timeout = 0").await?;
    Ok(())
}

/// Whether the server's lock can be had, or who has it.
async fn postgres_is_free(options: &PgConnectOptions) -> Result<(), StoreError> {
    let mut connection = options.connect().await.map_err(|error| unreachable(&error))?;
    let free = keep_others_out(&mut connection).await;
    let timed_out = |error: &sqlx::Error| {
        error.as_database_error().is_some_and(|said| said.code().as_deref() == Some("55P03"))
    };
    let verdict = match free {
        Err(error) if timed_out(&error) => Err(StoreError::InUse { by: holder(&mut connection).await }),
        Err(error) => Err(unreachable(&error)),
        Ok(()) => Ok(()),
    };
    connection.close().await.map_err(|error| unreachable(&error))?;
    verdict
}

async fn holder(connection: &mut sqlx::PgConnection) -> String {
    let query = sqlx::AssertSqlSafe(holder_query());
    let holder: Result<Option<String>, _> = sqlx::query_scalar(query).fetch_optional(connection).await;
    holder.ok().flatten().unwrap_or_else(|| "another server".to_owned())
}

/// Who holds the server's lock of a PostgreSQL database.
pub(super) fn holder_query() -> String {
    let (class, object) = (SERVER_LOCK >> 32, SERVER_LOCK & 0xffff_ffff);
    format!(
        "SELECT activity.application_name || ' (PostgreSQL session ' || activity.pid || ')'
         FROM pg_locks AS held JOIN pg_stat_activity AS activity ON activity.pid = held.pid
         WHERE held.locktype = 'advisory' AND held.granted
           AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND held.classid::bigint = {class} AND held.objid::bigint = {object}"
    )
}

fn unreachable(error: &sqlx::Error) -> StoreError {
    StoreError::Unreachable { reason: error.to_string() }
}

fn wrapped(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

/// What a failed write means: the batch is at fault, or nothing can be written at all.
pub(super) fn write_failure(error: &DbErr) -> StoreError {
    let reason = error.to_string();
    if is_refusal(error) { StoreError::Refused { reason } } else { StoreError::Unwritable { reason } }
}

/// Whether the database answered, and the answer was that the statement or its values are wrong.
fn is_refusal(error: &DbErr) -> bool {
    let (DbErr::Exec(cause) | DbErr::Query(cause) | DbErr::Conn(cause)) = error else {
        return !matches!(error, DbErr::ConnectionAcquire(_));
    };
    let RuntimeErr::SqlxError(cause) = cause else { return false };
    match &**cause {
        sqlx::Error::Database(said) => {
            match (said.code().as_deref(), said.try_downcast_ref::<sqlx::postgres::PgDatabaseError>()) {
                (Some(state), Some(_)) => {
                    ["21", "22", "23", "42", "54"].iter().any(|class| state.starts_with(class))
                }
                (Some(code), None) => sqlite_refuses(code),
                (None, _) => false,
            }
        }
        sqlx::Error::Encode(_) | sqlx::Error::TypeNotFound { .. } => true,
        _ => false,
    }
}

/// SQLite's primary result codes that blame the statement: error, too big, constraint, mismatch, range.
fn sqlite_refuses(code: &str) -> bool {
    code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 1 | 18 | 19 | 20 | 25))
}

/// What a failed read means.
pub(super) fn read_failure(error: &DbErr) -> StoreError {
    match error {
        DbErr::Type(what) | DbErr::Json(what) => StoreError::Corrupt { what: what.clone() },
        error => StoreError::Unreachable { reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::Sql;

    #[tokio::test]
    async fn the_writer_waits_for_the_disk_before_it_says_done() {
        let folder = tempfile::tempdir().unwrap();
        let dialect = Dialect::of(&Location::Sqlite(folder.path().join("a.db"))).unwrap();
        let writer = dialect.writer(&WriterRules::default(), true).await.unwrap();
        let journal = Sql::new("PRAGMA journal_mode").one(&writer, |fields| fields.take::<String>()).await;
        assert_eq!(journal, Ok(Some("wal".to_owned())));
        let synchronous = Sql::new("PRAGMA synchronous").one(&writer, |fields| fields.take::<i32>()).await;
        assert_eq!(synchronous, Ok(Some(2)), "FULL");
    }

    #[test]
    fn question_marks_become_numbers_for_postgresql() {
        let text = "SELECT a FROM b WHERE c = ? AND d IN (?, ?)";
        assert_eq!(placeholders(DbBackend::Sqlite, text.into()), text);
        let numbered = "SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)";
        assert_eq!(placeholders(DbBackend::Postgres, text.into()), numbered);
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_being_repeated() {
        let refusal = Dialect::of(&Location::Postgres("postgres://user:secret@[".into())).unwrap_err();
        assert!(!refusal.to_string().contains("secret"), "{refusal}");
        let dialect = Dialect::of(&Location::Postgres("postgres://user:secret@host/name".into())).unwrap();
        assert!(!format!("{dialect:?}").contains("secret"), "{dialect:?}");
    }
}
