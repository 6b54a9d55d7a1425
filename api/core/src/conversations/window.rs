//! A window of a conversation as it is shown: calls with their answers, pictures by address, long words cut.

use super::{Change, ChangeKind, Hunk, Outcome, Piece, Said, plain::plain};
use quarterdeck_shared::conversations::{
    ChangeKind as Kind, FileHunk, Item, ItemChange, ItemKind, ItemResult, SubAgent,
};
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Bytes of words that are shown of one item.
const WORDS: usize = 12 << 10;
/// Bytes that are shown of one text within a call's input, and of one line of a change.
const INPUT: usize = 4 << 10;
/// Bytes that are shown of one input in all.
const INPUTS: usize = 32 << 10;
/// Lines of changed places that are shown of one change, and their bytes in all.
const LINES: usize = 400;
const CHANGE: usize = 32 << 10;

/// A piece and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The place, opaque.
    pub cursor: String,
    /// What stands there.
    pub piece: Piece,
}

/// What stands around a window and belongs into it.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Answers behind the window, by the id of their call.
    pub results: HashMap<String, Placed>,
    /// Calls before the window: their answers are shown there.
    pub called: HashSet<String>,
    /// Lines that were followed before the window.
    pub followed: HashSet<String>,
}

/// How items are shown.
pub struct Showing<'a> {
    /// Whether words and inputs come whole.
    pub whole: bool,
    /// The address of a picture, by its item's cursor and its number.
    pub image: &'a dyn Fn(&str, usize) -> String,
    /// Where a sub-agent's own conversation is, by its id.
    pub sub_agent: &'a dyn Fn(&str) -> Option<SubAgent>,
}

/// The items of a window's pieces, in order.
pub fn items(pieces: Vec<Placed>, mut around: Around, showing: &Showing<'_>) -> Vec<Item> {
    let mut answers: HashMap<String, Placed> = std::mem::take(&mut around.results);
    // How often each call is told: the answer stands with the last.
    let mut calls: HashMap<String, usize> = HashMap::new();
    for id in pieces.iter().filter_map(|it| called(&it.piece)) {
        *calls.entry(id.to_owned()).or_default() += 1;
    }
    let mut shown = Vec::with_capacity(pieces.len());
    for placed in pieces {
        match answered(&placed.piece) {
            Some(id) if calls.contains_key(id) => drop(answers.insert(id.to_owned(), placed)),
            Some(id) if around.called.contains(id) => {}
            None if is_blank(&placed.piece) => {}
            _ => shown.push(placed),
        }
    }
    let mut items: Vec<Item> = Vec::with_capacity(shown.len());
    // The line that followed each line first. Several blocks of one line follow the same.
    let mut followers: HashMap<String, Option<String>> = HashMap::new();
    for placed in shown {
        let piece = &placed.piece;
        let is_branch = leads_away(piece, &around.followed, &followers);
        let says = !matches!(piece.said, Said::Result(_) | Said::Context { .. } | Said::Notice { .. });
        if let Some(parent) = piece.parent.as_ref().filter(|_| says) {
            followers.entry(parent.clone()).or_insert_with(|| piece.uuid.clone());
        }
        let answer = called(piece).and_then(|id| {
            let left = calls.get_mut(id)?;
            *left -= 1;
            if *left == 0 { answers.remove(id) } else { None }
        });
        let mut item = showing.item(placed);
        item.is_branch = is_branch;
        item.result = item.result.or_else(|| answer.and_then(|answer| showing.answer(answer)));
        items.push(item);
    }
    items
}

/// The call that a piece makes; none where it has no id that an answer could name.
pub fn called(piece: &Piece) -> Option<&str> {
    match &piece.said {
        Said::Call { id, .. } => Some(id.as_str()).filter(|id| !id.is_empty()),
        _ => None,
    }
}

