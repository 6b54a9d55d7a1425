//! Usage records and the sums over them.

use super::{Store, StoreError, unbuilt};
use quarterdeck_shared::{
    Page, TaskId, Timestamp,
    usage::{Series, SeriesQuery, Totals, UsageQuery, UsageRecord},
};

impl Store {
    /// Usage records by page and filter, newest first.
    pub async fn usage(&self, _query: &UsageQuery) -> Result<Page<UsageRecord>, StoreError> {
        Err(unbuilt())
    }

    /// Every usage record of a task's agents, oldest first: for whoever carries on with its sum.
    pub async fn task_usage(&self, _id: TaskId) -> Result<Vec<UsageRecord>, StoreError> {
        Err(unbuilt())
    }

    /// Cost and tokens over time, replays left out.
    pub async fn series(&self, _query: &SeriesQuery, _now: Timestamp) -> Result<Series, StoreError> {
        Err(unbuilt())
    }

    /// The fleet in figures.
    pub async fn totals(&self, _now: Timestamp) -> Result<Totals, StoreError> {
        Err(unbuilt())
    }
}
