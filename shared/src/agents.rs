//! Agents: temporary workers, each in one role.

mod cleanup;

pub use cleanup::{Cleanup, NewCleanup};

use crate::{
    AgentId, StepId, TaskId, Timestamp, Usd,
    json::holds_fields,
    tasks::{Complexity, PermissionMode},
    usage::{CostBasis, Tokens},
    words::words,
};
use serde::{Deserialize, Serialize};

words! {
    /// What an agent is for. Read in any case, written in upper case.
    Role: any_case "role" {
        /// Leads other agents.
        Orchestrator = "ORCHESTRATOR",
        /// Breaks work down.
        Planner = "PLANNER",
        /// Writes the change.
        Builder = "BUILDER",
        /// Judges the change.
        Reviewer = "REVIEWER",
        /// Finds out what is there before anything changes.
        Analyst = "ANALYST",
        /// Proves that it works.
        Tester = "TESTER",
        /// Writes it down for people.
        Documenter = "DOCUMENTER",
        /// A role of the user's own, told apart by its name.
        Custom = "CUSTOM",
    }
}

words! {
    /// Where an agent stands.
    AgentStatus: exact "agent status" {
        /// Known and not started, or waiting for a place among those at work.
        Created = "created",
        /// Its process lives and works.
        Running = "running",
        /// Its process waits for a person.
        Waiting = "waiting",
        /// It ended well.
        Completed = "completed",
        /// It ended with an error.
        Failed = "failed",
        /// Somebody stopped it.
        Cancelled = "cancelled",
        /// It was cut off from outside, by a crash or a restart.
        Interrupted = "interrupted",
        /// It left the lists and stays in the totals.
        Deleted = "deleted",
    }
}

impl AgentStatus {
    /// Whether its process is supposed to live.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Running | Self::Waiting)
    }

    /// Whether nothing follows by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Interrupted | Self::Deleted)
    }
}

/// Why a status is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusEvidence {
    /// The sentence for people: `process 4711 alive`, `exit code 1: …`.
    pub reason: String,
    /// The operating system's process id, where there is a process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<u32>,
    /// When the agent was last heard of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_event_at: Option<Timestamp>,
}

impl StatusEvidence {
    /// Evidence that is a sentence alone.
    pub fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), ..Self::default() }
    }
}

/// How full the model's window is, by the newest request of the main thread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Context {
    /// Tokens in the newest prompt: input, cache writes and cache reads.
    pub used: u64,
    /// Tokens the model's window holds.
    pub window: u64,
    /// The share in use, 0 to 100, rounded half up to one place.
    pub percent: f64,
}

impl Context {
    /// From this share on the window is said to be nearly full.
    pub const WARNING_PERCENT: f64 = 80.0;

    /// The state of a window; `None` where its size is unknown.
    pub fn of(used: u64, window: u64) -> Option<Self> {
        let percent = || (used as f64 * 1000.0 / window as f64).round() / 10.0;
        (window > 0).then(|| Self { used, window, percent: percent() })
    }
}

/// One agent, as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Its id again, for readers that join lists.
    pub agent_id: AgentId,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Where it stands.
    pub status: AgentStatus,
    /// Why that is believed.
    pub status_evidence: StatusEvidence,
    /// The task it works on, if any.
    pub task_id: Option<TaskId>,
    /// The step of that task.
    pub step_id: Option<StepId>,
    /// The agent whose sub-agent it is, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<AgentId>,
    /// The model that answers it; null until the first answer where none was asked for.
    pub model: Option<String>,
    /// Where its events come from: `quarterdeck`, `transcript`, `hooks`, `otlp`, `agent_logs`.
    pub source: String,
    /// What runs it: `claude_cli` or `replay`.
    pub runtime: String,
    /// The runtime's own session id, to resume by.
    pub session_id: Option<String>,
    /// Where it works.
    pub working_directory: String,
    /// What it may do unasked.
    pub permission_mode: PermissionMode,
    /// Uncached prompt tokens.
    pub input_tokens: u64,
    /// Tokens written by the model.
    pub output_tokens: u64,
    /// Prompt tokens written to the cache.
    pub cache_creation_tokens: u64,
    /// Prompt tokens read from the cache.
    pub cache_read_tokens: u64,
    /// All of them.
    pub total_tokens: u64,
    /// The sum of its usage records, exact.
    pub cost_usd: Usd,
    /// How that sum is known: the weakest basis among its records; null before the first.
    pub cost_basis: Option<CostBasis>,
    /// What the runtime itself said it cost, where it said so.
    pub reported_cost_usd: Option<Usd>,
    /// How full its window is; null before the first answer.
    pub context: Option<Context>,
    /// Requests to the model.
    pub requests: u64,
    /// Calls of tools.
    pub tool_calls: u64,
    /// What it does now, in a few words; empty when it does nothing.
    pub activity: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began to work.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When anything of this last changed.
    pub updated_at: Timestamp,
}

