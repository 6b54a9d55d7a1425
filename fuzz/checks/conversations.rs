//! Lines of sessions as people read them.

use super::lines_cut;
use orchestrator::{
    conversations::{
        Piece, read,
        window::{Around, Placed, Showing, items},
    },
    files::{Deed, deed},
    search::spoken,
    transcripts::lines::Text,
};
use std::collections::HashSet;

/// Read twice it is the same; as items every piece stands once at most, under its own place, with nothing that steers
/// a terminal; and what is done to files names them.
pub fn check(bytes: &[u8]) {
    let mut pieces: Vec<Placed> = Vec::new();
    lines_cut(bytes, 0, |line| {
        let Text::Whole(text) = line.text else { return };
        let found = read(text);
        assert_eq!(found, read(text));
        let place = |piece: Piece| Placed { cursor: format!("{}.{}", line.offset, piece.index), piece };
        pieces.extend(found.into_iter().map(place));
    });
    for placed in &pieces {
        let _ = spoken(&placed.piece);
        if let Some(Deed::Done(done)) = deed(&placed.piece) {
            assert!(!done.call.is_empty() && !done.path.is_empty());
        }
    }
    let cursors: HashSet<String> = pieces.iter().map(|placed| placed.cursor.clone()).collect();
    for whole in [false, true] {
        let showing = Showing { whole, image: &|cursor, _| cursor.to_owned(), sub_agent: &|_| None };
        let mut shown = HashSet::new();
        for item in items(pieces.clone(), Around::default(), &showing) {
            let result = item.result.as_ref();
            let change = result.and_then(|result| result.change.as_ref());
            let lines = change.iter().flat_map(|change| &change.hunks).flat_map(|hunk| &hunk.lines);
            let words = [&item.text, &item.tool, &item.what].into_iter().chain(result.map(|it| &it.text));
            assert!(words.chain(lines).all(|words| !words.chars().any(steers)), "{item:?}");
            let answer = result.map(|result| &result.cursor).filter(|cursor| **cursor != item.cursor);
            for cursor in std::iter::once(&item.cursor).chain(answer) {
                assert!(cursors.contains(cursor) && shown.insert(cursor.clone()), "{cursor}");
            }
        }
    }
}

fn steers(letter: char) -> bool {
    letter.is_control() && letter != '\n' && letter != '\t'
}
