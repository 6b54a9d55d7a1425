//! Blocks: five hours from the first response on, as subscriptions count them, and the gaps between.

use super::together;
use crate::store::Cell;
use quarterdeck_shared::{
    Timestamp,
    costs::{CostGroup, CostSum},
};

/// How long a block is.
pub const BLOCK_SECONDS: i64 = 5 * 3_600;

const HOUR: i64 = 3_600_000_000;

/// Cells in the order of time, cut into blocks: one begins with the full hour of its first response and holds what
/// came within five hours. Where nothing came for longer, a gap stands between two.
pub fn blocks(cells: &[Cell]) -> Vec<CostGroup> {
    let mut found: Vec<CostGroup> = Vec::new();
    let mut rest = cells;
    while let Some(first) = rest.first() {
        let begin = Timestamp(first.at.micros().div_euclid(HOUR) * HOUR);
        let end = begin.plus_seconds(BLOCK_SECONDS);
        let (block, later) = rest.split_at(rest.iter().take_while(|cell| cell.at <= end).count());
        let gap = found.last().and_then(|before| gap(before.last_at, first.at));
        found.extend(gap.into_iter().chain(together(begin.to_string(), block)));
        rest = later;
    }
    found
}

/// What lies between the last response of a block and the first of the next.
fn gap(last: Timestamp, next: Timestamp) -> Option<CostGroup> {
    let begin = last.plus_seconds(BLOCK_SECONDS);
    (next > begin).then(|| CostGroup {
        key: format!("gap-{begin}"),
        is_gap: true,
        sum: CostSum::default(),
        models: Vec::new(),
        first_at: begin,
        last_at: next,
        agent_id: None,
        task_id: None,
        name: None,
        project: None,
    })
}
