//! What changes of a task with its steps, and what is told of it.

use orchestrator::workflows::evidence;
use quarterdeck_shared::{
    AgentId, Payload, Timestamp,
    agents::StatusEvidence,
    tasks::{Step, StepStatus, Task, TaskStatus},
};

/// The limit a task has reached, as a sentence.
pub fn limit_reached(task: &Task) -> Option<String> {
    let cost = task.limits.cost_usd.filter(|limit| task.cost_usd >= *limit);
    let tokens = task.limits.tokens.filter(|limit| task.tokens.total() >= *limit);
    let cost = cost.map(|limit| format!("the cost limit of {} is reached", limit.exactly()));
    cost.or_else(|| tokens.map(|limit| format!("the limit of {limit} tokens is reached")))
}

pub(super) fn put(task: &mut Task, step: Step) {
    match task.workflow.iter_mut().find(|known| known.plan.id == step.plan.id) {
        Some(known) => *known = step,
        None => task.workflow.push(step),
    }
}

/// What is told of a task's steps, by what they were before.
pub fn changes(before: &Task, now: &Task) -> Vec<Payload> {
    let mut events = Vec::new();
    if before.workflow.len() != now.workflow.len() {
        events.push(Payload::TaskPlanned { task: now.clone() });
    }
    for step in &now.workflow {
        let was = before.workflow.iter().find(|known| known.plan.id == step.plan.id);
        let from = was.map_or(StepStatus::Pending, |was| was.status);
        let step = step.clone();
        match step.status {
            _ if was == Some(&step) => {}
            StepStatus::Pending if was.is_none() => {}
            StepStatus::Running if from == StepStatus::Pending => {
                events.push(Payload::TaskStepStarted { step })
            }
            status if status.is_final() && step.finished_at.is_some() => {
                events.push(Payload::TaskStepFinished { step });
            }
            _ => events.push(Payload::TaskStepChanged { step }),
        }
    }
    events
}

/// Takes a task over to the status its steps say.
pub(super) fn turn(task: &mut Task, to: TaskStatus, now: Timestamp, events: &mut Vec<Payload>) {
    let from = task.status;
    task.status_evidence =
        StatusEvidence { last_event_at: Some(now), ..StatusEvidence::because(evidence(task, to)) };
    if from == to {
        return;
    }
    task.status = to;
    if to != TaskStatus::Pending {
        task.started_at.get_or_insert(now);
    }
    task.finished_at = to.is_final().then_some(now);
    events.push(Payload::TaskStatusChanged { from, to, task: task.clone() });
}

pub(super) fn agent_of(payload: &Payload) -> Option<AgentId> {
    match payload {
        Payload::TaskStepStarted { step }
        | Payload::TaskStepChanged { step }
        | Payload::TaskStepFinished { step } => step.agent_id,
        _ => None,
    }
}
