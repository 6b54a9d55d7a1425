//! Who may open a database: one server at a time, of the right age, and readers beside it.

use crate::{
    both,
    support::{database::Place, rows},
};
use quarterdeck::store::{Batch, Location, Row, Store, StoreError, TokenRow, WriterRules};
use quarterdeck_shared::{
    TokenId,
    auth::{Token, TokenScope},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::task::JoinSet;

async fn open(place: &Place) -> Result<Store, StoreError> {
    Store::open(&place.location, WriterRules::default()).await
}

both! {
    async fn a_second_server_is_told_who_the_first_is(place: &Place) {
        let first = open(place).await.unwrap();
        let refusal = open(place).await.expect_err("there is a server already");
        let process = format!("process {}", std::process::id());
        assert!(matches!(&refusal, StoreError::InUse { by } if by.contains(&process)), "{refusal}");
        first.commit(Batch::new().event(rows::activity(1, "still here"))).await.unwrap();
        first.close().await;
        open(place).await.expect("the first server has gone").close().await;
    }

    async fn a_database_of_a_newer_program_is_left_alone(place: &Place) {
        open(place).await.unwrap().close().await;
        let look = place.look().await;
        let future = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_future', 0)";
        look.execute_unprepared(future).await.unwrap();
        look.close().await.unwrap();
        let newer = StoreError::Newer { found: "m29990101_000001_future".into(), known: Store::schema() };
        assert_eq!(open(place).await.expect_err("a newer program made it"), newer);
        assert_eq!(Store::open_reader(&place.location).await.expect_err("a newer program made it"), newer);
    }

    async fn whoever_comes_beside_the_server_reads_and_writes_a_row(place: &Place) {
        let server = open(place).await.unwrap();
        server.commit(rows::rows([Row::Agent(Box::new(rows::agent(1)))]).event(rows::activity(1, "a"))).await.unwrap();
        let beside = Store::open_reader(&place.location).await.unwrap();
        assert_eq!(beside.seq(), 1);
        assert!(beside.agent(rows::agent_id(1)).await.unwrap().is_some());
        let token = Token {
            id: TokenId(rows::id(5, 1)),
            name: "script".into(),
            scope: TokenScope::All,
            ends_with: "wxyz".into(),
            created_at: rows::MORNING,
            last_used_at: None,
            expires_at: None,
        };
        let row = TokenRow { token: token.clone(), hash: "0123".into() };
        beside.commit(rows::rows([Row::Token(Box::new(row))])).await.unwrap();
        assert_eq!(server.tokens().await.unwrap(), [token]);
        server.commit(Batch::new().event(rows::activity(1, "b"))).await.unwrap();
        beside.close().await;
        server.close().await;
    }

    async fn one_at_a_time_has_a_turn_in_whatever_process(place: &Place) {
        let server = open(place).await.unwrap();
        let beside = Store::open_reader(&place.location).await.unwrap();
        for (first, second) in [(&server, &beside), (&beside, &server), (&server, &server)] {
            let ended = Arc::new(AtomicBool::new(false));
            let turn = first.turn().await.unwrap();
            let waiting = tokio::spawn({
                let (second, ended) = (second.clone(), ended.clone());
                async move { second.turn().await.map(|_| ended.load(Ordering::SeqCst)) }
            });
            for _ in 0..20 {
                // Time enough for whoever does not wait.
                first.note("nothing").await.unwrap();
            }
            ended.store(true, Ordering::SeqCst);
            drop(turn);
            assert!(waiting.await.unwrap().unwrap(), "the second came before the first had ended");
        }
        beside.close().await;
        server.close().await;
    }

    async fn a_closed_store_says_so(place: &Place) {
        let store = open(place).await.unwrap();
        store.close().await;
        let refusal = store.commit(Batch::new().event(rows::activity(1, "late"))).await;
        assert!(matches!(refusal, Err(StoreError::Unwritable { .. })));
        assert_eq!(store.commit(Batch::new()).await, Ok(Vec::new()), "nothing is nothing to lose");
    }

    async fn a_batch_that_is_refused_harms_no_other(place: &Place) {
        let store = open(place).await.unwrap();
        let token = |number: u64| {
            let (id, name) = (TokenId(rows::id(5, number)), format!("token {number}"));
            let ends_with = String::new();
            let scope = TokenScope::All;
            let token = Token { id, name, scope, ends_with, created_at: rows::MORNING, last_used_at: None, expires_at: None };
            Row::Token(Box::new(TokenRow { token, hash: "the same secret".into() }))
        };
        store.commit(rows::rows([token(1)])).await.unwrap();
        let mut writers = JoinSet::new();
        for number in 0..40 {
            let store = store.clone();
            let mut batch = Batch::new().event(rows::activity(number, "good"));
            if number % 10 == 3 {
                batch = batch.row(token(number));
            }
            writers.spawn(async move { (number, store.commit(batch).await) });
        }
        let mut seqs = BTreeSet::new();
        for (number, answer) in writers.join_all().await {
            match answer {
                Ok(places) => seqs.extend(places),
                Err(StoreError::Refused { .. }) => assert_eq!(number % 10, 3),
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(seqs, (1..=36).collect());
        assert_eq!((store.seq(), store.fault()), (36, None));
        store.close().await;
    }

    async fn every_part_of_a_sound_store_is_ready(place: &Place) {
        let store = open(place).await.unwrap();
        let checks = store.check().await;
        let names: Vec<_> = checks.iter().map(|check| check.name.as_str()).collect();
        assert_eq!(names, ["database", "migrations", "disk", "events"]);
        assert!(checks.iter().all(|check| check.ok && !check.message.is_empty()), "{checks:?}");
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_servers_that_start_at_once_one_does() {
    let place = Place::sqlite();
    for race in 0..100 {
        let mut contenders = JoinSet::new();
        for _ in 0..4 {
            let location = place.location.clone();
            contenders.spawn(async move { Store::open(&location, WriterRules::default()).await });
        }
        let (winners, losers): (Vec<_>, Vec<_>) =
            contenders.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!(winners.len(), 1, "race {race}");
        assert!(losers.iter().all(|loser| matches!(loser, Err(StoreError::InUse { .. }))), "{losers:?}");
        for winner in winners {
            winner.unwrap().close().await;
        }
    }
}

#[tokio::test]
async fn without_a_database_a_reader_is_told_where_it_looked() {
    let place = Place::sqlite();
    let missing = Store::open_reader(&place.location).await.expect_err("nothing is there");
    assert_eq!(missing, StoreError::Missing { place: place.file().display().to_string() });
    assert!(!place.file().exists(), "looking makes nothing");
    std::fs::write(place.file(), "").unwrap();
    let empty = Store::open_reader(&place.location).await.expect_err("it is empty");
    assert_eq!(empty, StoreError::Older { found: "none".into(), known: Store::schema() });
}

#[cfg(unix)]
#[tokio::test]
async fn what_the_store_makes_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::sqlite();
    let nested = place.folder().join("deep/er/quarterdeck.db");
    let store = Store::open(&Location::Sqlite(nested.clone()), WriterRules::default()).await.unwrap();
    store.commit(Batch::new().event(rows::activity(1, "a"))).await.unwrap();
    for path in [nested.clone(), nested.with_extension("db-wal"), nested.with_extension("db.lock")] {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
    let folder = std::fs::metadata(nested.parent().unwrap()).unwrap();
    assert_eq!(folder.permissions().mode() & 0o077, 0);
    store.close().await;
}

#[test]
fn a_database_is_named_by_its_url_or_lies_in_the_data_directory() {
    let of = |url| Location::of("/data".as_ref(), url);
    assert_eq!(of(None), Ok(Location::Sqlite("/data/quarterdeck.db".into())));
    assert_eq!(of(Some("sqlite:/x/y.db")), Ok(Location::Sqlite("/x/y.db".into())));
    assert_eq!(of(Some("postgres://u@h/d")), Ok(Location::Postgres("postgres://u@h/d".into())));
    assert!(matches!(of(Some("mysql://u@h/d")), Err(StoreError::Invalid { field: "database_url", .. })));
}

/// Tables with their columns, and indexes, in words both databases share.
async fn schema(place: &Place) -> BTreeSet<String> {
    open(place).await.unwrap().close().await;
    let look = place.look().await;
    let (backend, columns, indexes) = match place.is_sqlite() {
        true => (
            DbBackend::Sqlite,
            "SELECT m.name, c.name, lower(c.type), c.\"notnull\" = 1 FROM sqlite_master AS m
             JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name <> 'seaql_migrations'",
            "SELECT tbl_name, name, '', sql LIKE 'CREATE UNIQUE%' FROM sqlite_master
             WHERE type = 'index' AND sql IS NOT NULL",
        ),
        false => (
            DbBackend::Postgres,
            "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'NO'
             FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'seaql_migrations'",
            "SELECT tablename::text, indexname::text, '', indexdef LIKE 'CREATE UNIQUE%' FROM pg_indexes
             WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey'",
        ),
    };
    let mut words = BTreeSet::new();
    for query in [columns, indexes] {
        for row in look.query_all_raw(Statement::from_string(backend, query)).await.unwrap() {
            let text = |index| row.try_get_by_index::<String>(index).unwrap();
            let kind = match text(2).as_str() {
                "integer" | "bigint" => "number".to_owned(),
                "uuid_text" | "uuid" => "id".to_owned(),
                other => other.to_owned(),
            };
            words.insert(format!(
                "{} {} {kind} {}",
                text(0),
                text(1),
                row.try_get_by_index::<bool>(3).unwrap()
            ));
        }
    }
    look.close().await.unwrap();
    // The words of documents are each database's own matter; what is written into them is held by the search's tests.
    words.retain(|column| !column.starts_with("document_words"));
    words
}

#[tokio::test]
async fn both_databases_have_the_same_schema() {
    let (sqlite, postgres) = (Place::sqlite(), Place::postgres().await);
    let (one, other) = (schema(&sqlite).await, schema(&postgres).await);
    assert!(one.len() > 150, "{} words are no schema", one.len());
    assert_eq!(one.symmetric_difference(&other).collect::<Vec<_>>(), Vec::<&String>::new());
    postgres.end().await;
}

/// Orders of languages differ from machine to machine: in some the last letter of all comes before the first.
#[tokio::test]
async fn what_is_found_by_its_beginning_is_sorted_byte_by_byte_in_every_database() {
    let place = Place::dictionary().await;
    open(&place).await.unwrap().close().await;
    let look = place.look().await;
    for (table, column) in [
        ("usage_records", "message_id"),
        ("threads", "session_id"),
        ("notes", "name"),
        ("counters", "name"),
        ("file_changes", "call"),
        ("agents", "name_key"),
        ("tasks", "title_key"),
    ] {
        let query = format!(
            "SELECT coalesce(collation_name::text, 'the language''s') FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}' AND column_name = '{column}'"
        );
        let found = look.query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await.unwrap();
        let order = found.expect("the column is there").try_get_by_index::<String>(0).unwrap();
        assert_eq!(order, "C", "{table}.{column}");
    }
    look.close().await.unwrap();
    place.end().await;
}
