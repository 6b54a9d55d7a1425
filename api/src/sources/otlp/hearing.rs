//! Hearing: what telemetry told becomes records, figures and agents, in one transaction. Told twice, it changes
//! nothing.

use crate::{
    sources::{
        crew::{Crew, TELEMETRY, is_told},
        intake::{Changed, Intake, Taken, Tense, write},
    },
    store::{Batch, Notes, Row, StoreError},
};
use orchestrator::{
    ledger::{Book, Grown, Owner, Telling},
    otlp::{Fact, Meters, Point, Told},
    transcripts::reading::Thread,
    usage::Observed,
};
use quarterdeck_shared::{RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use uuid::Uuid;

/// Records of one agent that are told of one by one at a time; of more, only the newest.
const TOLD: usize = 32;
/// Places ahead of the clock that are remembered one by one.
const AHEAD: usize = 512;

/// What is remembered of a session's telemetry.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// The last event's place: what is not behind it was heard already.
    heard: (u64, u64),
    /// Places that were ahead of the clock here when they were heard, as far as it has not reached them.
    ahead: BTreeSet<(u64, u64)>,
    /// Whether it told of responses one by one: then sums say nothing more.
    requests: bool,
    meters: Meters,
}

impl Memory {
    /// Hears of an event at this place; whether it is the first time. A sender's clock may be ahead: what it tells is
    /// known by its place all the same, and keeps nothing from being heard that comes before that.
    fn hears(&mut self, place: (u64, u64), now: u64) -> bool {
        let is_new = place > self.heard && self.ahead.insert(place);
        while let Some(first) = self.ahead.first().copied()
            && (first.0 <= now || self.ahead.len() > AHEAD)
        {
            self.ahead.pop_first();
            self.heard = self.heard.max((first.0.min(now), first.1));
        }
        is_new
    }
}

fn nanos(at: Timestamp) -> u64 {
    u64::try_from(at.micros()).unwrap_or_default().saturating_mul(1_000)
}

fn note(session_id: &str) -> String {
    format!("otlp/{session_id}")
}

/// What is remembered of these sessions. Of one whose note is broken nobody knows what was counted of it already: it is
/// left out and told of in the log, and the others are heard.
fn recall(sessions: Vec<String>, notes: &Notes) -> BTreeMap<String, Memory> {
    let mut memories = BTreeMap::new();
    for session in sessions {
        match notes.noted(&note(&session)) {
            Ok(memory) => drop(memories.insert(session, memory.unwrap_or_default())),
            Err(error) => {
                tracing::error!(session.id = session, %error, "what telemetry tells of a session is left out");
            }
        }
    }
    memories
}

/// What was told at a time.
#[derive(Debug, Default)]
pub struct Telemetry {
    /// Events.
    pub told: Vec<Told>,
    /// Points of sums.
    pub points: Vec<Point>,
}

impl Telemetry {
    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.told.extend(other.told);
        self.points.extend(other.points);
    }

    /// How much it is.
    pub fn len(&self) -> usize {
        self.told.len() + self.points.len()
    }

    /// Whether it is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn sessions(&self) -> Vec<String> {
        let told = self.told.iter().map(|told| &told.thread.session_id);
        let points = self.points.iter().map(|point| &point.session_id);
        told.chain(points).cloned().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Leaves out what is told of other sessions than these.
    fn keep(&mut self, sessions: &BTreeMap<String, Memory>) {
        self.told.retain(|told| sessions.contains_key(&told.thread.session_id));
        self.points.retain(|point| sessions.contains_key(&point.session_id));
    }
}

impl Intake {
    /// Makes durable what telemetry told.
    pub async fn hear(&self, mut telemetry: Telemetry) -> Result<Taken, StoreError> {
        let _turn = self.turn().await?;
        let sessions = telemetry.sessions();
        let notes = self.store().notes_of(&sessions.iter().map(|id| note(id)).collect::<Vec<_>>()).await?;
        let mut memories = recall(sessions, &notes);
        telemetry.keep(&memories);
        let sessions: Vec<_> = memories.keys().cloned().collect();
        let own = self.store().own_agents_of(&sessions).await?;
        let now = nanos(self.now());
        for point in &telemetry.points {
            memories.entry(point.session_id.clone()).or_default().meters.take(point, now);
        }
        // While an agent of our own works, its stream tells.
        let works = |session: &str| {
            own.iter().any(|agent| agent.status.is_active() && agent.session_id.as_deref() == Some(session))
        };
        telemetry.told.retain(|told| !works(&told.thread.session_id));
        telemetry.told.sort_by_key(|told| told.place);
        let book = self.book_of(&telemetry.told, &memories).await?;
        let mut crew = self.crew(&sessions, &own, &book).await?;
        crew.source = TELEMETRY;
        let mut entry = Entry::new(book);
        for told in telemetry.told {
            let memory = memories.entry(told.thread.session_id.clone()).or_default();
            entry.hear(&mut crew, memory, told);
        }
        for (session_id, memory) in &memories {
            entry.measure(&mut crew, session_id, memory);
        }
        let Entry { mut changed, own_grown, mut taken, .. } = entry;
        taken.new_agents = crew.met.len() as u64;
        self.resum(&mut crew, &own_grown, &mut changed).await?;
        for member in crew.members.values_mut().filter(|member| member.last.len() > TOLD) {
            member.last.drain(..member.last.len() - 1);
        }
        let mut batch = Batch::new();
        batch.rows.extend(changed.rows());
        write(&mut crew, Tense::Live, &mut batch);
        for (session, memory) in memories {
            let refused = |error: serde_json::Error| StoreError::Refused { reason: error.to_string() };
            let json = serde_json::to_string(&memory).map_err(refused)?;
            if notes.json(&note(&session)) != Some(&json) {
                batch.rows.push(Row::Note { key: note(&session), json: Some(json) });
            }
        }
        self.store().commit(batch).await?;
        Ok(taken)
    }

