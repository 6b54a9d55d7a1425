//! Tasks: one row each, their steps inside.

use super::{
    Store, StoreError,
    counters::{self, DELETED},
    cursor::{Place, Seal},
    list::{self, Condition, List, Order, Sort, Words},
    rows::tasks::{TASKS, read},
    sql::Sql,
};
use quarterdeck_shared::{
    Page, TaskId, Total, Usd,
    tasks::{Analyst, Complexity, Forecast, Task, TaskQuery, TaskStatus, TaskType},
};
use sea_orm::{ConnectionTrait, Value};
use std::collections::HashSet;

const ORDERS: &[Order] = &[
    ("created_at", "created_at", false),
    ("updated_at", "updated_at", false),
    ("cost", "cost_nanos", false),
    ("tokens", "total_tokens", false),
    ("status", "status", true),
    ("title", "title_key", true),
];

impl Store {
    /// One task with its steps; removed ones too.
    pub async fn task(&self, id: TaskId) -> Result<Option<Task>, StoreError> {
        let query = format!("SELECT {} FROM tasks WHERE id = ?", TASKS.list());
        Sql::with(query, [id.0.into()]).one(self.readers(), read).await
    }

    /// Whether the task was taken out of the lists.
    pub async fn is_removed(&self, id: TaskId) -> Result<bool, StoreError> {
        let query = Sql::with("SELECT 1 FROM tasks WHERE id = ? AND removed_at IS NOT NULL", [id.0.into()]);
        Ok(query.one(self.readers(), |_| Ok(())).await?.is_some())
    }

    /// Tasks by page, filter and order; `status=deleted` finds the removed ones.
    pub async fn tasks(&self, query: &TaskQuery) -> Result<Page<Task>, StoreError> {
        let (seq, db) = (self.seq(), self.readers());
        let (list, counted) = asked(query)?;
        let total = match counted {
            Some(statuses) => {
                Total::Exact(counters::tasks(db, &statuses, query.task_type, query.analyst).await?)
            }
            None => list.count(db).await?,
        };
        list.page(db, seq, total, read).await
    }

    /// Every task submitted here that has not ended, oldest first; also what a server left interrupted, to go on at its
    /// next start.
    pub async fn unfinished_tasks(&self) -> Result<Vec<Task>, StoreError> {
        let mut words = unfinished_words();
        words.extend([TaskStatus::Interrupted.as_str().into(), TaskStatus::Interrupted.as_str().into()]);
        let query = format!(
            "SELECT {} FROM tasks WHERE removed_at IS NULL AND source = 'quarterdeck' AND status IN (?, ?, ?, ?)
               AND (status <> ? OR finished_at IS NULL) ORDER BY created_at, id",
            TASKS.list()
        );
        Sql::with(query, words).all(self.readers(), read).await
    }

    /// Every task that has not ended, wherever it was begun; also what a server left interrupted, to go on at its next
    /// start.
    pub async fn tasks_that_go_on(&self) -> Result<HashSet<TaskId>, StoreError> {
        let mut words = unfinished_words();
        words.push(TaskStatus::Interrupted.as_str().into());
        let query = "SELECT id FROM tasks WHERE removed_at IS NULL AND (status IN (?, ?, ?)
                       OR status = ? AND source = 'quarterdeck' AND finished_at IS NULL)";
        let found = Sql::with(query, words).all(self.readers(), |fields| Ok(TaskId(fields.id()?))).await?;
        Ok(found.into_iter().collect())
    }

    /// What completed tasks of this kind cost, the newest thousand; `None` before the first. Replays are left out.
    pub async fn forecast(
        &self,
        kind: TaskType,
        complexity: Complexity,
    ) -> Result<Option<Forecast>, StoreError> {
        let query = Sql::with(
            "SELECT cost_nanos, finished_at - started_at FROM tasks
             WHERE status = 'completed' AND task_type = ? AND complexity = ? AND runtime <> 'replay'
               AND source = 'quarterdeck'
               AND started_at IS NOT NULL AND finished_at IS NOT NULL
             ORDER BY finished_at DESC LIMIT 1000",
            [kind.as_str().into(), complexity.as_str().into()],
        );
        let ended =
            query.all(self.readers(), |fields| Ok((fields.take::<i64>()?, fields.take::<i64>()?))).await?;
        let (mut costs, mut micros): (Vec<i64>, Vec<i64>) = ended.into_iter().unzip();
        costs.sort_unstable();
        micros.sort_unstable();
        let rank = |values: &[i64], of_ten: usize| {
            values.get((values.len() * of_ten).div_ceil(10).max(1) - 1).copied()
        };
        let (Some(median), Some(p90), Some(long)) = (rank(&costs, 5), rank(&costs, 9), rank(&micros, 5))
        else {
            return Ok(None);
        };
        Ok(Some(Forecast {
            tasks: costs.len() as u64,
            median_cost_usd: Usd::from_nanos(median),
            p90_cost_usd: Usd::from_nanos(p90),
            median_seconds: long / 1_000_000,
        }))
    }

    /// Where recent tasks worked, newest first, at most ten; folders of a task's own are left out.
    pub async fn recent_directories(&self) -> Result<Vec<String>, StoreError> {
        let query = "SELECT id, working_directory FROM tasks WHERE removed_at IS NULL
                     ORDER BY created_at DESC, id DESC LIMIT 200";
        let recent = Sql::new(query);
        let recent =
            recent.all(self.readers(), |fields| Ok((fields.id()?, fields.take::<String>()?))).await?;
        let mut directories: Vec<String> = Vec::new();
        for (id, directory) in recent {
            let of_its_own = directory.ends_with(&id.to_string());
            if !of_its_own
                && !directory.is_empty()
                && !directories.contains(&directory)
                && directories.len() < 10
            {
                directories.push(directory);
            }
        }
        Ok(directories)
    }
}

