//! One step of a run: what its state means, and how it changes.

use super::{Action, CANCELLED, TIMED_OUT, Why};
use quarterdeck_shared::{
    Timestamp,
    tasks::{Step, StepStatus},
};

/// Whether it has an agent, or is to get one.
pub(super) fn is_at_work(step: &Step) -> bool {
    matches!(step.status, StepStatus::Running | StepStatus::Waiting)
}

/// Whether nothing follows by itself.
pub(super) fn is_over(steps: &[Step]) -> bool {
    steps.iter().all(|step| step.status.is_final())
}

/// Whether a working step is being stopped.
pub(super) fn is_stopping(step: &Step) -> bool {
    is_at_work(step) && step.error.is_some()
}

/// Whether a pending step waits for another attempt.
pub(super) fn is_held_back(step: &Step) -> bool {
    step.status == StepStatus::Pending && step.error.is_some()
}

/// The order to start it.
pub(super) fn start(step: &Step) -> Action {
    Action::Start { step: step.plan.id.clone(), attempt: step.attempts }
}

/// Marks it as being stopped and orders that, once.
pub(super) fn stop(step: &mut Step, what: &str, why: Why, orders: &mut Vec<Action>) {
    if !is_stopping(step) {
        step.error = Some(what.to_owned());
        orders.push(Action::Stop { step: step.plan.id.clone(), why });
    }
}

/// Why it is being stopped.
pub(super) fn why(step: &Step) -> Why {
    match step.error.as_deref() {
        Some(CANCELLED) => Why::Cancelled,
        Some(error) if error.starts_with(TIMED_OUT) => Why::TimedOut,
        _ => Why::Limit,
    }
}

/// Ends it.
pub(super) fn end(step: &mut Step, status: StepStatus, now: Timestamp) {
    step.status = status;
    step.error = None;
    step.finished_at = Some(now);
}

/// Ends a step that was being stopped, keeping the reason.
pub(super) fn end_stopped(step: &mut Step, now: Timestamp) {
    let error = step.error.take();
    let cancelled = error.as_deref() == Some(CANCELLED);
    end(step, if cancelled { StepStatus::Cancelled } else { StepStatus::Failed }, now);
    step.error = error;
}
