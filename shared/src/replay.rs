//! Replay: how things stood with a task or a session at any moment of its life.

use crate::{
    AgentId, StepId, TaskId, Timestamp, Usd,
    agents::{AgentStatus, Role},
    conversations::Moment,
    tasks::{StepStatus, TaskStatus},
    usage::{CostBasis, Tokens},
    words::words,
};
use serde::{Deserialize, Serialize};

/// Spans that the life of a task or session is parted into for its outline.
pub const SPANS: u32 = 160;

/// Whose past, and which moment of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct ReplayQuery {
    /// The task; of it or an agent one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// The agent, whose session it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// The moment; the last one, or now where it goes on, where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Whether the outline of the whole is wanted as well; it is the same for every moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<bool>,
}

/// How things stood at a moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Replay {
    /// The moment, within the life of the task or session.
    pub at: Timestamp,
    /// Where its life begins.
    pub from: Timestamp,
    /// Where it ends; now where it goes on.
    pub to: Timestamp,
    /// Whether it goes on.
    pub is_live: bool,
    /// What people call it.
    pub title: String,
    /// Where the task stood then; null of an agent without a task.
    pub status: Option<TaskStatus>,
    /// The steps as they stood then.
    pub steps: Vec<StepThen>,
    /// The agents that were there then, deleted ones too, oldest first.
    pub agents: Vec<AgentThen>,
    /// Agents beyond the first two hundred, which are left out; the sums hold what they took.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
    /// Their tokens until then.
    pub tokens: Tokens,
    /// Their cost until then.
    pub cost_usd: Usd,
    /// How that is known; null without a request.
    pub cost_basis: Option<CostBasis>,
    /// What happened in all, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<Outline>,
}

/// A step as it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepThen {
    /// The step.
    pub id: StepId,
    /// Its role.
    pub role: Role,
    /// Where it stood.
    pub status: StepStatus,
}

/// An agent as it stood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentThen {
    /// Who.
    pub agent_id: AgentId,
    /// What people call it.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Where it stood.
    pub status: AgentStatus,
    /// What it had taken.
    pub moment: Moment,
    /// Files it had read by then.
    pub files_read: u64,
    /// Files it had written by then.
    pub files_written: u64,
}

/// What happened in the life of a task or session, from its beginning to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outline {
    /// Requests in each of equally long spans.
    pub requests: Vec<u64>,
    /// What stands out, in the order of time; of very many, the first five hundred.
    pub marks: Vec<Mark>,
}

/// Something that stands out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: MarkKind,
    /// In words.
    pub label: String,
}

words! {
    /// What stands out in a life.
    MarkKind: exact "mark" {
        /// A step or an agent began.
        Began = "began",
        /// Somebody was asked.
        Asked = "asked",
        /// Somebody said something to an agent.
        Prompted = "prompted",
        /// It ended well.
        Completed = "completed",
        /// It went wrong.
        Failed = "failed",
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
