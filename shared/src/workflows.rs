//! Workflows: which roles, in which order, for which kind of task.

use crate::{
    agents::Role,
    tasks::{Complexity, IncludeAnalyst, PlannedStep, TaskType},
};
use serde::{Deserialize, Serialize};

/// For what a workflow is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct RecommendationQuery {
    /// The kind of work; every kind where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_type: Option<TaskType>,
    /// How hard; complex where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complexity: Option<Complexity>,
    /// Whether an ANALYST goes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_analyst: Option<IncludeAnalyst>,
}

/// The workflow the planner would take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recommendation {
    /// The kind of work.
    pub task_type: TaskType,
    /// How hard.
    pub complexity: Complexity,
    /// Whether an ANALYST goes first.
    pub include_analyst: bool,
    /// Why.
    pub analyst_reason: String,
    /// The roles in order.
    pub roles: Vec<Role>,
    /// The steps.
    pub workflow: Vec<PlannedStep>,
}
