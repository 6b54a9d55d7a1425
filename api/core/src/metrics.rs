//! Metrics: tools and files of an agent, and sums over agents, roles and tasks.

use crate::transcripts::Entry;
use quarterdeck_shared::{
    Timestamp, Usd,
    agents::{FileTouch, ToolCount},
    usage::{CostBasis, Tokens, UsageRecord},
};
use std::collections::BTreeMap;

/// The tools one agent called and the files it touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    tools: BTreeMap<String, (u64, u64)>,
}

impl Tally {
    /// A tally that goes on from what is stored.
    pub fn restore(tools: &[ToolCount], files: &[FileTouch]) -> Self {
        let _ = (tools, files);
        unimplemented!()
    }

    /// Counts what an entry says; true where anything changed. A tool call is counted once by its id.
    pub fn observe(&mut self, entry: &Entry, now: Timestamp) -> bool {
        let _ = (entry, now);
        unimplemented!()
    }

    /// Calls of tools in all.
    pub fn tool_calls(&self) -> u64 {
        unimplemented!()
    }

    /// Calls by tool, most used first.
    pub fn tools(&self) -> Vec<ToolCount> {
        let _ = &self.tools;
        unimplemented!()
    }

    /// Files read and written, by path.
    pub fn files(&self) -> Vec<FileTouch> {
        unimplemented!()
    }
}

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

/// Adds records up; replayed ones are in no sum.
pub fn sum<'a>(records: impl IntoIterator<Item = &'a UsageRecord>) -> Sums {
    let _ = records.into_iter();
    unimplemented!()
}

/// Adds records up by whatever `key` says of them: agent, role, task or model.
pub fn sum_by<'a, K: Ord>(
    records: impl IntoIterator<Item = &'a UsageRecord>,
    key: impl Fn(&UsageRecord) -> K,
) -> BTreeMap<K, Sums> {
    let _ = (records.into_iter(), key);
    unimplemented!()
}
