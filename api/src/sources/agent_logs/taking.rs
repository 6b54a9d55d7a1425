//! Taking in what folders say: agents, their tasks and what they took, in one transaction. Read again, it changes
//! nothing; what a transcript of the same session shows counts there.

use super::folders::Found;
use crate::{
    sources::{
        crew::{AGENT_LOGS, Crew, QUIET_SECONDS, is_told},
        intake::{Changed, Intake, Taken, Tense, write},
    },
    store::{Batch, FileRow, Row, StoreError},
};
use orchestrator::{
    agent_logs::{Log, message_id, rest, role_of, telling},
    ledger::{Book, Owner, enter, found_anew, is_emptied},
    pricing::plain,
    transcripts::{lines, reading::Thread},
};
use quarterdeck_shared::{
    AgentId, RecordId, TaskId, Timestamp,
    agents::{AgentDetail, AgentStatus, Role},
    usage::{Tokens, UsageRecord},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};
use uuid::Uuid;

/// What a folder says.
#[derive(Debug)]
pub struct Told {
    /// The folder's own name: copies of it elsewhere are the same agent.
    pub folder: String,
    /// Where it is.
    pub path: String,
    /// Its files as they are from now on.
    pub rows: Vec<FileRow>,
    pub log: Log,
    /// The first characters of its agent's id.
    pub(super) short: String,
    name: String,
    pub(super) task: Option<String>,
    prompt: Option<String>,
    made_at: Timestamp,
    status: AgentStatus,
    reason: String,
    last_at: Timestamp,
}

impl Told {
    pub(super) fn new(
        found: &Found,
        log: Log,
        prompt: Option<String>,
        made_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        // A clock that is ahead tells nothing of the future.
        let last_at = log.last_at.unwrap_or(made_at).clamp(made_at.min(now), now);
        let (status, reason) = standing(&log, last_at, now);
        Self {
            folder: found.name(),
            path: found.path.to_string_lossy().into_owned(),
            rows: Vec::new(),
            log,
            short: found.folder.agent.clone(),
            name: found.folder.name.clone(),
            task: found.task.clone(),
            prompt,
            made_at,
            status,
            reason: reason.to_owned(),
            last_at,
        }
    }

    /// Whether nothing follows by itself.
    pub(super) fn is_settled(&self) -> bool {
        self.status.is_final()
    }

    /// When it will have been quiet for so long that nothing more follows; nothing where it has ended.
    pub(super) fn quiet_at(&self) -> Option<Timestamp> {
        (!self.is_settled()).then(|| self.last_at.plus_seconds(QUIET_SECONDS))
    }

    /// A folder that has just begun does not say yet whose session it is; a transcript might be first to tell of it.
    fn is_too_young(&self) -> bool {
        self.log.session_id.is_none() && !self.is_settled()
    }

    /// The thread by which it is known whatever its session is.
    pub(super) fn place(&self) -> String {
        format!("{AGENT_LOGS}:{}", self.folder)
    }

    fn provenance(&self, offset: u64) -> String {
        lines::place(format_args!("{}/summary.jsonl", self.path), offset)
    }
}

fn standing(log: &Log, last_at: Timestamp, now: Timestamp) -> (AgentStatus, &'static str) {
    match log.turns.last().filter(|_| !log.goes_on) {
        Some((_, turn, _)) if turn.is_error => (AgentStatus::Failed, "its last turn failed, as its log says"),
        Some(_) => (AgentStatus::Completed, "its last turn ended, as its log says"),
        None if now.seconds_since(last_at) >= QUIET_SECONDS => {
            (AgentStatus::Interrupted, "its log ends without a result")
        }
        None => (AgentStatus::Running, "its log grows"),
    }
}

/// The note by which the task of a folder is known.
pub(super) fn note(task: &str) -> String {
    format!("{AGENT_LOGS}/task/{task}")
}

