//! The rows of the list: what was asked for page by page, with what the live socket knows better laid over it.

use std::collections::BTreeSet;
use std::rc::Rc;

use quarterdeck_shared::tasks::Task;
use quarterdeck_shared::{TaskId, Timestamp};

use super::filter::Filter;
use crate::client::FleetState;

/// The listed tasks as they are now, in their order: rows never change places by themselves.
pub fn merged(listed: &[Rc<Task>], fleet: &FleetState) -> Vec<Rc<Task>> {
    let newest = |row: &Rc<Task>| match fleet.tasks.get(&row.id) {
        Some(live) if live.updated_at >= row.updated_at => Rc::clone(live),
        _ => Rc::clone(row),
    };
    listed.iter().map(newest).collect()
}

/// How many tasks came to be after `since` that belong to the list and are not in it.
pub fn fresh(listed: &[Rc<Task>], fleet: &FleetState, filter: &Filter, since: Timestamp) -> usize {
    let known: BTreeSet<TaskId> = listed.iter().map(|row| row.id).collect();
    let newer = fleet.tasks.values().filter(|task| task.created_at > since && !known.contains(&task.id));
    newer.filter(|task| filter.takes(task)).count()
}

/// When the newest task that is known came to be.
pub fn newest(fleet: &FleetState) -> Timestamp {
    fleet.tasks.values().map(|task| task.created_at).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples;
    use quarterdeck_shared::tasks::TaskStatus;
    use serde_json::{Value, json};

    fn row(changes: Value) -> Rc<Task> {
        Rc::new(samples::task(changes))
    }

    fn fleet(tasks: Vec<Rc<Task>>) -> FleetState {
        FleetState { tasks: tasks.into_iter().map(|task| (task.id, task)).collect(), ..FleetState::default() }
    }

    #[test]
    fn the_newer_word_on_a_task_holds() {
        let listed = [row(json!({"updated_at": "2026-11-22T10:00:05Z"}))];
        let status = |at: &str| {
            merged(&listed, &fleet(vec![row(json!({"status": "completed", "updated_at": at}))]))[0].status
        };
        assert_eq!(status("2026-11-22T10:00:09Z"), TaskStatus::Completed);
        assert_eq!(status("2026-11-22T10:00:01Z"), TaskStatus::Running);
    }

    #[test]
    fn only_tasks_that_came_later_and_belong_here_are_announced() {
        let later = row(json!({"id": samples::AGENT, "created_at": "2026-11-22T10:00:07Z"}));
        let (listed, live) = ([row(json!({}))], fleet(vec![row(json!({})), later]));
        let since = "2026-11-22T10:00:01Z".parse().unwrap();
        assert_eq!(fresh(&listed, &live, &Filter::default(), since), 1);
        let failed = Filter { statuses: vec![TaskStatus::Failed], ..Filter::default() };
        assert_eq!(fresh(&listed, &live, &failed, since), 0);
    }
}
