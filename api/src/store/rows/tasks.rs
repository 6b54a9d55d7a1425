//! How tasks lie in their table, their steps inside.

use crate::store::{
    StoreError,
    rows::agents::evidence,
    sql::{self, Fields},
    table::Table,
};
use quarterdeck_shared::{
    TaskId, Timestamp, Usd,
    tasks::Task,
    usage::{CostBasis, Tokens},
};
use sea_orm::Value;

/// Without `removed_at`: writing a task again does not bring it back.
pub(in crate::store) const TASKS: Table = Table {
    name: "tasks",
    key: &["id"],
    columns: &[
        "id",
        "title",
        "prompt",
        "task_type",
        "status",
        "evidence_reason",
        "evidence_process",
        "evidence_at",
        "complexity",
        "reasons",
        "include_analyst",
        "analyst_reason",
        "execution_mode",
        "workflow",
        "working_directory",
        "runtime",
        "model",
        "permission_mode",
        "limits",
        "input_tokens",
        "output_tokens",
        "cache_creation_tokens",
        "cache_read_tokens",
        "cost_nanos",
        "cost_basis",
        "result",
        "error",
        "created_at",
        "started_at",
        "finished_at",
        "updated_at",
        "source",
        "total_tokens",
        "title_key",
        "prompt_key",
    ],
    unread: 3,
};

/// The columns that change with every usage record.
pub(in crate::store) const FIGURES: Table = Table {
    name: "tasks",
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
        "updated_at",
    ],
    unread: 0,
};

/// What a task's agents took so far.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Figures {
    pub(in crate::store) tokens: Tokens,
    pub(in crate::store) cost_usd: Usd,
    pub(in crate::store) cost_basis: Option<CostBasis>,
    pub(in crate::store) updated_at: Timestamp,
}

/// A task's row.
pub(in crate::store) fn values(task: &Task) -> Result<Vec<Value>, StoreError> {
    Ok(vec![
        task.id.0.into(),
        sql::text(&task.title),
        sql::text(&task.prompt),
        task.task_type.as_str().into(),
        task.status.as_str().into(),
        sql::text(&task.status_evidence.reason),
        sql::number_or_none(task.status_evidence.process.map(u64::from)),
        sql::time_or_none(task.status_evidence.last_event_at),
        task.complexity.as_str().into(),
        sql::json(&task.reasons)?,
        task.include_analyst.into(),
        sql::text(&task.analyst_reason),
        task.execution_mode.as_str().into(),
        sql::json(&task.workflow)?,
        sql::text(&task.working_directory),
        sql::text(&task.runtime),
        sql::text_or_none(task.model.as_deref()),
        task.permission_mode.as_str().into(),
        sql::json(&task.limits)?,
        sql::number(task.tokens.input),
        sql::number(task.tokens.output),
        sql::number(task.tokens.cache_creation),
        sql::number(task.tokens.cache_read),
        sql::usd(task.cost_usd),
        sql::text_or_none(task.cost_basis.map(CostBasis::as_str)),
        sql::text_or_none(task.result.as_deref()),
        sql::text_or_none(task.error.as_deref()),
        sql::time(task.created_at),
        sql::time_or_none(task.started_at),
        sql::time_or_none(task.finished_at),
        sql::time(task.updated_at),
        sql::text(&task.source),
        sql::number(task.tokens.total()),
        sql::text(task.title.to_lowercase()),
        sql::text(task.prompt.to_lowercase()),
    ])
}

/// The same, read back.
pub(in crate::store) fn read(fields: &mut Fields) -> Result<Task, StoreError> {
    Ok(Task {
        id: TaskId(fields.id()?),
        title: fields.take()?,
        prompt: fields.take()?,
        task_type: fields.word()?,
        status: fields.word()?,
        status_evidence: evidence(fields)?,
        complexity: fields.word()?,
        reasons: fields.json()?,
        include_analyst: fields.take()?,
        analyst_reason: fields.take()?,
        execution_mode: fields.word()?,
        workflow: fields.json()?,
        working_directory: fields.take()?,
        runtime: fields.take()?,
        model: fields.take()?,
        permission_mode: fields.word()?,
        limits: fields.json()?,
        tokens: tokens(fields)?,
        cost_usd: fields.usd()?,
        cost_basis: fields.word_or_none()?,
        result: fields.take()?,
        error: fields.take()?,
        created_at: fields.time()?,
        started_at: fields.time_or_none()?,
        finished_at: fields.time_or_none()?,
        updated_at: fields.time()?,
        source: fields.take()?,
    })
}

/// Four columns of tokens by kind.
pub(in crate::store) fn tokens(fields: &mut Fields) -> Result<Tokens, StoreError> {
    Ok(Tokens {
        input: fields.number()?,
        output: fields.number()?,
        cache_creation: fields.number()?,
        cache_read: fields.number()?,
    })
}

/// A task's figures.
pub(in crate::store) fn figure_values(id: TaskId, figures: &Figures) -> Vec<Value> {
    let Figures { tokens, cost_usd, cost_basis, updated_at } = *figures;
    vec![
        id.0.into(),
        sql::number(tokens.input),
        sql::number(tokens.output),
        sql::number(tokens.cache_creation),
        sql::number(tokens.cache_read),
        sql::number(tokens.total()),
        sql::usd(cost_usd),
        sql::text_or_none(cost_basis.map(CostBasis::as_str)),
        sql::time(updated_at),
    ]
}
