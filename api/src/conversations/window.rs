//! A window out of the files: lines around a place until there are enough, with what belongs to them nearby.

use super::{
    Fault, Subject,
    files::{Files, Place, Told, placed},
    showing,
};
use crate::store::StoreError;
use memchr::{memmem, memrchr};
use orchestrator::conversations::{
    Said,
    window::{Around, Placed, answered, called, holds, is_error, items},
};
use quarterdeck_shared::{
    Timestamp,
    conversations::{Conversation, ConversationQuery, ConversationSource},
};
use std::{collections::HashSet, ops::ControlFlow};

/// Bytes that one question looks through at most.
const STRETCH: u64 = 64 << 20;

/// What is wanted of all there is.
pub(super) struct Filter {
    words: String,
    errors: bool,
}

impl Filter {
    pub(super) fn of(query: &ConversationQuery) -> Option<Self> {
        let words = query.q.as_deref().unwrap_or_default().trim().to_lowercase();
        let errors = query.errors.unwrap_or_default();
        (errors || !words.is_empty()).then_some(Self { words, errors })
    }

    pub(super) fn takes(&self, placed: &Placed) -> bool {
        (!self.errors || is_error(&placed.piece))
            && (self.words.is_empty() || holds(&placed.piece, &self.words))
    }

    /// Whether a line may hold it, by its bytes: most need not be read.
    fn may_be_in(&self, line: &[u8]) -> bool {
        let has = |bytes: &str| memmem::find(line, bytes.as_bytes()).is_some();
        if self.errors
            && !["is_error\":true", "is_error\": true", "ApiError", "api_error"].into_iter().any(has)
        {
            return false;
        }
        // Letters that JSON may write otherwise are looked for in what was read.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _-.:,;()[]".contains(&byte);
        self.words.is_empty()
            || !self.words.bytes().all(plain)
            || memmem::find(&line.to_ascii_lowercase(), self.words.as_bytes()).is_some()
    }
}

/// The lines of a window on their way in.
struct Gathered {
    pieces: Vec<Vec<Placed>>,
    shown: usize,
    bytes: u64,
    limit: usize,
}

