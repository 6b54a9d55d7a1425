//! Crashes and power cuts: what was acknowledged is there afterwards.

use crate::support::{database::Place, rows};
use quarterdeck::store::{Batch, Channel, Location, Row, Store, StoreError, WriterRules};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, Command, Stdio},
};
use tokio::task::JoinSet;

/// Names the database to the process that is going to be killed.
const VICTIM: &str = "QUARTERDECK_TEST_VICTIM";
const CYCLES: usize = 200;
const LANES: usize = 4;
const WRITERS: u64 = 8;

/// Each writer changes its agent and tells of it, over and over; each acknowledgement is a line on stdout.
#[tokio::main(worker_threads = 2)]
async fn write_until_killed(location: Location) {
    let store =
        Store::open(&location, WriterRules::default()).await.expect("the database opens after a crash");
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let store = store.clone();
        writers.spawn(async move {
            loop {
                let next = store.seq() as u64;
                let mut agent = rows::agent(writer);
                agent.total_tokens = next;
                let batch = Batch::new().row(Row::Agent(Box::new(agent)));
                let seqs = store.commit(batch.event(rows::activity(writer, next.to_string()))).await.unwrap();
                let line = format!("ack {}\n", seqs[0]);
                std::io::stdout().lock().write_all(line.as_bytes()).expect("the test listens");
            }
        });
    }
    writers.join_all().await;
}

fn victim(test: &str, location: &Location) -> Child {
    let location = match location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(VICTIM, location)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("the test binary starts once more")
}

fn acknowledged(line: &str) -> Option<i64> {
    line.strip_prefix("ack ")?.trim().parse().ok()
}

/// Starts a victim, kills it after so many acknowledgements, and returns all it gave.
fn killed(test: &str, location: &Location, after: usize) -> Vec<i64> {
    let mut child = victim(test, location);
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let (mut seqs, mut line) = (Vec::new(), String::new());
    while seqs.len() < after {
        line.clear();
        assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "the victim died of itself");
        seqs.extend(acknowledged(&line));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    let whole = rest.rfind('\n').map_or("", |end| &rest[..end]);
    seqs.extend(whole.lines().filter_map(acknowledged));
    seqs
}

async fn seqs_of(store: &Store) -> Vec<i64> {
    let events = store.events(0, Channel::Fleet, 10_000_000).await.unwrap();
    events.iter().map(|event| event.seq).collect()
}

/// Every event is there without a gap, and each agent is as its newest event says.
async fn tells_the_truth(store: &Store, acknowledged: i64) {
    let events = store.events(0, Channel::Fleet, 10_000_000).await.unwrap();
    let seqs: Vec<_> = events.iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=events.len() as i64).collect::<Vec<_>>());
    assert!(
        events.len() as i64 >= acknowledged,
        "{acknowledged} was acknowledged, {} is there",
        events.len()
    );
    let newest: BTreeMap<_, _> = events.iter().map(|event| (event.agent_id.unwrap(), &event.json)).collect();
    for (agent, json) in newest {
        let tokens = store.agent(agent).await.unwrap().unwrap().agent.total_tokens;
        assert!(json.contains(&format!("\"text\":\"{tokens}\"")), "{tokens} is not in {json}");
    }
}

fn nothing_acknowledged_is_lost(test: &str, location: &Location, cycles: usize) {
    let mut newest = 0;
    for cycle in 0..cycles {
        let seqs = killed(test, location, 1 + cycle * 5 % 23);
        newest = newest.max(seqs.into_iter().max().unwrap_or(0));
    }
    let check = async {
        let store = Store::open(location, WriterRules::default()).await.unwrap();
        tells_the_truth(&store, newest).await;
        store.close().await;
    };
    tokio::runtime::Runtime::new().unwrap().block_on(check);
}

/// The role of whoever is going to be killed, where this process has it.
fn is_victim() -> bool {
    let Ok(location) = env::var(VICTIM) else { return false };
    write_until_killed(Location::of(Path::new(""), Some(&location)).unwrap());
    true
}

#[test]
fn nothing_acknowledged_is_lost_in_200_kills_on_sqlite() {
    if is_victim() {
        return;
    }
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                let place = Place::sqlite();
                let test = "store::crash::nothing_acknowledged_is_lost_in_200_kills_on_sqlite";
                nothing_acknowledged_is_lost(test, &place.location, CYCLES / LANES);
            });
        }
    });
}

#[test]
fn nothing_acknowledged_is_lost_in_200_kills_on_postgres() {
    if is_victim() {
        return;
    }
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                let place = runtime.block_on(Place::postgres());
                let test = "store::crash::nothing_acknowledged_is_lost_in_200_kills_on_postgres";
                nothing_acknowledged_is_lost(test, &place.location, CYCLES / LANES);
                runtime.block_on(place.end());
            });
        }
    });
}

/// What a power cut leaves of a write-ahead log: all that was synced before the acknowledgement, and anything of
/// what came after.
fn torn(log: &[u8], synced: usize, way: usize) -> Vec<u8> {
    let behind = log.len() - synced;
    let until = synced + behind * (way * 37 % 100) / 100;
    let mut left = log[..until].to_vec();
    match way % 4 {
        0 => left.truncate(synced),
        1 => {}
        2 => left.extend((0..5_000_usize).map(|byte| (byte * (way + 1) % 251) as u8)),
        _ => left[synced..].iter_mut().step_by(97).for_each(|byte| *byte ^= 0xa5),
    }
    left
}

