//! Metrics: what agents took, called, touched and how long they were at it, by agent, role or task.

use crate::{AgentId, TaskId, agents::Role, costs::CostSum, words::words};
use serde::{Deserialize, Serialize};

words! {
    /// What metrics are added up by.
    MetricsBy: exact "grouping" {
        /// The agent's role.
        Role = "role",
        /// The agent.
        Agent = "agent",
        /// The task; what agents without one did is in none.
        Task = "task",
    }
}

/// Whose metrics, of which stretch of time, and how added up. Of roles the alphabet is the order, of agents and tasks
/// the newest come first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct MetricsQuery {
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows a page, 1 to 200; 50 where missing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Added up by; `role` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<MetricsBy>,
    /// One task's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// At or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// At or before this moment; a bare date means all of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What one agent, the agents of one role, or those of one task did. Replays are left out; deleted agents and removed
/// tasks are not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Metrics {
    /// The agent, where they are added up by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// The role, of a role and of an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The task, where they are added up by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// What people call it: the agent's name, the role's word, the task's title.
    pub name: String,
    /// Agents that were at work then, or whose requests were answered then.
    pub agents: u64,
    /// Their requests of that time, tokens by kind, cost, and how well it is known: the sum of the usage records.
    pub sum: CostSum,
    /// Calls of tools by these agents. Calls are counted without their moments: where a stretch of time is asked for,
    /// each agent's count from its start on.
    pub tool_calls: u64,
    /// Of these calls, those that came back as errors.
    pub tool_errors: u64,
    /// Files they read, each path once; in a stretch of time those they touched last in it.
    pub files_consumed: u64,
    /// Files they wrote or changed, likewise.
    pub files_produced: u64,
    /// Of the files they wrote, those that none of them read: new ones.
    pub files_created: u64,
    /// Whole seconds they were at work, each agent's from its start to its end or until now, added up; of a stretch of
    /// time the part that lies in it.
    pub seconds: u64,
}
