//! Taking in the Python orchestrator's database: its agents and tasks become history beside what its folders say.
//! Read again, or before the folders, or after them, it changes nothing.

use super::taking::{Taking, Told};
use crate::{
    sources::{
        crew::{AGENT_LOGS, Charge},
        intake::{Intake, Taken, Tense},
    },
    store::{ForeignError, ForeignTable, Row, Store, StoreError, read_foreign},
};
pub use orchestrator::agent_logs::database::Layout;
use orchestrator::{
    agent_logs::{
        database::{AGENT_COLUMNS, Asked, Past, Ran, Sheet, TASK_COLUMNS, Whole, read as understand},
        stated, stated_id,
    },
    figures,
    ledger::Owner,
    tasks,
    transcripts::reading::Thread,
};
use quarterdeck_shared::{
    AgentId, RecordId, StepId, TaskId,
    agents::{AgentDetail, AgentStatus, Role},
    tasks::{PlannedStep, Step, Task, TaskStatus},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    path::Path,
};
use uuid::Uuid;

/// How the threads of agents begin that a database tells of, and the notes of what it states of them.
const PLACE: &str = "orchestrator_db";

/// What came of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Read {
    /// Where it is.
    pub path: String,
    /// Who wrote it.
    pub layout: Layout,
    /// Its agents.
    pub agents: u64,
    /// Those of them of which it does not say what they cost.
    pub agents_without_cost: u64,
    /// Its tasks.
    pub tasks: u64,
    /// Rows that cannot be read.
    pub unread_rows: u64,
}

/// Why a database is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It cannot be read.
    #[error(transparent)]
    Foreign(#[from] ForeignError),
    /// It is somebody else's.
    #[error(
        "{0} is a SQLite database, but not one of the Python orchestrator: it has no tables agents and tasks as that \
         writes them"
    )]
    Unknown(String),
    /// It cannot be remembered.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is remembered of an agent that a database tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// What it took in all.
    pub whole: Whole,
    /// The task it worked on.
    pub task: Option<String>,
}

fn note(agent: &str) -> String {
    format!("{PLACE}/agent/{agent}")
}

fn place(agent: &str) -> String {
    format!("{PLACE}:{agent}")
}

/// What is remembered of an agent.
pub async fn remembered(store: &Store, agent: &str) -> Result<Option<Remembered>, StoreError> {
    store.noted(&note(agent)).await
}

impl Intake {
    /// Takes in a database.
    pub async fn take_database(&self, path: &Path) -> Result<(Read, Taken), Refusal> {
        let tables = [("agents", &AGENT_COLUMNS[..]), ("tasks", &TASK_COLUMNS[..])];
        let mut tables = read_foreign(path, &tables).await?.into_iter();
        let mut sheet =
            || tables.next().flatten().map(|ForeignTable { columns, rows }| Sheet { columns, rows });
        let (agents, tasks) = (sheet(), sheet());
        let shown = path.display().to_string();
        let past =
            understand(agents.as_ref(), tasks.as_ref()).ok_or_else(|| Refusal::Unknown(shown.clone()))?;
        let unknown = |ran: &&Ran| ran.whole.cost.is_none();
        let read = Read {
            path: shown,
            layout: past.layout,
            agents: past.agents.len() as u64,
            agents_without_cost: past.agents.iter().filter(unknown).count() as u64,
            tasks: past.tasks.len() as u64,
            unread_rows: past.unread,
        };
        Ok((read.clone(), self.take_past(&read.path, past).await?))
    }

