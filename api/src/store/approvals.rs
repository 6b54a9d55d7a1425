//! Approvals: the questions agents ask.

use super::{
    Store, StoreError,
    cursor::{Place, Seal},
    list::{self, Condition, List, Sort},
    rows::approvals::{APPROVALS, read},
    sql::Sql,
};
use quarterdeck_shared::{
    ApprovalId, Page, TaskId,
    approvals::{Approval, ApprovalQuery, ApprovalStatus},
};
use sea_orm::ConnectionTrait;

impl Store {
    /// One question.
    pub async fn approval(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        let query = format!("SELECT {} FROM approvals WHERE id = ?", APPROVALS.list());
        Sql::with(query, [id.0.into()]).one(self.readers(), read).await
    }

    /// Questions by page and filter, oldest first.
    pub async fn approvals(&self, query: &ApprovalQuery) -> Result<Page<Approval>, StoreError> {
        let (seq, db) = (self.seq(), self.readers());
        let sort = Sort { column: "asked_at", text: false, descending: false };
        let seal = Seal::of("approvals", &ApprovalQuery { cursor: None, limit: None, ..query.clone() })?;
        let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        let list = List {
            table: &APPROVALS,
            listed: "1 = 1",
            sort,
            words: Vec::new(),
            conditions: conditions(query)?,
            limit: list::limit(query.limit)?,
            after: cursor.map(|cursor| Place::decode(cursor, seal, false)).transpose()?,
            seal,
        };
        let total = list.count(db).await?;
        list.page(db, seq, total, read).await
    }
}

/// The questions that wait, of one task or of all, oldest first.
pub(super) async fn shown(
    db: &impl ConnectionTrait,
    task: Option<TaskId>,
) -> Result<Vec<Approval>, StoreError> {
    let mut query = Sql::new(format!("SELECT {} FROM approvals WHERE status = 'pending'", APPROVALS.list()));
    if let Some(task) = task {
        query.push(" AND task_id = ").bind(task.0.into());
    }
    query.push(" ORDER BY asked_at, id LIMIT 1000");
    query.all(db, read).await
}

fn conditions(query: &ApprovalQuery) -> Result<Vec<Condition>, StoreError> {
    let mut conditions: Vec<Condition> = Vec::new();
    match query.status.as_deref().filter(|status| !status.is_empty()).unwrap_or("pending") {
        "all" => {}
        word => {
            let invalid =
                |error| StoreError::Invalid { field: "status", message: format!("{error}, or all") };
            let status = word.parse::<ApprovalStatus>().map_err(invalid)?;
            conditions.push(("status = ?", status.as_str().into()));
        }
    }
    conditions.extend(query.agent_id.map(|agent| ("agent_id = ?", agent.0.into())));
    conditions.extend(query.task_id.map(|task| ("task_id = ?", task.0.into())));
    Ok(conditions)
}