    /// What is known of the requests that were told, and from sums alone.
    async fn book_of(&self, told: &[Told], memories: &BTreeMap<String, Memory>) -> Result<Book, StoreError> {
        let requests = told.iter().filter_map(|told| match &told.fact {
            Fact::Request { observed, .. } => observed.request_id.clone(),
            _ => None,
        });
        let measured = memories.iter().flat_map(|(session, memory)| {
            memory.meters.models().into_keys().map(|model| Meters::message_id(session, model))
        });
        let (requests, measured): (Vec<_>, Vec<_>) = (requests.collect(), measured.collect());
        let mut book = Book::default();
        self.store().usage_of_requests(&requests).await?.into_iter().for_each(|record| book.know(record));
        self.store().usage_of_messages(&measured).await?.into_iter().for_each(|record| book.know(record));
        Ok(book)
    }

    /// Says of agents of whom nothing more is heard that they have ended.
    pub async fn look_after_overheard(&self) -> Result<(), StoreError> {
        self.look_after_those_from(TELEMETRY, super::overhear::standing).await
    }
}

/// Entering what was told.
struct Entry {
    book: Book,
    /// What is known from sums alone and counts.
    meters: HashSet<String>,
    changed: Changed,
    own_grown: Vec<Grown>,
    taken: Taken,
}

impl Entry {
    fn new(book: Book) -> Self {
        let meters = book.records().filter(|record| Meters::is_meter(record));
        let meters = meters.map(|record| record.message_id.clone()).collect();
        Self { book, meters, changed: Changed::default(), own_grown: Vec::new(), taken: Taken::default() }
    }

    fn hear(&mut self, crew: &mut Crew, memory: &mut Memory, told: Told) {
        // A clock that is ahead tells nothing of the future.
        let at = told.at.map_or(crew.now, |at| at.min(crew.now));
        let is_new = memory.hears(told.place, nanos(crew.now));
        let owner = crew.owner(&told.thread);
        crew.overhear(&told, at, is_new);
        let Fact::Request { observed, reported } = told.fact else { return };
        memory.requests = true;
        let session_id = &told.thread.session_id;
        let provenance = format!("telemetry, claude_code.api_request of session {session_id}");
        let telling = Telling { observed: *observed, cost: None, reported, provenance, at };
        let Some(grown) = self.enter(crew, owner, telling) else { return };
        if crew.has_remainders(grown.record.agent_id) {
            self.own_grown.push(grown);
        }
    }

    fn enter(&mut self, crew: &mut Crew, owner: Owner, telling: Telling) -> Option<Grown> {
        let id = RecordId(Uuid::now_v7());
        let Some(grown) = self.book.enter(&crew.prices, owner, telling, id) else {
            self.taken.known_records += 1;
            return None;
        };
        let (new, grew) = (&mut self.taken.new_records, &mut self.taken.grown_records);
        *(if grown.before.is_some() { grew } else { new }) += 1;
        crew.spend(&grown, Tense::Live);
        self.changed.note(grown.clone());
        Some(grown)
    }

    /// What is known from sums alone: a record for each model, where nobody tells of responses.
    fn measure(&mut self, crew: &mut Crew, session_id: &str, memory: &Memory) {
        let models = memory.meters.models();
        if models.is_empty() {
            return;
        }
        let main = Thread { session_id: session_id.to_owned(), agent_id: String::new() };
        let owner = crew.owner(&main);
        let Some(member) = crew.members.get_mut(&owner.agent_id) else { return };
        if memory.requests || !is_told(&member.me.agent.source) {
            let counts = |model: &&str| self.meters.contains(&Meters::message_id(session_id, model));
            if models.keys().any(counts) {
                (member.meters_end, member.resum, member.touched) = (true, true, true);
            }
            return;
        }
        let now: Timestamp = crew.now;
        for (model, (tokens, cost)) in models {
            let observed = Observed {
                message_id: Meters::message_id(session_id, model),
                model: model.to_owned(),
                tokens,
                // A sum says nothing of single prompts, by which tiers go: what it is worth is at least that.
                complete: false,
                ..Observed::default()
            };
            let provenance = format!(
                "telemetry, sums claude_code.token.usage and claude_code.cost.usage of session {session_id}"
            );
            self.enter(crew, owner, Telling { observed, cost, reported: cost, provenance, at: now });
        }
    }
}