    async fn take_past(&self, path: &str, past: Past) -> Result<Taken, StoreError> {
        let _turn = self.turn().await?;
        let folders = self.store().threads_of(AGENT_LOGS).await?;
        let known =
            self.store().notes_of(&past.agents.iter().map(|ran| note(&ran.id)).collect::<Vec<_>>()).await?;
        let mut taking = self.begin_past(&past, &folders).await?;
        for asked in &past.tasks {
            taking.learn_task(asked);
        }
        for ran in &past.agents {
            let known: Option<Remembered> = known.noted(&note(&ran.id))?;
            self.take_ran(&mut taking, ran, known, &folders, path).await?;
        }
        let mut titles = HashMap::new();
        for asked in &past.tasks {
            taking.tasks.get(&asked.id).into_iter().for_each(|id| drop(titles.insert(*id, title(asked))));
        }
        // Nobody may have worked on a task, or nobody who changes now.
        let touched = taking.crew.members.values().filter(|member| member.touched);
        let told: HashSet<TaskId> = touched.filter_map(|member| member.me.agent.task_id).collect();
        let rest = taking.crew.tasks.values().filter(|charge| !told.contains(&charge.task.id));
        let rest = rest.filter(|charge| charge.was.as_ref() != Some(&charge.task));
        let rest: Vec<_> = rest.map(|charge| Row::Task(Box::new(charge.task.clone()))).collect();
        taking.batch.rows.extend(rest);
        self.finish(taking, &titles, Tense::History).await
    }

    async fn begin_past(&self, past: &Past, folders: &[(String, AgentId)]) -> Result<Taking, StoreError> {
        let with_folders = past.agents.iter().filter_map(|ran| folder_of(ran, folders));
        let sessions: BTreeSet<_> = past
            .agents
            .iter()
            .map(|ran| place(&ran.id))
            .chain(with_folders.map(|(place, _)| place.clone()))
            .collect();
        let sessions: Vec<_> = sessions.into_iter().collect();
        let messages: Vec<_> = past.agents.iter().map(|ran| stated_id(&ran.id)).collect();
        let asked = past.tasks.iter().map(|asked| asked.id.clone());
        let names = asked.chain(past.agents.iter().filter_map(|ran| ran.task.clone())).collect();
        self.begin_with(&sessions, &messages, names, HashMap::new()).await
    }

    async fn take_ran(
        &self,
        taking: &mut Taking,
        ran: &Ran,
        known: Option<Remembered>,
        folders: &[(String, AgentId)],
        path: &str,
    ) -> Result<(), StoreError> {
        let id = taking.agent_of(ran, folders);
        let has_folder = folders.iter().any(|(_, owner)| *owner == id);
        let Some(member) = taking.crew.members.get_mut(&id).filter(|member| !member.is_own()) else {
            return Ok(());
        };
        let before = member.me.clone();
        describe(&mut member.me, ran, has_folder);
        member.touched |= member.me != before;
        let now = Remembered {
            whole: ran.whole.or_more(known.as_ref().map(|known| known.whole).unwrap_or_default()),
            task: ran.task.clone().or(known.as_ref().and_then(|known| known.task.clone())),
        };
        let mut of_moved = Vec::new();
        for id in taking.join(id, now.task.as_deref()) {
            of_moved.extend(self.store().agent_usage(id).await?);
        }
        taking.follow_owners(&of_moved);
        taking.state(id, ran, &now, known.as_ref(), path);
        if known.as_ref() != Some(&now) {
            let refused = |error: serde_json::Error| StoreError::Refused { reason: error.to_string() };
            let json = Some(serde_json::to_string(&now).map_err(refused)?);
            taking.batch.rows.push(Row::Note { key: note(&ran.id), json });
        }
        Ok(())
    }

