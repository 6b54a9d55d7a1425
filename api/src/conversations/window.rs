//! A window out of the files: lines around a place until there are enough, with what belongs to them nearby.

use super::{
    Fault, Subject,
    files::{Files, Place, Told, placed},
    showing,
    todo::after,
};
use crate::store::StoreError;
use memchr::{memmem, memrchr};
use orchestrator::conversations::{
    Piece, Said,
    window::{Around, Placed, answered, called, holds, is_error, items},
};
use quarterdeck_shared::{
    Timestamp,
    conversations::{Conversation, ConversationQuery, ConversationSource},
};
use std::{
    collections::{HashMap, HashSet},
    ops::ControlFlow,
};

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
        if self.errors && !may_be_fault(line) {
            return false;
        }
        // Letters that JSON may write otherwise are looked for in what was read.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" _-.:,;()[]".contains(&byte);
        self.words.is_empty()
            || !self.words.bytes().all(plain)
            || memmem::find(&line.to_ascii_lowercase(), self.words.as_bytes()).is_some()
    }
}

/// Whether a line may tell that something went wrong, by its bytes.
pub(super) fn may_be_fault(line: &[u8]) -> bool {
    let has = |words: &str| memmem::find(line, words.as_bytes()).is_some();
    ["is_error\":true", "is_error\": true", "ApiError", "api_error"].into_iter().any(has)
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
        let place = match (&query.before, up_to(query)) {
            (_, Some(moment)) => files.at_moment(after(moment))?,
            (Some(cursor), None) => known(files, cursor)?,
            (None, None) => files.end(),
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
    let mut around = if filter.is_some() { Around::default() } else { around(files, &pieces, first, end)? };
    if up_to(query).is_some() {
        // Nobody had answered by then.
        around.results.clear();
    }
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

/// The moment up to which a window is wanted.
pub(super) fn up_to(query: &ConversationQuery) -> Option<Timestamp> {
    query.before.as_ref()?.parse().ok()
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
    let found = calls_before(&near, HashSet::from([call]), orchestrator::conversations::read);
    let back = found.get(call).map_or(0, |line| near.len() - line);
    Ok(Some(Place { offset: place.offset - back as u64, ..place }))
}

/// The place of a cursor, where a line of these files begins.
fn known(files: &Files, cursor: &str) -> Result<Place, Fault> {
    let (place, _) = Place::parse(cursor).ok_or(StoreError::BadCursor)?;
    if files.is_line(place)? { Ok(place) } else { Err(StoreError::BadCursor.into()) }
}

/// What stands around a window and belongs into it.
fn around(files: &Files, pieces: &[Placed], first: Place, end: Place) -> Result<Around, Fault> {
    let all = |of: fn(&Piece) -> Option<&str>| {
        pieces.iter().filter_map(move |placed| of(&placed.piece)).collect::<HashSet<_>>()
    };
    let (calls, answers) = (all(called), all(answered));
    let lines: HashSet<_> = pieces.iter().filter_map(|placed| placed.piece.uuid.as_deref()).collect();
    let prompts = pieces.iter().filter(|placed| matches!(placed.piece.said, Said::Prompt(_)));
    let parents = prompts.filter_map(|placed| placed.piece.parent.as_deref());
    let parents: HashSet<_> =
        parents.filter(|parent| !parent.is_empty() && !lines.contains(parent)).collect();
    let lost: HashSet<_> = answers.difference(&calls).copied().collect();
    let mut around = Around::default();
    if !lost.is_empty() || !parents.is_empty() {
        let near = files.near_before(first)?;
        let made = calls_before(&near, lost, orchestrator::conversations::read);
        around.called = made.into_keys().map(str::to_owned).collect();
        let led = followed_before(&near, parents, orchestrator::conversations::read);
        around.followed = led.into_iter().map(str::to_owned).collect();
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

/// Where in these bytes the last lines begin that make these calls. Each line is read once at most.
fn calls_before<'id>(
    near: &[u8],
    mut wanted: HashSet<&'id str>,
    mut read: impl FnMut(&[u8]) -> Vec<Piece>,
) -> HashMap<&'id str, usize> {
    let mut found = HashMap::new();
    for (begin, line) in lines_back(near) {
        if wanted.is_empty() {
            break;
        }
        if memmem::find(line, b"tool_use\"").is_none() || !wanted.iter().any(|id| is_in(line, id)) {
            continue;
        }
        for piece in read(line) {
            if let Some(id) = called(&piece).and_then(|id| wanted.take(id)) {
                found.insert(id, begin);
            }
        }
    }
    found
}

/// Those of these lines that words of a person or the model in these bytes follow. Each line is read once at most.
fn followed_before<'id>(
    near: &[u8],
    mut wanted: HashSet<&'id str>,
    mut read: impl FnMut(&[u8]) -> Vec<Piece>,
) -> HashSet<&'id str> {
    let mut found = HashSet::new();
    for (_, line) in lines_back(near) {
        if wanted.is_empty() {
            break;
        }
        if memmem::find(line, b"\"parentUuid\"").is_none() || !wanted.iter().any(|id| is_in(line, id)) {
            continue;
        }
        let says = |piece: &Piece| {
            matches!(piece.said, Said::Prompt(_) | Said::Text(_) | Said::Thinking(_) | Said::Call { .. })
        };
        let said = read(line).into_iter().filter(says);
        found.extend(said.filter_map(|piece| wanted.take(piece.parent?.as_str())));
    }
    found
}

