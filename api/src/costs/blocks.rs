//! Blocks: five hours from the first response on, as subscriptions count them.

use super::together;
use crate::store::Cell;
use quarterdeck_shared::{Timestamp, costs::CostGroup};

/// How long a block is.
pub const BLOCK_SECONDS: i64 = 5 * 3_600;

const HOUR: i64 = 3_600_000_000;

/// Cells in the order of time, cut into blocks: one begins with the full hour of its first response, ends after five
/// hours, and ends too where nothing came for so long.
pub fn blocks(cells: &[Cell]) -> Vec<CostGroup> {
    let mut found = Vec::new();
    let mut rest = cells;
    while let Some(first) = rest.first() {
        let begin = Timestamp(first.at.micros().div_euclid(HOUR) * HOUR);
        let mut last = first.at;
        let count = rest
            .iter()
            .take_while(|cell| {
                let within = cell.at.seconds_since(begin) < BLOCK_SECONDS;
                let follows = cell.at.seconds_since(last) < BLOCK_SECONDS;
                last = last.max(cell.last_at);
                within && follows
            })
            .count();
        let (block, later) = rest.split_at(count.max(1));
        found.extend(together(begin.to_string(), block));
        rest = later;
    }
    found
}