impl Gathered {
    /// Takes a line; whether that is enough.
    fn take(&mut self, told: Told, filter: Option<&Filter>) -> ControlFlow<()> {
        self.bytes += told.bytes;
        let mut pieces = placed(told);
        if let Some(filter) = filter {
            pieces.retain(|placed| filter.takes(placed));
        }
        let counts = |placed: &&Placed| filter.is_some() || answered(&placed.piece).is_none();
        self.shown += pieces.iter().filter(counts).count();
        if !pieces.is_empty() {
            self.pieces.push(pieces);
        }
        if self.shown >= self.limit || self.bytes >= STRETCH {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// Reads the window that is asked for.
pub(super) fn read(
    files: &Files,
    subject: &Subject,
    query: &ConversationQuery,
    limit: usize,
) -> Result<Conversation, Fault> {
    let filter = Filter::of(query);
    let wanted = |line: &[u8]| filter.as_ref().is_none_or(|filter| filter.may_be_in(line));
    let mut gathered = Gathered { pieces: Vec::new(), shown: 0, bytes: 0, limit };
    let (first, last, end);
    let (mut earlier, mut later) = (None, None);
    if let Some(place) = from(files, query)? {
        let skipped = query.after.is_some().then_some(place);
        let (mut begun, mut newest, mut behind, mut is_over) = (None, place, place, true);
        files.forward(place, wanted, |told| {
            if Some(told.place) == skipped {
                behind = told.end;
                return ControlFlow::Continue(());
            }
            begun.get_or_insert(told.place);
            (newest, behind) = (told.place, told.end);
            let flow = gathered.take(told, filter.as_ref());
            is_over = flow.is_continue();
            flow
        })?;
        (first, last, end) = (begun.unwrap_or(behind), newest, behind);
        later = (!is_over).then_some(last);
    } else {
        let place = match &query.before {
            Some(cursor) => known(files, cursor)?,
            None => files.end(),
        };
        let (mut begun, mut newest) = (place, None);
        files.backward(place, wanted, |told| {
            newest.get_or_insert((told.place, told.end));
            begun = told.place;
            gathered.take(told, filter.as_ref())
        })?;
        gathered.pieces.reverse();
        (last, end) = newest.unwrap_or((place, place));
        first = begun;
        if query.before.is_some() {
            later = Some(last);
        }
    }
    if first > (Place { file: 0, offset: 0 }) {
        earlier = Some(first.cursor(0));
    }
    let pieces: Vec<Placed> = gathered.pieces.into_iter().flatten().collect();
    let around = if filter.is_some() { Around::default() } else { around(files, &pieces, first, end)? };
    Ok(Conversation {
        items: showing(subject, query, |showing| items(pieces, around, showing)),
        earlier,
        later: later.map(|place| place.cursor(0)),
        from: files.share(first),
        to: files.share(end),
        source: ConversationSource::Files,
        thread: subject.thread.agent_id.clone(),
        missing: files.missing.clone(),
    })
}

/// Where a window begins that is read forwards; none where it is read backwards.
fn from(files: &Files, query: &ConversationQuery) -> Result<Option<Place>, Fault> {
    if let Some(cursor) = &query.after {
        return known(files, cursor).map(Some);
    }
    let Some(at) = &query.at else { return Ok(None) };
    let (place, index) = if let Some(share) = at.strip_suffix('%') {
        let share: f64 = share.parse().map_err(|_| StoreError::BadCursor)?;
        (files.at_share(share / 100.0)?, 0)
    } else if let Ok(moment) = at.parse::<Timestamp>() {
        (files.at_moment(moment)?, 0)
    } else {
        (known(files, at)?, Place::parse(at).map_or(0, |(_, index)| index))
    };
    // An answer is shown with its call.
    let pieces = files.pieces(place)?;
    let Some(call) = pieces.iter().find(|piece| piece.index == index).and_then(answered) else {
        return Ok(Some(place));
    };
    let near = files.near_before(place)?;
    let back = call_before(&near, call).map_or(0, |line| near.len() - line);
    Ok(Some(Place { offset: place.offset - back as u64, ..place }))
}

/// The place of a cursor, where a line of these files begins.
fn known(files: &Files, cursor: &str) -> Result<Place, Fault> {
    let (place, _) = Place::parse(cursor).ok_or(StoreError::BadCursor)?;
    if files.is_line(place)? { Ok(place) } else { Err(StoreError::BadCursor.into()) }
}

/// What stands around a window and belongs into it.
fn around(files: &Files, pieces: &[Placed], first: Place, end: Place) -> Result<Around, Fault> {
    let all = |of: fn(&orchestrator::conversations::Piece) -> Option<&str>| {
        pieces.iter().filter_map(move |placed| of(&placed.piece)).collect::<HashSet<_>>()
    };
    let (calls, answers) = (all(called), all(answered));
    let lines: HashSet<_> = pieces.iter().filter_map(|placed| placed.piece.uuid.as_deref()).collect();
    let prompts = pieces.iter().filter(|placed| matches!(placed.piece.said, Said::Prompt(_)));
    let parents = prompts.filter_map(|placed| placed.piece.parent.as_deref());
    let parents: Vec<_> = parents.filter(|parent| !lines.contains(parent)).collect();
    let lost: Vec<_> = answers.difference(&calls).collect();
    let mut around = Around::default();
    if !lost.is_empty() || !parents.is_empty() {
        let near = files.near_before(first)?;
        let made = lost.iter().filter(|id| call_before(&near, id).is_some());
        around.called = made.map(|id| (**id).to_owned()).collect();
        let led = parents.iter().filter(|parent| is_followed(&near, parent));
        around.followed = led.map(|parent| (*parent).to_owned()).collect();
    }
    let mut waiting: HashSet<_> = calls.difference(&answers).map(|id| (*id).to_owned()).collect();
    let ids = waiting.clone();
    let wanted = |line: &[u8]| ids.iter().any(|id| memmem::find(line, id.as_bytes()).is_some());
    if !waiting.is_empty() {
        files.near_after(end, wanted, |placed| {
            let id = answered(&placed.piece).map(str::to_owned);
            if let Some(id) = id.filter(|id| waiting.remove(id)) {
                around.results.insert(id, placed);
            }
            waiting.is_empty()
        })?;
    }
    Ok(around)
}

/// Where in these bytes the line begins that makes this call.
fn call_before(near: &[u8], id: &str) -> Option<usize> {
    memmem::rfind_iter(near, id.as_bytes()).find_map(|found| {
        let begin = memrchr(b'\n', &near[..found]).map_or(0, |at| at + 1);
        let end = memchr::memchr(b'\n', &near[found..]).map_or(near.len(), |at| found + at);
        let line = &near[begin..end];
        let makes_it =
            || orchestrator::conversations::read(line).iter().any(|piece| called(piece) == Some(id));
        (memmem::find(line, b"tool_use\"").is_some() && makes_it()).then_some(begin)
    })
}

/// Whether words of a person or the model in these bytes follow this line.
fn is_followed(near: &[u8], parent: &str) -> bool {
    let key = b"\"parentUuid\":";
    memmem::find_iter(near, parent.as_bytes()).any(|found| {
        let before = near[..found].strip_suffix(b"\"").unwrap_or_default();
        let begin = memrchr(b'\n', &near[..found]).map_or(0, |at| at + 1);
        let end = memchr::memchr(b'\n', &near[found..]).map_or(near.len(), |at| found + at);
        let says = |piece: &orchestrator::conversations::Piece| {
            piece.parent.as_deref() == Some(parent)
                && matches!(
                    piece.said,
                    Said::Prompt(_) | Said::Text(_) | Said::Thinking(_) | Said::Call { .. }
                )
        };
        before.trim_ascii_end().ends_with(key)
            && orchestrator::conversations::read(&near[begin..end]).iter().any(says)
    })
}