async fn is_sound(store: &Store, place: &Place) {
    let look = place.look().await;
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
    let verdict: String = look.query_one_raw(check).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    assert_eq!(verdict, "ok");
    look.close().await.unwrap();
    assert!(store.check().await.iter().all(|check| check.ok));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_in_200_cuts_of_the_log() {
    let place = Place::sqlite();
    let rules = WriterRules { checkpoint_pages: 0, ..WriterRules::default() };
    let store = Store::open(&place.location, rules).await.unwrap();
    let log = place.file().with_extension("db-wal");
    let mut acknowledged = Vec::new();
    for number in 0..50 {
        let mut agent = rows::agent(number % 7);
        agent.total_tokens = number;
        let batch = Batch::new().row(Row::Agent(Box::new(agent)));
        let seqs = store.commit(batch.event(rows::activity(number % 7, number.to_string()))).await.unwrap();
        acknowledged.push((fs::metadata(&log).unwrap().len() as usize, seqs[0]));
    }
    let (database, log) = (fs::read(place.file()).unwrap(), fs::read(&log).unwrap());
    store.close().await;
    for cut in 0..CYCLES {
        let (synced, seq) = acknowledged[cut * acknowledged.len() / CYCLES];
        let after = Place::sqlite();
        fs::write(after.file(), &database).unwrap();
        fs::write(after.file().with_extension("db-wal"), torn(&log, synced, cut)).unwrap();
        let store = after.open().await;
        tells_the_truth(&store, seq).await;
        is_sound(&store, &after).await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_cut_off_anywhere_starts_again() {
    let place = Place::sqlite();
    let rules = WriterRules { checkpoint_pages: 0, ..WriterRules::default() };
    let store = Store::open(&place.location, rules).await.unwrap();
    let log = place.file().with_extension("db-wal");
    let (database, log) = (fs::read(place.file()).unwrap(), fs::read(&log).unwrap());
    store.close().await;
    for cut in 0..50 {
        let after = Place::sqlite();
        fs::write(after.file(), &database).unwrap();
        fs::write(after.file().with_extension("db-wal"), &log[..log.len() * cut / 50]).unwrap();
        let store = after.open().await;
        store.commit(Batch::new().event(rows::activity(1, "after"))).await.unwrap();
        assert_eq!(seqs_of(&store).await, [1]);
        is_sound(&store, &after).await;
        store.close().await;
    }
}

#[tokio::test]
async fn a_migration_that_fails_half_way_on_postgres_leaves_nothing() {
    let place = Place::postgres().await;
    let look = place.look().await;
    look.execute_unprepared("CREATE TABLE usage_records (in_the_way text)").await.unwrap();
    Store::open(&place.location, WriterRules::default()).await.expect_err("a table is in the way");
    let tables = Statement::from_string(DbBackend::Postgres, "SELECT to_regclass('agents')::text");
    let agents: Option<String> =
        look.query_one_raw(tables).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    assert_eq!(agents, None);
    look.execute_unprepared("DROP TABLE usage_records").await.unwrap();
    look.close().await.unwrap();
    let store = place.open().await;
    store.commit(Batch::new().event(rows::activity(1, "after"))).await.unwrap();
    store.close().await;
    place.end().await;
}

/// Ends every connection of a database but the one that asks.
async fn cut_off(look: &impl ConnectionTrait) {
    let everybody = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND pid <> pg_backend_pid()";
    look.execute_unprepared(everybody).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_postgres_cuts_between_batches_are_not_even_noticed() {
    let place = Place::postgres().await;
    let store = place.open().await;
    let look = place.look().await;
    for number in 1..=5 {
        let seqs = store.commit(Batch::new().event(rows::activity(number, "kept"))).await;
        assert_eq!(seqs, Ok(vec![number as i64]));
        cut_off(&look).await;
        assert_eq!(seqs_of(&store).await.len() as u64, number);
    }
    store.commit(Batch::new().event(rows::activity(6, "kept"))).await.unwrap();
    Store::open(&place.location, WriterRules::default())
        .await
        .expect_err("the server's lock was taken again");
    look.close().await.unwrap();
    store.close().await;
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_lost_its_database_to_another_writes_nothing_until_that_one_is_gone() {
    let place = Place::postgres().await;
    let (first, look) = (place.open().await, place.look().await);
    first.commit(Batch::new().event(rows::activity(1, "first"))).await.unwrap();
    cut_off(&look).await;
    let second = place.open().await;
    let refusal = first.commit(Batch::new().event(rows::activity(2, "too late"))).await;
    assert!(
        matches!(&refusal, Err(StoreError::Unwritable { reason }) if reason.contains("taken")),
        "{refusal:?}"
    );
    assert_eq!(second.commit(Batch::new().event(rows::activity(3, "second"))).await, Ok(vec![2]));
    second.close().await;
    first.faults().wait_for(Option::is_none).await.unwrap();
    assert_eq!(first.commit(Batch::new().event(rows::activity(4, "first again"))).await, Ok(vec![3]));
    look.close().await.unwrap();
    first.close().await;
    place.end().await;
}
