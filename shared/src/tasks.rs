//! Tasks: what somebody wants done, the steps it takes, and how far they are.

use crate::{
    AgentId, StepId, TaskId, Timestamp, Usd,
    agents::{Role, StatusEvidence},
    json::holds_fields,
    usage::{CostBasis, Tokens},
    words::words,
};
use serde::{Deserialize, Serialize};

words! {
    /// What kind of work a task is.
    TaskType: exact "task type" {
        /// Let the planner find out.
        Auto = "auto",
        /// Something new.
        FeatureImplementation = "feature_implementation",
        /// Something broken.
        BugFix = "bug_fix",
        /// A judgement, no change.
        CodeReview = "code_review",
        /// The same behaviour in a better shape.
        Refactoring = "refactoring",
        /// Proof that it works.
        Testing = "testing",
        /// Words for people.
        Documentation = "documentation",
        /// An answer, no change.
        Investigation = "investigation",
        /// Roles chosen from the words of the prompt.
        Custom = "custom",
    }
}

words! {
    /// How hard a task looks.
    Complexity: exact "complexity" {
        /// Few steps, short prompts.
        Simple = "simple",
        /// More steps, thorough prompts.
        Complex = "complex",
    }
}

words! {
    /// How the steps of a task follow each other.
    ExecutionMode: exact "execution mode" {
        /// By what each step depends on.
        Auto = "auto",
        /// One after the other.
        Sequential = "sequential",
        /// All at once.
        Parallel = "parallel",
    }
}

words! {
    /// Whether an ANALYST goes first.
    IncludeAnalyst: exact "analyst choice" {
        /// When the task is complex.
        Auto = "auto",
        /// In any case.
        Always = "always",
        /// In no case.
        Never = "never",
    }
}

words! {
    /// What an agent may do without asking.
    PermissionMode: exact "permission mode" {
        /// It asks before it writes or runs anything.
        Default = "default",
        /// It edits files unasked.
        AcceptEdits = "acceptEdits",
        /// It only plans.
        Plan = "plan",
        /// It never asks; needs an administrator's setting.
        BypassPermissions = "bypassPermissions",
    }
}

words! {
    /// Where a task stands.
    TaskStatus: exact "task status" {
        /// Accepted, not started.
        Pending = "pending",
        /// At least one step works.
        Running = "running",
        /// Nothing works until a person decides.
        Waiting = "waiting",
        /// Every step ended well.
        Completed = "completed",
        /// A step failed.
        Failed = "failed",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// It was cut off from outside. With an end it could not be resumed; without one it goes on at the server's
        /// next start.
        Interrupted = "interrupted",
    }
}

impl TaskStatus {
    /// Whether nothing follows by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Interrupted)
    }
}

words! {
    /// Where a step stands.
    StepStatus: exact "step status" {
        /// Not begun.
        Pending = "pending",
        /// Its agent works.
        Running = "running",
        /// Its agent waits for a person.
        Waiting = "waiting",
        /// Done.
        Completed = "completed",
        /// Its agent failed and no attempt is left.
        Failed = "failed",
        /// Stopped.
        Cancelled = "cancelled",
        /// Cut off from outside; without an end it goes on at the server's next start.
        Interrupted = "interrupted",
        /// Never begun, because a step before it did not end well.
        Skipped = "skipped",
    }
}

impl StepStatus {
    /// Whether nothing follows by itself.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Running | Self::Waiting)
    }
}

/// Where a task must stop by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Dollars over all steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<Usd>,
    /// Tokens over all steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<u64>,
    /// Seconds for each step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
}

/// One step as the planner lays it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedStep {
    /// Its name within the task.
    pub id: StepId,
    /// Who does it.
    pub role: Role,
    /// What it is, where a plan says more than the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The steps that must have ended well before it begins.
    pub depends_on: Vec<StepId>,
    /// What it is told beyond the task, where a plan says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
}

impl PlannedStep {
    /// A step of this role that waits for none and is told nothing more.
    pub const fn new(id: StepId, role: Role) -> Self {
        Self { id, role, name: None, depends_on: Vec::new(), instructions: None }
    }
}

/// One step of a task with how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// What was planned.
    #[serde(flatten)]
    pub plan: PlannedStep,
    /// Where it stands.
    pub status: StepStatus,
    /// Who works on it, or did last.
    pub agent_id: Option<AgentId>,
    /// How many agents have tried it.
    pub attempts: u32,
    /// What it handed over, once it ended well.
    pub handover: Option<String>,
    /// Why it did not end well.
    pub error: Option<String>,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Step {
    /// A step that has not begun.
    pub const fn not_begun(plan: PlannedStep) -> Self {
        Self {
            plan,
            status: StepStatus::Pending,
            agent_id: None,
            attempts: 0,
            handover: None,
            error: None,
            started_at: None,
            finished_at: None,
        }
    }
}

