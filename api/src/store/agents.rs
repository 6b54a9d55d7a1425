//! Agents: one row each, and what they called and touched.

use super::{
    Store, StoreError, counters,
    cursor::{Place, Seal},
    list::{self, Condition, List, Order, Sort, Words},
    rows::agents::{AGENTS, DETAILS, FILES, TOOLS, read, read_detail, read_file, read_tool},
    sql::Sql,
};
use quarterdeck_shared::{
    AgentId, Page, TaskId, Total,
    agents::{Agent, AgentDetail, AgentQuery, AgentStatus, Role},
};
use sea_orm::{ConnectionTrait, Value};
use std::collections::HashMap;

const ORDERS: &[Order] = &[
    ("created_at", "created_at", false),
    ("updated_at", "updated_at", false),
    ("cost", "cost_nanos", false),
    ("tokens", "total_tokens", false),
    ("status", "status", true),
    ("role", "role", true),
    ("name", "name_key", true),
];

impl Store {
    /// One agent with its configuration, tools and files; deleted ones too.
    pub async fn agent(&self, id: AgentId) -> Result<Option<AgentDetail>, StoreError> {
        Ok(self.details("agents.id = ?", vec![id.0.into()]).await?.pop())
    }

    /// Agents by page, filter and order.
    pub async fn agents(&self, query: &AgentQuery) -> Result<Page<Agent>, StoreError> {
        let (seq, db) = (self.seq(), self.readers());
        let list = asked(query)?;
        let total = match list.conditions.is_empty() {
            true => Total::Exact(counters::agents(db, &list.words).await?),
            false => list.count(db).await?,
        };
        list.page(db, seq, total, read).await
    }

    /// Every agent of our own whose process is supposed to live, oldest first.
    pub async fn active_agents(&self) -> Result<Vec<AgentDetail>, StoreError> {
        self.details("agents.source = 'quarterdeck' AND agents.status IN (?, ?)", active_words()).await
    }

    /// Agents with all there is to them, oldest first.
    pub(super) async fn details(
        &self,
        condition: &str,
        values: Vec<Value>,
    ) -> Result<Vec<AgentDetail>, StoreError> {
        let db = self.readers();
        let (agents, details) = (AGENTS.qualified_list(), DETAILS.qualified_list());
        let found = Sql::with(
            format!(
                "SELECT {agents}, {details} FROM agents
                 LEFT JOIN agent_details ON agent_details.agent_id = agents.id
                 WHERE {condition} ORDER BY agents.created_at, agents.id"
            ),
            values.clone(),
        );
        let mut found = found.all(db, read_detail).await?;
        let tools = Sql::with(
            format!(
                "SELECT {} FROM agent_tools JOIN agents ON agents.id = agent_tools.agent_id
                 WHERE {condition} ORDER BY calls DESC, tool",
                TOOLS.qualified_list()
            ),
            values.clone(),
        );
        let mut tools = by_agent(tools.all(db, read_tool).await?);
        let files = Sql::with(
            format!(
                "SELECT {} FROM agent_files JOIN agents ON agents.id = agent_files.agent_id
                 WHERE {condition} ORDER BY last_at DESC, path LIMIT 5000",
                FILES.qualified_list()
            ),
            values,
        );
        let mut files = by_agent(files.all(db, read_file).await?);
        for detail in &mut found {
            detail.tool_breakdown = tools.remove(&detail.agent.id).unwrap_or_default();
            detail.files = files.remove(&detail.agent.id).unwrap_or_default();
        }
        Ok(found)
    }
}

/// The newest agents and all active ones, of one task or of all.
pub(super) async fn shown(db: &impl ConnectionTrait, task: Option<TaskId>) -> Result<Vec<Agent>, StoreError> {
    let list = AGENTS.list();
    if let Some(task) = task {
        let of_task = format!(
            "SELECT {list} FROM agents WHERE task_id = ? ORDER BY created_at DESC, id DESC LIMIT 1000"
        );
        return Sql::with(of_task, [task.0.into()]).all(db, read).await;
    }
    let shown = format!(
        "SELECT {list} FROM agents WHERE id IN (
             SELECT id FROM (SELECT id FROM agents WHERE status <> 'deleted'
                             ORDER BY created_at DESC, id DESC LIMIT 200) AS newest
             UNION SELECT id FROM agents WHERE status IN (?, ?))
         ORDER BY created_at DESC, id DESC"
    );
    Sql::with(shown, active_words()).all(db, read).await
}

fn active_words() -> Vec<Value> {
    [AgentStatus::Running, AgentStatus::Waiting].iter().map(|status| status.as_str().into()).collect()
}

/// The list a query asks for.
fn asked(query: &AgentQuery) -> Result<List<'static>, StoreError> {
    let statuses: Vec<AgentStatus> = list::words("status", query.status.as_deref())?;
    let roles: Vec<Role> = list::words("role", query.role.as_deref())?;
    let sort = query.sort.as_deref().filter(|sort| !sort.is_empty());
    let sort = Sort::parse(sort.unwrap_or("-created_at"), ORDERS)?;
    let seal = Seal::of("agents", &AgentQuery { cursor: None, limit: None, ..query.clone() })?;
    let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let after = cursor.map(|cursor| Place::decode(cursor, seal, sort.text)).transpose()?;
    let of_deleted = statuses.contains(&AgentStatus::Deleted);
    Ok(List {
        table: &AGENTS,
        listed: if of_deleted { "1 = 1" } else { "status <> 'deleted'" },
        sort,
        words: words(&statuses, &roles),
        conditions: conditions(query)?,
        limit: list::limit(query.limit)?,
        after,
        seal,
    })
}

/// Every status and role the list has; nothing where it has them all.
fn words(statuses: &[AgentStatus], roles: &[Role]) -> Vec<Words> {
    if statuses.is_empty() && roles.is_empty() {
        return Vec::new();
    }
    let statuses = AgentStatus::ALL.iter().filter(|status| match statuses {
        [] => **status != AgentStatus::Deleted,
        some => some.contains(status),
    });
    let roles = Role::ALL.iter().filter(|role| roles.is_empty() || roles.contains(role));
    vec![
        Words { column: "status", words: statuses.map(|status| status.as_str()).collect() },
        Words { column: "role", words: roles.map(|role| role.as_str()).collect() },
    ]
}

fn conditions(query: &AgentQuery) -> Result<Vec<Condition>, StoreError> {
    let mut conditions = list::created(query.from.as_deref(), query.to.as_deref())?;
    if let Some(task) = query.task_id {
        conditions.push(("task_id = ?", task.0.into()));
    }
    if let Some(part) = query.q.as_deref().filter(|part| !part.is_empty()) {
        conditions.push(("name_key LIKE ? ESCAPE '\\'", list::part(part)?));
    }
    Ok(conditions)
}

fn by_agent<T>(rows: Vec<(AgentId, T)>) -> HashMap<AgentId, Vec<T>> {
    rows.into_iter().fold(HashMap::new(), |mut grouped, (agent, row)| {
        grouped.entry(agent).or_insert_with(Vec::new).push(row);
        grouped
    })
}
