//! A window out of our own events: for agents whose session left no file here.

use super::{Subject, cut, showing, window::Filter};
use crate::store::{Committed, Store, StoreError};
use orchestrator::conversations::{
    Said, continues, of_event,
    window::{Around, Placed, answered, called, items},
};
use quarterdeck_shared::{
    Event, Timestamp,
    conversations::{Conversation, ConversationQuery, ConversationSource, RawLine},
};
use std::collections::HashSet;

/// Events that are read at a time.
const BATCH: u32 = 400;
/// Times they are read for one question.
const BATCHES: usize = 30;

/// Reads the window that is asked for.
pub(super) async fn window(
    store: &Store,
    subject: &Subject,
    query: &ConversationQuery,
    limit: usize,
) -> Result<Conversation, StoreError> {
    let Some((oldest, newest)) = store.extent_of_words(subject.agent.id).await? else {
        return Ok(Conversation {
            from: 0.0,
            to: 1.0,
            source: ConversationSource::Events,
            ..Conversation::default()
        });
    };
    let filter = Filter::of(query);
    let after = from(store, subject, query, oldest, newest).await?;
    let mut told: Vec<Told> = Vec::new();
    let mut reading = Reading { store, subject, filter: filter.as_ref(), limit };
    let ends = match after {
        Some((after, skipped)) => reading.forth(after, skipped, &mut told).await?,
        None => {
            let before = query.before.as_deref().map(seq).transpose()?.unwrap_or(i64::MAX);
            reading.back(before, &mut told).await?
        }
    };
    let (first, last) = ends;
    let end = told.last().map_or(last, |told| told.last);
    let pieces: Vec<Placed> = told.into_iter().map(|told| told.placed).collect();
    let around = if filter.is_some() {
        Around::default()
    } else {
        around(store, subject, &pieces, first, end).await?
    };
    let share = |seq: i64| seq.saturating_sub(oldest) as f64 / (newest - oldest).max(1) as f64;
    Ok(Conversation {
        earlier: (first > oldest).then(|| cursor(first)),
        later: (end < newest && query_goes_on(query)).then(|| cursor(last)),
        from: share(first).clamp(0.0, 1.0),
        to: share(end).clamp(0.0, 1.0),
        items: showing(subject, query, |showing| items(pieces, around, showing)),
        source: ConversationSource::Events,
        thread: String::new(),
        missing: Vec::new(),
    })
}

fn query_goes_on(query: &ConversationQuery) -> bool {
    query.before.is_some() || query.after.is_some() || query.at.is_some()
}

/// The event that an item was read from.
pub(super) async fn raw(store: &Store, subject: &Subject, at: &str) -> Result<RawLine, StoreError> {
    let seq = seq(at)?;
    let found = store.words_after(subject.agent.id, seq - 1, 1).await?;
    let event = found.into_iter().find(|event| event.seq == seq).ok_or(StoreError::BadCursor)?;
    Ok(cut(format!("event {seq}"), event.json.as_bytes(), event.json.len() as u64))
}

/// A piece out of one or several events.
struct Told {
    placed: Placed,
    first: i64,
    last: i64,
}

fn cursor(seq: i64) -> String {
    format!("e{seq}")
}

fn seq(cursor: &str) -> Result<i64, StoreError> {
    let seq = cursor.strip_prefix('e').and_then(|seq| seq.parse().ok());
    seq.filter(|seq| *seq > 0).ok_or(StoreError::BadCursor)
}

/// The place behind which a window begins that is read forwards, and the cursor whose piece is left out.
async fn from(
    store: &Store,
    subject: &Subject,
    query: &ConversationQuery,
    oldest: i64,
    newest: i64,
) -> Result<Option<(i64, bool)>, StoreError> {
    if let Some(cursor) = &query.after {
        return Ok(Some((seq(cursor)? - 1, true)));
    }
    let Some(at) = &query.at else { return Ok(None) };
    if let Some(share) = at.strip_suffix('%') {
        let share: f64 = share.parse().map_err(|_| StoreError::BadCursor)?;
        let along = (newest - oldest) as f64 * (share / 100.0).clamp(0.0, 1.0);
        return Ok(Some((oldest + along as i64 - 1, false)));
    }
    if let Ok(moment) = at.parse::<Timestamp>() {
        // Behind its last word a conversation has nothing more.
        return Ok(Some((store.words_at(subject.agent.id, moment).await?.unwrap_or(newest), false)));
    }
    Ok(Some((seq(at)? - 1, false)))
}