impl Agent {
    /// Its tokens by kind.
    pub const fn tokens(&self) -> Tokens {
        Tokens {
            input: self.input_tokens,
            output: self.output_tokens,
            cache_creation: self.cache_creation_tokens,
            cache_read: self.cache_read_tokens,
        }
    }
}

/// One agent with all that its drawer shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AgentDetail {
    /// What lists show.
    #[serde(flatten)]
    pub agent: Agent,
    /// What it was told beyond its role.
    pub custom_instructions: Option<String>,
    /// The system prompt that was added for it.
    pub system_prompt: String,
    /// The newest prompt it was given.
    pub prompt: Option<String>,
    /// The tools it may use; null means the runtime's own choice.
    pub tools: Option<Vec<String>>,
    /// Which variant of the role prompt it has.
    pub complexity: Complexity,
    /// The last words it said.
    pub result: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// Calls by tool, most used first.
    pub tool_breakdown: Vec<ToolCount>,
    /// Files it read and wrote.
    pub files: Vec<FileTouch>,
    /// Seconds it worked and waited so far.
    pub seconds: i64,
}

holds_fields!(AgentDetail {
    agent: Agent,
    custom_instructions: Option<String>,
    system_prompt: String,
    prompt: Option<String>,
    tools: Option<Vec<String>>,
    complexity: Complexity,
    result: Option<String>,
    error: Option<String>,
    tool_breakdown: Vec<ToolCount>,
    files: Vec<FileTouch>,
    seconds: i64,
});

/// How often one tool was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ToolCount {
    /// The tool.
    pub tool: String,
    /// Its calls.
    pub calls: u64,
    /// Calls that came back as errors.
    pub errors: u64,
}

words! {
    /// What an agent did to a file.
    FileUse: exact "file use" {
        /// It read it.
        Consumed = "consumed",
        /// It wrote or changed it.
        Produced = "produced",
    }
}

/// One file an agent touched, in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileTouch {
    /// The path as the agent named it.
    pub path: String,
    /// Read or written.
    pub file_use: FileUse,
    /// How often.
    pub times: u64,
    /// When last.
    pub last_at: Timestamp,
}

/// What to make an agent of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAgent {
    /// What it is for.
    pub role: Role,
    /// What people call it; a name after its role where missing. Required for CUSTOM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is told beyond its role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_instructions: Option<String>,
    /// The model; the runtime's default where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The tools it may use; the runtime's default where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
    /// Which variant of the role prompt it gets; complex where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complexity: Option<Complexity>,
    /// What it may do unasked; `default` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission_mode: Option<PermissionMode>,
    /// Where it works; a folder of its own where missing or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<String>,
    /// What runs it; `claude_cli` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// With a prompt it runs at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The task it joins, if any; must exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
}

/// The next thing to say to an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPrompt {
    /// The words.
    #[cfg_attr(feature = "openapi", schema(min_length = 1))]
    pub prompt: String,
}

/// Which agents, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct AgentQuery {
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows a page, 1 to 200; 50 where missing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `created_at updated_at cost tokens status role name`, with `-` in front for descending; `-created_at` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// One status, or several parted by commas; all but deleted where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// One role, or several parted by commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The task they work on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// Created at or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Created at or before this moment; a bare date means all of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// A part of the name, whatever its case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
}