/// The newest tasks and all unfinished ones, or one task.
pub(super) async fn shown(db: &impl ConnectionTrait, task: Option<TaskId>) -> Result<Vec<Task>, StoreError> {
    let list = TASKS.list();
    if let Some(task) = task {
        let one = format!("SELECT {list} FROM tasks WHERE id = ?");
        return Sql::with(one, [task.0.into()]).all(db, read).await;
    }
    let shown = format!(
        "SELECT {list} FROM tasks WHERE id IN (
             SELECT id FROM (SELECT id FROM tasks WHERE removed_at IS NULL
                             ORDER BY created_at DESC, id DESC LIMIT 100) AS newest
             UNION SELECT id FROM tasks WHERE removed_at IS NULL AND status IN (?, ?, ?))
         ORDER BY created_at DESC, id DESC"
    );
    Sql::with(shown, unfinished_words()).all(db, read).await
}

fn unfinished_words() -> Vec<Value> {
    let unfinished = TaskStatus::ALL.iter().filter(|status| !status.is_final());
    unfinished.map(|status| status.as_str().into()).collect()
}

/// The list a query asks for, and the words whose counters add up to its total, where they do.
fn asked(query: &TaskQuery) -> Result<(List<'static>, Option<Vec<&'static str>>), StoreError> {
    let removed = query.status.as_deref() == Some(DELETED);
    let statuses: Vec<TaskStatus> = if removed {
        Vec::new()
    } else {
        list::words("status", query.status.as_deref()).map_err(or_removed)?
    };
    let statuses: Vec<_> = TaskStatus::ALL
        .iter()
        .filter(|status| statuses.is_empty() || statuses.contains(status))
        .map(|status| status.as_str())
        .collect();
    let sort = query.sort.as_deref().filter(|sort| !sort.is_empty());
    let sort = Sort::parse(sort.unwrap_or("-created_at"), ORDERS)?;
    let seal = Seal::of("tasks", &TaskQuery { cursor: None, limit: None, ..query.clone() })?;
    let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let after = cursor.map(|cursor| Place::decode(cursor, seal, sort.text)).transpose()?;
    let (words, rest) = (word_conditions(query), other_conditions(query)?);
    let counted = rest.is_empty().then(|| if removed { vec![DELETED] } else { statuses.clone() });
    let every_status = statuses.len() == TaskStatus::ALL.len();
    let list = List {
        table: &TASKS,
        listed: if removed { "removed_at IS NOT NULL" } else { "removed_at IS NULL" },
        sort,
        words: if every_status { Vec::new() } else { vec![Words { column: "status", words: statuses }] },
        conditions: [words, rest].concat(),
        limit: list::limit(query.limit)?,
        after,
        seal,
    };
    Ok((list, counted))
}

/// The word for removed tasks is no status, but would do.
fn or_removed(error: StoreError) -> StoreError {
    match error {
        StoreError::Invalid { field, message } => {
            StoreError::Invalid { field, message: format!("{message}, or {DELETED} alone") }
        }
        error => error,
    }
}

/// Filters that are counted.
fn word_conditions(query: &TaskQuery) -> Vec<Condition> {
    let task_type = query.task_type.map(|kind| ("task_type = ?", kind.as_str().into()));
    let analyst = query.analyst.map(|analyst| ("include_analyst = ?", (analyst == Analyst::With).into()));
    task_type.into_iter().chain(analyst).collect()
}

/// Filters that are not.
fn other_conditions(query: &TaskQuery) -> Result<Vec<Condition>, StoreError> {
    let mut conditions = list::created(query.from.as_deref(), query.to.as_deref())?;
    for (field, cost) in [("cost_min", query.cost_min), ("cost_max", query.cost_max)] {
        if cost.is_some_and(|cost| cost.nanos() < 0) {
            return Err(StoreError::Invalid { field, message: format!("{field} must not be below 0") });
        }
    }
    conditions.extend(query.cost_min.map(|cost| ("cost_nanos >= ?", cost.nanos().into())));
    conditions.extend(query.cost_max.map(|cost| ("cost_nanos <= ?", cost.nanos().into())));
    if let Some(part) = query.q.as_deref().filter(|part| !part.is_empty()) {
        conditions.push(("prompt_key LIKE ? ESCAPE '\\'", list::part(part)?));
    }
    Ok(conditions)
}