fn told(event: &Committed) -> Option<Told> {
    let event: Event = serde_json::from_str(&event.json).ok()?;
    let seq = event.seq;
    let placed = Placed { cursor: cursor(seq), piece: of_event(&event)? };
    Some(Told { placed, first: seq, last: seq })
}

/// Puts pieces of one block together, oldest first.
fn together(events: impl Iterator<Item = Told>) -> Vec<Told> {
    let mut all: Vec<Told> = Vec::new();
    for mut next in events {
        if let Some(last) = all.last_mut() {
            match continues(&mut last.placed.piece, next.placed.piece) {
                None => {
                    last.last = next.last;
                    continue;
                }
                Some(piece) => next.placed.piece = piece,
            }
        }
        all.push(next);
    }
    all
}

struct Reading<'a> {
    store: &'a Store,
    subject: &'a Subject,
    filter: Option<&'a Filter>,
    limit: usize,
}

impl Reading<'_> {
    fn shown(&self, told: &[Told]) -> usize {
        let counts = |told: &&Told| match self.filter {
            Some(filter) => filter.takes(&told.placed),
            None => answered(&told.placed.piece).is_none(),
        };
        told.iter().filter(counts).count()
    }

    /// Reads backwards until there is enough; gives the first and the last place that were looked at.
    async fn back(&mut self, before: i64, into: &mut Vec<Told>) -> Result<(i64, i64), StoreError> {
        let (mut events, mut first) = (Vec::new(), before);
        for _ in 0..BATCHES {
            let found = self.store.words_before(self.subject.agent.id, first, BATCH).await?;
            let is_over = found.len() < BATCH as usize;
            first = found.last().map_or(first, |event| event.seq);
            events.extend(found);
            *into = together(events.iter().rev().filter_map(told));
            if is_over {
                break;
            }
            if self.shown(into) > self.limit {
                // The first piece may begin further back.
                into.remove(0);
                break;
            }
        }
        while self.shown(into) > self.limit {
            into.remove(0);
        }
        let last = into.last().map_or(before, |told| told.first);
        let first = into.first().map_or(first, |told| told.first);
        if let Some(filter) = self.filter {
            into.retain(|told| filter.takes(&told.placed));
        }
        Ok((first, last))
    }

    /// Reads forwards behind a place.
    async fn forth(
        &mut self,
        after: i64,
        skipped: bool,
        into: &mut Vec<Told>,
    ) -> Result<(i64, i64), StoreError> {
        let (mut events, mut last) = (Vec::new(), after);
        for _ in 0..BATCHES {
            let found = self.store.words_after(self.subject.agent.id, last, BATCH).await?;
            let is_over = found.len() < BATCH as usize;
            last = found.last().map_or(last, |event| event.seq);
            events.extend(found);
            *into = together(events.iter().filter_map(told));
            if skipped && !into.is_empty() {
                into.remove(0);
            }
            if is_over {
                break;
            }
            if self.shown(into) > self.limit {
                // The last piece may end further on.
                into.pop();
                break;
            }
        }
        while self.shown(into) > self.limit {
            into.pop();
        }
        let first = into.first().map_or(after.saturating_add(1), |told| told.first);
        let last = into.last().map_or(after.saturating_add(1), |told| told.first);
        if let Some(filter) = self.filter {
            into.retain(|told| filter.takes(&told.placed));
        }
        Ok((first, last))
    }
}

/// Calls a little before the window, and answers a little behind it.
async fn around(
    store: &Store,
    subject: &Subject,
    pieces: &[Placed],
    first: i64,
    last: i64,
) -> Result<Around, StoreError> {
    let mut around = Around::default();
    let calls: HashSet<_> = pieces.iter().filter_map(|placed| called(&placed.piece)).collect();
    let answers: HashSet<_> = pieces.iter().filter_map(|placed| answered(&placed.piece)).collect();
    let agent = subject.agent.id;
    if answers.difference(&calls).next().is_some() {
        let before = store.words_before(agent, first, BATCH).await?;
        let made = before.iter().filter_map(told).filter_map(|told| match told.placed.piece.said {
            Said::Call { id, .. } => Some(id),
            _ => None,
        });
        around.called = made.collect();
    }
    if calls.difference(&answers).next().is_some() {
        let behind = store.words_after(agent, last, BATCH).await?;
        for told in behind.iter().filter_map(told) {
            if let Some(id) = answered(&told.placed.piece).map(str::to_owned) {
                around.results.entry(id).or_insert(told.placed);
            }
        }
    }
    Ok(around)
}
