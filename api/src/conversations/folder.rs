//! A window out of the folder of an agent that the Python orchestrator ran: for agents whose session left no file here.
//! Such folders are small, so each question reads all of it.

use super::{
    Fault, Subject, cut, showing,
    window::{Filter, up_to},
};
use crate::{
    sources::agent_logs::contents::{Contents, stretch},
    store::StoreError,
};
use orchestrator::{
    conversations::{
        Marks, Piece, Todos,
        window::{Around, Placed, answered, called, items},
    },
    logs::Place,
    transcripts::lines,
};
use quarterdeck_shared::{
    Timestamp,
    conversations::{
        Conversation, ConversationMarks, ConversationQuery, ConversationSource, Item, RawLine, Todo,
    },
};

/// The places before and behind everything.
const BEGIN: Place = Place { at: Timestamp(i64::MIN), file: 0, offset: 0 };
const END: Place = Place { at: Timestamp(i64::MAX), file: 0, offset: 0 };

/// Reads the window that is asked for.
pub(super) fn window(
    subject: &Subject,
    query: &ConversationQuery,
    limit: usize,
) -> Result<Conversation, Fault> {
    let mut contents = contents(subject);
    let missing = std::mem::take(&mut contents.missing);
    let mut pieces = contents.into_pieces();
    let at = query.at.as_deref().map(|at| sought(&pieces, at)).transpose()?;
    if let Some(moment) = up_to(query) {
        // Nobody had answered by then.
        pieces.retain(|(place, _)| place.at <= moment);
    }
    let placed = |(place, piece): (Place, Piece)| Placed { cursor: place.cursor(), piece };
    let mut pieces: Vec<_> = pieces.into_iter().map(placed).collect();
    if let Some(filter) = Filter::of(query) {
        pieces.retain(|placed| filter.takes(placed));
    }
    let mut all = showing(subject, query, |showing| items(pieces, Around::default(), showing));
    let before = |place: Place| all.partition_point(|item| of(item) < place);
    let goes_forth = query.after.is_some() || at.is_some();
    let (begin, end) = match (&query.after, at, &query.before) {
        (Some(cursor), ..) => {
            let place = parsed(cursor)?;
            let begin = all.partition_point(|item| of(item) <= place);
            (begin, begin.saturating_add(limit).min(all.len()))
        }
        (None, Some(place), _) => (before(place), before(place).saturating_add(limit).min(all.len())),
        (None, None, Some(cursor)) if up_to(query).is_none() => {
            let end = before(parsed(cursor)?);
            (end.saturating_sub(limit), end)
        }
        _ => (all.len().saturating_sub(limit), all.len()),
    };
    let count = all.len();
    let cursor = |at: Option<&Item>, or: Place| at.map_or_else(|| or.cursor(), |item| item.cursor.clone());
    let earlier = (begin > 0).then(|| cursor(all.get(begin), END));
    let goes_on = if goes_forth { end < count } else { query.before.is_some() };
    let later = goes_on.then(|| cursor(all[..end].last(), BEGIN));
    let share = |at: usize| if count == 0 { 1.0 } else { at as f64 / count as f64 };
    all.truncate(end);
    Ok(Conversation {
        items: all.split_off(begin),
        earlier,
        later,
        from: share(begin),
        to: share(end),
        source: ConversationSource::Folder,
        thread: String::new(),
        missing,
    })
}

/// What an item was read from: an entry that is written whole, or a block of text.
pub(super) fn raw(subject: &Subject, at: &str) -> Result<RawLine, Fault> {
    let place = parsed(at)?;
    let entries = contents(subject).entries;
    if !entries.iter().any(|(known, _)| *known == place) {
        return Err(StoreError::BadCursor.into());
    }
    let of_file = entries.iter().map(|(known, _)| known).filter(|known| known.file == place.file);
    let next = of_file.map(|known| known.offset).filter(|offset| *offset > place.offset).min();
    let (path, bytes) = stretch(&subject.logs, place.file, place.offset, next)?;
    let text = bytes.trim_ascii_end();
    Ok(cut(lines::place(path.display(), place.offset), text, text.len() as u64))
}

/// The marks of all of it.
pub(super) fn marks(subject: &Subject) -> ConversationMarks {
    let pieces = contents(subject).into_pieces();
    let mut marks = Marks::default();
    for (number, (_, piece)) in pieces.iter().enumerate() {
        marks.note(number as f64 / pieces.len() as f64, piece);
    }
    marks.told(1.0)
}

/// The to-do list as it stood then; none where there was none.
pub(super) fn todo(subject: &Subject, at: Timestamp) -> Option<Todo> {
    let pieces = contents(subject).into_pieces();
    let mut todos = Todos::default();
    let known = pieces.iter().rev().filter(|(place, _)| place.at <= at);
    let _ = known.map(|(_, piece)| piece).try_for_each(|piece| todos.take(piece));
    todos.told(None)
}

fn contents(subject: &Subject) -> Contents {
    Contents::read(&subject.logs, subject.agent.created_at)
}

fn parsed(cursor: &str) -> Result<Place, StoreError> {
    Place::parse(cursor).ok_or(StoreError::BadCursor)
}

/// The place of an item.
fn of(item: &Item) -> Place {
    Place::parse(&item.cursor).unwrap_or_default()
}

/// The place of the first piece at a share, a moment or a place; an answer is shown with its call.
fn sought(pieces: &[(Place, Piece)], at: &str) -> Result<Place, StoreError> {
    let found = if let Some(share) = at.strip_suffix('%') {
        let share: f64 = share.parse().map_err(|_| StoreError::BadCursor)?;
        (pieces.len() as f64 * (share / 100.0).clamp(0.0, 1.0)) as usize
    } else if let Ok(moment) = at.parse::<Timestamp>() {
        pieces.partition_point(|(place, _)| place.at < moment)
    } else {
        let wanted = parsed(at)?;
        pieces.partition_point(|(place, _)| *place < wanted)
    };
    let Some((place, piece)) = pieces.get(found) else { return Ok(END) };
    let call = answered(piece).and_then(|id| pieces.iter().rfind(|(_, piece)| called(piece) == Some(id)));
    Ok(call.map_or(*place, |(place, _)| *place))
}
