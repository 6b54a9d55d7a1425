//! Files: what a modification did, as its session tells; never what lies on the disk now.

mod look;

use crate::{
    search::{Place, piece_at},
    store::{Store, StoreError},
};
use look::Looker;
use orchestrator::{conversations::Change, files::change};
use quarterdeck_shared::files::{DiffHunk, DiffLine, FileDiff};
use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// Lines of a difference, and letters of one of its lines.
const LINES: usize = 4_000;
const LETTERS: usize = 2_000;
/// Lines around what changed.
const AROUND: usize = 3;
/// Beyond this the lines in between are not compared any more.
const PATIENCE: Duration = Duration::from_millis(200);

/// What the modification of this call did; none where nobody knows it.
pub async fn difference(store: &Store, call: &str) -> Result<Option<FileDiff>, StoreError> {
    let Some((told, spot)) = store.file_change(call).await? else { return Ok(None) };
    let place = Place { agent_id: told.agent_id, spot };
    let found = piece_at(store, place).await?.as_ref().and_then(change);
    // A file that was replaced tells of something else there.
    let found = found.filter(|found| found.path == told.path);
    let path = told.path.clone();
    let hunks = found.map(|found| hunks(&found)).unwrap_or_default();
    let all: usize = hunks.iter().map(|hunk| hunk.lines.len()).sum();
    let looked = tokio::task::spawn_blocking(move || looked(hunks, &path));
    let hunks = looked.await.map_err(|error| StoreError::Refused { reason: error.to_string() })?;
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

/// The places that changed: as the session notes them, else where its two texts differ.
fn hunks(change: &Change) -> Vec<Hunk> {
    if !change.hunks.is_empty() {
        return change.hunks.iter().map(noted).collect();
    }
    let (old, new) = (change.old.as_deref().unwrap_or_default(), change.new.as_deref().unwrap_or_default());
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    // Of a passage nobody knows which lines of the file it is.
    let whole = change.kind == orchestrator::conversations::ChangeKind::Create;
    let groups = diff.grouped_ops(AROUND);
    let hunk = |group: &Vec<similar::DiffOp>| {
        let first = group.first();
        let start = |range: Option<std::ops::Range<usize>>| match range {
            Some(range) if whole && !(range.is_empty() && range.start == 0) => range.start as u64 + 1,
            _ => 0,
        };
        let lines = group.iter().flat_map(|op| diff.iter_changes(op)).map(|change| {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            (sign, change.value().trim_end_matches(['\n', '\r']).to_owned())
        });
        let (old_start, new_start) =
            (start(first.map(similar::DiffOp::old_range)), start(first.map(similar::DiffOp::new_range)));
        Hunk { old_start, new_start, lines: lines.collect() }
    };
    groups.iter().map(hunk).collect()
}

/// A place, its lines with their signs.
struct Hunk {
    old_start: u64,
    new_start: u64,
    lines: Vec<(char, String)>,
}

fn noted(hunk: &orchestrator::conversations::Hunk) -> Hunk {
    let line = |line: &String| match line.chars().next() {
        Some(sign @ (' ' | '-' | '+')) => Some((sign, line[1..].trim_end_matches('\r').to_owned())),
        Some('\\') => None,
        _ => Some((' ', line.clone())),
    };
    let lines = hunk.lines.iter().filter_map(line).collect();
    Hunk { old_start: hunk.old_start, new_start: hunk.new_start, lines }
}

/// The same with the look of each piece; what is old and what is new goes each its own way through a comment.
fn looked(hunks: Vec<Hunk>, path: &str) -> Vec<DiffHunk> {
    let looker = Looker::of(path);
    let mut left = LINES;
    let looked = hunks.into_iter().map(|Hunk { old_start, new_start, mut lines }| {
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
