//! Approvals: the questions agents ask.

use super::{
    Store, StoreError,
    cursor::{Place, Seal},
    list::{self, Condition, List, Order, Sort, Words},
    rows::approvals::{APPROVALS, read},
    sql::Sql,
};
use quarterdeck_shared::{
    ApprovalId, Page, TaskId,
    approvals::{Approval, ApprovalQuery, ApprovalStatus},
};
use sea_orm::ConnectionTrait;

const ORDERS: &[Order] = &[("asked_at", "asked_at", false)];

impl Store {
    /// One question.
    pub async fn approval(&self, id: ApprovalId) -> Result<Option<Approval>, StoreError> {
        let query = format!("SELECT {} FROM approvals WHERE id = ?", APPROVALS.list());
        Sql::with(query, [id.0.into()]).one(self.readers(), read).await
    }

    /// Questions by page, filter and order, the oldest first unless asked otherwise.
    pub async fn approvals(&self, query: &ApprovalQuery) -> Result<Page<Approval>, StoreError> {
        let (seq, db) = (self.seq(), self.readers());
        let sort = query.sort.as_deref().filter(|sort| !sort.is_empty());
        let sort = Sort::parse(sort.unwrap_or("asked_at"), ORDERS)?;
        let seal = Seal::of("approvals", &ApprovalQuery { cursor: None, limit: None, ..query.clone() })?;
        let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        let list = List {
            table: &APPROVALS,
            listed: "1 = 1",
            sort,
            words: words(query.status.as_deref())?,
            conditions: conditions(query),
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

/// The statuses asked for: those that wait where none is named; nothing narrows where all are wanted.
fn words(status: Option<&str>) -> Result<Vec<Words>, StoreError> {
    if status == Some("all") {
        return Ok(Vec::new());
    }
    let asked: Vec<ApprovalStatus> = list::words("status", status).map_err(or_all)?;
    let wanted = ApprovalStatus::ALL.iter().filter(|status| match &asked[..] {
        [] => **status == ApprovalStatus::Pending,
        some => some.contains(status),
    });
    Ok(vec![Words { column: "status", words: wanted.map(|status| status.as_str()).collect() }])
}

/// The refusal of a status names `all` too.
fn or_all(error: StoreError) -> StoreError {
    match error {
        StoreError::Invalid { field, message } => {
            StoreError::Invalid { field, message: format!("{message}, or all") }
        }
        other => other,
    }
}

fn conditions(query: &ApprovalQuery) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = Vec::new();
    conditions.extend(query.agent_id.map(|agent| ("agent_id = ?", agent.0.into())));
    conditions.extend(query.task_id.map(|task| ("task_id = ?", task.0.into())));
    conditions
}
