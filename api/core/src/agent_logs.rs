//! Agent logs: what the folders of the Python orchestrator say of its agents, read as far as it can be read.
//!
//! A folder holds `prompt.txt`, `text.txt`, `tools.jsonl` and `summary.jsonl`. Their times are those of a clock on the
//! wall, so whoever reads passes how such a time becomes a moment. Beside them, its database tells of the same agents.

pub mod database;
mod entries;
mod folder;
mod lines;
mod reading;
pub mod repr;
mod stated;
mod unseen;

pub use entries::{Entry, entries};
pub use folder::{Folder, role_of};
pub use lines::{Said, SummaryLine, TextBlock, ToolLine, Turn, text_blocks};
pub use reading::Log;
pub use stated::{left, stated, stated_id, stated_of};
pub use unseen::{message_id, rest, telling};

use quarterdeck_shared::Timestamp;

/// The files of a folder, in the order they are shown in.
pub const FILES: [&str; 4] = ["prompt.txt", "text.txt", "tools.jsonl", "summary.jsonl"];

/// Where agents of such folders come from, on the wire.
pub const SOURCE: &str = "agent_logs";

/// How a time without a zone, such as `2026-11-22T13:02:00.854107`, becomes a moment.
pub type Zone<'a> = &'a dyn Fn(&str) -> Option<Timestamp>;

/// A moment that was written with or without its zone.
fn moment(text: &str, zone: Zone<'_>) -> Option<Timestamp> {
    let zoned = || text.contains('T').then(|| text.parse().ok()).flatten();
    zoned().or_else(|| zone(text))
}

#[cfg(test)]
mod tests;
