//! Events: every change of state, in the order it was committed.

mod read;

use crate::{
    AgentId, ApprovalId, StepId, TaskId, Timestamp, Usd,
    agents::{Agent, AgentStatus, Context, StatusEvidence},
    approvals::{Approval, ApprovalStatus},
    tasks::{Step, Task, TaskStatus},
    usage::UsageRecord,
    words::words,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One change of state. `seq` rises in commit order and, on SQLite, has no gaps.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Its place in the order of all changes.
    pub seq: i64,
    /// When it was committed.
    pub at: Timestamp,
    /// Whom it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// Which task it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// What changed.
    #[serde(flatten)]
    pub payload: Payload,
}

/// What changed: `type` is the word, `data` the particulars.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", content = "data")]
pub enum Payload {
    /// An agent came to be.
    #[serde(rename = "agent.created")]
    AgentCreated {
        /// The agent as it is now.
        agent: Agent,
    },
    /// An agent's status changed.
    #[serde(rename = "agent.status_changed")]
    AgentStatusChanged {
        /// Before.
        from: AgentStatus,
        /// Now.
        to: AgentStatus,
        /// Why.
        evidence: StatusEvidence,
        /// The agent as it is now.
        agent: Agent,
    },
    /// Something else of an agent changed: it was given words or an answer, its name came to be known. What it said is
    /// read where it stands.
    #[serde(rename = "agent.changed")]
    AgentChanged {
        /// The agent as it is now.
        agent: Agent,
    },
    /// An agent left the lists.
    #[serde(rename = "agent.deleted")]
    AgentDeleted {},
    /// An agent said or did something.
    #[serde(rename = "agent.activity")]
    AgentActivity(Activity),
    /// An agent was given words.
    #[serde(rename = "agent.prompted")]
    AgentPrompted {
        /// The words.
        prompt: String,
    },
    /// An agent's window is nearly full.
    #[serde(rename = "agent.context_high")]
    AgentContextHigh {
        /// How full.
        context: Context,
    },
    /// An agent has not been heard of for long.
    #[serde(rename = "agent.stalled")]
    AgentStalled {
        /// Seconds since its last event.
        seconds: i64,
    },
    /// A response of the model's API was counted.
    #[serde(rename = "usage.recorded")]
    UsageRecorded {
        /// The record, with the largest value of each kind seen so far.
        record: UsageRecord,
        /// The agent as it is now.
        agent: Agent,
        /// The task's cost as it is now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task_cost_usd: Option<Usd>,
    },
    /// A task was submitted.
    #[serde(rename = "task.created")]
    TaskCreated {
        /// The task as it is now.
        task: Task,
    },
    /// A task got another plan than its template.
    #[serde(rename = "task.planned")]
    TaskPlanned {
        /// The task as it is now.
        task: Task,
    },
    /// A task's status changed.
    #[serde(rename = "task.status_changed")]
    TaskStatusChanged {
        /// Before.
        from: TaskStatus,
        /// Now.
        to: TaskStatus,
        /// The task as it is now.
        task: Task,
    },
    /// A step began.
    #[serde(rename = "task.step_started")]
    TaskStepStarted {
        /// The step as it is now.
        step: Step,
    },
    /// A step waits, goes on, or tries again.
    #[serde(rename = "task.step_changed")]
    TaskStepChanged {
        /// The step as it is now.
        step: Step,
    },
    /// A step ended, well or not.
    #[serde(rename = "task.step_finished")]
    TaskStepFinished {
        /// The step as it is now.
        step: Step,
    },
    /// A task left the lists.
    #[serde(rename = "task.deleted")]
    TaskDeleted {},
    /// An agent asks before it uses a tool.
    #[serde(rename = "approval.asked")]
    ApprovalAsked {
        /// The question.
        approval: Approval,
    },
    /// A question was answered or withdrawn.
    #[serde(rename = "approval.answered")]
    ApprovalAnswered {
        /// The question's id.
        approval_id: ApprovalId,
        /// Where it stands now.
        status: ApprovalStatus,
    },
}

words! {
    /// What an agent did.
    ActivityKind: exact "activity" {
        /// It spoke.
        Text = "text",
        /// It thought.
        Thinking = "thinking",
        /// It called a tool.
        ToolCall = "tool_call",
        /// A tool answered.
        ToolResult = "tool_result",
        /// Its runtime said something: a retry, a compaction.
        Notice = "notice",
    }
}

/// One thing an agent said or did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    /// What it was.
    pub kind: ActivityKind,
    /// Which block of which message: pieces of one block carry the same key and are read one after the other.
    pub key: String,
    /// The words of this piece; for a tool a short description.
    pub text: String,
    /// The tool, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The tool's input, cut to 4 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// Whether a tool's answer was an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_error: Option<bool>,
    /// The task's step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<StepId>,
}

impl Payload {
    /// The word on the wire.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::AgentCreated { .. } => "agent.created",
            Self::AgentStatusChanged { .. } => "agent.status_changed",
            Self::AgentChanged { .. } => "agent.changed",
            Self::AgentDeleted {} => "agent.deleted",
            Self::AgentActivity(_) => "agent.activity",
            Self::AgentPrompted { .. } => "agent.prompted",
            Self::AgentContextHigh { .. } => "agent.context_high",
            Self::AgentStalled { .. } => "agent.stalled",
            Self::UsageRecorded { .. } => "usage.recorded",
            Self::TaskCreated { .. } => "task.created",
            Self::TaskPlanned { .. } => "task.planned",
            Self::TaskStatusChanged { .. } => "task.status_changed",
            Self::TaskStepStarted { .. } => "task.step_started",
            Self::TaskStepChanged { .. } => "task.step_changed",
            Self::TaskStepFinished { .. } => "task.step_finished",
            Self::TaskDeleted {} => "task.deleted",
            Self::ApprovalAsked { .. } => "approval.asked",
            Self::ApprovalAnswered { .. } => "approval.answered",
        }
    }
}

#[cfg(test)]
mod tests;
