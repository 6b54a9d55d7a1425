//! The intake: what was read of session files becomes records, agents and tasks, in one transaction with how far the
//! files are read. Read twice, it changes nothing.

mod changed;
mod stored;
mod sums;
mod telling;

pub(super) use changed::Changed;
pub(super) use telling::write;

use super::crew::{About, Crew, HOOKS, Member, SOURCE, speaks, standing, unheard};
use super::otlp;
use crate::{
    fleet::clock::Clock,
    prices::Prices,
    store::{Batch, FileRow, Row, Store, StoreError, Turn},
};
use orchestrator::{
    ledger::{Book, Grown, Owner, Telling},
    otlp::{UNNAMED, unnamed},
    pricing::PriceTable,
    transcripts::{
        lines,
        reading::{Heard, Reading, Thread},
    },
};
use quarterdeck_shared::{
    AgentId, RecordId, TaskId, Timestamp,
    agents::{Agent, AgentStatus},
};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use stored::Stored;
use uuid::Uuid;

/// What was read of one file, and how far.
#[derive(Debug)]
pub struct Found {
    /// The file as it is from now on.
    pub file: FileRow,
    /// What the new part of it says.
    pub reading: Reading,
    /// What the file beside says of a sub-agent.
    pub about: Option<About>,
    /// Whether it was read once more from its beginning.
    pub again: bool,
    /// When it was written last.
    pub written_at: Timestamp,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Taken {
    /// Responses that were not known.
    pub new_records: u64,
    /// Responses that were known with smaller figures.
    pub grown_records: u64,
    /// Responses that were known as they are.
    pub known_records: u64,
    /// Sessions and sub-agents that were not known.
    pub new_agents: u64,
    /// Files whose session an agent of our own works in now: they are read when it has ended.
    #[serde(skip)]
    pub held_back: Vec<String>,
}

impl Taken {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.new_records += other.new_records;
        self.grown_records += other.grown_records;
        self.known_records += other.known_records;
        self.new_agents += other.new_agents;
        self.held_back.extend(other.held_back);
    }
}

/// Whether what is read happens now or happened long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    /// It is told response by response.
    Live,
    /// It is told once a file.
    History,
}

/// Takes in what was read.
#[derive(Clone, Debug)]
pub struct Intake {
    store: Store,
    clock: Clock,
    prices: Prices,
    stored: Arc<Mutex<Stored>>,
}

