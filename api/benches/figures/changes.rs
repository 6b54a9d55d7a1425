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
use tokio::{
    task::JoinSet,
    time::{Instant, interval_at},
};

/// Changers side by side: under load none of them alone is quick enough.
const CHANGERS: u32 = 20;
const EACH: Duration = Duration::from_millis(200);
const PAGE: u32 = 500;

/// Agents are made and deleted in turn, so that there are always about as many.
pub struct Changing {
    on: Arc<AtomicBool>,
    began: Instant,
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
    pub async fn begin(server: &Server) -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let mut changers = JoinSet::new();
        for number in 0..CHANGERS {
            let wait = EACH * number / CHANGERS;
            changers.spawn(Changer::of(server).await.go_on(wait, Arc::clone(&on)));
        }
        Self { on, began: Instant::now(), changers }
    }

    /// Stops; says how many changes a second there were, and what the lists said. With far fewer than a hundred the
    /// server was not under this load, and nothing was measured.
    pub async fn stop(self) -> (f64, Vec<Reply>) {
        let seconds = self.began.elapsed().as_secs_f64();
        self.on.store(false, Ordering::Relaxed);
        let replies: Vec<_> = self.changers.join_all().await.into_iter().flatten().collect();
        let per_second = replies.len() as f64 / seconds;
        assert!(per_second >= 75.0, "the server took {per_second:.0} changes a second instead of a hundred");
        (per_second, replies)
    }
}

/// Makes an agent and deletes it, over and over.
pub struct Changer {
    connection: load::Connection,
    address: String,
    key: String,
    made: Option<String>,
}

impl Changer {
    /// One that has made nothing.
    pub async fn of(server: &Server) -> Self {
        let connection = load::Connection::open(&server.address).await;
        Self { connection, address: server.address.clone(), key: server.key.clone(), made: None }
    }

    /// The next change, acknowledged; which agent it was, and whether it was made or deleted.
    pub async fn change(&mut self) -> (String, bool) {
        if let Some(agent) = self.made.take() {
            let delete = load::delete(&self.address, &format!("/api/v1/agents/{agent}"), &self.key);
            assert_eq!(self.connection.ask(&delete).await.0, 204);
            return (agent, false);
        }
        let new = r#"{"role":"BUILDER","runtime":"replay"}"#;
        let new = load::post(&self.address, "/api/v1/agents", &self.key, new);
        let (status, body) = self.connection.ask(&new).await;
        assert_eq!(status, 201);
        let agent: Agent = serde_json::from_slice(body).unwrap();
        self.made = Some(agent.id.clone());
        (agent.id, true)
    }

    async fn go_on(mut self, wait: Duration, on: Arc<AtomicBool>) -> Vec<Reply> {
        let list = load::get(&self.address, "/api/v1/agents?limit=50", &self.key);
        let mut replies = Vec::new();
        let mut tick = interval_at(Instant::now() + wait, EACH);
        while self.made.is_some() || on.load(Ordering::Relaxed) {
            tick.tick().await;
            let (agent, is_made) = self.change().await;
            let (status, body) = self.connection.ask(&list).await;
            assert_eq!(status, 200);
            replies.push(Reply { agent, is_made, body: body.to_vec() });
        }
        replies
    }
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
