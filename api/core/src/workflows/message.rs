//! What a run and its driver say to each other.

use quarterdeck_shared::{
    AgentId, StepId,
    tasks::{Step, TaskStatus},
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
    /// Seconds to wait before the second attempt; each further wait is twice as long.
    pub after_seconds: u64,
}

/// What the driver reports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Input {
    /// Start, or go on after a restart: once in the life of a process, before anything else.
    Begin,
    /// The agent of a step that was to start has come to be.
    Started { step: StepId, agent: AgentId },
    /// Its agent waits for a person.
    Waiting { step: StepId },
    /// Its agent works again.
    GoesOn { step: StepId },
    /// Its agent ended well, with these last words.
    Finished { step: StepId, handover: String },
    /// Its agent failed, or ended because it was stopped.
    Failed { step: StepId, error: String, retry: Option<Retry> },
    /// The wait that [`Action::RetryAfter`] asked for is over.
    RetryDue { step: StepId },
    /// A step took longer than it may: `4 seconds, its task's limit`.
    TimedOut { step: StepId, limit: String },
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
    /// Stop the step's agent, then report [`Input::Failed`] or [`Input::Interrupted`], or [`Input::Finished`] where
    /// it was faster. A step whose agent is not yet there is asked to stop again once it has [`Input::Started`].
    Stop { step: StepId, why: Why },
    /// Start an agent for the step and report [`Input::Started`], or [`Input::Failed`] where none could be.
    Start { step: StepId, attempt: u32 },
    /// Report [`Input::RetryDue`] after so many seconds.
    RetryAfter { step: StepId, seconds: u64 },
    /// The run is over.
    Finish { status: TaskStatus, result: Option<String>, error: Option<String> },
}