impl Intake {
    /// Remembers with this store.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, prices: Prices::default(), stored: Arc::default() }
    }

    /// With these prices instead of those in the program.
    #[must_use]
    pub fn with_prices(self, prices: Prices) -> Self {
        Self { prices, ..self }
    }

    /// What responses cost now.
    pub(super) fn prices(&self) -> Arc<PriceTable> {
        self.prices.current()
    }

    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where it remembers.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Makes durable what was read of some files.
    pub async fn take(&self, found: Vec<Found>, tense: Tense) -> Result<Taken, StoreError> {
        let _turn = self.turn().await?;
        let sessions = sessions_of(&found);
        let own = self.store.own_agents_of(&sessions).await?;
        let (found, held_back) = hold_back(found, &own);
        let mut taken = Taken { held_back, ..Taken::default() };
        // Counted before anybody looks: what is written in between is looked for again.
        let among = self.store.usage_records().await?;
        self.stored().look(among);
        let mut book = self.book(&found).await?;
        let mut crew = self.crew(&sessions, &own, &book).await?;
        let mut batch = Batch::new();
        let mut changed = Changed::default();
        let mut grown_of_own: Vec<Grown> = Vec::new();
        let prices = self.prices();
        let mut files = Vec::with_capacity(found.len());
        // One number is drawn; those of the others follow it.
        let mut number = Uuid::now_v7().as_u128();
        for mut one in found {
            for (thread, known) in one.reading.copied() {
                // As long as nothing else tells of it.
                if !crew.knows(thread) {
                    crew.learn(thread, known, &one);
                }
            }
            let mut speaker: Option<(Thread, Owner)> = None;
            for Heard { observed, thread, offset, at, reported } in one.reading.take_responses() {
                let owner = match speaker.take() {
                    Some((last, owner)) if last == thread => owner,
                    _ => crew.owner(&thread),
                };
                speaker = Some((thread, owner));
                let provenance = lines::place(&one.file.path, offset);
                let at = at.unwrap_or(one.written_at);
                let telling = Telling { observed, cost: None, reported, provenance, at };
                let id = RecordId(Uuid::from_u128(number));
                number = number.wrapping_add(1);
                let Some(grown) = book.enter(&prices, owner, telling, id) else {
                    taken.known_records += 1;
                    continue;
                };
                *(if grown.before.is_some() { &mut taken.grown_records } else { &mut taken.new_records }) +=
                    1;
                crew.spend(&grown, tense);
                if crew.has_remainders(grown.record.agent_id) {
                    grown_of_own.push(grown.clone());
                }
                if grown.before.is_none() {
                    changed.unknown.insert(id, among);
                }
                changed.note(grown);
            }
            for (thread, known) in one.reading.threads() {
                if !known.certain && !crew.knows(thread) {
                    continue;
                }
                crew.learn(thread, known, &one);
                batch.rows.push(Row::ThreadFile {
                    session_id: thread.session_id.clone(),
                    thread_id: thread.agent_id.clone(),
                    path: one.file.path.clone(),
                    first_at: known.first_at.unwrap_or(one.written_at),
                });
            }
            files.push(Row::SourceFile(Box::new(one.file)));
        }
        taken.new_agents = crew.met.len() as u64;
        self.resum(&mut crew, &grown_of_own, &mut changed).await?;
        // From here on each record belongs to its row alone, which need not copy it.
        drop((book, grown_of_own));
        {
            let mut stored = self.stored();
            changed.records.values().for_each(|record| stored.add(&record.message_id));
        }
        batch.rows.extend(changed.rows());
        write(&mut crew, tense, &mut batch);
        batch.rows.extend(files);
        match self.store.commit(batch).await {
            Ok(_) => self.stored().grow(taken.new_records),
            Err(error) => {
                // What was refused may stand there after all, under the name of another.
                self.stored().forget();
                return Err(error);
            }
        }
        Ok(taken)
    }

    /// Takes a turn: each reads what is known, and makes durable what that becomes; no other does so meanwhile.
    pub(super) async fn turn(&self) -> Result<Turn, StoreError> {
        self.store.turn().await
    }

    /// Says of sessions of which only hooks tell, and none does any more, where they stand by now.
    pub async fn look_after_hooked(&self) -> Result<(), StoreError> {
        self.look_after_those_from(HOOKS, otlp::standing).await
    }

    /// Says of sessions that have gone quiet in the middle of a turn that they were cut off.
    pub async fn look_after(&self) -> Result<(), StoreError> {
        self.look_after_those_from(SOURCE, |heard, status, now| standing(Some(false), heard, status, now))
            .await
    }

    /// Says of a source's agents that are supposed to live where they stand now.
    pub(super) async fn look_after_those_from(
        &self,
        source: &str,
        stand: impl Fn(Option<Timestamp>, AgentStatus, Timestamp) -> (AgentStatus, String),
    ) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        let now = self.now();
        let mut batch = Batch::new();
        let quiet: Vec<_> = self.store.active_agents_from(source).await?;
        let tasks: Vec<_> = quiet.iter().filter_map(|me| me.agent.task_id).collect();
        let mut crew = Crew::new(now, HashMap::new(), self.prices());
        self.store.tasks_of(&tasks).await?.into_iter().for_each(|task| crew.know_task(task));
        for me in quiet {
            let heard = me.agent.status_evidence.last_event_at;
            if speaks(&me.agent.status_evidence, now) {
                continue;
            }
            let unheard = unheard(&me.agent.status_evidence, me.agent.status);
            let (status, reason) = unheard.unwrap_or_else(|| stand(heard, me.agent.status, now));
            if status == me.agent.status {
                continue;
            }
            let id = me.agent.id;
            crew.know(me);
            if let Some(Member { me, touched, .. }) = crew.members.get_mut(&id) {
                me.agent.status = status;
                me.agent.status_evidence.reason = reason;
                me.agent.finished_at = heard;
                *touched = true;
            }
        }
        crew.settle();
        write(&mut crew, Tense::Live, &mut batch);
        self.store.commit(batch).await.map(drop)
    }

    /// What is known of the messages that were read.
    async fn book(&self, found: &[Found]) -> Result<Book, StoreError> {
        let heard = || found.iter().flat_map(|one| one.reading.responses());
        let mut messages: Vec<_> = {
            let stored = self.stored();
            let ids = heard().map(|heard| &heard.observed.message_id);
            ids.filter(|id| !stored.lacks(id)).cloned().collect()
        };
        messages.sort_unstable();
        messages.dedup();
        let mut book = Book::with_room_for(found.iter().map(|one| one.reading.size()).sum());
        // What telemetry told first is known by its request alone.
        if self.store.has_usage_of(UNNAMED).await? {
            messages.extend(heard().filter_map(|heard| heard.observed.request_id.as_deref().map(unnamed)));
        }
        self.store.usage_of_messages(&messages).await?.into_iter().for_each(|record| book.know(record));
        Ok(book)
    }

    /// Everybody whose figures may change.
    pub(super) async fn crew(
        &self,
        sessions: &[String],
        own: &[Agent],
        book: &Book,
    ) -> Result<Crew, StoreError> {
        let mut threads = self.store.threads(sessions).await?;
        for agent in own {
            if let Some(session) = &agent.session_id {
                threads.insert((session.clone(), String::new()), agent.id);
            }
        }
        let owners = book.records().filter(|record| !record.replayed).map(|record| record.agent_id);
        let ids: HashSet<AgentId> = threads.values().copied().chain(owners).collect();
        let mut crew = Crew::new(self.now(), threads, self.prices());
        let mut tasks: HashSet<TaskId> = HashSet::new();
        for me in self.store.agents_of(&ids.into_iter().collect::<Vec<_>>()).await? {
            tasks.extend(me.agent.task_id);
            crew.know(me);
        }
        let tasks: Vec<_> = tasks.into_iter().collect();
        self.store.tasks_of(&tasks).await?.into_iter().for_each(|task| crew.know_task(task));
        Ok(crew)
    }
}

/// Everybody a file tells of.
fn threads_of(one: &Found) -> impl Iterator<Item = &Thread> {
    one.reading.threads().keys().chain(one.reading.copied().keys())
}

fn sessions_of(found: &[Found]) -> Vec<String> {
    let sessions: BTreeSet<_> =
        found.iter().flat_map(threads_of).map(|thread| thread.session_id.clone()).collect();
    sessions.into_iter().collect()
}

/// While an agent of our own works, its stream tells; its session's files are read when it has ended.
fn hold_back(found: Vec<Found>, own: &[Agent]) -> (Vec<Found>, Vec<String>) {
    let works = |session: &str| {
        own.iter().any(|agent| agent.status.is_active() && agent.session_id.as_deref() == Some(session))
    };
    let (held, free): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|one| threads_of(one).any(|thread| works(&thread.session_id)));
    (free, held.into_iter().map(|one| one.file.path).collect())
}
