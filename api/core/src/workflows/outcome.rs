//! What the steps of a run add up to.

use super::{Action, CANCELLED};
use quarterdeck_shared::tasks::{Step, StepStatus, Task, TaskStatus};

/// Where the task stands.
pub(super) fn status(steps: &[Step]) -> TaskStatus {
    let any = |status| steps.iter().any(|step| step.status == status);
    match () {
        () if any(StepStatus::Running) => TaskStatus::Running,
        () if any(StepStatus::Waiting) => TaskStatus::Waiting,
        () if any(StepStatus::Pending) => {
            let untouched = steps.iter().all(|step| step.status == StepStatus::Pending && step.attempts == 0);
            if untouched { TaskStatus::Pending } else { TaskStatus::Running }
        }
        () if any(StepStatus::Cancelled) => TaskStatus::Cancelled,
        () if any(StepStatus::Failed) => TaskStatus::Failed,
        () if any(StepStatus::Interrupted) => TaskStatus::Interrupted,
        () if any(StepStatus::Skipped) || steps.is_empty() => TaskStatus::Failed,
        () => TaskStatus::Completed,
    }
}

/// Why a status of a task is believed, as a sentence about its steps as they are now.
pub fn evidence(task: &Task, status: TaskStatus) -> String {
    let names = |wanted: StepStatus| {
        let steps = task.workflow.iter().enumerate().filter(|(_, step)| step.status == wanted);
        steps.map(named).collect::<Vec<_>>().join("; ")
    };
    match status {
        TaskStatus::Pending => "no step has begun".into(),
        TaskStatus::Running => match names(StepStatus::Running) {
            steps if steps.is_empty() => "a step waits for another attempt".into(),
            steps => format!("at work: {steps}"),
        },
        TaskStatus::Waiting => format!("waiting for a person: {}", names(StepStatus::Waiting)),
        TaskStatus::Completed => "every step ended well".into(),
        _ => task.error.clone().unwrap_or_else(|| status.to_string()),
    }
}

/// A step as people count them: `step 2, TESTER`.
fn named((at, step): (usize, &Step)) -> String {
    format!("step {}, {}", at + 1, step.plan.role)
}

/// The end of the run, with the last words of the last step that ended well.
pub(super) fn finish(steps: &[Step]) -> Action {
    let status = status(steps);
    let result = steps.iter().rev().find_map(|step| step.handover.clone());
    Action::Finish { status, result, error: error(steps, status) }
}

/// What the first step that made the status what it is says of itself.
fn error(steps: &[Step], status: TaskStatus) -> Option<String> {
    let causes = match status {
        TaskStatus::Cancelled => return Some(CANCELLED.to_owned()),
        TaskStatus::Failed => [StepStatus::Failed, StepStatus::Skipped].as_slice(),
        TaskStatus::Interrupted => [StepStatus::Interrupted].as_slice(),
        _ => return None,
    };
    let first = |status: &StepStatus| steps.iter().enumerate().find(|(_, step)| step.status == *status);
    let Some((at, step)) = causes.iter().find_map(first) else {
        return Some("there was no step to run".to_owned());
    };
    let reason = step.error.as_deref().unwrap_or("it gave no reason");
    Some(format!("{}: {reason}", named((at, step))))
}
