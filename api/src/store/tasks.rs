//! Tasks: one row each, their steps inside.

use super::{Store, StoreError, unbuilt};
use quarterdeck_shared::{
    Page, TaskId,
    tasks::{Complexity, Forecast, Task, TaskQuery, TaskType},
};

impl Store {
    /// One task with its steps; removed ones too.
    pub async fn task(&self, _id: TaskId) -> Result<Option<Task>, StoreError> {
        Err(unbuilt())
    }

    /// Whether the task was taken out of the lists.
    pub async fn is_removed(&self, _id: TaskId) -> Result<bool, StoreError> {
        Err(unbuilt())
    }

    /// Tasks by page, filter and order; `status=deleted` finds the removed ones.
    pub async fn tasks(&self, _query: &TaskQuery) -> Result<Page<Task>, StoreError> {
        Err(unbuilt())
    }

    /// Every task that has not ended, oldest first.
    pub async fn unfinished_tasks(&self) -> Result<Vec<Task>, StoreError> {
        Err(unbuilt())
    }

    /// What completed tasks of this kind cost, the newest thousand; `None` before the first. Replays are left out.
    pub async fn forecast(
        &self,
        _kind: TaskType,
        _complexity: Complexity,
    ) -> Result<Option<Forecast>, StoreError> {
        Err(unbuilt())
    }

    /// Where recent tasks worked, newest first, at most ten; folders of a task's own are left out.
    pub async fn recent_directories(&self) -> Result<Vec<String>, StoreError> {
        Err(unbuilt())
    }
}
