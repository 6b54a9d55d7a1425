//! A run: the steps of one task as a state machine. It decides; its driver does and reports back.

mod message;
mod outcome;
mod step;

pub use message::{Action, Input, Retry, Rules, Why};
pub use outcome::evidence;

use crate::plans::{self, PlanError};
use quarterdeck_shared::{
    StepId, Timestamp,
    tasks::{PlannedStep, Step, StepStatus, TaskStatus},
};
use step::{end, end_stopped, is_at_work, is_held_back, is_over, is_stopping, start, stop, why};

/// Why a cancelled step was cancelled.
pub const CANCELLED: &str = "cancelled on request";
/// Why a step that took too long failed; how long it might take, and who says so, follows.
pub const TIMED_OUT: &str = "stopped: it took longer than ";
/// The longest wait before another attempt, in seconds.
const LONGEST_WAIT: u64 = 3_600;

/// The steps of one task and how far they are.
///
/// All state is in the steps, so that a run goes on from what is stored. Beside what the status says, `error` means
/// in a pending step that it waits for another attempt, and in a working one that it is being stopped, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    steps: Vec<Step>,
    rules: Rules,
}

impl Run {
    /// A run that has not begun.
    pub fn new(plan: Vec<PlannedStep>, rules: Rules) -> Result<Self, PlanError> {
        plans::validate(&plan)?;
        Ok(Self { steps: plan.into_iter().map(Step::not_begun).collect(), rules })
    }

    /// A run as it was stored.
    pub fn restore(steps: Vec<Step>, rules: Rules) -> Self {
        Self { steps, rules }
    }

    /// Takes what happened and says what to do. What concerns no step at work changes nothing.
    pub fn apply(&mut self, input: Input, now: Timestamp) -> Vec<Action> {
        let before = self.steps.clone();
        let begins = input == Input::Begin;
        let mut orders = Vec::new();
        self.take(input, now, &mut orders);
        self.settle(&before, begins, orders, now)
    }

    /// Ends the step in which a PLANNER laid out the others, and takes these others in behind it.
    ///
    /// Where the step is being stopped, its plan is dropped and it ends as the stop says. Refuses a plan that cannot
    /// be carried out or names its steps like one already here; nothing has changed then.
    pub fn replan(
        &mut self,
        step: &StepId,
        handover: String,
        mut plan: Vec<PlannedStep>,
        now: Timestamp,
    ) -> Result<Vec<Action>, PlanError> {
        if self.steps.iter().any(|known| known.plan.id == *step && is_stopping(known)) {
            return Ok(self.apply(Input::Interrupted { step: step.clone(), cause: handover }, now));
        }
        plans::validate(&plan)?;
        for planned in plan.iter_mut().filter(|planned| planned.depends_on.is_empty()) {
            planned.depends_on.push(step.clone());
        }
        let known = self.steps.iter().map(|known| known.plan.clone());
        plans::validate(&known.chain(plan.iter().cloned()).collect::<Vec<_>>())?;
        let before = self.steps.clone();
        if let Some(planner) = self.at_work(step) {
            end(planner, StepStatus::Completed, now);
            planner.handover = Some(handover);
            self.steps.extend(plan.into_iter().map(Step::not_begun));
        }
        Ok(self.settle(&before, false, Vec::new(), now))
    }

    /// The steps, in the order of the plan.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Where the task stands by its steps.
    pub fn status(&self) -> TaskStatus {
        outcome::status(&self.steps)
    }

    fn take(&mut self, input: Input, now: Timestamp, orders: &mut Vec<Action>) {
        match input {
            Input::Begin => self.begin(now, orders),
            Input::Started { step, agent } => {
                let Some(step) = self.at_work(&step) else { return };
                step.agent_id = Some(agent);
                if is_stopping(step) {
                    orders.push(Action::Stop { step: step.plan.id.clone(), why: why(step) });
                }
            }
            Input::Waiting { step } => self.turn(&step, StepStatus::Waiting),
            Input::GoesOn { step } => self.turn(&step, StepStatus::Running),
            Input::Finished { step, handover } => {
                let Some(step) = self.at_work(&step) else { return };
                end(step, StepStatus::Completed, now);
                step.handover = Some(handover);
            }
            Input::Failed { step, error, retry } => self.fail(&step, error, retry, now, orders),
            Input::Interrupted { step, cause } => {
                let Some(step) = self.at_work(&step) else { return };
                if !is_stopping(step) {
                    end(step, StepStatus::Interrupted, now);
                    step.error = Some(cause);
                } else {
                    end_stopped(step, now);
                }
            }
            Input::RetryDue { step } => {
                let due = self.steps.iter_mut().find(|known| known.plan.id == step && is_held_back(known));
                if let Some(step) = due {
                    step.error = None;
                }
            }
            Input::TimedOut { step, limit } => {
                let Some(step) = self.at_work(&step) else { return };
                stop(step, &format!("{TIMED_OUT}{limit}"), Why::TimedOut, orders);
            }
            Input::LimitReached { what } => {
                self.stop_all(&what, Why::Limit, StepStatus::Skipped, now, orders)
            }
            Input::CancelAsked => {
                self.stop_all(CANCELLED, Why::Cancelled, StepStatus::Cancelled, now, orders)
            }
        }
    }

