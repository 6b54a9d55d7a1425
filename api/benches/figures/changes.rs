//! A hundred changes of agents a second, and what the list says right after each.

use super::{load, server::Server};
use quarterdeck::store::{Channel, Location, Store};
use serde::Deserialize;
use std::{
    collections::HashMap,
    path::Path,
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::task::JoinSet;

/// Changers side by side: under load none of them alone is quick enough.
const CHANGERS: u32 = 10;
const EACH: Duration = Duration::from_millis(100);
const PAGE: u32 = 500;

/// Agents are made and deleted in turn, so that there are always about as many.
pub struct Changing {
    on: Arc<AtomicBool>,
    changers: JoinSet<Vec<Reply>>,
}

/// A list as it came right after a change was acknowledged.
pub struct Reply {
    agent: String,
    /// Whether the change made the agent, or deleted it.
    is_made: bool,
    body: Vec<u8>,
}

#[derive(Deserialize)]
struct Agents {
    seq: i64,
    items: Vec<Agent>,
}

#[derive(Deserialize)]
struct Agent {
    id: String,
}

impl Changing {
    /// Begins to change agents of this server.
    pub fn begin(server: &Server) -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let mut changers = JoinSet::new();
        for number in 0..CHANGERS {
            let wait = EACH * number / CHANGERS;
            changers.spawn(change(server.address.clone(), server.key.clone(), wait, Arc::clone(&on)));
        }
        Self { on, changers }
    }

    /// Stops; says what the lists said.
    pub async fn stop(self) -> Vec<Reply> {
        self.on.store(false, Ordering::Relaxed);
        self.changers.join_all().await.into_iter().flatten().collect()
    }
}

async fn change(address: String, key: String, wait: Duration, on: Arc<AtomicBool>) -> Vec<Reply> {
    let mut connection = load::Connection::open(&address).await;
    let list = load::get(&address, "/api/v1/agents?limit=50", &key);
    let new = load::post(&address, "/api/v1/agents", &key, r#"{"role":"BUILDER","runtime":"replay"}"#);
    let mut replies = Vec::new();
    let mut tick = tokio::time::interval_at(tokio::time::Instant::now() + wait, EACH);
    let mut made: Option<String> = None;
    while made.is_some() || on.load(Ordering::Relaxed) {
        tick.tick().await;
        let is_made = made.is_none();
        let agent = match made.take() {
            None => {
                let (status, body) = connection.ask(&new).await;
                assert_eq!(status, 201);
                let agent: Agent = serde_json::from_slice(body).unwrap();
                made = Some(agent.id.clone());
                agent.id
            }
            Some(agent) => {
                let delete = load::delete(&address, &format!("/api/v1/agents/{agent}"), &key);
                assert_eq!(connection.ask(&delete).await.0, 204);
                agent
            }
        };
        let (status, body) = connection.ask(&list).await;
        assert_eq!(status, 200);
        replies.push(Reply { agent, is_made, body: body.to_vec() });
    }
    replies
}

/// How many of these lists are older than what was acknowledged before they were asked for, or than the `seq` they
/// carry: each event up to there must be in them.
pub async fn outdated(data_dir: &Path, replies: &[Reply]) -> usize {
    let (made, deleted) = told(data_dir).await;
    let is_outdated = |reply: &&Reply| {
        let list: Agents = serde_json::from_slice(&reply.body).unwrap();
        let lists = |id: &str| list.items.iter().any(|agent| agent.id == id);
        let by_then = |seq: &i64| *seq <= list.seq;
        let lacks = made.iter().any(|(id, seq)| by_then(seq) && !deleted.contains_key(id) && !lists(id));
        let keeps = list.items.iter().any(|agent| deleted.get(&agent.id).is_some_and(by_then));
        let forgets = lists(&reply.agent) != reply.is_made;
        let told_of = if reply.is_made { &made } else { &deleted }.get(&reply.agent).is_some_and(by_then);
        lacks || keeps || forgets || !told_of
    };
    replies.iter().filter(is_outdated).count()
}

/// At which place of the order agents were made and deleted.
async fn told(data_dir: &Path) -> (HashMap<String, i64>, HashMap<String, i64>) {
    let store = Store::open_reader(&Location::of(data_dir, None).unwrap()).await.unwrap();
    let (mut made, mut deleted, mut last) = (HashMap::new(), HashMap::new(), 0);
    loop {
        let events = store.events(last, Channel::Fleet, PAGE).await.unwrap();
        let Some(newest) = events.last() else { break };
        last = newest.seq;
        for event in events {
            let Some(agent) = event.agent_id else { continue };
            match event.kind.as_ref() {
                "agent.created" => drop(made.insert(agent.to_string(), event.seq)),
                "agent.deleted" => drop(deleted.insert(agent.to_string(), event.seq)),
                _ => {}
            }
        }
    }
    store.close().await;
    (made, deleted)
}