/// What is being taken in.
pub(super) struct Taking {
    pub(super) crew: Crew,
    pub(super) book: Book,
    pub(super) changed: Changed,
    pub(super) taken: Taken,
    pub(super) batch: Batch,
    /// Tasks by the names of their folders.
    pub(super) tasks: HashMap<String, TaskId>,
    /// Tasks of sessions that turned out to be steps of others.
    left: BTreeSet<TaskId>,
    /// Who is known by the database alone, by the first characters of their ids: with their threads.
    stated: HashMap<String, (String, AgentId)>,
}

impl Intake {
    /// Makes durable what folders say.
    pub async fn take_logs(&self, told: Vec<Told>, tense: Tense) -> Result<Taken, StoreError> {
        let _turn = self.turn().await?;
        let mut told: Vec<_> = told.into_iter().filter(|told| !told.is_too_young()).collect();
        if told.is_empty() {
            return Ok(Taken::default());
        }
        let stated = self.meet(&mut told).await?;
        let mut taking = self.begin(&told, stated).await?;
        for one in &told {
            self.take_log(&mut taking, one).await?;
        }
        let rows = told.iter().flat_map(|one| &one.rows).map(|row| Row::SourceFile(Box::new(row.clone())));
        taking.batch.rows.extend(rows);
        let titles = taking.tasks.iter().map(|(name, id)| (*id, name.clone())).collect();
        self.finish(taking, &titles, tense).await
    }

    /// Makes durable what was taken in.
    pub(super) async fn finish(
        &self,
        taking: Taking,
        titles: &HashMap<TaskId, String>,
        tense: Tense,
    ) -> Result<Taken, StoreError> {
        let Taking { mut crew, mut changed, mut taken, mut batch, tasks, left, .. } = taking;
        taken.new_agents = crew.members.values().filter(|member| member.was.is_none()).count() as u64;
        self.resum(&mut crew, &[], &mut changed).await?;
        let titles: HashMap<TaskId, &str> = titles.iter().map(|(id, title)| (*id, title.as_str())).collect();
        crew.gather(&titles, &left);
        batch.rows.splice(0..0, changed.rows());
        write(&mut crew, tense, &mut batch);
        batch.rows.extend(left.into_iter().map(|task_id| Row::RemoveTask { task_id, at: crew.now }));
        for (name, id) in &tasks {
            let refused = |error: serde_json::Error| StoreError::Refused { reason: error.to_string() };
            let json = serde_json::to_string(id).map_err(refused)?;
            batch.rows.push(Row::Note { key: note(name), json: Some(json) });
        }
        self.store().commit(batch).await?;
        Ok(taken)
    }

    async fn begin(
        &self,
        told: &[Told],
        stated: HashMap<String, (String, AgentId)>,
    ) -> Result<Taking, StoreError> {
        let places = told.iter().map(Told::place);
        let sessions = told.iter().filter_map(|one| one.log.session_id.clone());
        let in_databases = stated.values().map(|(place, _)| place.clone());
        let sessions: BTreeSet<_> = places.chain(sessions).chain(in_databases).collect();
        let sessions: Vec<_> = sessions.into_iter().collect();
        let messages: Vec<_> = told
            .iter()
            .flat_map(|one| one.log.turns.iter().map(|(offset, ..)| message_id(&one.folder, *offset)))
            .collect();
        let names: BTreeSet<_> = told.iter().filter_map(|one| one.task.clone()).collect();
        self.begin_with(&sessions, &messages, names, stated).await
    }

    /// Everybody of these sessions and messages, and of these tasks by their names.
    pub(super) async fn begin_with(
        &self,
        sessions: &[String],
        messages: &[String],
        names: BTreeSet<String>,
        stated: HashMap<String, (String, AgentId)>,
    ) -> Result<Taking, StoreError> {
        let own = self.store().own_agents_of(sessions).await?;
        let mut book = Book::default();
        self.store().usage_of_messages(messages).await?.into_iter().for_each(|record| book.know(record));
        let mut crew = self.crew(sessions, &own, &book).await?;
        let tasks = self.call_up_tasks(&mut crew, names).await?;
        let (changed, taken, batch, left) =
            (Changed::default(), Taken::default(), Batch::new(), BTreeSet::new());
        Ok(Taking { crew, book, changed, taken, batch, tasks, left, stated })
    }

