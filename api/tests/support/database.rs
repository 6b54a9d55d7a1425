//! A database of a test's own: a SQLite file in a folder that goes with it, or a PostgreSQL database made for it.

use quarterdeck::store::{Location, Store, WriterRules};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use std::path::PathBuf;
use tempfile::TempDir;

/// The variable that names a PostgreSQL server where tests may make databases.
const POSTGRES: &str = "QUARTERDECK_TEST_POSTGRES";

/// Runs one story on both databases: `both! { async fn promise(place: &Place) { … } }`.
#[macro_export]
macro_rules! both {
    ($(async fn $name:ident($place:ident: &Place) $story:block)*) => {$(
        mod $name {
            use super::*;

            async fn story($place: &$crate::support::database::Place) $story

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                let place = $crate::support::database::Place::sqlite();
                story(&place).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                let place = $crate::support::database::Place::postgres().await;
                story(&place).await;
                place.end().await;
            }
        }
    )*};
}

/// Where a test's database is.
pub struct Place {
    pub location: Location,
    folder: TempDir,
    made: Option<(String, String)>,
}

/// A folder on a real disk that goes with the test.
pub fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder for the test")
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = folder();
        Self { location: Location::Sqlite(folder.path().join("quarterdeck.db")), folder, made: None }
    }

    pub async fn postgres() -> Self {
        Self::made("").await
    }

    /// A PostgreSQL database that sorts text as a dictionary does, not byte by byte.
    pub async fn dictionary() -> Self {
        Self::made("LOCALE_PROVIDER icu ICU_LOCALE 'en-US'").await
    }

    async fn made(options: &str) -> Self {
        let server = std::env::var(POSTGRES).unwrap_or_else(|_| {
            panic!("{POSTGRES} names no PostgreSQL server for the tests; `cargo xtask test` provides one")
        });
        let name = format!("test_{}", uuid::Uuid::now_v7().simple());
        let url = with_database(&server, &name);
        run(&server, &format!("CREATE DATABASE {name} TEMPLATE template0 {options}")).await;
        Self { location: Location::Postgres(url), folder: folder(), made: Some((server, name)) }
    }

    /// Another one of the same kind.
    pub async fn another(&self) -> Self {
        if self.is_sqlite() { Self::sqlite() } else { Self::postgres().await }
    }

    /// The SQLite file.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("quarterdeck.db")
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub fn is_sqlite(&self) -> bool {
        self.made.is_none()
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.location, WriterRules::default()).await.expect("the database opens")
    }

    /// A connection past the store, to look at what it wrote.
    pub async fn look(&self) -> DatabaseConnection {
        let url = match &self.location {
            Location::Sqlite(path) => format!("sqlite:{}?mode=rwc", path.display()),
            Location::Postgres(url) => url.clone(),
        };
        Database::connect(url).await.expect("the database answers")
    }

    /// How SQLite would answer a question, step by step.
    pub async fn plan(&self, query: &str) -> Vec<String> {
        let look = self.look().await;
        let query = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {query}"));
        let steps = look.query_all_raw(query).await.expect("the database explains itself");
        look.close().await.expect("the connection closes");
        steps.iter().map(|step| step.try_get_by_index(3).expect("a step has a text")).collect()
    }

    /// Drops a database that was made for the test.
    pub async fn end(self) {
        if let Some((server, name)) = &self.made {
            run(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

async fn run(server: &str, statement: &str) {
    let db = Database::connect(server).await.expect("the PostgreSQL server answers");
    db.execute_unprepared(statement).await.expect("the PostgreSQL server obeys");
    db.close().await.expect("the connection closes");
}

/// The URL of a server with another database's name.
fn with_database(server: &str, name: &str) -> String {
    let (url, options) = server.split_once('?').map_or((server, None), |(url, options)| (url, Some(options)));
    let (authority, _) = url.rsplit_once('/').expect("a URL names a database");
    options.map_or(format!("{authority}/{name}"), |options| format!("{authority}/{name}?{options}"))
}
