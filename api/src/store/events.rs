//! Events: the order of all changes, and the state they add up to.

use super::{Channel, Committed, Store, StoreError, unbuilt};
use quarterdeck_shared::{Timestamp, agents::Agent, approvals::Approval, tasks::Task, usage::Totals};

/// Everything as it stands at one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Every change up to this event is inside, and none after it.
    pub seq: i64,
    /// The newest agents, at most two hundred, and all active ones; of a task's channel only its own.
    pub agents: Vec<Agent>,
    /// The newest tasks, at most one hundred, and all unfinished ones; of a task's channel only itself.
    pub tasks: Vec<Task>,
    /// The questions that wait.
    pub approvals: Vec<Approval>,
    /// The figures.
    pub totals: Totals,
}

impl Store {
    /// Events of a channel behind this place, in order, at most so many.
    pub async fn events(
        &self,
        _after: i64,
        _channel: Channel,
        _limit: u32,
    ) -> Result<Vec<Committed>, StoreError> {
        Err(unbuilt())
    }

    /// Everything a channel shows, as it stands at one event.
    pub async fn snapshot(&self, _channel: Channel, _now: Timestamp) -> Result<Snapshot, StoreError> {
        Err(unbuilt())
    }
}
