//! Rows to fill a database with, each made from a number.

use quarterdeck::store::{Batch, Draft, Row};
use quarterdeck_shared::{
    AgentId, ApprovalId, Payload, RecordId, StepId, TaskId, Timestamp, Usd,
    agents::{Agent, AgentDetail, AgentStatus, Role, StatusEvidence},
    approvals::{Approval, ApprovalStatus},
    event::{Activity, ActivityKind},
    tasks::{
        Complexity, ExecutionMode, Limits, PermissionMode, PlannedStep, Step, Task, TaskStatus, TaskType,
    },
    usage::{CostBasis, Terms, Tokens, UsageRecord},
};
use uuid::Uuid;

/// 2026-11-22T00:00:00Z.
pub const MORNING: Timestamp = Timestamp(1_795_305_600_000_000);

/// An id made from a number.
pub fn id(kind: u64, number: u64) -> Uuid {
    Uuid::from_u64_pair(0x0192_0000_0000_7000 | kind << 48, 0x8000_0000_0000_0000 | number)
}

pub fn agent_id(number: u64) -> AgentId {
    AgentId(id(1, number))
}

pub fn task_id(number: u64) -> TaskId {
    TaskId(id(2, number))
}

/// An agent; status, role, cost and tokens go round with the number.
pub fn agent(number: u64) -> Agent {
    let listed = &AgentStatus::ALL[..7];
    let status = listed[number as usize % listed.len()];
    let tokens = Tokens {
        input: number % 97,
        output: number % 13,
        cache_creation: number % 7,
        cache_read: number % 5,
    };
    Agent {
        id: agent_id(number),
        agent_id: agent_id(number),
        name: format!("Agent {}", number % 251),
        role: Role::ALL[number as usize % Role::ALL.len()],
        status,
        status_evidence: StatusEvidence {
            reason: "process 4711 alive".into(),
            process: Some(4711),
            last_event_at: Some(MORNING),
        },
        task_id: None,
        step_id: None,
        parent_id: None,
        model: Some("claude-sonnet-4-5".into()),
        source: "quarterdeck".into(),
        runtime: "claude_cli".into(),
        session_id: None,
        working_directory: "/home/user/project".into(),
        permission_mode: PermissionMode::Default,
        input_tokens: tokens.input,
        output_tokens: tokens.output,
        cache_creation_tokens: tokens.cache_creation,
        cache_read_tokens: tokens.cache_read,
        total_tokens: tokens.total(),
        cost_usd: Usd::from_nanos((number % 89) as i64 * 1_000),
        cost_basis: Some(CostBasis::Computed),
        reported_cost_usd: None,
        context: None,
        requests: number % 11,
        tool_calls: number % 17,
        activity: String::new(),
        created_at: MORNING.plus_seconds((number % 1_000) as i64),
        started_at: None,
        finished_at: None,
        updated_at: MORNING.plus_seconds((number % 500) as i64),
    }
}

pub fn detail(agent: Agent) -> AgentDetail {
    AgentDetail {
        agent,
        custom_instructions: Some("be brief".into()),
        system_prompt: "You are a BUILDER.".into(),
        prompt: Some("build it".into()),
        tools: Some(vec!["Read".into(), "Edit".into()]),
        complexity: Complexity::Simple,
        result: None,
        error: None,
        tool_breakdown: Vec::new(),
        files: Vec::new(),
        seconds: 7,
    }
}

/// A task of one step; status, type and cost go round with the number.
pub fn task(number: u64) -> Task {
    let step = Step::not_begun(PlannedStep::new(StepId::at(0), Role::Builder));
    Task {
        id: task_id(number),
        title: format!("Task {}", number % 61),
        prompt: format!("Task {} as the user said it: FIX the Tür", number % 61),
        task_type: TaskType::ALL[1 + number as usize % (TaskType::ALL.len() - 1)],
        status: TaskStatus::ALL[number as usize % TaskStatus::ALL.len()],
        status_evidence: StatusEvidence::because("as the test says"),
        complexity: Complexity::Complex,
        reasons: vec!["two verbs".into()],
        include_analyst: number.is_multiple_of(2),
        analyst_reason: "the task is complex".into(),
        execution_mode: ExecutionMode::Sequential,
        workflow: vec![step],
        working_directory: "/home/user/project".into(),
        runtime: "claude_cli".into(),
        source: "quarterdeck".into(),
        model: None,
        permission_mode: PermissionMode::Default,
        limits: Limits::default(),
        tokens: Tokens { input: number % 41, ..Tokens::default() },
        cost_usd: Usd::from_nanos((number % 37) as i64 * 1_000),
        cost_basis: None,
        result: None,
        error: None,
        created_at: MORNING.plus_seconds((number % 300) as i64),
        started_at: None,
        finished_at: None,
        updated_at: MORNING.plus_seconds((number % 200) as i64),
    }
}

pub fn record(number: u64) -> UsageRecord {
    UsageRecord {
        id: RecordId(id(4, number)),
        agent_id: agent_id(number % 10),
        task_id: Some(task_id(number % 5)),
        role: Role::ALL[number as usize % Role::ALL.len()],
        message_id: format!("msg_{number}"),
        request_id: Some(format!("req_{number}")),
        model: ["claude-sonnet-4-5", "claude-opus-4-5"][number as usize % 2].into(),
        tokens: Tokens { input: 10, output: 20, cache_creation: 30, cache_read: 40 },
        terms: Terms { cache_5m: 30, complete: true, ..Terms::default() },
        cost_usd: Usd::from_nanos(1_000_000),
        cost_basis: CostBasis::Computed,
        reported_cost_usd: None,
        price_version: Some("2026-11-01".into()),
        provenance: format!("stream line {number}"),
        sidechain: false,
        replayed: false,
        at: MORNING.plus_seconds(number as i64),
        former_prices: Vec::new(),
    }
}

pub fn approval(number: u64, status: ApprovalStatus) -> Approval {
    Approval {
        id: ApprovalId(id(3, number)),
        agent_id: agent_id(number % 3),
        agent_name: "Builder".into(),
        task_id: Some(task_id(number % 2)),
        tool: "Bash".into(),
        input: serde_json::json!({ "command": "ls", "nul": "\u{0}" }),
        reason: None,
        working_directory: "/home/user/project".into(),
        status,
        message: None,
        asked_at: MORNING.plus_seconds(number as i64),
        answered_at: None,
    }
}

/// An event of an agent, told apart by its text.
pub fn activity(agent: u64, text: impl Into<String>) -> Draft {
    let activity = Activity {
        kind: ActivityKind::Text,
        key: "m1:0".into(),
        text: text.into(),
        tool: None,
        input: None,
        is_error: None,
        step_id: None,
    };
    let task_id = agent.is_multiple_of(2).then(|| task_id(agent));
    Draft { agent_id: Some(agent_id(agent)), task_id, payload: Payload::AgentActivity(activity) }
}

/// A batch of rows alone.
pub fn rows(rows: impl IntoIterator<Item = Row>) -> Batch {
    Batch { rows: rows.into_iter().collect(), events: Vec::new() }
}