    /// These tasks by their names, and everybody who works on them or on those of the crew.
    pub(super) async fn call_up_tasks(
        &self,
        crew: &mut Crew,
        names: BTreeSet<String>,
    ) -> Result<HashMap<String, TaskId>, StoreError> {
        crew.source = AGENT_LOGS;
        let notes: Vec<_> = names.iter().map(|name| note(name)).collect();
        let notes = self.store().notes_of(&notes).await?;
        let mut tasks = HashMap::new();
        for name in names {
            let known = notes.noted(&note(&name))?;
            tasks.insert(name, known.unwrap_or_else(|| TaskId(Uuid::now_v7())));
        }
        // A task is what all of its agents are.
        let theirs = crew.members.values().filter_map(|member| member.me.agent.task_id);
        let ids: BTreeSet<_> = tasks.values().copied().chain(theirs).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        self.store().tasks_of(&ids).await?.into_iter().for_each(|task| crew.know_task(task));
        self.store().agents_of_tasks(&ids).await?.into_iter().for_each(|me| crew.know(me));
        Ok(tasks)
    }

    async fn take_log(&self, taking: &mut Taking, told: &Told) -> Result<(), StoreError> {
        let by_database = taking.stated.remove(&told.short);
        let known = by_database.as_ref().map(|(_, id)| *id);
        let id = taking.crew.owner_of(&told.place(), told.log.session_id.as_deref(), known);
        if taking.crew.members.get(&id).is_none_or(|member| member.is_own()) {
            return Ok(());
        }
        let records: Vec<_> = match taking.crew.members.get(&id).is_some_and(|member| member.was.is_some()) {
            true => self.store().agent_usage(id).await?,
            false => Vec::new(),
        };
        if let Some(member) = taking.crew.members.get_mut(&id) {
            let before = member.me.clone();
            if is_told(&before.agent.source) {
                (member.resum, member.meters_end) = (true, true);
            }
            describe(&mut member.me, told);
            member.touched |= member.me != before;
        }
        if let Some((place, ghost)) = by_database.filter(|(_, ghost)| *ghost != id) {
            let records = self.store().agent_usage(ghost).await?;
            taking.hand_over(ghost, id, place, &records);
        }
        let moved = taking.join(id, told.task.as_deref());
        let mut of_moved = Vec::new();
        for id in moved {
            of_moved.extend(self.store().agent_usage(id).await?);
        }
        taking.follow_owners(&of_moved);
        taking.count(id, told, &records);
        Ok(())
    }
}

impl Taking {
    /// Puts an agent into the task of its folder, and its sub-agents with it; gives those that were elsewhere before.
    pub(super) fn join(&mut self, id: AgentId, task: Option<&str>) -> Vec<AgentId> {
        let Some(task_id) = task.and_then(|name| self.tasks.get(name)).copied() else {
            return Vec::new();
        };
        let agent = self.crew.members.get(&id).map(|member| &member.me.agent);
        let Some(before) = agent.and_then(|agent| agent.task_id).filter(|before| *before != task_id) else {
            return Vec::new();
        };
        let mut moved = Vec::new();
        for member in self.crew.members.values_mut() {
            let is_theirs = member.me.agent.id == id || member.me.agent.parent_id == Some(id);
            if is_theirs && member.me.agent.task_id == Some(before) {
                (member.me.agent.task_id, member.touched) = (Some(task_id), true);
                moved.extend(member.was.as_ref().map(|was| was.id));
            }
        }
        self.leave(before);
        moved
    }

    /// A task that nobody works on any more is none.
    fn leave(&mut self, before: TaskId) {
        let stays = self.crew.members.values().any(|member| member.me.agent.task_id == Some(before));
        match self.crew.tasks.get(&before).is_some_and(|charge| charge.was.is_some()) {
            _ if stays => {}
            true => drop(self.left.insert(before)),
            false => drop(self.crew.tasks.remove(&before)),
        }
    }