    /// Goes on from what is stored: stops that were under way have happened, waits are over, starts that nobody
    /// answered are ordered again.
    fn begin(&mut self, now: Timestamp, orders: &mut Vec<Action>) {
        for step in &mut self.steps {
            match step.status {
                StepStatus::Running | StepStatus::Waiting if is_stopping(step) => end_stopped(step, now),
                StepStatus::Running if step.agent_id.is_none() => orders.push(start(step)),
                StepStatus::Pending => step.error = None,
                _ => {}
            }
        }
    }

    fn turn(&mut self, step: &StepId, to: StepStatus) {
        if let Some(step) = self.at_work(step) {
            step.status = to;
        }
    }

    fn fail(
        &mut self,
        step: &StepId,
        error: String,
        retry: Option<Retry>,
        now: Timestamp,
        orders: &mut Vec<Action>,
    ) {
        let most = self.rules.max_attempts;
        let Some(step) = self.at_work(step) else { return };
        match retry {
            _ if is_stopping(step) => end_stopped(step, now),
            Some(retry) if step.attempts < most => {
                step.status = StepStatus::Pending;
                step.error = Some(error);
                let doubled = 1_u64.checked_shl(step.attempts.saturating_sub(1)).unwrap_or(LONGEST_WAIT);
                let seconds = retry.after_seconds.max(1).saturating_mul(doubled).min(LONGEST_WAIT);
                orders.push(Action::RetryAfter { step: step.plan.id.clone(), seconds });
            }
            _ => {
                end(step, StepStatus::Failed, now);
                step.error = Some(error);
            }
        }
    }

    fn stop_all(
        &mut self,
        what: &str,
        why: Why,
        unbegun: StepStatus,
        now: Timestamp,
        orders: &mut Vec<Action>,
    ) {
        for step in &mut self.steps {
            match step.status {
                StepStatus::Running | StepStatus::Waiting => stop(step, what, why, orders),
                StepStatus::Pending => {
                    end(step, unbegun, now);
                    step.error = Some(what.to_owned());
                }
                _ => {}
            }
        }
    }

    /// Draws the consequences: skips, starts, and says what changed and whether it is over.
    fn settle(
        &mut self,
        before: &[Step],
        begins: bool,
        mut orders: Vec<Action>,
        now: Timestamp,
    ) -> Vec<Action> {
        self.skip(now);
        self.advance(now, &mut orders);
        let is_new = |(index, step): &(usize, &Step)| before.get(*index) != Some(*step);
        let changed = self.steps.iter().enumerate().filter(is_new);
        let mut actions: Vec<Action> = changed.map(|(_, step)| Action::Changed(step.clone())).collect();
        actions.append(&mut orders);
        if is_over(&self.steps) && (begins || !is_over(before)) {
            actions.push(outcome::finish(&self.steps));
        }
        actions
    }

    /// Skips what waits for a step that did not end well, and what waits for that.
    fn skip(&mut self, now: Timestamp) {
        loop {
            let lost = |id: &StepId| {
                let step = self.steps.iter().find(|step| step.plan.id == *id);
                step.is_some_and(|step| step.status.is_final() && step.status != StepStatus::Completed)
            };
            let next = self
                .steps
                .iter()
                .enumerate()
                .filter(|(_, step)| step.status == StepStatus::Pending)
                .find_map(|(index, step)| {
                    Some((index, step.plan.depends_on.iter().find(|id| lost(id))?.clone()))
                });
            let Some((index, cause)) = next else { return };
            end(&mut self.steps[index], StepStatus::Skipped, now);
            self.steps[index].error = Some(format!("never begun: `{cause}` did not end well"));
        }
    }

    /// Starts what may start, in the order of the plan.
    fn advance(&mut self, now: Timestamp, orders: &mut Vec<Action>) {
        let at_work = self.steps.iter().filter(|step| is_at_work(step)).count();
        let free = self.rules.concurrency.max(1).saturating_sub(at_work);
        let done = |id: &StepId| {
            self.steps.iter().any(|step| step.plan.id == *id && step.status == StepStatus::Completed)
        };
        let ready = |step: &Step| {
            step.status == StepStatus::Pending && !is_held_back(step) && step.plan.depends_on.iter().all(done)
        };
        let ready: Vec<usize> = self
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| ready(step))
            .map(|(at, _)| at)
            .take(free)
            .collect();
        for index in ready {
            let step = &mut self.steps[index];
            step.status = StepStatus::Running;
            step.attempts += 1;
            step.agent_id = None;
            step.started_at.get_or_insert(now);
            orders.push(start(step));
        }
    }

    fn at_work(&mut self, id: &StepId) -> Option<&mut Step> {
        self.steps.iter_mut().find(|step| step.plan.id == *id && is_at_work(step))
    }
}
