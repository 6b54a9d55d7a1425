//! How agents lie in their tables, with what they called and touched.

use crate::store::{
    StoreError,
    sql::{self, Fields},
    table::Table,
};
use quarterdeck_shared::{
    AgentId, StepId, TaskId, Timestamp,
    agents::{Agent, AgentDetail, AgentStatus, Context, FileTouch, StatusEvidence, ToolCount},
};
use sea_orm::Value;

pub(in crate::store) const AGENTS: Table = Table {
    name: "agents",
    key: &["id"],
    columns: &[
        "id",
        "name",
        "role",
        "status",
        "evidence_reason",
        "evidence_process",
        "evidence_at",
        "task_id",
        "step_id",
        "model",
        "source",
        "runtime",
        "session_id",
        "working_directory",
        "permission_mode",
        "input_tokens",
        "output_tokens",
        "cache_creation_tokens",
        "cache_read_tokens",
        "total_tokens",
        "cost_nanos",
        "cost_basis",
        "reported_cost_nanos",
        "context_used",
        "context_window",
        "requests",
        "tool_calls",
        "activity",
        "created_at",
        "started_at",
        "finished_at",
        "updated_at",
        "parent_id",
        "name_key",
    ],
    unread: 1,
};

/// What an agent's records add up to.
pub(in crate::store) const AGENT_FIGURES: Table = Table {
    name: "agents",
    key: &["id"],
    columns: &[
        "id",
        "input_tokens",
        "output_tokens",
        "cache_creation_tokens",
        "cache_read_tokens",
        "total_tokens",
        "cost_nanos",
        "cost_basis",
        "requests",
    ],
    unread: 0,
};

/// What changes of an agent that leaves the lists.
pub(in crate::store) const RETIRED: Table = Table {
    name: "agents",
    key: &["id"],
    columns: &["id", "status", "evidence_reason", "evidence_process", "evidence_at", "updated_at"],
    unread: 0,
};

pub(in crate::store) const DETAILS: Table = Table {
    name: "agent_details",
    key: &["agent_id"],
    columns: &[
        "agent_id",
        "custom_instructions",
        "system_prompt",
        "prompt",
        "tools",
        "complexity",
        "result",
        "error",
        "seconds",
    ],
    unread: 0,
};

pub(in crate::store) const TOOLS: Table = Table {
    name: "agent_tools",
    key: &["agent_id", "tool"],
    columns: &["agent_id", "tool", "calls", "errors"],
    unread: 0,
};

pub(in crate::store) const FILES: Table = Table {
    name: "agent_files",
    key: &["agent_id", "path", "file_use"],
    columns: &["agent_id", "path", "file_use", "times", "last_at"],
    unread: 0,
};

/// An agent's row.
pub(in crate::store) fn values(agent: &Agent) -> Vec<Value> {
    vec![
        agent.id.0.into(),
        sql::text(&agent.name),
        agent.role.as_str().into(),
        agent.status.as_str().into(),
        sql::text(&agent.status_evidence.reason),
        sql::number_or_none(agent.status_evidence.process.map(u64::from)),
        sql::time_or_none(agent.status_evidence.last_event_at),
        agent.task_id.map(|id| id.0).into(),
        sql::text_or_none(agent.step_id.as_ref().map(|step| step.0.as_str())),
        sql::text_or_none(agent.model.as_deref()),
        sql::text(&agent.source),
        sql::text(&agent.runtime),
        sql::text_or_none(agent.session_id.as_deref()),
        sql::text(&agent.working_directory),
        agent.permission_mode.as_str().into(),
        sql::number(agent.input_tokens),
        sql::number(agent.output_tokens),
        sql::number(agent.cache_creation_tokens),
        sql::number(agent.cache_read_tokens),
        sql::number(agent.total_tokens),
        sql::usd(agent.cost_usd),
        sql::text_or_none(agent.cost_basis.map(|basis| basis.as_str())),
        sql::usd_or_none(agent.reported_cost_usd),
        sql::number_or_none(agent.context.map(|context| context.used)),
        sql::number_or_none(agent.context.map(|context| context.window)),
        sql::number(agent.requests),
        sql::number(agent.tool_calls),
        sql::text(&agent.activity),
        sql::time(agent.created_at),
        sql::time_or_none(agent.started_at),
        sql::time_or_none(agent.finished_at),
        sql::time(agent.updated_at),
        agent.parent_id.map(|id| id.0).into(),
        sql::text(agent.name.to_lowercase()),
    ]
}

/// An agent's figures.
pub(in crate::store) fn figure_values(agent: &Agent) -> Vec<Value> {
    vec![
        agent.id.0.into(),
        sql::number(agent.input_tokens),
        sql::number(agent.output_tokens),
        sql::number(agent.cache_creation_tokens),
        sql::number(agent.cache_read_tokens),
        sql::number(agent.total_tokens),
        sql::usd(agent.cost_usd),
        sql::text_or_none(agent.cost_basis.map(|basis| basis.as_str())),
        sql::number(agent.requests),
    ]
}