    /// Who was known by the database alone turns out to be somebody who is known by a session.
    fn hand_over(&mut self, ghost: AgentId, id: AgentId, place: String, records: &[UsageRecord]) {
        let Some(to) = self.crew.members.get(&id).map(|member| member.me.agent.clone()) else { return };
        let Some(from) = self.crew.members.get_mut(&ghost) else { return };
        let before = std::mem::replace(&mut from.me.agent.task_id, to.task_id);
        (from.me.agent.status, from.touched, from.resum) = (AgentStatus::Deleted, true, true);
        let (known, role) = (from.me.clone(), from.me.agent.role);
        if let Some(member) = self.crew.members.get_mut(&id) {
            let me = &mut member.me;
            me.custom_instructions = me.custom_instructions.take().or(known.custom_instructions);
            if me.system_prompt.is_empty() {
                me.system_prompt = known.system_prompt;
            }
            me.agent.role = if me.agent.role == Role::Custom { role } else { me.agent.role };
            me.agent.model = me.agent.model.take().or(known.agent.model);
            me.agent.reported_cost_usd = me.agent.reported_cost_usd.or(known.agent.reported_cost_usd);
            (member.touched, member.resum) = (true, true);
        }
        for record in records {
            let record = UsageRecord { agent_id: id, task_id: to.task_id, role: to.role, ..record.clone() };
            self.changed.put(record);
        }
        self.crew.threads.insert((place.clone(), String::new()), id);
        self.crew.met.push((Thread { session_id: place, agent_id: String::new() }, id));
        if let Some(before) = before.filter(|before| Some(*before) != to.task_id) {
            self.leave(before);
        }
    }

    /// Records go where their agents went.
    pub(super) fn follow_owners(&mut self, records: &[UsageRecord]) {
        for record in records {
            let Some(member) = self.crew.members.get(&record.agent_id) else { continue };
            let (task_id, role) = (member.me.agent.task_id, member.me.agent.role);
            if (record.task_id, record.role) != (task_id, role) {
                let record = UsageRecord { task_id, role, ..record.clone() };
                self.changed.put(record);
            }
        }
    }

    /// Each turn counts as far as no response of its session is known.
    fn count(&mut self, id: AgentId, told: &Told, records: &[UsageRecord]) {
        let prices = self.crew.prices.clone();
        let Some(member) = self.crew.members.get_mut(&id) else { return };
        let agent = &member.me.agent;
        let owner = Owner { agent_id: id, task_id: agent.task_id, role: agent.role, replayed: false };
        let model = told.log.model.clone().or(agent.model.clone()).unwrap_or_else(|| "unknown".to_owned());
        let same = |record: &&UsageRecord| {
            !record.is_remainder() && !record.replayed && plain(&record.model) == plain(&model)
        };
        let mut seen = records.iter().filter(same).fold(Tokens::default(), |sum, record| sum + record.tokens);
        for (offset, turn, cost) in &told.log.turns {
            let message = message_id(&told.folder, *offset);
            let at = turn.at.unwrap_or(told.last_at).min(told.last_at);
            let telling = telling(turn, *cost, &model, message.clone(), told.provenance(*offset), at);
            let Some(whole) = enter(&prices, None, owner, telling, RecordId(Uuid::now_v7())) else {
                continue;
            };
            let rest = rest(Arc::unwrap_or_clone(whole.record), &mut seen, &prices);
            let before = self.book.records().find(|record| record.message_id == message);
            let (id, provenance) = before
                .map_or((rest.id, rest.provenance.clone()), |before| (before.id, before.provenance.clone()));
            let rest = UsageRecord { id, provenance, ..rest };
            let rest = Arc::new(before.map_or(rest.clone(), |before| found_anew(before, rest)));
            match before {
                _ if before.map_or(is_emptied(&rest), |before| *before == *rest) => {
                    self.taken.known_records += 1;
                    continue;
                }
                Some(_) => self.taken.grown_records += 1,
                None => self.taken.new_records += 1,
            }
            (member.resum, member.touched) = (true, true);
            if rest.tokens.total() > 0 {
                member.last.push(Arc::clone(&rest));
            }
            self.book.know(Arc::clone(&rest));
            self.changed.put(rest);
        }
    }
}

