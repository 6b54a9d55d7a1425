//! Replay: how a task stood at a moment, told from its events; and what stands out among them.

use quarterdeck_shared::{
    Event, Payload, Timestamp,
    agents::{Agent, AgentStatus},
    replay::{Mark, MarkKind, StepThen},
    tasks::{Step, StepStatus, Task, TaskStatus},
};

/// Marks that an outline has at most.
const MARKS: usize = 500;

/// A task's status and steps after these events of its own, which come in their order and end at the moment.
///
/// Of a task that was taken in as history there are no events: it worked from its first moment to its last.
pub fn task_then(task: &Task, told: &[Event], at: Timestamp) -> (TaskStatus, Vec<StepThen>) {
    let pending = |step: &Step| then(step, StepStatus::Pending);
    let mut steps: Vec<StepThen> = task.workflow.iter().map(pending).collect();
    let mut status = None;
    for event in told {
        match &event.payload {
            Payload::TaskCreated { task } => (status, steps) = (Some(task.status), all(task)),
            Payload::TaskPlanned { task } => steps = all(task),
            Payload::TaskStatusChanged { to, task, .. } => (status, steps) = (Some(*to), all(task)),
            Payload::TaskStepStarted { step }
            | Payload::TaskStepChanged { step }
            | Payload::TaskStepFinished { step } => put(&mut steps, step),
            _ => {}
        }
    }
    if let Some(status) = status {
        return (status, steps);
    }
    let ended = task.finished_at.is_some_and(|end| end <= at);
    match (ended, task.started_at.unwrap_or(task.created_at) <= at) {
        (true, _) => (task.status, all(task)),
        (false, true) => {
            let works = task.workflow.iter().map(|step| then(step, StepStatus::Running));
            (TaskStatus::Running, works.collect())
        }
        (false, false) => (TaskStatus::Pending, steps),
    }
}

/// An agent's status at a moment: the last one told until then. None before it was there. `ended` is how its work
/// ended, where it has: that it was deleted is known by an event alone, and where none tells of it, that came later.
pub fn agent_then(
    agent: &Agent,
    told: Option<AgentStatus>,
    ended: AgentStatus,
    at: Timestamp,
) -> Option<AgentStatus> {
    if at < agent.created_at {
        return None;
    }
    Some(told.unwrap_or_else(|| match (agent.started_at, agent.finished_at) {
        (_, Some(end)) if end <= at => ended,
        (Some(start), _) if start <= at => AgentStatus::Running,
        _ => AgentStatus::Created,
    }))
}

/// How the work of a deleted agent had ended: as it was taken in, where that was its end; else as the task on which
/// nobody else worked. Where neither tells, it had done its work.
pub fn ended(taken_in: Option<AgentStatus>, alone_on: Option<TaskStatus>) -> AgentStatus {
    let of_task = alone_on.map(|status| match status {
        TaskStatus::Failed => AgentStatus::Failed,
        TaskStatus::Cancelled => AgentStatus::Cancelled,
        TaskStatus::Interrupted => AgentStatus::Interrupted,
        TaskStatus::Pending | TaskStatus::Running | TaskStatus::Waiting | TaskStatus::Completed => {
            AgentStatus::Completed
        }
    });
    let taken_in = taken_in.filter(|status| status.is_final() && *status != AgentStatus::Deleted);
    taken_in.or(of_task).unwrap_or(AgentStatus::Completed)
}

/// What stands out among events, in their order.
pub fn marks(told: &[Event], names: impl Fn(&Event) -> String) -> Vec<Mark> {
    let mark = |event: &Event| {
        let (kind, label) = match &event.payload {
            Payload::TaskStepStarted { step } => (MarkKind::Began, format!("{} begins", step.plan.role)),
            Payload::TaskStepFinished { step } if step.status == StepStatus::Completed => {
                (MarkKind::Completed, format!("{} is done", step.plan.role))
            }
            Payload::TaskStepFinished { step } => {
                (MarkKind::Failed, format!("{} {}", step.plan.role, step.status))
            }
            Payload::AgentPrompted { .. } => {
                (MarkKind::Prompted, format!("{} is told something", names(event)))
            }
            Payload::ApprovalAsked { approval } => {
                (MarkKind::Asked, format!("{} asks: {}", approval.agent_name, approval.tool))
            }
            Payload::AgentStatusChanged { to: AgentStatus::Failed | AgentStatus::Interrupted, .. } => {
                (MarkKind::Failed, format!("{} stops", names(event)))
            }
            _ => return None,
        };
        Some(Mark { at: event.at, kind, label })
    };
    told.iter().filter_map(mark).take(MARKS).collect()
}

fn all(task: &Task) -> Vec<StepThen> {
    task.workflow.iter().map(|step| then(step, step.status)).collect()
}

fn then(step: &Step, status: StepStatus) -> StepThen {
    StepThen { id: step.plan.id.clone(), role: step.plan.role, status }
}

fn put(steps: &mut [StepThen], step: &Step) {
    if let Some(known) = steps.iter_mut().find(|known| known.id == step.plan.id) {
        known.status = step.status;
    }
}

#[cfg(test)]
mod tests;
