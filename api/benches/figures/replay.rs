//! Seeking a replay of a hundred thousand events, of its task and of its agent alone, beside as many of others: moments
//! all over its life, one question each. The slower of the two counts.

use super::{folder, load::Connection, quantile, rounded, rows, say, seed, server::Server};
use quarterdeck::{
    fleet::clock::Clock,
    store::{Batch, Channel, Draft, Row},
};
use quarterdeck_shared::{Payload, Timestamp, usage::UsageRecord};
use serde_json::{Value, json};
use std::path::Path;
use tokio::runtime::Runtime;

const EVENTS: u64 = 100_000;
const SEEKS: i64 = 200;

pub fn measure(runtime: &Runtime) {
    runtime.block_on(seek());
}

async fn seek() {
    let home = folder();
    let (from, to) = events(home.path()).await;
    let server = Server::start(home.path(), &[]);
    let mut connection = Connection::open(&server.address).await;
    let mut detail = json!({"events": EVENTS, "foreign": EVENTS, "seeks": SEEKS});
    let mut slowest = 0.0_f64;
    let (task, agent) = (rows::task_id(1), rows::agent_id(1));
    for (name, whose) in [("task", format!("task_id={task}")), ("agent", format!("agent_id={agent}"))] {
        let mut took = Vec::new();
        for seek in 0..SEEKS {
            // All over its life, not one after the other.
            let part = seek * 77 % SEEKS;
            let at = Timestamp(from.micros() + (to.micros() - from.micros()) / SEEKS * part);
            let outline = if seek == 0 { "&outline=true" } else { "" };
            let request = server.get(&format!("/api/v1/replay?{whose}&at={at}{outline}"));
            let (took_ms, body) = connection.timed(&request).await;
            took.push(took_ms);
            let stood: Value = serde_json::from_slice(body).unwrap();
            assert_eq!(stood["agents"].as_array().unwrap().len(), 1, "{stood}");
        }
        let outline = took[0];
        let seek = quantile(&mut took, 0.95);
        slowest = slowest.max(seek);
        detail[name] = json!({"seek_ms": rounded(seek), "outline_ms": rounded(outline)});
    }
    say("replay_seek", rounded(slowest), detail);
}

/// A task of one agent that speaks, answers and is asked all the time, and another one that speaks as often between;
/// where the first one's life begins and ends.
async fn events(home: &Path) -> (Timestamp, Timestamp) {
    let store = seed::open(home).await;
    let (mut agent, mut task) = (rows::agent(1), rows::task(1));
    (agent.task_id, task.created_at) = (Some(task.id), agent.created_at);
    for first in (0..EVENTS).step_by(1_000) {
        let batch = (first..first + 1_000).fold(Batch::new(), |batch, number| {
            let activity = rows::activity(number, "I read the tide table and change one line.");
            let foreign = Draft { agent_id: Some(rows::agent_id(2)), task_id: None, ..activity.clone() };
            let batch = batch.event(foreign);
            let draft = Draft { agent_id: Some(agent.id), task_id: Some(task.id), ..activity };
            if number % 10 > 0 {
                return batch.event(draft);
            }
            let (agent_id, task_id, at) = (agent.id, Some(task.id), Clock::system().now());
            let record = UsageRecord { agent_id, task_id, at, ..rows::record(number) };
            batch.event(draft).row(Row::Usage(record.into()))
        });
        store.commit(batch).await.unwrap();
    }
    let told = Draft {
        agent_id: None,
        task_id: Some(task.id),
        payload: Payload::TaskCreated { task: task.clone() },
    };
    store.commit(Batch::new().event(told)).await.unwrap();
    let first = store.events(0, Channel::Fleet, 1).await.unwrap()[0].at;
    let last = store.newest_events(Channel::Fleet, 1).await.unwrap()[0].at;
    (agent.created_at, task.created_at) = (first, first);
    (agent.started_at, agent.finished_at) = (Some(first), Some(last));
    (task.started_at, task.finished_at) = (Some(first), Some(last));
    agent.status = quarterdeck_shared::agents::AgentStatus::Completed;
    task.status = quarterdeck_shared::tasks::TaskStatus::Completed;
    let rows = Batch::new().row(Row::Agent(Box::new(agent))).row(Row::Task(Box::new(task)));
    store.commit(rows).await.unwrap();
    store.close().await;
    (first, last)
}
