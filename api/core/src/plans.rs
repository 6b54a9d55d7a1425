//! Plans: read from a PLANNER's answer, checked, and laid out one after the other or side by side.

use quarterdeck_shared::{
    StepId,
    tasks::{Complexity, ExecutionMode, PlannedStep},
};
use std::fmt;

/// Steps a plan may have.
pub const MAX_STEPS: usize = 50;

/// The step in which a PLANNER lays out the others.
pub const PLANNING: &str = "plan";

/// What a PLANNER answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How hard it finds the task.
    pub complexity: Complexity,
    /// Why it plans like this.
    pub rationale: String,
    /// The steps.
    pub steps: Vec<PlannedStep>,
}

/// Why a plan cannot be carried out. Steps are counted from zero.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PlanError {
    /// No JSON in the answer.
    InvalidJson { reason: String },
    /// The JSON is no object.
    NotObject,
    /// A field of the plan is missing.
    MissingField { field: &'static str },
    /// A field is of the wrong kind, too long or too many.
    BadField { field: &'static str, reason: String },
    /// `workflow` is no list.
    WorkflowNotList,
    /// There is no step.
    EmptyWorkflow,
    /// More steps than [`MAX_STEPS`].
    TooManySteps { count: usize },
    /// A field of a step is missing.
    StepMissingField { step: usize, field: &'static str },
    /// A field of a step is of the wrong kind or out of range.
    StepBadField { step: usize, field: &'static str, reason: String },
    /// A word outside its closed set.
    BadWord { step: Option<usize>, field: &'static str, message: String },
    /// A role nobody knows.
    UnknownRole { step: usize, found: String },
    /// Two steps share a name.
    DuplicateStep { id: StepId },
    /// A step waits for one that is not there.
    UnknownDependency { step: StepId, on: StepId },
    /// Steps wait for each other in a circle.
    DependencyCycle { steps: Vec<StepId> },
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        unimplemented!()
    }
}

impl std::error::Error for PlanError {}

/// The plan in a PLANNER's answer: JSON, alone, inside a fence or among prose.
pub fn read(text: &str) -> Result<Plan, PlanError> {
    let _ = text;
    unimplemented!()
}

/// The steps of the plan in a PLANNER's answer.
pub fn parse(text: &str) -> Result<Vec<PlannedStep>, PlanError> {
    read(text).map(|plan| plan.steps)
}

/// Refuses steps that cannot be carried out: none, too many, sharing names, waiting for what never comes.
pub fn validate(steps: &[PlannedStep]) -> Result<(), PlanError> {
    let _ = steps;
    unimplemented!()
}

/// Lays steps out as asked: by their dependencies, one after the other, or all at once.
pub fn arrange(steps: Vec<PlannedStep>, mode: ExecutionMode) -> Vec<PlannedStep> {
    let _ = mode;
    steps
}

/// The one step in which a PLANNER lays out the others; [`crate::workflows::Run::replan`] takes its answer.
pub fn planning() -> Vec<PlannedStep> {
    unimplemented!()
}