    /// Who of those that folders tell of is known by a database alone, by the first characters of their ids. What that
    /// says of their tasks counts where the folders lie in none.
    pub(super) async fn meet(
        &self,
        told: &mut [Told],
    ) -> Result<HashMap<String, (String, AgentId)>, StoreError> {
        let mut met = HashMap::new();
        let stated = self.store().threads_of(PLACE).await?;
        if stated.is_empty() {
            return Ok(met);
        }
        let folders = self.store().threads_of(AGENT_LOGS).await?;
        for one in told {
            let begin = place(&one.short);
            let Some((place, id)) = stated.iter().find(|(place, _)| place.starts_with(&begin)) else {
                continue;
            };
            let own = one.place();
            let others = |(folder, owner): &&(String, AgentId)| owner == id && *folder != own;
            if folders.iter().any(|folder| others(&folder)) || met.contains_key(&one.short) {
                continue;
            }
            let agent = place.trim_start_matches(PLACE).trim_start_matches(':');
            if one.task.is_none() {
                one.task = remembered(self.store(), agent).await?.and_then(|known| known.task);
            }
            met.insert(one.short.clone(), (place.clone(), *id));
        }
        Ok(met)
    }
}

/// The oldest folder of an agent.
fn folder_of<'a>(ran: &Ran, folders: &'a [(String, AgentId)]) -> Option<&'a (String, AgentId)> {
    let begin = format!("{AGENT_LOGS}:{}_", ran.short());
    let made = |(place, _): &&(String, AgentId)| {
        place.chars().rev().take(15).collect::<Vec<_>>().into_iter().rev().collect::<String>()
    };
    folders.iter().filter(|(place, _)| place.starts_with(&begin)).min_by_key(made)
}

impl Taking {
    /// Who an agent of a database is: whoever was known by it before, or by a folder; else somebody new.
    fn agent_of(&mut self, ran: &Ran, folders: &[(String, AgentId)]) -> AgentId {
        let key = (place(&ran.id), String::new());
        if let Some(id) = self.crew.threads.get(&key).filter(|id| self.crew.members.contains_key(id)) {
            return *id;
        }
        let thread = Thread { session_id: place(&ran.id), agent_id: String::new() };
        let by_folder = folder_of(ran, folders).map(|(_, id)| *id);
        if let Some(id) = by_folder.filter(|id| self.crew.members.contains_key(id)) {
            self.crew.threads.insert(key, id);
            self.crew.met.push((thread, id));
            return id;
        }
        let id = self.crew.find(&thread);
        if let Some(member) = self.crew.members.get_mut(&id) {
            member.me.agent.session_id = None;
        }
        id
    }

    /// What a database says of a task, beside what its agents say.
    fn learn_task(&mut self, asked: &Asked) {
        let Some(id) = self.tasks.get(&asked.id).copied() else { return };
        let now = self.crew.now;
        let charge = self.crew.tasks.entry(id).or_insert_with(|| {
            // Nobody may have worked on it: the program that ran them is known all the same.
            let task = Task {
                runtime: "claude_cli".to_owned(),
                ..tasks::blank(id, asked.created_at.unwrap_or(now))
            };
            Charge { task, was: None }
        });
        let task = &mut charge.task;
        task.source = AGENT_LOGS.to_owned();
        if !asked.description.is_empty() {
            (task.title, task.prompt) = (title(asked), asked.description.clone());
        }
        task.task_type = asked.task_type;
        task.complexity = asked.complexity.unwrap_or(task.complexity);
        task.include_analyst = asked.include_analyst.unwrap_or(task.include_analyst);
        task.created_at = asked.created_at.unwrap_or(task.created_at);
        task.result = task.result.take().or_else(|| asked.result.clone());
        task.error = task.error.take().or_else(|| asked.error.clone());
        // An older copy of the database does not take back an end.
        let is_final = |status| !matches!(status, TaskStatus::Interrupted);
        if !task.status_evidence.reason.starts_with(orchestrator::agent_logs::database::SAYS)
            || is_final(asked.status)
            || !is_final(task.status)
        {
            task.status = asked.status;
            task.status_evidence.reason.clone_from(&asked.reason);
            task.finished_at = asked.last_at.or(Some(task.created_at));
            task.status_evidence.last_event_at = task.finished_at.max(task.status_evidence.last_event_at);
        }
        if task.workflow.iter().all(|step| step.agent_id.is_none()) {
            task.workflow = asked.roles.iter().enumerate().map(step).collect();
            task.updated_at = task.finished_at.unwrap_or(task.created_at);
        }
    }

