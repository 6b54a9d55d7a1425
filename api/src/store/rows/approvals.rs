//! How approvals lie in their table.

use crate::store::{
    StoreError,
    sql::{self, Fields},
    table::Table,
};
use quarterdeck_shared::{AgentId, ApprovalId, TaskId, approvals::Approval};
use sea_orm::Value;

pub(in crate::store) const APPROVALS: Table = Table {
    name: "approvals",
    key: &["id"],
    columns: &[
        "id",
        "agent_id",
        "agent_name",
        "task_id",
        "tool",
        "input",
        "reason",
        "working_directory",
        "status",
        "message",
        "asked_at",
        "answered_at",
    ],
    unread: 0,
};

/// A question's row.
pub(in crate::store) fn values(approval: &Approval) -> Result<Vec<Value>, StoreError> {
    Ok(vec![
        approval.id.0.into(),
        approval.agent_id.0.into(),
        sql::text(&approval.agent_name),
        approval.task_id.map(|id| id.0).into(),
        sql::text(&approval.tool),
        sql::json(&approval.input)?,
        sql::text_or_none(approval.reason.as_deref()),
        sql::text(&approval.working_directory),
        approval.status.as_str().into(),
        sql::text_or_none(approval.message.as_deref()),
        sql::time(approval.asked_at),
        sql::time_or_none(approval.answered_at),
    ])
}

/// The same, read back.
pub(in crate::store) fn read(fields: &mut Fields) -> Result<Approval, StoreError> {
    Ok(Approval {
        id: ApprovalId(fields.id()?),
        agent_id: AgentId(fields.id()?),
        agent_name: fields.take()?,
        task_id: fields.id_or_none()?.map(TaskId),
        tool: fields.take()?,
        input: fields.json()?,
        reason: fields.take()?,
        working_directory: fields.take()?,
        status: fields.word()?,
        message: fields.take()?,
        asked_at: fields.time()?,
        answered_at: fields.time_or_none()?,
    })
}