impl Crew {
    /// Whose a folder is: its session's agent, or who is known by the folder alone, or by the database.
    fn owner_of(&mut self, place: &str, session: Option<&str>, known: Option<AgentId>) -> AgentId {
        let main = |session: &str| (session.to_owned(), String::new());
        let by_session = session.and_then(|session| self.threads.get(&main(session))).copied();
        let by_place = self.threads.get(&main(place)).copied();
        let id = by_session.or(by_place).or(known).unwrap_or_else(|| {
            let session_id = session.unwrap_or(place).to_owned();
            let id = self.find(&Thread { session_id, agent_id: String::new() });
            if let Some(member) = self.members.get_mut(&id) {
                member.me.agent.session_id = session.map(str::to_owned);
            }
            id
        });
        // Who was known by the folder alone, while its session turns out to be another's, was never there.
        if let Some(ghost) = by_place.filter(|ghost| *ghost != id).and_then(|id| self.members.get_mut(&id)) {
            (ghost.me.agent.status, ghost.touched) = (AgentStatus::Deleted, true);
        }
        for session_id in session.into_iter().chain([place]) {
            if self.threads.insert(main(session_id), id) != Some(id) {
                let thread = Thread { session_id: session_id.to_owned(), agent_id: String::new() };
                self.met.retain(|(known, _)| *known != thread);
                self.met.push((thread, id));
            }
        }
        id
    }
}

/// What a folder says of its agent.
fn describe(me: &mut AgentDetail, told: &Told) {
    let (log, agent) = (&told.log, &mut me.agent);
    agent.source = AGENT_LOGS.to_owned();
    agent.name.clone_from(&told.name);
    agent.role = match role_of(&told.name) {
        Role::Custom => agent.role,
        role => role,
    };
    agent.session_id = log.session_id.clone().or(agent.session_id.take());
    if let Some(cwd) = &log.cwd {
        agent.working_directory.clone_from(cwd);
    }
    // What a transcript says of the model is newer.
    if agent.context.is_none() {
        agent.model = log.model.clone().or(agent.model.take());
    }
    agent.permission_mode = log.permission_mode.unwrap_or(agent.permission_mode);
    agent.reported_cost_usd = log.reported().or(agent.reported_cost_usd);
    (agent.created_at, agent.started_at) = (told.made_at, Some(told.made_at));
    (agent.updated_at, agent.status_evidence.last_event_at) = (told.last_at, Some(told.last_at));
    if agent.status != AgentStatus::Deleted {
        agent.status = told.status;
        agent.status_evidence.reason.clone_from(&told.reason);
    }
    agent.finished_at = Some(told.last_at).filter(|_| agent.status.is_final());
    me.seconds = told.last_at.seconds_since(told.made_at).max(0);
    me.prompt = told.prompt.clone().or(me.prompt.take());
    let last = log.turns.last().map(|(_, turn, _)| turn);
    let words = last.and_then(|turn| turn.result.clone());
    let failed = last.is_some_and(|turn| turn.is_error);
    (me.result, me.error) = if failed { (None, words) } else { (words, None) };
    let counts: BTreeMap<_, _> =
        log.tally.tools().into_iter().map(|count| (count.tool.clone(), count)).collect();
    for gone in me.tool_breakdown.iter_mut().filter(|count| !counts.contains_key(&count.tool)) {
        (gone.calls, gone.errors) = (0, 0);
    }
    me.tool_breakdown.retain(|count| !counts.contains_key(&count.tool));
    me.tool_breakdown.extend(counts.into_values());
    me.tool_breakdown.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| a.tool.cmp(&b.tool)));
    me.agent.tool_calls = log.tally.tool_calls();
}