/// How an agent leaves the lists.
#[derive(Clone, Debug)]
pub(in crate::store) struct Retired {
    pub(in crate::store) reason: String,
    pub(in crate::store) at: Timestamp,
    pub(in crate::store) unless: String,
}

/// An agent that leaves the lists.
pub(in crate::store) fn retired_values(id: AgentId, retired: &Retired) -> Vec<Value> {
    vec![
        id.0.into(),
        AgentStatus::Deleted.as_str().into(),
        sql::text(&retired.reason),
        sql::number_or_none(None),
        sql::time_or_none(None),
        sql::time(retired.at),
    ]
}

/// An agent's row, read back.
pub(in crate::store) fn read(fields: &mut Fields) -> Result<Agent, StoreError> {
    let id = AgentId(fields.id()?);
    Ok(Agent {
        id,
        agent_id: id,
        name: fields.take()?,
        role: fields.word()?,
        status: fields.word()?,
        status_evidence: evidence(fields)?,
        task_id: fields.id_or_none()?.map(TaskId),
        step_id: fields.take::<Option<String>>()?.map(StepId),
        model: fields.take()?,
        source: fields.take()?,
        runtime: fields.take()?,
        session_id: fields.take()?,
        working_directory: fields.take()?,
        permission_mode: fields.word()?,
        input_tokens: fields.number()?,
        output_tokens: fields.number()?,
        cache_creation_tokens: fields.number()?,
        cache_read_tokens: fields.number()?,
        total_tokens: fields.number()?,
        cost_usd: fields.usd()?,
        cost_basis: fields.word_or_none()?,
        reported_cost_usd: fields.usd_or_none()?,
        context: fields
            .number_or_none()?
            .zip(fields.number_or_none()?)
            .and_then(|(used, window)| Context::of(used, window)),
        requests: fields.number()?,
        tool_calls: fields.number()?,
        activity: fields.take()?,
        created_at: fields.time()?,
        started_at: fields.time_or_none()?,
        finished_at: fields.time_or_none()?,
        updated_at: fields.time()?,
        parent_id: fields.id_or_none()?.map(AgentId),
    })
}

/// Why a status is believed, of an agent or a task.
pub(in crate::store) fn evidence(fields: &mut Fields) -> Result<StatusEvidence, StoreError> {
    Ok(StatusEvidence {
        reason: fields.take()?,
        process: fields.number_or_none()?.and_then(|process| u32::try_from(process).ok()),
        last_event_at: fields.time_or_none()?,
    })
}

/// An agent's configuration and last words.
pub(in crate::store) fn detail_values(detail: &AgentDetail) -> Result<Vec<Value>, StoreError> {
    Ok(vec![
        detail.agent.id.0.into(),
        sql::text_or_none(detail.custom_instructions.as_deref()),
        sql::text(&detail.system_prompt),
        sql::text_or_none(detail.prompt.as_deref()),
        detail.tools.as_ref().map_or(Ok(Value::String(None)), sql::json)?,
        detail.complexity.as_str().into(),
        sql::text_or_none(detail.result.as_deref()),
        sql::text_or_none(detail.error.as_deref()),
        detail.seconds.into(),
    ])
}

/// The same, read back.
pub(in crate::store) fn read_detail(fields: &mut Fields) -> Result<AgentDetail, StoreError> {
    let agent = read(fields)?;
    fields.id_or_none()?;
    Ok(AgentDetail {
        agent,
        custom_instructions: fields.take()?,
        system_prompt: fields.take::<Option<String>>()?.unwrap_or_default(),
        prompt: fields.take()?,
        tools: fields.json_or_none()?,
        complexity: fields.word_or_none()?.unwrap_or_default(),
        result: fields.take()?,
        error: fields.take()?,
        tool_breakdown: Vec::new(),
        files: Vec::new(),
        seconds: fields.take::<Option<i64>>()?.unwrap_or_default(),
    })
}

/// How often an agent called a tool.
pub(in crate::store) fn tool_values(agent: AgentId, tool: &ToolCount) -> Vec<Value> {
    vec![agent.0.into(), sql::text(&tool.tool), sql::number(tool.calls), sql::number(tool.errors)]
}

/// The same, read back.
pub(in crate::store) fn read_tool(fields: &mut Fields) -> Result<(AgentId, ToolCount), StoreError> {
    let agent = AgentId(fields.id()?);
    Ok((agent, ToolCount { tool: fields.take()?, calls: fields.number()?, errors: fields.number()? }))
}

/// A file an agent touched.
pub(in crate::store) fn file_values(agent: AgentId, file: &FileTouch) -> Vec<Value> {
    let word = file.file_use.as_str();
    vec![agent.0.into(), sql::text(&file.path), word.into(), sql::number(file.times), sql::time(file.last_at)]
}

/// The same, read back.
pub(in crate::store) fn read_file(fields: &mut Fields) -> Result<(AgentId, FileTouch), StoreError> {
    let agent = AgentId(fields.id()?);
    let (path, file_use) = (fields.take()?, fields.word()?);
    Ok((agent, FileTouch { path, file_use, times: fields.number()?, last_at: fields.time()? }))
}
