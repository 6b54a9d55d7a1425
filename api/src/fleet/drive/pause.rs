//! The server stops: what was at work is said to be interrupted, without an end, until the next server goes on with it.

use super::{Driver, agent_of, changes};
use crate::{
    fleet::case::State,
    store::{Batch, Draft, Row, StoreError},
};
use quarterdeck_shared::{
    Payload, Timestamp,
    agents::StatusEvidence,
    tasks::{StepStatus, Task, TaskStatus},
};
use std::sync::Arc;

impl Driver {
    /// Leaves the task to the next server.
    pub(super) async fn pause(&mut self) -> Result<(), StoreError> {
        self.over = true;
        let case = Arc::clone(&self.case);
        let mut state = self.fleet.opened(&case).await?;
        let Some(State { task, .. }) = state.as_mut() else { return Ok(()) };
        if task.status != TaskStatus::Running {
            return Ok(());
        }
        let before = task.clone();
        let at_work = task.workflow.iter_mut().filter(|step| step.status == StepStatus::Running);
        at_work.for_each(|step| step.status = StepStatus::Interrupted);
        let reason = "the server stopped; the task goes on at its next start";
        let batch = turned(&before, task, TaskStatus::Interrupted, reason, self.fleet.clock().now());
        self.fleet.persist(batch).await.map(drop)
    }
}

/// Takes the steps up again that an earlier server left in the middle.
pub fn take_up(task: &mut Task) {
    let left =
        |step: &StepStatus, ended: Option<Timestamp>| *step == StepStatus::Interrupted && ended.is_none();
    let steps = task.workflow.iter_mut().filter(|step| left(&step.status, step.finished_at));
    steps.for_each(|step| step.status = StepStatus::Running);
}

/// A task that an earlier server left goes over to the status its steps say; `before` is as that server left it.
pub fn go_on(before: &Task, task: &mut Task, to: TaskStatus, now: Timestamp) -> Batch {
    turned(before, task, to, "the server was started again; its agents are resumed", now)
}

/// Gives a task another status; the batch that stores it, with what is told of its steps and of itself.
fn turned(before: &Task, task: &mut Task, to: TaskStatus, reason: &str, now: Timestamp) -> Batch {
    let from = task.status;
    task.status = to;
    task.status_evidence = StatusEvidence { last_event_at: Some(now), ..StatusEvidence::because(reason) };
    task.updated_at = now;
    let mut events = changes(before, task);
    events.push(Payload::TaskStatusChanged { from, to, task: task.clone() });
    let about = |payload| Draft { agent_id: agent_of(&payload), task_id: Some(task.id), payload };
    Batch { rows: vec![Row::Task(Box::new(task.clone()))], events: events.into_iter().map(about).collect() }
}
