//! Lines of session files.

use super::{lines_cut, place};
use orchestrator::transcripts::{
    lines::Text,
    reading::{Heard, Reading, Thread},
    session::{Fact, Told, is_whole, told},
};

fn read(bytes: &[u8], cut: usize) -> (Reading, u64) {
    let mut reading = Reading::of(Thread::default(), true);
    let mut lines = lines_cut(bytes, cut, |line| reading.take(line));
    lines.finish(is_whole, |line| reading.take(line));
    (reading, lines.settled())
}

/// What of a line goes into the ledger.
fn responses<'told>(all: &'told [Told<'_>]) -> Vec<&'told Fact> {
    all.iter().map(|told| &told.fact).filter(|fact| matches!(fact, Fact::Response { .. })).collect()
}

/// However a file is cut it reads the same, and all that is counted was read.
pub fn check(bytes: &[u8]) {
    let (whole, settled) = read(bytes, bytes.len());
    let (cut, settled_of_cut) = read(bytes, place(bytes));
    assert_eq!(whole.responses(), cut.responses());
    assert_eq!(whole.threads(), cut.threads());
    assert_eq!((whole.tally(), settled), (cut.tally(), settled_of_cut));
    assert!(settled <= bytes.len() as u64);
    assert_eq!(whole.size(), whole.responses().len());
    let within = |heard: &&Heard| heard.offset < bytes.len() as u64;
    assert!(whole.responses().iter().all(within));
    let mut count = 0;
    lines_cut(bytes, 0, |line| {
        count += 1;
        let Text::Whole(line) = line.text else { return };
        let (with, without) = (told(line, true), told(line, false));
        assert_eq!(with, told(line, true));
        assert_eq!(responses(&with), responses(&without), "a title changes no figure");
    });
    let lines = whole.tally().lines;
    assert!(lines == count || lines == count + 1, "{lines} lines of {count}");
}