    /// The record of what a database states of an agent, where it states anything or should.
    fn state(&mut self, id: AgentId, ran: &Ran, now: &Remembered, known: Option<&Remembered>, path: &str) {
        let message = stated_id(&ran.id);
        let Some(member) = self.crew.members.get_mut(&id) else { return };
        let agent = &member.me.agent;
        let owner = Owner { agent_id: id, task_id: agent.task_id, role: agent.role, replayed: false };
        let before = self.book.records().find(|record| record.message_id == message);
        let ended = matches!(agent.status, AgentStatus::Completed | AgentStatus::Failed);
        if before.is_none() && !(now.whole.is_told() || ended) {
            return;
        }
        let is_known = before.is_some_and(|before| {
            known == Some(now)
                && (before.agent_id, before.task_id, before.role) == (id, owner.task_id, owner.role)
        });
        if is_known {
            self.taken.known_records += 1;
            return;
        }
        *(if before.is_some() { &mut self.taken.grown_records } else { &mut self.taken.new_records }) += 1;
        let model = ran.model.as_deref().or(agent.model.as_deref());
        let at = ran.last_at.or(ran.created_at).unwrap_or(agent.updated_at);
        let provenance = format!("{path}, agent {}", ran.id);
        let fresh = stated(&ran.id, owner, model, provenance, at, RecordId(Uuid::now_v7()));
        let record = match before {
            Some(before) => quarterdeck_shared::usage::UsageRecord {
                agent_id: id,
                task_id: owner.task_id,
                role: owner.role,
                ..before.clone()
            },
            None => fresh,
        };
        (member.touched, member.resum) = (true, true);
        self.changed.stated.insert(message, now.whole);
        self.changed.put(record);
    }
}

fn step((at, role): (usize, &Role)) -> Step {
    Step::not_begun(PlannedStep::new(StepId::at(at), *role))
}

fn title(asked: &Asked) -> String {
    let first = asked.description.lines().map(str::trim).find(|line| !line.is_empty());
    figures::cut(first.unwrap_or(&asked.id), super::gather::TITLE_CHARS).into_owned()
}

/// What a database says of an agent; of one that has a folder only what that does not.
fn describe(me: &mut AgentDetail, ran: &Ran, has_folder: bool) {
    let agent = &mut me.agent;
    me.custom_instructions = ran.instructions.clone().or(me.custom_instructions.take());
    if let Some(prompt) = &ran.system_prompt {
        me.system_prompt.clone_from(prompt);
    }
    if agent.role == Role::Custom {
        agent.role = ran.role;
    }
    agent.model = agent.model.take().or_else(|| ran.model.clone());
    agent.reported_cost_usd = agent.reported_cost_usd.or(ran.whole.cost);
    if has_folder {
        return;
    }
    agent.source = AGENT_LOGS.to_owned();
    agent.name.clone_from(&ran.name);
    agent.created_at = ran.created_at.unwrap_or(agent.created_at);
    agent.started_at = ran.created_at.or(agent.started_at);
    let is_final =
        |status| matches!(status, AgentStatus::Completed | AgentStatus::Failed | AgentStatus::Cancelled);
    if agent.status != AgentStatus::Deleted && (is_final(ran.status) || !is_final(agent.status)) {
        agent.status = ran.status;
        agent.status_evidence.reason.clone_from(&ran.reason);
        let last_at = ran.last_at.unwrap_or(agent.created_at).max(agent.created_at);
        (agent.updated_at, agent.status_evidence.last_event_at) = (last_at, Some(last_at));
        agent.finished_at = Some(last_at);
        me.seconds = last_at.seconds_since(agent.created_at).max(0);
    }
}
