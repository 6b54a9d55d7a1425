//! A group: the rows of many batches, the newest of each key, written as one.

mod counting;

use super::{
    FileRow, Indexed, Noun, Row, StoreError,
    counters::Changes,
    rows::{
        agents::{
            AGENT_FIGURES, AGENTS, DETAILS, FILES, RETIRED, Retired, TOOLS, detail_values,
            figure_values as agent_figure_values, file_values, retired_values, tool_values,
            values as agent_values,
        },
        approvals::{APPROVALS, values as approval_values},
        auth::{ANSWERS, SESSIONS, TOKENS, answer_values, session_values, token_values},
        sources::{SOURCE_FILES, THREAD_FILES, THREADS, file_values as source_file_values},
        tasks::{FIGURES, Figures, TASKS, figure_values, values as task_values},
        usage::{self, FORMER_PRICES, Response, USAGE},
    },
    sql::{self, Sql},
    table::{ROWS, Table, groups},
};
use quarterdeck_shared::{
    AgentId, ApprovalId, RecordId, TaskId, Timestamp,
    agents::{Agent, AgentDetail, FileTouch, FileUse, ToolCount},
    approvals::Approval,
    tasks::Task,
    usage::{FormerPrice, UsageRecord},
};
use sea_orm::{ConnectionTrait, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// A usage record on its way.
#[derive(Debug)]
struct Spent {
    record: Arc<UsageRecord>,
    /// Among how many records its response was looked for in vain; none where nobody looked.
    among: Option<u64>,
}

impl Spent {
    /// Takes what is said of the same response later.
    fn join(&mut self, newer: &Self) {
        (self.record, self.among) = (usage::merged(&self.record, &newer.record).into(), None);
    }
}

/// Rows on their way into the database.
#[derive(Debug, Default)]
pub(super) struct Group {
    agents: BTreeMap<AgentId, Agent>,
    agent_figures: BTreeMap<AgentId, Agent>,
    retired: BTreeMap<AgentId, Retired>,
    details: BTreeMap<AgentId, AgentDetail>,
    tools: BTreeMap<(AgentId, String), ToolCount>,
    files: BTreeMap<(AgentId, String, FileUse), FileTouch>,
    tasks: BTreeMap<TaskId, Task>,
    figures: BTreeMap<TaskId, Figures>,
    removed: BTreeMap<TaskId, Timestamp>,
    approvals: BTreeMap<ApprovalId, Approval>,
    usage: BTreeMap<Response, Spent>,
    /// Whether any of them came without the id of its request.
    some_unnamed: bool,
    /// Message ids that records had before theirs was known.
    stood_for: Vec<String>,
    /// Records that are none any more.
    gone: BTreeSet<RecordId>,
    former_prices: BTreeMap<RecordId, Vec<FormerPrice>>,
    source_files: BTreeMap<String, FileRow>,
    threads: BTreeMap<(String, String), AgentId>,
    /// By session, thread and path.
    thread_files: BTreeMap<(String, String, String), Timestamp>,
    /// In the order they came: a later stretch may undo an earlier one.
    indexed: Vec<Arc<Indexed>>,
    /// Rows that are rare: one statement each, in the order they came.
    rare: Vec<Row>,
}

impl Group {
    /// Takes a row in; it replaces an older one of the same key.
    pub(super) fn take(&mut self, row: Row) {
        match row {
            Row::Agent(agent) => drop(self.agents.insert(agent.id, *agent)),
            Row::AgentFigures(agent) => drop(self.agent_figures.insert(agent.id, *agent)),
            Row::RetireAgent { agent_id, reason, at, unless } => {
                self.retired.insert(agent_id, Retired { reason, at, unless });
            }
            Row::AgentDetail(detail) => {
                self.agents.insert(detail.agent.id, detail.agent.clone());
                self.details.insert(detail.agent.id, *detail);
            }
            Row::Tools { agent_id, tools } => {
                self.tools.extend(tools.into_iter().map(|tool| ((agent_id, tool.tool.clone()), tool)));
            }
            Row::Files { agent_id, files } => {
                self.files.extend(
                    files.into_iter().map(|file| ((agent_id, file.path.clone(), file.file_use), file)),
                );
            }
            Row::Task(task) => {
                self.figures.remove(&task.id);
                self.tasks.insert(task.id, *task);
            }
            Row::TaskFigures { task_id, tokens, cost_usd, cost_basis, updated_at } => {
                self.figures.insert(task_id, Figures { tokens, cost_usd, cost_basis, updated_at });
            }
            Row::RemoveTask { task_id, at } => drop(self.removed.insert(task_id, at)),
            Row::Approval(approval) => drop(self.approvals.insert(approval.id, *approval)),
            Row::Usage(record) => self.spend(Spent { record, among: None }),
            Row::UsageUnknown { among, record } => self.spend(Spent { record, among: Some(among) }),
            Row::UsageNamed { was, record } => {
                let before = UsageRecord { message_id: was.clone(), ..UsageRecord::clone(&record) };
                let older = self.usage.remove(&usage::response(&before));
                self.stood_for.push(was);
                if let Some(older) = older {
                    let message_id = record.message_id.clone();
                    let older = UsageRecord { message_id, ..Arc::unwrap_or_clone(older.record) };
                    self.take(Row::Usage(older.into()));
                }
                self.take(Row::Usage(record));
            }
            Row::UsageGone(record) => {
                self.usage.remove(&usage::response(&record));
                self.gone.insert(record.id);
            }
            Row::FormerPrice { record_id, price } => {
                self.former_prices.entry(record_id).or_default().push(price);
            }
            Row::SourceFile(file) => drop(self.source_files.insert(file.path.clone(), *file)),
            Row::Thread { session_id, thread_id, agent_id } => {
                self.threads.insert((session_id, thread_id), agent_id);
            }
            Row::ThreadFile { session_id, thread_id, path, first_at } => {
                self.thread_files.entry((session_id, thread_id, path)).or_insert(first_at);
            }
            Row::Indexed(indexed) => self.indexed.push(indexed),
            rare => self.rare.push(rare),
        }
    }

    fn spend(&mut self, spent: Spent) {
        let response = usage::response(&spent.record);
        self.some_unnamed |= response.1.is_empty();
        if let Some(known) = self.usage.get_mut(&response) {
            return known.join(&spent);
        }
        let spent = match self.take_unnamed(&response, spent.record.id) {
            Some(mut known) => {
                known.join(&spent);
                known
            }
            None => spent,
        };
        self.usage.insert(response, spent);
    }

    /// The same record as it was before its request id was known.
    fn take_unnamed(&mut self, (message, _, replay): &Response, id: RecordId) -> Option<Spent> {
        if !self.some_unnamed {
            return None;
        }
        let unnamed = (message.clone(), String::new(), replay.clone());
        let is_same = self.usage.get(&unnamed).is_some_and(|known| known.record.id == id);
        if is_same { self.usage.remove(&unnamed) } else { None }
    }

    /// Which kinds of rows change.
    pub(super) fn nouns(&self) -> Vec<Noun> {
        let details = self.details.len() + self.agent_figures.len() + self.tools.len() + self.files.len();
        let agents = self.agents.len() + self.retired.len();
        let tasks = self.tasks.len() + self.figures.len() + self.removed.len();
        [
            (Noun::Agents, agents + details),
            (Noun::Tasks, tasks),
            (Noun::Approvals, self.approvals.len()),
            (Noun::Usage, self.usage.len() + self.gone.len()),
            (Noun::Auth, self.rare.len()),
            (Noun::Sources, self.source_files.len()),
            (Noun::Index, self.indexed.len()),
        ]
        .into_iter()
        .filter_map(|(noun, rows)| (rows > 0).then_some(noun))
        .collect()
    }

    /// Writes every row, and what that changes in the counters.
    pub(super) async fn write(mut self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let mut changes = Changes::default();
        self.count_agents(db, &mut changes).await?;
        self.count_tasks(db, &mut changes).await?;
        self.count_approvals(db, &mut changes).await?;
        self.merge_usage(db, &mut changes).await?;
        AGENTS.upsert(db, self.agents.values().map(agent_values).collect()).await?;
        AGENT_FIGURES.update(db, self.agent_figures.values().map(agent_figure_values).collect()).await?;
        RETIRED.update(db, self.retired.iter().map(|(id, how)| retired_values(*id, how)).collect()).await?;
        DETAILS.upsert(db, rows(self.details.values(), detail_values)?).await?;
        TOOLS
            .upsert(db, self.tools.iter().map(|((agent, _), tool)| tool_values(*agent, tool)).collect())
            .await?;
        FILES
            .upsert(db, self.files.iter().map(|((agent, ..), file)| file_values(*agent, file)).collect())
            .await?;
        TASKS.upsert(db, rows(self.tasks.values(), task_values)?).await?;
        FIGURES
            .update(db, self.figures.iter().map(|(id, figures)| figure_values(*id, figures)).collect())
            .await?;
        APPROVALS.upsert(db, rows(self.approvals.values(), approval_values)?).await?;
        let gone: Vec<_> = self.gone.iter().map(|id| id.0).collect();
        for group in groups(&gone) {
            for (table, column) in [("former_prices", "record_id"), (USAGE.name, "id")] {
                let mut sql = Sql::new(format!("DELETE FROM {table} WHERE {column} IN ("));
                sql.bind_all(group.iter().map(|id| (*id).into())).push(")");
                sql.run(db).await?;
            }
        }
        // In the order they came to be, in which most of their indexes grow at the end.
        let mut spent: Vec<_> = self.usage.into_values().collect();
        spent.sort_unstable_by_key(|spent| spent.record.id);
        let (new, known): (Vec<_>, Vec<_>) = spent.into_iter().partition(|spent| spent.among.is_some());
        let values = |spent: Spent| usage::values(Arc::unwrap_or_clone(spent.record));
        let mut new = new.into_iter();
        while new.len() > 0 {
            USAGE.insert(db, new.by_ref().take(ROWS).map(values).collect()).await?;
        }
        USAGE.upsert(db, known.into_iter().map(values).collect()).await?;
        let former = self
            .former_prices
            .iter()
            .flat_map(|(id, prices)| prices.iter().map(|price| usage::former_values(*id, price)));
        FORMER_PRICES.upsert(db, former.collect()).await?;
        SOURCE_FILES.upsert(db, rows(self.source_files.values(), source_file_values)?).await?;
        let thread = |((session, thread), agent): (&(String, String), &AgentId)| {
            vec![sql::text(session), sql::text(thread), agent.0.into()]
        };
        THREADS.upsert(db, self.threads.iter().map(thread).collect()).await?;
        let files = self.thread_files.iter().map(|((session, thread, path), first_at)| {
            vec![sql::text(session), sql::text(thread), sql::text(path), sql::time(*first_at)]
        });
        THREAD_FILES.keep(db, files.collect()).await?;
        for indexed in &self.indexed {
            indexed.write(db).await?;
        }
        for (id, at) in self.removed {
            let remove = "UPDATE tasks SET removed_at = ? WHERE id = ? AND removed_at IS NULL";
            Sql::with(remove, [sql::time(at), id.0.into()]).run(db).await?;
        }
        for row in self.rare {
            write_rare(db, row).await?;
        }
        changes.write(db).await
    }
}

fn rows<'row, T: 'row>(
    items: impl Iterator<Item = &'row T>,
    values: impl Fn(&T) -> Result<Vec<Value>, StoreError>,
) -> Result<Vec<Vec<Value>>, StoreError> {
    items.map(values).collect()
}

async fn write_rare(db: &impl ConnectionTrait, row: Row) -> Result<(), StoreError> {
    const NOTES: Table = Table { name: "notes", key: &["name"], columns: &["name", "json"], unread: 0 };
    let run = |text: &'static str, values: Vec<Value>| Sql::with(text, values).run(db);
    match row {
        Row::Note { key, json: Some(json) } => {
            NOTES.upsert(db, vec![vec![sql::text(&key), sql::text(&json)]]).await
        }
        Row::Note { key, json: None } => run("DELETE FROM notes WHERE name = ?", vec![sql::text(&key)]).await,
        Row::Token(token) => TOKENS.upsert(db, vec![token_values(&token)]).await,
        Row::TokenUsed { id, at } => {
            run("UPDATE tokens SET last_used_at = ? WHERE id = ?", vec![sql::time(at), id.0.into()]).await
        }
        Row::RevokeToken(id) => run("DELETE FROM tokens WHERE id = ?", vec![id.0.into()]).await,
        Row::Session(session) => SESSIONS.upsert(db, vec![session_values(&session)]).await,
        Row::EndSession { hash } => run("DELETE FROM sessions WHERE hash = ?", vec![hash.into()]).await,
        Row::Answer(answer) => ANSWERS.upsert(db, vec![answer_values(&answer)]).await,
        Row::Forget { sessions_before, answers_before } => {
            run("DELETE FROM sessions WHERE expires_at < ?", vec![sql::time(sessions_before)]).await?;
            run("DELETE FROM answers WHERE created_at < ?", vec![sql::time(answers_before)]).await
        }
        _ => Ok(()),
    }
}
