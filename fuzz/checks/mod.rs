//! What must hold of every reader, whatever bytes it gets: held by the fuzz targets, and by a plain test for the seeds.

pub mod agent_logs;
pub mod conversations;
pub mod hooks;
pub mod prices;
pub mod questions;
pub mod sessions;
pub mod stream;

use orchestrator::transcripts::lines::{Line, Lines};

/// Gives every line of these bytes, cut in two at a place that they choose themselves; whether it ends or not.
pub fn lines_cut(bytes: &[u8], cut: usize, mut give: impl FnMut(Line<'_>)) -> Lines {
    let (first, second) = bytes.split_at(cut.min(bytes.len()));
    let mut lines = Lines::with_longest(0, 1 << 12);
    lines.push(first, &mut give);
    lines.push(second, &mut give);
    lines
}

/// A place within these bytes that they choose themselves.
pub fn place(bytes: &[u8]) -> usize {
    let sum = bytes.iter().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    sum % (bytes.len() + 1)
}
