//! A window out of our own events: for agents whose session left no file here.

use super::{
    Subject, cut, showing,
    todo::after,
    window::{Filter, up_to},
};
use crate::{
    apart::apart,
    store::{Committed, Store, StoreError},
};
use orchestrator::conversations::{
    continues, of_event,
    window::{Around, Placed, answered, called, items},
};
use quarterdeck_shared::{
    AgentId, Timestamp,
    conversations::{Conversation, ConversationQuery, ConversationSource, RawLine},
};
use std::collections::{HashSet, VecDeque};

/// Events that are read at a time.
pub(super) const BATCH: u32 = 400;
/// Times they are read for one question.
pub(super) const BATCHES: usize = 30;

/// Reads the window that is asked for.
pub(super) async fn window(
    store: &Store,
    subject: Subject,
    query: &ConversationQuery,
    limit: usize,
) -> Result<Conversation, StoreError> {
    let agent = subject.agent.id;
    let Some((oldest, newest)) = store.extent_of_words(agent).await? else {
        return Ok(Conversation {
            from: 0.0,
            to: 1.0,
            source: ConversationSource::Events,
            ..Conversation::default()
        });
    };
    let gathered = Gathered { told: VecDeque::new(), filter: Filter::of(query), limit };
    let is_whole = gathered.filter.is_none();
    let read = match from(store, agent, query, oldest, newest).await? {
        Some((after, skipped)) => forth(store, agent, gathered, after, skipped).await?,
        None => {
            let before = match (&query.before, up_to(query)) {
                (_, Some(moment)) => behind(store, agent, moment).await?,
                (Some(cursor), None) => seq(cursor)?,
                (None, None) => i64::MAX,
            };
            back(store, agent, gathered, before).await?
        }
    };
    let Read { pieces, first, last, end, is_over } = read;
    let mut around =
        if is_whole { around(store, agent, &pieces, first, end).await? } else { Around::default() };
    if up_to(query).is_some() {
        // Nobody had answered by then.
        around.results.clear();
    }
    let share = |seq: i64| (seq.saturating_sub(oldest)) as f64 / (newest - oldest).max(1) as f64;
    let goes_on = query.before.is_some() || query.after.is_some() || query.at.is_some();
    let query = query.clone();
    let shown = move || showing(&subject, &query, |showing| items(pieces, around, showing));
    Ok(Conversation {
        earlier: (first > oldest).then(|| cursor(first)),
        later: (!is_over && end < newest && goes_on).then(|| cursor(last)),
        from: share(first).clamp(0.0, 1.0),
        to: share(end).clamp(0.0, 1.0),
        items: apart(shown).await?,
        source: ConversationSource::Events,
        thread: String::new(),
        missing: Vec::new(),
    })
}

/// The place behind what was told up to a moment.
pub(super) async fn behind(store: &Store, agent: AgentId, at: Timestamp) -> Result<i64, StoreError> {
    Ok(store.words_at(agent, after(at)).await?.map_or(i64::MAX, |before| before.saturating_add(1)))
}

/// The event that an item was read from.
pub(super) async fn raw(store: &Store, subject: &Subject, at: &str) -> Result<RawLine, StoreError> {
    let seq = seq(at)?;
    let found = store.words_after(subject.agent.id, seq - 1, 1).await?;
    let event = found.into_iter().find(|event| event.seq == seq).ok_or(StoreError::BadCursor)?;
    Ok(cut(format!("event {seq}"), event.json.as_bytes(), event.json.len() as u64))
}

/// A piece out of one or several events.
pub(super) struct Told {
    pub placed: Placed,
    /// The first of them.
    pub first: i64,
    last: i64,
    /// Whether it is one of those that a window has so many of.
    counts: bool,
}

fn cursor(seq: i64) -> String {
    format!("e{seq}")
}

fn seq(cursor: &str) -> Result<i64, StoreError> {
    let seq = cursor.strip_prefix('e').and_then(|seq| seq.parse().ok());
    seq.filter(|seq| *seq > 0).ok_or(StoreError::BadCursor)
}

/// The place behind which a window begins that is read forwards, and whether its first piece is left out.
async fn from(
    store: &Store,
    agent: AgentId,
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
        return Ok(Some((store.words_at(agent, moment).await?.unwrap_or(newest), false)));
    }
    Ok(Some((seq(at)? - 1, false)))
}

/// The piece that an event tells.
pub(super) fn told(event: &Committed) -> Option<Told> {
    let seq = event.seq;
    let placed = Placed { cursor: cursor(seq), piece: of_event(&event.event_or_none()?)? };
    Some(Told { placed, first: seq, last: seq, counts: false })
}

