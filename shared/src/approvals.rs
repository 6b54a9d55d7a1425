//! Approvals: what an agent asks before it uses a tool, and what it was told.

use crate::{AgentId, ApprovalId, TaskId, Timestamp, words::words};
use serde::{Deserialize, Serialize};
use serde_json::Value;

words! {
    /// Where a question stands.
    ApprovalStatus: exact "approval status" {
        /// Somebody must answer.
        Pending = "pending",
        /// It may.
        Allowed = "allowed",
        /// It may not.
        Denied = "denied",
        /// Nobody needs the answer any more.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// An answer.
    Decision: exact "decision" {
        /// It may not: the answer that does no harm comes first.
        Deny = "deny",
        /// It may, this once.
        Allow = "allow",
    }
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// Who asks.
    pub agent_id: AgentId,
    /// What the agent is called.
    pub agent_name: String,
    /// For which task.
    pub task_id: Option<TaskId>,
    /// The tool it wants to use.
    pub tool: String,
    /// What it would call it with.
    pub input: Value,
    /// Why the runtime asks, where it said so.
    pub reason: Option<String>,
    /// Where the agent works.
    pub working_directory: String,
    /// Where the question stands.
    pub status: ApprovalStatus,
    /// What the agent was told with the answer.
    pub message: Option<String>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it was answered or withdrawn.
    pub answered_at: Option<Timestamp>,
}

/// An answer to a question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// Allow or deny.
    pub decision: Decision,
    /// What the agent is told with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Another input to call the tool with; only with `allow`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_input: Option<Value>,
}

/// Which questions, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct ApprovalQuery {
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows a page, 1 to 200; 50 where missing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `asked_at`, with `-` in front for the newest first; `asked_at` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// One status, several parted by commas, or `all`; pending where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// One agent's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// One task's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
}
