//! Why a plan cannot be carried out.

use super::MAX_STEPS;
use quarterdeck_shared::StepId;
use std::fmt;

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
    /// A field of the plan is of the wrong kind or too long.
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
    /// A word outside its closed set; of a step, or of the plan.
    BadWord { step: Option<usize>, field: &'static str, message: String },
    /// A role nobody knows.
    UnknownRole { step: usize, found: String },
    /// Two steps share a name.
    DuplicateStep { id: StepId },
    /// A step waits for one that is not there.
    UnknownDependency { step: StepId, on: StepId },
    /// Steps wait for each other in a circle, or for a step in one.
    DependencyCycle { steps: Vec<StepId> },
}

impl PlanError {
    /// What went wrong, as a word for programs.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::InvalidJson { .. } => "invalid_json",
            Self::NotObject => "not_object",
            Self::MissingField { .. } => "missing_field",
            Self::BadField { .. } => "bad_field",
            Self::WorkflowNotList => "workflow_not_list",
            Self::EmptyWorkflow => "empty_workflow",
            Self::TooManySteps { .. } => "too_many_steps",
            Self::StepMissingField { .. } => "step_missing_field",
            Self::StepBadField { .. } => "step_bad_field",
            Self::BadWord { .. } => "bad_enum",
            Self::UnknownRole { .. } => "unknown_role",
            Self::DuplicateStep { .. } => "duplicate_step",
            Self::UnknownDependency { .. } => "unknown_dependency",
            Self::DependencyCycle { .. } => "dependency_cycle",
        }
    }

    /// The field at fault, where it is one.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::MissingField { field }
            | Self::BadField { field, .. }
            | Self::StepMissingField { field, .. }
            | Self::StepBadField { field, .. }
            | Self::BadWord { field, .. } => Some(field),
            Self::UnknownRole { .. } => Some("agent_role"),
            Self::WorkflowNotList | Self::EmptyWorkflow | Self::TooManySteps { .. } => Some("workflow"),
            Self::UnknownDependency { .. } | Self::DependencyCycle { .. } => Some("depends_on"),
            Self::DuplicateStep { .. } => Some("id"),
            Self::InvalidJson { .. } | Self::NotObject => None,
        }
    }

    /// The step at fault, counted from zero, where it is one.
    pub const fn step(&self) -> Option<usize> {
        match self {
            Self::StepMissingField { step, .. }
            | Self::StepBadField { step, .. }
            | Self::UnknownRole { step, .. } => Some(*step),
            Self::BadWord { step, .. } => *step,
            _ => None,
        }
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidJson { reason } => write!(f, "the answer holds no plan in JSON: {reason}"),
            Self::NotObject => f.write_str("the plan must be one JSON object"),
            Self::MissingField { field } => write!(f, "the plan has no `{field}`"),
            Self::BadField { field, reason } => write!(f, "`{field}` of the plan: {reason}"),
            Self::WorkflowNotList => f.write_str("`workflow` must be a list of steps"),
            Self::EmptyWorkflow => f.write_str("the plan has no step; it needs at least one"),
            Self::TooManySteps { count } => write!(f, "the plan has {count} steps; {MAX_STEPS} are allowed"),
            Self::StepMissingField { step, field } => write!(f, "step {} has no `{field}`", step + 1),
            Self::StepBadField { step, field, reason } => {
                write!(f, "`{field}` of step {}: {reason}", step + 1)
            }
            Self::BadWord { step: None, field, message } => write!(f, "`{field}` of the plan: {message}"),
            Self::BadWord { step: Some(step), field, message } => {
                write!(f, "`{field}` of step {}: {message}", step + 1)
            }
            Self::UnknownRole { step, found } => {
                write!(f, "step {}: nobody has the role `{found}`", step + 1)
            }
            Self::DuplicateStep { id } => write!(f, "two steps are named `{id}`; give each its own name"),
            Self::UnknownDependency { step, on } => {
                write!(f, "step `{step}` waits for `{on}`, which is not in the plan")
            }
            Self::DependencyCycle { steps } => {
                let names: Vec<&str> = steps.iter().map(|id| id.0.as_str()).collect();
                write!(f, "steps wait for each other in a circle: {}", names.join(" → "))
            }
        }
    }
}

impl std::error::Error for PlanError {}