/// The call that a piece answers; none where it names none, and stands for itself.
pub fn answered(piece: &Piece) -> Option<&str> {
    match &piece.said {
        Said::Result(outcome) => Some(outcome.tool_use_id.as_str()).filter(|id| !id.is_empty()),
        _ => None,
    }
}

/// Whether a piece went wrong.
pub fn is_error(piece: &Piece) -> bool {
    match &piece.said {
        Said::Result(outcome) => outcome.is_error,
        Said::Fault { .. } => true,
        _ => false,
    }
}

/// Words that are none, as the model writes them before a call now and then.
fn is_blank(piece: &Piece) -> bool {
    matches!(&piece.said, Said::Text(words) | Said::Prompt(words) if words.trim().is_empty())
}

/// Whether a piece holds these words; they are in small letters.
pub fn holds(piece: &Piece, words: &str) -> bool {
    let holds = |text: &str| text.to_lowercase().contains(words);
    match &piece.said {
        Said::Call { tool, input, .. } => holds(tool) || holds(&input.to_string()),
        said => said.words().is_some_and(holds),
    }
}

/// A prompt behind a line that another line followed before: somebody went back.
fn leads_away(
    piece: &Piece,
    followed: &HashSet<String>,
    followers: &HashMap<String, Option<String>>,
) -> bool {
    let is_prompt = matches!(piece.said, Said::Prompt(_)) && !piece.is_echo;
    let was_followed = |parent: &String| {
        followed.contains(parent) || followers.get(parent).is_some_and(|first| *first != piece.uuid)
    };
    is_prompt && piece.parent.as_ref().filter(|parent| !parent.is_empty()).is_some_and(was_followed)
}

impl Showing<'_> {
    fn item(&self, placed: Placed) -> Item {
        let Placed { cursor, piece } = placed;
        let mut item =
            Item { at: piece.at, model: piece.model, message_id: piece.message_id, ..Item::default() };
        let (kind, words) = match piece.said {
            Said::Prompt(text) => (ItemKind::Prompt, text),
            Said::Text(text) => (ItemKind::Text, text),
            Said::Thinking(text) => (ItemKind::Thinking, text),
            Said::Context { what, text } => {
                item.what = plain(&what);
                (ItemKind::Context, text)
            }
            Said::Notice { what, text } => {
                item.what = plain(&what);
                (ItemKind::Notice, text)
            }
            Said::Fault { text, status } => {
                item.status = status;
                (ItemKind::Fault, text)
            }
            Said::Compaction { trigger, before, after } => {
                (item.what, item.tokens_before, item.tokens_after) = (plain(&trigger), before, after);
                (ItemKind::Compaction, String::new())
            }
            Said::Image(_) => {
                item.images = vec![(self.image)(&cursor, 0)];
                (ItemKind::Image, String::new())
            }
            Said::Call { tool, mut input, .. } => {
                if !self.whole {
                    let mut room = INPUTS;
                    shorten(&mut input, &mut room, &mut item.left_out);
                }
                (item.tool, item.input) = (plain(&tool), input);
                (ItemKind::Call, String::new())
            }
            Said::Result(outcome) => {
                item.result = Some(self.outcome(cursor.clone(), piece.at, *outcome));
                (ItemKind::Result, String::new())
            }
        };
        (item.kind, item.text) = (kind, self.cut(&words, &mut item.left_out));
        item.cursor = cursor;
        item
    }

    fn answer(&self, placed: Placed) -> Option<ItemResult> {
        let Placed { cursor, piece } = placed;
        match piece.said {
            Said::Result(outcome) => Some(self.outcome(cursor, piece.at, *outcome)),
            _ => None,
        }
    }

    fn outcome(
        &self,
        cursor: String,
        at: Option<quarterdeck_shared::Timestamp>,
        outcome: Outcome,
    ) -> ItemResult {
        let mut left_out = 0;
        let text = self.cut(&outcome.text, &mut left_out);
        let change = outcome.change.map(|change| shown(change, self.whole, &mut left_out));
        ItemResult {
            at,
            text,
            left_out,
            is_error: outcome.is_error,
            images: (0..outcome.images.len()).map(|number| (self.image)(&cursor, number)).collect(),
            change,
            sub_agent: outcome.agent_id.as_deref().and_then(self.sub_agent),
            cursor,
        }
    }

    fn cut(&self, words: &str, left_out: &mut u64) -> String {
        let kept = if self.whole { words } else { head(words, WORDS) };
        *left_out += (words.len() - kept.len()) as u64;
        plain(kept)
    }
}

