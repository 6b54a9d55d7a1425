//! SQLite databases of other programs: read, never written, and of them only plain rows.

use sea_orm::sqlx::{
    self, ConnectOptions as _, Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions,
};
use std::{path::Path, time::Duration};

/// How long another program may hold it.
const PATIENCE: Duration = Duration::from_secs(2);
/// Rows of a table that are read.
const ROWS: u32 = 1_000_000;
/// Characters of a cell that are read.
const CELL: u32 = 1 << 20;
/// The byte of a header that says whether there is a log beside the file, and what it is then.
const LOGGED: (usize, u8) = (18, 2);

/// Rows of a table as text, of the columns that were wanted and are there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignTable {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// Their cells; nothing where there is nothing.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Why another program's database cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// Another program writes to it.
    #[error("{0} is locked by another program; stop that program, or import a copy of the file")]
    Locked(String),
    /// It is no database, or a broken one.
    #[error("{path} cannot be read as a SQLite database: {reason}")]
    Unreadable {
        /// Which.
        path: String,
        /// What SQLite said.
        reason: String,
    },
}

/// Whether a file begins as a SQLite database does.
pub fn is_database(path: &Path) -> bool {
    header(path).is_some_and(|begin| begin.starts_with(b"SQLite format 3\0"))
}

fn header(path: &Path) -> Option<[u8; 100]> {
    let mut begin = [0; 100];
    let mut file = path.is_file().then(|| std::fs::File::open(path).ok())??;
    // A file that is cut off within its header is still one that claims to be a database.
    let mut filled = 0;
    while filled < begin.len() {
        match std::io::Read::read(&mut file, &mut begin[filled..]).ok()? {
            0 => break,
            read => filled += read,
        }
    }
    Some(begin)
}

/// These tables of a database, each with the wanted columns that it has; nothing for a table that is not there.
pub async fn read_foreign(
    path: &Path,
    tables: &[(&str, &[&str])],
) -> Result<Vec<Option<ForeignTable>>, ForeignError> {
    let told = |error: sqlx::Error| told(path, &error);
    let mut connection = options(path).connect().await.map_err(told)?;
    let read = read_all(&mut connection, tables).await.map_err(told);
    // What was read is read.
    let _ = connection.close().await;
    read
}

fn options(path: &Path) -> SqliteConnectOptions {
    // Without a log beside it nothing is lost by taking such a file as it is, and SQLite makes no files beside it.
    let is_logged = header(path).is_some_and(|begin| begin[LOGGED.0] == LOGGED.1);
    let log = Path::new(&format!("{}-wal", path.display())).metadata().map_or(0, |log| log.len());
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .immutable(is_logged && log == 0)
        .busy_timeout(PATIENCE)
        .pragma("query_only", "ON")
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging()
}

async fn read_all(
    connection: &mut SqliteConnection,
    tables: &[(&str, &[&str])],
) -> Result<Vec<Option<ForeignTable>>, sqlx::Error> {
    // Both tables as of one moment.
    let mut moment = connection.begin().await?;
    let mut found = Vec::new();
    for (name, wanted) in tables {
        found.push(read_table(&mut moment, name, wanted).await?);
    }
    Ok(found)
}

async fn read_table(
    connection: &mut SqliteConnection,
    name: &str,
    wanted: &[&str],
) -> Result<Option<ForeignTable>, sqlx::Error> {
    let there = "SELECT info.name FROM sqlite_master AS master, pragma_table_info(master.name) AS info
         WHERE master.type = 'table' AND master.name = ? AND master.sql NOT LIKE 'CREATE VIRTUAL%'";
    let rows = sqlx::query(there).bind(name).fetch_all(&mut *connection).await?;
    let there = rows.iter().map(|row| row.try_get::<String, _>(0)).collect::<Result<Vec<_>, _>>()?;
    let columns: Vec<_> =
        wanted.iter().filter(|name| there.iter().any(|it| it == *name)).map(|it| (*it).to_owned()).collect();
    if there.is_empty() {
        return Ok(None);
    }
    if columns.is_empty() {
        return Ok(Some(ForeignTable::default()));
    }
    // Whatever a cell holds is read as the bytes of its text: not every text there is one.
    let cells: Vec<_> =
        columns.iter().map(|column| format!("CAST(substr(\"{column}\", 1, {CELL}) AS BLOB)")).collect();
    let query = format!("SELECT {} FROM \"{name}\" LIMIT {ROWS}", cells.join(", "));
    let cell = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let rows = sqlx::query(sqlx::AssertSqlSafe(query)).fetch_all(connection).await?;
    let rows = rows.iter().map(|row| {
        (0..columns.len())
            .map(|at| row.try_get::<Option<Vec<u8>>, _>(at).map(|bytes| bytes.map(cell)))
            .collect()
    });
    Ok(Some(ForeignTable { rows: rows.collect::<Result<_, _>>()?, columns }))
}

fn told(path: &Path, error: &sqlx::Error) -> ForeignError {
    let path = path.display().to_string();
    let code = error.as_database_error().and_then(|error| error.code());
    // SQLITE_BUSY and SQLITE_LOCKED, with whatever else the extended code says.
    let code = code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff);
    match code {
        Some(5 | 6) => ForeignError::Locked(path),
        _ => ForeignError::Unreadable { path, reason: error.to_string() },
    }
}
