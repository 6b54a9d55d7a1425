//! Lines of sessions as people read them.

use super::lines_cut;
use orchestrator::{
    conversations::{plain, read},
    search::spoken,
    transcripts::lines::Text,
};

/// Read twice it is the same, and what is plain is plain.
pub fn check(bytes: &[u8]) {
    lines_cut(bytes, 0, |line| {
        let Text::Whole(line) = line.text else { return };
        let pieces = read(line);
        assert_eq!(pieces, read(line));
        for piece in &pieces {
            let _ = spoken(piece);
            if let Some(words) = piece.said.words() {
                let once = plain(words);
                assert_eq!(plain(&once), once);
            }
        }
    });
}