fn is_in(line: &[u8], words: &str) -> bool {
    memmem::find(line, words.as_bytes()).is_some()
}

/// The lines of these bytes with where they begin, the last one first.
fn lines_back(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut end = Some(bytes.len());
    std::iter::from_fn(move || {
        let stop = end?;
        let begin = memrchr(b'\n', &bytes[..stop]);
        end = begin;
        let begin = begin.map_or(0, |at| at + 1);
        Some((begin, &bytes[begin..stop]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator::conversations::read;

    #[test]
    fn a_line_is_read_once_however_many_ids_stand_in_it() {
        let call = |uuid: usize, id: &str| {
            serde_json::json!({"type": "assistant", "uuid": format!("u{uuid}"), "parentUuid": "p",
                "message": {"content": [{"type": "tool_use", "id": id, "name": "x", "input": {}}]}})
            .to_string()
        };
        let filler =
            r#"{"type":"x","parentUuid":"","a":"tool_use\"","b":"t1 t1 t1 t1 t2 p p p","c":"tool_use"}"#;
        let mut lines = vec![call(0, "t1"), call(1, "t2"), call(2, "t1")];
        lines.extend(std::iter::repeat_n(filler.to_owned(), 300));
        let near = lines.join("\n");
        let mut times = 0;
        let mut counting = |line: &[u8]| {
            times += 1;
            read(line)
        };
        let found = calls_before(near.as_bytes(), HashSet::from(["t1", "t2", "none"]), &mut counting);
        assert_eq!(
            found,
            HashMap::from([("t1", near.find(&lines[2]).unwrap()), ("t2", near.find(&lines[1]).unwrap())])
        );
        let led = followed_before(near.as_bytes(), HashSet::from(["p", "q"]), &mut counting);
        assert_eq!(led, HashSet::from(["p"]));
        assert!(times <= 2 * lines.len(), "{times}");
        let nobody = calls_before(near.as_bytes(), HashSet::new(), |_| panic!("nothing is looked for"));
        assert!(nobody.is_empty());
    }

    #[test]
    fn lines_come_from_the_last_to_the_first() {
        let lines: Vec<_> = lines_back(b"ab\n\nc").collect();
        assert_eq!(lines, [(4, &b"c"[..]), (3, b""), (0, b"ab")]);
        assert_eq!(lines_back(b"").collect::<Vec<_>>(), [(0, &b""[..])]);
    }
}
