//! Files: what a modification did, as its session tells; never what lies on the disk now.

mod look;

use crate::{
    apart::apart,
    search::{self, piece_at},
    store::{Store, StoreError},
};
use look::Looker;
use orchestrator::{
    conversations::{Change, Hunk},
    files::change,
};
use quarterdeck_shared::files::{DiffHunk, DiffLine, FileChange, FileDiff};

/// Lines of a difference that are shown, and letters of one of its lines.
const LINES: usize = 4_000;
const LETTERS: usize = 2_000;

/// What the modification of this call did; none where nobody knows it.
pub async fn difference(store: &Store, call: &str) -> Result<Option<FileDiff>, StoreError> {
    let Some((told, found)) = found(store, call).await? else { return Ok(None) };
    apart(move || {
        let places = places(found);
        let all: usize = places.iter().map(|place| place.lines.len()).sum();
        let hunks = looked(places, &told.path);
        FileDiff { change: told, hunks, left_out: all.saturating_sub(LINES) as u64 }
    })
    .await
    .map(Some)
}

/// The same as a patch that other programs read: every line of it, whole.
pub async fn patch(store: &Store, call: &str) -> Result<Option<String>, StoreError> {
    let Some((told, found)) = found(store, call).await? else { return Ok(None) };
    apart(move || written(&told.path, &places(found))).await.map(Some)
}

/// A use of a file, and what its session tells of it.
async fn found(store: &Store, call: &str) -> Result<Option<(FileChange, Option<Change>)>, StoreError> {
    let Some((told, spot)) = store.file_change(call).await? else { return Ok(None) };
    let place = search::Place { agent_id: told.agent_id, spot };
    let found = piece_at(store, place).await?.as_ref().and_then(change);
    // A file that was replaced tells of something else there.
    let found = found.filter(|found| found.path == told.path);
    Ok(Some((told, found)))
}

fn places(found: Option<Change>) -> Vec<Place> {
    found.map(Change::into_places).unwrap_or_default().into_iter().map(Place::of).collect()
}

fn written(path: &str, places: &[Place]) -> String {
    let path = path.replace(char::is_control, " ");
    let name = path.trim_start_matches('/');
    let mut text = format!("--- a/{name}\n+++ b/{name}\n");
    for Place { old_start, new_start, lines } in places {
        let count = |gone: char| lines.iter().filter(|(sign, _)| *sign != gone).count();
        text.push_str(&format!("@@ -{old_start},{} +{new_start},{} @@\n", count('+'), count('-')));
        for (sign, line) in lines {
            text.push(*sign);
            text.push_str(line);
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
            // How its line ends is the patch's matter.
            let text = text.strip_suffix('\r').unwrap_or(&text);
            let shown = shortened(text);
            let left_out = text.get(shown.len()..).unwrap_or_default().chars().count() as u64;
            let spans = looker.look(shown, if sign == '-' { &mut old } else { &mut new });
            if sign == ' ' {
                old.clone_from(&new);
            }
            DiffLine { sign, spans, left_out }
        });
        DiffHunk { old_start, new_start, lines: lines.collect() }
    });
    looked.filter(|hunk| !hunk.lines.is_empty()).collect()
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(LETTERS).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use orchestrator::conversations::ChangeKind;

    #[test]
    fn a_patch_keeps_the_ends_of_lines_and_the_page_does_not_show_them() {
        let noted = |lines: &[&str]| {
            let lines = lines.iter().map(|line| (*line).to_owned()).collect();
            Change { hunks: vec![Hunk { old_start: 1, new_start: 1, lines }], ..Change::default() }
        };
        let text = |text: &str| Some(text.to_owned());
        let by_texts =
            Change { old: text("a\r\nb\r\nc\r\n"), new: text("a\r\nx\r\nc\r\n"), ..Change::default() };
        for (kind, change) in
            [(ChangeKind::Update, noted(&[" a\r", "-b\r", "+x\r", " c\r"])), (ChangeKind::Create, by_texts)]
        {
            let places = places(Some(Change { kind, ..change }));
            let expected = "--- a/n\n+++ b/n\n@@ -1,3 +1,3 @@\n a\r\n-b\r\n+x\r\n c\r\n";
            assert_eq!(written("/n", &places), expected);
            let shown = looked(places, "/n");
            let words =
                |line: &DiffLine| line.spans.iter().map(|span| span.text.as_str()).collect::<String>();
            assert_eq!(shown[0].lines.iter().map(words).collect::<Vec<_>>(), ["a", "b", "x", "c"]);
        }
    }

    #[test]
    fn a_patch_holds_every_letter_and_the_page_says_what_it_leaves_out() {
        let long = "é".repeat(5_000);
        let text = |end: &str| Some(format!("a\n{long}{end}\n"));
        let change = Change {
            path: "/n\n".to_owned(),
            kind: ChangeKind::Create,
            old: text("x"),
            new: text("y"),
            ..Change::default()
        };
        let path = change.path.clone();
        let places = places(Some(change));
        let expected = format!("--- a/n \n+++ b/n \n@@ -1,2 +1,2 @@\n a\n-{long}x\n+{long}y\n");
        assert_eq!(written(&path, &places), expected);
        let shown = looked(places, "/n");
        let lines: Vec<_> = shown[0].lines.iter().map(|line| (line.sign, line.left_out)).collect();
        assert_eq!(lines, [(' ', 0), ('-', 3_001), ('+', 3_001)]);
    }

    #[test]
    fn a_place_of_which_no_line_is_shown_is_no_place() {
        let place =
            |start| Place { old_start: start, new_start: start, lines: vec![('+', "x".into()); LINES] };
        let shown = looked(vec![place(1), place(9_000)], "/n");
        assert_eq!(shown.iter().map(|hunk| hunk.lines.len()).collect::<Vec<_>>(), [LINES]);
    }
}
