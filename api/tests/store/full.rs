//! A full disk: writing fails whole, reading goes on, and writing resumes by itself.

use crate::support::{database::Place, rows};
use nix::sys::{
    resource::{RLIM_INFINITY, Resource, setrlimit},
    signal::{SigSet, Signal},
};
use quarterdeck::store::{Batch, Channel, Location, Row, Store, StoreError, WriterRules};
use std::{env, fs, path::Path, process::Command, time::Duration};
use tokio::time::timeout;

/// Names the database to the process whose files may not grow.
const POOR: &str = "QUARTERDECK_TEST_POOR";
/// What must hold once there is room again.
const RECOVERY: Duration = Duration::from_secs(10);

fn allow(bytes: u64) {
    setrlimit(Resource::RLIMIT_FSIZE, bytes, RLIM_INFINITY).expect("the limit of file sizes can be set");
}

async fn commit(store: &Store, number: u64) -> Result<Vec<i64>, StoreError> {
    let mut agent = rows::agent(number % 50);
    agent.activity = "x".repeat(3_000);
    store.commit(Batch::new().row(Row::Agent(Box::new(agent))).event(rows::activity(number, "kept"))).await
}

/// Lets files grow by so little that a write fails somewhere in its middle, and looks at what then holds.
async fn runs_out_and_recovers(store: &Store, log: &Path, room: u64) {
    let mut faults = store.faults();
    allow(fs::metadata(log).unwrap().len() + room);
    let mut number = 0;
    let acknowledged = loop {
        number += 1;
        let before = store.seq();
        match commit(store, number).await {
            Ok(_) => continue,
            Err(StoreError::Unwritable { reason }) => {
                assert!(!reason.is_empty());
                break before;
            }
            Err(other) => panic!("{other}"),
        }
    };
    assert!(store.fault().is_some());
    let disk = store.check().await.into_iter().find(|check| check.name == "disk").unwrap();
    assert!(!disk.ok, "{}", disk.message);
    let events = store.events(0, Channel::Fleet, 1_000_000).await.unwrap();
    assert_eq!(events.len() as i64, acknowledged, "reading goes on, and nothing unacknowledged is there");

    allow(RLIM_INFINITY);
    timeout(RECOVERY, faults.wait_for(Option::is_none)).await.expect("it recovers by itself").unwrap();
    assert_eq!(commit(store, number).await.unwrap(), [acknowledged + 1], "no gap where writing failed");
}

#[tokio::main(worker_threads = 2)]
async fn be_poor(path: &Path) {
    let location = Location::Sqlite(path.to_owned());
    let store =
        Store::open(&location, WriterRules { checkpoint_pages: 0, ..WriterRules::default() }).await.unwrap();
    let log = path.with_extension("db-wal");
    for room in [0, 1_000, 9_000, 20_000, 70_000] {
        runs_out_and_recovers(&store, &log, room).await;
    }
    store.close().await;
    let store = Store::open(&location, WriterRules::default()).await.unwrap();
    let seqs: Vec<_> =
        store.events(0, Channel::Fleet, 1_000_000).await.unwrap().iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
    store.close().await;
}

/// The limit is of the whole process, so one of its own runs into it.
#[test]
fn a_full_disk_loses_nothing_and_is_left_behind_when_there_is_room() {
    if let Ok(path) = env::var(POOR) {
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGXFSZ);
        signals.thread_block().unwrap();
        return be_poor(Path::new(&path));
    }
    let place = Place::sqlite();
    let test = "store::full::a_full_disk_loses_nothing_and_is_left_behind_when_there_is_room";
    let poor = Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(POOR, place.file())
        .output()
        .unwrap();
    assert!(poor.status.success(), "{}", String::from_utf8_lossy(&poor.stderr));
}
