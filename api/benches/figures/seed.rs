//! Data folders filled through the store, each row made from a number.

use super::rows;
use quarterdeck::store::{Batch, Location, Row, Store, WriterRules};
use quarterdeck_shared::agents::{Agent, AgentStatus};
use std::path::Path;

const YEAR_SECONDS: i64 = 365 * 86_400;

/// So many agents, none of them at work: a server that starts would find out that nobody is.
pub async fn agents(data_dir: &Path, count: u64) {
    let store = open(data_dir).await;
    for first in (0..count).step_by(500) {
        let numbers = first..(first + 500).min(count);
        let rows = numbers.map(|number| Row::AgentDetail(Box::new(rows::detail(resting(number)))));
        store.commit(rows::rows(rows)).await.unwrap();
    }
    store.close().await;
}

/// So many events.
pub async fn events(data_dir: &Path, count: u64) {
    let store = open(data_dir).await;
    for first in (0..count).step_by(1_000) {
        let batch = (first..first + 1_000).fold(Batch::new(), |batch, number| {
            batch.event(rows::activity(number, "I read the tide table and change one line."))
        });
        store.commit(batch).await.unwrap();
    }
    store.close().await;
}

pub async fn open(data_dir: &Path) -> Store {
    std::fs::create_dir_all(data_dir).unwrap();
    Store::open(&Location::of(data_dir, None).unwrap(), WriterRules::default()).await.unwrap()
}

/// An agent of a year ago, older than any that the server makes.
fn resting(number: u64) -> Agent {
    let agent = rows::agent(number);
    let status = if agent.status.is_active() { AgentStatus::Completed } else { agent.status };
    let created_at = agent.created_at.plus_seconds(-YEAR_SECONDS);
    Agent { status, created_at, updated_at: created_at, ..agent }
}