holds_fields!(Step {
    plan: PlannedStep,
    status: StepStatus,
    agent_id: Option<AgentId>,
    attempts: u32,
    handover: Option<String>,
    error: Option<String>,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
});

/// One task, as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The first line of its prompt, cut to eighty characters.
    pub title: String,
    /// All of what was asked.
    pub prompt: String,
    /// What kind of work it is; never `auto` once planned.
    pub task_type: TaskType,
    /// Where it stands.
    pub status: TaskStatus,
    /// Why that is believed.
    pub status_evidence: StatusEvidence,
    /// How hard it looks.
    pub complexity: Complexity,
    /// What made it look so.
    pub reasons: Vec<String>,
    /// Whether an ANALYST goes first.
    pub include_analyst: bool,
    /// Why.
    pub analyst_reason: String,
    /// How the steps follow each other.
    pub execution_mode: ExecutionMode,
    /// The steps, in the order of the plan.
    pub workflow: Vec<Step>,
    /// Where its agents work.
    pub working_directory: String,
    /// What runs its agents.
    pub runtime: String,
    /// Where its events come from: `quarterdeck` for what was submitted here, `transcript` for a session started
    /// elsewhere.
    #[serde(default = "here")]
    pub source: String,
    /// The model asked for; null means the runtime's default.
    pub model: Option<String>,
    /// What its agents may do unasked.
    pub permission_mode: PermissionMode,
    /// Where it must stop by itself.
    pub limits: Limits,
    /// Tokens of all its agents.
    pub tokens: Tokens,
    /// The sum of its agents' usage records.
    pub cost_usd: Usd,
    /// How that sum is known; null before the first record.
    pub cost_basis: Option<CostBasis>,
    /// The last step's last words.
    pub result: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When the first step began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When anything of this last changed.
    pub updated_at: Timestamp,
}

impl Task {
    /// Whether nothing follows by itself: it has a final status, and an end.
    pub const fn has_ended(&self) -> bool {
        self.status.is_final() && self.finished_at.is_some()
    }
}

/// The source of what was submitted here.
fn here() -> String {
    "quarterdeck".to_owned()
}

/// What somebody wants done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    /// In the user's words.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub prompt: String,
    /// What kind of work; the planner finds out where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_type: Option<TaskType>,
    /// How the steps follow each other; by the plan where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_mode: Option<ExecutionMode>,
    /// Whether an ANALYST goes first; when it is complex where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_analyst: Option<IncludeAnalyst>,
    /// Where the agents work; a folder of the task's own where missing or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
    /// What runs the agents; `claude_cli` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// The model; the runtime's default where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What the agents may do unasked; `default` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission_mode: Option<PermissionMode>,
    /// Where it must stop by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// A workflow of one's own: `ai` lets a PLANNER agent lay the steps out; templates where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow_id: Option<String>,
}

/// What a task would be, before it is submitted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewEstimate {
    /// In the user's words.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub prompt: String,
    /// What kind of work; found out where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_type: Option<TaskType>,
    /// Whether an ANALYST goes first; when it is complex where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_analyst: Option<IncludeAnalyst>,
}

/// What the planner makes of a prompt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Estimate {
    /// How hard it looks.
    pub complexity: Complexity,
    /// What made it look so, in sentences.
    pub reasons: Vec<String>,
    /// The words of the prompt that weighed.
    pub weighty_words: Vec<String>,
    /// The kind of work, found out where it was not given.
    pub task_type: TaskType,
    /// Whether an ANALYST goes first.
    pub include_analyst: bool,
    /// Why.
    pub analyst_reason: String,
    /// The steps that would run.
    pub workflow: Vec<PlannedStep>,
    /// What such tasks cost so far, where any ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Forecast>,
}

/// What tasks of the same kind and complexity cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forecast {
    /// How many ended tasks stand behind the figures.
    pub tasks: u64,
    /// Half of them cost less.
    pub median_cost_usd: Usd,
    /// Nine of ten cost less.
    pub p90_cost_usd: Usd,
    /// Half of them took less, in seconds.
    pub median_seconds: i64,
}

/// Which tasks, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct TaskQuery {
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows a page, 1 to 200; 50 where missing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `created_at updated_at cost tokens status title`, with `-` in front for descending; `-created_at` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// One status, or several parted by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// One type.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub task_type: Option<TaskType>,
    /// `with` or `without` an ANALYST.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub analyst: Option<Analyst>,
    /// Created at or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Created at or before this moment; a bare date means all of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Cost at least so many dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_min: Option<Usd>,
    /// Cost at most so many dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_max: Option<Usd>,
    /// A part of the prompt, whatever its case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}

words! {
    /// Tasks with or without an ANALYST.
    Analyst: exact "analyst filter" {
        /// One goes first.
        With = "with",
        /// None does.
        Without = "without",
    }
}
