//! A run: the steps of one task as a state machine. It decides; its driver does and reports back.

use crate::plans::PlanError;
use quarterdeck_shared::{
    AgentId, StepId, Timestamp,
    tasks::{PlannedStep, Step, TaskStatus},
};

/// How a run is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Steps at work at the same time, at least one.
    pub concurrency: usize,
    /// How many agents may try one step, at least one.
    pub max_attempts: u32,
}

/// When an error says that another attempt may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Seconds to wait before the first of them; each further one waits twice as long.
    pub after_seconds: u64,
}

/// What the driver reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Input {
    /// Start, or go on after a restart: once in the life of a process.
    Begin,
    /// The agent of a step that was to start has come to be.
    Started { step: StepId, agent: AgentId },
    /// Its agent waits for a person.
    Waiting { step: StepId },
    /// Its agent works again.
    GoesOn { step: StepId },
    /// Its agent ended well, with these last words.
    Finished { step: StepId, handover: String },
    /// Its agent failed.
    Failed { step: StepId, error: String, retry: Option<Retry> },
    /// The wait that [`Action::RetryAfter`] asked for is over.
    RetryDue { step: StepId },
    /// A step took longer than it may.
    TimedOut { step: StepId },
    /// The task took more than it may: `the cost limit of $1.00 is reached`.
    LimitReached { what: String },
    /// A step was cut off from outside and cannot be resumed.
    Interrupted { step: StepId, cause: String },
    /// Somebody wants it stopped.
    CancelAsked,
}

/// Why a step's agent is to be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Somebody asked.
    Cancelled,
    /// It took too long.
    TimedOut,
    /// The task reached a limit.
    Limit,
}

/// What the driver is to do, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Action {
    /// The step is another now: store it and say so.
    Changed(Step),
    /// Stop the step's agent and report its end by [`Input::Failed`], [`Input::Finished`] or [`Input::Interrupted`].
    Stop { step: StepId, why: Why },
    /// Start an agent for the step and report [`Input::Started`] or [`Input::Failed`].
    Start { step: StepId, attempt: u32 },
    /// Report [`Input::RetryDue`] after so many seconds.
    RetryAfter { step: StepId, seconds: u64 },
    /// The run is over.
    Finish { status: TaskStatus, result: Option<String>, error: Option<String> },
}

/// The steps of one task and how far they are. All its state is in its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    steps: Vec<Step>,
    rules: Rules,
}

impl Run {
    /// A run that has not begun.
    pub fn new(plan: Vec<PlannedStep>, rules: Rules) -> Result<Self, PlanError> {
        let _ = plan;
        Ok(Self { steps: Vec::new(), rules })
    }

    /// A run as it was stored.
    pub fn restore(steps: Vec<Step>, rules: Rules) -> Self {
        Self { steps, rules }
    }

    /// Takes what happened and says what to do. What concerns no step at work changes nothing.
    pub fn apply(&mut self, input: Input, now: Timestamp) -> Vec<Action> {
        let _ = (input, now, self.rules);
        unimplemented!()
    }

    /// Ends the step in which a PLANNER laid out the others, and takes these others in behind it.
    pub fn replan(
        &mut self,
        step: &StepId,
        handover: String,
        plan: Vec<PlannedStep>,
        now: Timestamp,
    ) -> Result<Vec<Action>, PlanError> {
        let _ = (step, handover, plan, now);
        unimplemented!()
    }

    /// The steps, in the order of the plan.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Where the task stands by its steps.
    pub fn status(&self) -> TaskStatus {
        unimplemented!()
    }
}