/// Puts pieces of one block together, oldest first.
pub(super) fn together(events: impl Iterator<Item = Told>) -> Vec<Told> {
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

/// How many of these stay where so many may count: what does not count stays with those before it.
fn fitting(counts: impl Iterator<Item = bool>, limit: usize) -> usize {
    let mut left = limit;
    let fits = |counts: &bool| {
        let fits = !counts || left > 0;
        left -= usize::from(*counts && fits);
        fits
    };
    counts.take_while(fits).count()
}

/// What was read: the pieces of a window, its first and its last place, the place of its last event, and whether
/// nothing stands behind it.
struct Read {
    pieces: Vec<Placed>,
    first: i64,
    last: i64,
    end: i64,
    is_over: bool,
}

/// Pieces on their way into a window, oldest first. Each event is read once.
struct Gathered {
    told: VecDeque<Told>,
    filter: Option<Filter>,
    limit: usize,
}

impl Gathered {
    /// A piece that says whether it counts.
    fn counted(&self, mut told: Told) -> Told {
        told.counts = match &self.filter {
            Some(filter) => filter.takes(&told.placed),
            None => answered(&told.placed.piece).is_none(),
        };
        told
    }

    /// Whether more than enough is there: the piece at the end may go on in what was not read yet.
    fn is_enough(&self, left_out: usize) -> bool {
        self.told.iter().skip(left_out).filter(|told| told.counts).count() > self.limit
    }

    /// Takes events that stand before everything, the newest first.
    fn before(&mut self, events: &[Committed]) {
        // Words that begin in these events may go on in what is known.
        let older = together(events.iter().rev().filter_map(told).chain(self.told.pop_front()));
        for told in older.into_iter().rev() {
            let told = self.counted(told);
            self.told.push_front(told);
        }
    }

    /// Takes events that stand behind everything, the oldest first.
    fn behind(&mut self, events: &[Committed]) {
        let begun = self.told.pop_back().into_iter();
        for told in together(begun.chain(events.iter().filter_map(told))) {
            let told = self.counted(told);
            self.told.push_back(told);
        }
    }

    /// The pieces that are wanted of those that were kept.
    fn pieces(self) -> Vec<Placed> {
        let takes_all = self.filter.is_none();
        self.told.into_iter().filter(|told| takes_all || told.counts).map(|told| told.placed).collect()
    }
}

/// Reads backwards until there is enough.
async fn back(
    store: &Store,
    agent: AgentId,
    mut gathered: Gathered,
    before: i64,
) -> Result<Read, StoreError> {
    let mut looked = before;
    for _ in 0..BATCHES {
        let found = store.words_before(agent, looked, BATCH).await?;
        let is_over = found.len() < BATCH as usize;
        looked = found.last().map_or(looked, |event| event.seq);
        gathered = apart(move || {
            gathered.before(&found);
            gathered
        })
        .await?;
        if is_over || gathered.is_enough(0) {
            break;
        }
    }
    let told = &mut gathered.told;
    let kept = fitting(told.iter().rev().map(|told| told.counts), gathered.limit);
    told.drain(..told.len() - kept);
    let first = told.front().map_or(looked, |told| told.first);
    let (last, end) = told.back().map_or((before, before), |told| (told.first, told.last));
    Ok(Read { pieces: gathered.pieces(), first, last, end, is_over: false })
}

/// Reads forwards behind a place; of what is known up to there, the first piece is left out.
async fn forth(
    store: &Store,
    agent: AgentId,
    mut gathered: Gathered,
    after: i64,
    is_known: bool,
) -> Result<Read, StoreError> {
    let next = after.saturating_add(1);
    let known = |told: &VecDeque<Told>| {
        usize::from(is_known && told.front().is_some_and(|first| first.first == next))
    };
    let (mut looked, mut is_over) = (after, false);
    for _ in 0..BATCHES {
        let found = store.words_after(agent, looked, BATCH).await?;
        is_over = found.len() < BATCH as usize;
        looked = found.last().map_or(looked, |event| event.seq);
        gathered = apart(move || {
            gathered.behind(&found);
            gathered
        })
        .await?;
        if is_over || gathered.is_enough(known(&gathered.told)) {
            break;
        }
    }
    let left_out = known(&gathered.told);
    let told = &mut gathered.told;
    told.drain(..left_out);
    let kept = fitting(told.iter().map(|told| told.counts), gathered.limit);
    is_over &= kept == told.len();
    told.truncate(kept);
    let first = told.front().map_or(next, |told| told.first);
    let (last, end) = told.back().map_or((looked, looked), |told| (told.first, told.last));
    Ok(Read { pieces: gathered.pieces(), first, last, end, is_over })
}

/// Calls a little before the window, and answers a little behind it.
async fn around(
    store: &Store,
    agent: AgentId,
    pieces: &[Placed],
    first: i64,
    last: i64,
) -> Result<Around, StoreError> {
    let calls: HashSet<_> = pieces.iter().filter_map(|placed| called(&placed.piece)).collect();
    let answers: HashSet<_> = pieces.iter().filter_map(|placed| answered(&placed.piece)).collect();
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    if answers.difference(&calls).next().is_some() {
        before = store.words_before(agent, first, BATCH).await?;
    }
    if calls.difference(&answers).next().is_some() {
        behind = store.words_after(agent, last, BATCH).await?;
    }
    apart(move || {
        let mut around = Around::default();
        let made = before.iter().filter_map(told);
        around.called = made.filter_map(|told| called(&told.placed.piece).map(str::to_owned)).collect();
        for told in behind.iter().filter_map(told) {
            if let Some(id) = answered(&told.placed.piece).map(str::to_owned) {
                around.results.entry(id).or_insert(told.placed);
            }
        }
        around
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::fitting;

    #[test]
    fn so_many_fit_as_may_count_with_those_that_do_not() {
        let check = |counts: &str, limit, expected| {
            assert_eq!(fitting(counts.chars().map(|letter| letter == 'x'), limit), expected, "{counts}");
        };
        check("", 3, 0);
        check("xxx", 3, 3);
        check("xxxx", 3, 3);
        check("x.x.x", 2, 4);
        check("..x.", 1, 4);
        check("..x.", 0, 2);
    }
}
