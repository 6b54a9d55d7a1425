//! A fleet of a test's own: its database, its clock, its recordings, and every event in order.

use super::tape::{Tape, shelf};
use crate::support::database::Place;
use quarterdeck::{
    fleet::{Fleet, FleetRules, clock::Clock, runtime::Recordings},
    store::{Channel, Committed, Location, Store, StoreError, WriterRules},
};
use quarterdeck_shared::{
    AgentId, Event, Payload, TaskId, Timestamp,
    agents::{AgentStatus, NewAgent, Role},
    approvals::Approval,
    tasks::{IncludeAnalyst, NewTask, TaskStatus, TaskType},
};
use std::{collections::VecDeque, path::PathBuf, sync::Arc, time::Duration};
use tokio::{sync::broadcast, time::timeout};

/// How long a test waits for something that must happen; reaching it is a failure, not a measurement.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Deck {
    pub fleet: Fleet,
    pub store: Store,
    pub clock: Clock,
    watch: broadcast::Receiver<Arc<[Committed]>>,
    fetched: VecDeque<Event>,
    seen: i64,
}

/// Where a deck's files are, so that a second one can go on with them.
pub struct Ground {
    location: Location,
    folder: PathBuf,
    pub clock: Clock,
    _own: Option<Place>,
}

impl Ground {
    /// A ground of its own, on SQLite.
    pub fn new() -> Self {
        let place = Place::sqlite();
        let ground = Self::on(&place);
        Self { _own: Some(place), ..ground }
    }

    /// The ground of a test that runs on both databases.
    pub fn on(place: &Place) -> Self {
        let clock = Clock::manual(Timestamp(1_795_305_600_000_000));
        Self { location: place.location.clone(), folder: place.folder(), clock, _own: None }
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Rules for replays without any waiting.
    pub fn rules(&self, recordings: Recordings) -> FleetRules {
        let mut rules = FleetRules::new(self.folder().join("data"));
        rules.workspace_roots = vec![self.folder()];
        rules.runtimes.recordings = recordings;
        rules.runtimes.replay_speed = 0.0;
        rules.runtimes.clock = self.clock.clone();
        rules.runtimes.keeper = env!("CARGO_BIN_EXE_quarterdeck").into();
        rules.runtimes.environment = vec![("PATH".into(), std::env::var_os("PATH").unwrap())];
        rules.runtimes.grace = Duration::from_millis(100);
        rules
    }

    /// The database, once whoever had it before is gone.
    pub async fn open(&self) -> Store {
        Deck::patiently("the lock is free", async {
            loop {
                match Store::open(&self.location, WriterRules::default()).await {
                    Err(StoreError::InUse { .. }) => tokio::task::yield_now().await,
                    opened => return opened.unwrap(),
                }
            }
        })
        .await
    }

    pub async fn deck(&self, rules: FleetRules) -> Deck {
        let store = self.open().await;
        let (watch, seen) = (store.watch(), store.seq());
        let fleet = Fleet::start(rules, store.clone()).await.unwrap();
        Deck { fleet, store, clock: self.clock.clone(), watch, fetched: VecDeque::new(), seen }
    }
}

/// A deck on one of both databases.
pub async fn deck_on(place: &Place, tapes: &[(&str, &Tape)]) -> (Ground, Deck) {
    let ground = Ground::on(place);
    let deck = ground.deck(ground.rules(shelf(tapes))).await;
    (ground, deck)
}

/// A deck whose roles play these tapes.
pub async fn deck(tapes: &[(&str, &Tape)]) -> (Ground, Deck) {
    deck_with(tapes, |_| {}).await
}

pub async fn deck_with(tapes: &[(&str, &Tape)], change: impl FnOnce(&mut FleetRules)) -> (Ground, Deck) {
    let ground = Ground::new();
    let mut rules = ground.rules(shelf(tapes));
    change(&mut rules);
    let deck = ground.deck(rules).await;
    (ground, deck)
}

impl Deck {
    /// The next event that fits; those before it are passed over.
    pub async fn until(&mut self, what: &str, mut fits: impl FnMut(&Event) -> bool) -> Event {
        let found = timeout(PATIENCE, async {
            loop {
                while let Some(event) = self.fetched.pop_front() {
                    if fits(&event) {
                        return event;
                    }
                }
                self.fetch().await;
            }
        });
        found.await.unwrap_or_else(|_| panic!("it never happened: {what}"))
    }

    async fn fetch(&mut self) {
        loop {
            let new = self.store.events(self.seen, Channel::Fleet, 1000).await.unwrap();
            if let Some(last) = new.last() {
                self.seen = last.seq;
                self.fetched
                    .extend(new.iter().map(|event| serde_json::from_str::<Event>(&event.json).unwrap()));
                return;
            }
            // Falling behind is no matter: the table has the rest.
            let _ = self.watch.recv().await;
        }
    }

    /// Waits until an agent gets a status.
    pub async fn agent_is(&mut self, id: AgentId, status: AgentStatus) -> Event {
        let changed = |event: &Event| match &event.payload {
            Payload::AgentStatusChanged { to, .. } => event.agent_id == Some(id) && *to == status,
            _ => false,
        };
        self.until(&format!("agent {id} is {status}"), changed).await
    }

    /// Waits until a task gets a status.
    pub async fn task_is(&mut self, id: TaskId, status: TaskStatus) {
        let changed = |event: &Event| match &event.payload {
            Payload::TaskStatusChanged { to, .. } => event.task_id == Some(id) && *to == status,
            _ => false,
        };
        self.until(&format!("task {id} is {status}"), changed).await;
    }

    /// Lets time go by until something is done.
    pub async fn meanwhile<T>(clock: &Clock, step: Duration, done: impl Future<Output = T>) -> T {
        let mut done = std::pin::pin!(done);
        loop {
            clock.advance(step);
            tokio::select! {
                done = &mut done => return done,
                () = tokio::task::yield_now() => {}
            }
        }
    }

    /// Waits for the next question.
    pub async fn asked(&mut self) -> Approval {
        let event =
            self.until("a question", |event| matches!(event.payload, Payload::ApprovalAsked { .. })).await;
        match event.payload {
            Payload::ApprovalAsked { approval } => approval,
            other => panic!("{other:?}"),
        }
    }

    /// Every event of a task, in order.
    pub async fn events_of(&self, id: TaskId) -> Vec<Event> {
        let events = self.store.events(0, Channel::Task(id), 5000).await.unwrap();
        events.iter().map(|event| serde_json::from_str(&event.json).unwrap()).collect()
    }

    /// Waits, bounded, for something that is no event.
    pub async fn patiently<T>(what: &str, done: impl Future<Output = T>) -> T {
        timeout(PATIENCE, done).await.unwrap_or_else(|_| panic!("it never happened: {what}"))
    }
}

/// A task of two steps, BUILDER and REVIEWER or what its type asks for, on the replay runtime.
pub fn task(prompt: &str, kind: TaskType) -> NewTask {
    NewTask {
        prompt: prompt.into(),
        task_type: Some(kind),
        include_analyst: Some(IncludeAnalyst::Never),
        runtime: Some("replay".into()),
        ..NewTask::default()
    }
}

/// An agent on the replay runtime.
pub fn agent(role: Role, prompt: Option<&str>) -> NewAgent {
    NewAgent {
        role,
        prompt: prompt.map(str::to_owned),
        runtime: Some("replay".into()),
        ..NewAgent::default()
    }
}
