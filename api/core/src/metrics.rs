//! Metrics: tools and files of an agent, and sums over agents, roles and tasks.

mod tally;

pub use tally::{Tally, file};

use quarterdeck_shared::{
    Timestamp, Usd,
    agents::{FileTouch, FileUse, ToolCount},
    usage::{CostBasis, Tokens, UsageRecord},
};
use std::collections::{BTreeMap, BTreeSet};

/// The sum of some usage records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many there are.
    pub records: u64,
    /// Their tokens by kind.
    pub tokens: Tokens,
    /// Their cost, as far as it is known.
    pub cost_usd: Usd,
    /// How that is known: the weakest basis; `None` without a record.
    pub cost_basis: Option<CostBasis>,
    /// Records whose price is not known: their cost is not in the sum.
    pub unpriced: u64,
}

impl Sums {
    /// Takes one record in; a replayed one is in no sum.
    pub fn add(&mut self, record: &UsageRecord) {
        if record.replayed {
            return;
        }
        self.records += 1;
        self.tokens += record.tokens;
        self.cost_usd += record.cost_usd;
        self.cost_basis =
            Some(self.cost_basis.map_or(record.cost_basis, |basis| basis.weaker(record.cost_basis)));
        self.unpriced += u64::from(record.cost_basis == CostBasis::Unknown);
    }
}

/// Adds records up.
pub fn sum<'a>(records: impl IntoIterator<Item = &'a UsageRecord>) -> Sums {
    let mut sums = Sums::default();
    records.into_iter().for_each(|record| sums.add(record));
    sums
}

/// Adds records up by whatever `key` says of them: agent, role, task or model.
pub fn sum_by<'a, K: Ord>(
    records: impl IntoIterator<Item = &'a UsageRecord>,
    key: impl Fn(&UsageRecord) -> K,
) -> BTreeMap<K, Sums> {
    let mut groups: BTreeMap<K, Sums> = BTreeMap::new();
    for record in records.into_iter().filter(|record| !record.replayed) {
        groups.entry(key(record)).or_default().add(record);
    }
    groups
}

/// Calls by tool over several agents, most used first.
pub fn merge_tools<'a>(counts: impl IntoIterator<Item = &'a ToolCount>) -> Vec<ToolCount> {
    let mut tools: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for count in counts {
        let (calls, errors) = tools.entry(&count.tool).or_default();
        *calls += count.calls;
        *errors += count.errors;
    }
    most_used_first(tools.into_iter().map(|(tool, (calls, errors))| ToolCount {
        tool: tool.to_owned(),
        calls,
        errors,
    }))
}

fn most_used_first(counts: impl Iterator<Item = ToolCount>) -> Vec<ToolCount> {
    let mut counts: Vec<ToolCount> = counts.collect();
    counts.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| a.tool.cmp(&b.tool)));
    counts
}

/// Files read and written, each path once, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Paths that were read.
    pub consumed: BTreeSet<String>,
    /// Paths that were written or changed.
    pub produced: BTreeSet<String>,
}

impl Files {
    /// The files that some agents touched, taken together.
    pub fn of<'a>(touches: impl IntoIterator<Item = &'a FileTouch>) -> Self {
        let mut files = Self::default();
        for touch in touches {
            let paths = match touch.file_use {
                FileUse::Consumed => &mut files.consumed,
                FileUse::Produced => &mut files.produced,
            };
            paths.insert(touch.path.clone());
        }
        files
    }

    /// Files that were written and never read: what is new to the fleet.
    pub fn net_created(&self) -> usize {
        self.produced.difference(&self.consumed).count()
    }
}

/// Seconds something took from its start to its end, or so far; none before it began.
pub fn seconds(started_at: Option<Timestamp>, finished_at: Option<Timestamp>, now: Timestamp) -> i64 {
    started_at.map_or(0, |started| finished_at.unwrap_or(now).seconds_since(started).max(0))
}
