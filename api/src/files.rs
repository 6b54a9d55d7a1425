//! Files: what a modification did, as its session tells; never what lies on the disk now.

mod look;

use crate::{
    search::{self, piece_at},
    store::{Store, StoreError},
};
use look::Looker;
use orchestrator::{
    conversations::{Change, Hunk},
    files::change,
};
use quarterdeck_shared::files::{DiffHunk, DiffLine, FileDiff};

/// Lines of a difference, and letters of one of its lines.
const LINES: usize = 4_000;
const LETTERS: usize = 2_000;

/// What the modification of this call did; none where nobody knows it.
pub async fn difference(store: &Store, call: &str) -> Result<Option<FileDiff>, StoreError> {
    let Some((told, spot)) = store.file_change(call).await? else { return Ok(None) };
    let place = search::Place { agent_id: told.agent_id, spot };
    let found = piece_at(store, place).await?.as_ref().and_then(change);
    // A file that was replaced tells of something else there.
    let found = found.filter(|found| found.path == told.path);
    let path = told.path.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let places = found.map(Change::into_places).unwrap_or_default();
        let places: Vec<_> = places.into_iter().map(Place::of).collect();
        let all: usize = places.iter().map(|place| place.lines.len()).sum();
        (looked(places, &path), all)
    });
    let (hunks, all) = looked.await.map_err(|error| StoreError::Refused { reason: error.to_string() })?;
    Ok(Some(FileDiff { change: told, hunks, left_out: all.saturating_sub(LINES) as u64 }))
}

/// The difference as a patch that other programs read.
pub fn patch(diff: &FileDiff) -> String {
    let path = diff.change.path.replace(char::is_control, " ");
    let name = path.trim_start_matches('/');
    let mut text = format!("--- a/{name}\n+++ b/{name}\n");
    for hunk in &diff.hunks {
        let count = |gone: char| hunk.lines.iter().filter(|line| line.sign != gone).count();
        let (old, new) = (hunk.old_start, hunk.new_start);
        text.push_str(&format!("@@ -{old},{} +{new},{} @@\n", count('+'), count('-')));
        for line in &hunk.lines {
            text.push(line.sign);
            line.spans.iter().for_each(|span| text.push_str(&span.text));
            text.push('\n');
        }
    }
    text
}

/// A place, its lines with their signs.
struct Place {
    old_start: u64,
    new_start: u64,
    lines: Vec<(char, String)>,
}

impl Place {
    fn of(hunk: Hunk) -> Self {
        let parted = |line: String| {
            let mut letters = line.chars();
            letters.next().map(|sign| (sign, letters.as_str().to_owned()))
        };
        let Hunk { old_start, new_start, lines } = hunk;
        Self { old_start, new_start, lines: lines.into_iter().filter_map(parted).collect() }
    }
}

/// The same with the look of each piece; what is old and what is new goes each its own way through a comment.
fn looked(places: Vec<Place>, path: &str) -> Vec<DiffHunk> {
    let looker = Looker::of(path);
    let mut left = LINES;
    let looked = places.into_iter().map(|Place { old_start, new_start, mut lines }| {
        lines.truncate(left);
        left -= lines.len();
        let (mut old, mut new) = (looker.open(), looker.open());
        let lines = lines.into_iter().map(|(sign, text)| {
            let text = shortened(&text);
            let spans = looker.look(text, if sign == '-' { &mut old } else { &mut new });
            if sign == ' ' {
                old.clone_from(&new);
            }
            DiffLine { sign, spans }
        });
        DiffHunk { old_start, new_start, lines: lines.collect() }
    });
    looked.filter(|hunk| !hunk.lines.is_empty()).collect()
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(LETTERS).map_or(text, |(end, _)| &text[..end])
}