/// The beginning of a text, up to so many bytes.
fn head(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes { text } else { &text[..text.floor_char_boundary(bytes)] }
}

/// Cuts every long text within a value, and what is behind so many bytes of it.
fn shorten(value: &mut Value, room: &mut usize, left_out: &mut u64) {
    let size = |value: &Value| value.to_string().len() as u64;
    match value {
        Value::String(text) => {
            let kept = head(text, INPUT.min(*room)).len();
            *left_out += (text.len() - kept) as u64;
            text.truncate(kept);
            *room = room.saturating_sub(kept + 2);
        }
        Value::Array(values) => {
            let mut kept = 0;
            while let Some(value) = values.get_mut(kept).filter(|_| *room > 0) {
                shorten(value, room, left_out);
                *room = room.saturating_sub(1);
                kept += 1;
            }
            *left_out += values.drain(kept..).map(|value| size(&value)).sum::<u64>();
            *room = room.saturating_sub(2);
        }
        Value::Object(fields) => {
            fields.retain(|key, value| {
                let is_kept = *room > key.len();
                if is_kept {
                    *room -= key.len();
                    shorten(value, room, left_out);
                } else {
                    *left_out += key.len() as u64 + size(value);
                }
                is_kept
            });
            *room = room.saturating_sub(2);
        }
        other => *room = room.saturating_sub(other.to_string().len()),
    }
}

/// A change as it is shown: the places that changed, with how many lines came and went. Bytes that are cut off its
/// lines are added to `bytes_left_out`.
fn shown(change: Change, whole: bool, bytes_left_out: &mut u64) -> ItemChange {
    let kind = match change.kind {
        ChangeKind::Read => Kind::Read,
        ChangeKind::Create => Kind::Create,
        ChangeKind::Update => Kind::Update,
    };
    let (path, (added, removed)) = (plain(&change.path), change.weight().unwrap_or_default());
    let places = change.into_places().into_iter();
    let hunk = |it: Hunk| FileHunk { old_start: it.old_start, new_start: it.new_start, lines: it.lines };
    let mut hunks: Vec<FileHunk> = places.map(hunk).collect();
    let (mut lines, mut room) = if whole { (usize::MAX, usize::MAX) } else { (LINES, CHANGE) };
    let longest = if whole { usize::MAX } else { INPUT };
    let mut left_out = 0;
    for hunk in &mut hunks {
        let mut kept = 0;
        while let Some(line) = hunk.lines.get_mut(kept).filter(|_| lines > 0 && room > 0) {
            let bytes = head(line, longest.min(room)).len();
            *bytes_left_out += (line.len() - bytes) as u64;
            room -= bytes;
            lines -= 1;
            *line = line_of(&line[..bytes]);
            kept += 1;
        }
        left_out += (hunk.lines.len() - kept) as u64;
        hunk.lines.truncate(kept);
    }
    hunks.retain(|hunk| !hunk.lines.is_empty());
    ItemChange { path, kind, added, removed, hunks, left_out }
}

/// A line of a change without what steers a terminal. A carriage return within is no beginning here: its sign and all
/// its words stay.
fn line_of(line: &str) -> String {
    let line = line.trim_end_matches('\r');
    if line.contains('\r') { plain(&line.replace('\r', " ")) } else { plain(line) }
}
