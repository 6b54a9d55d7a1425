//! Replay: how things stood at a moment, put together from what is stored; nothing is run again.

use crate::{
    conversations,
    store::{Committed, Store, StoreError},
};
use orchestrator::replay::{agent_then, ended, marks, task_then};
use quarterdeck_shared::{
    AgentId, Event, Payload, TaskId, Timestamp,
    agents::{Agent, AgentStatus},
    replay::{AgentThen, Outline, Replay, ReplayQuery, SPANS},
    tasks::Task,
};
use std::collections::HashMap;

/// Agents that are shown at most.
const AGENTS: usize = 200;

/// How a task or an agent's session stood; none where there is no such one.
pub async fn stood(store: &Store, query: &ReplayQuery, now: Timestamp) -> Result<Option<Replay>, StoreError> {
    match (query.task_id, query.agent_id) {
        (Some(task), None) => of_task(store, task, query, now).await,
        (None, Some(agent)) => of_agent(store, agent, query, now).await,
        _ => {
            let message = "name either a task or an agent".to_owned();
            Err(StoreError::Invalid { field: "task_id", message })
        }
    }
}

async fn of_task(
    store: &Store,
    id: TaskId,
    query: &ReplayQuery,
    now: Timestamp,
) -> Result<Option<Replay>, StoreError> {
    let Some(task) = store.task(id).await? else { return Ok(None) };
    let agents = store.crew_of_task(id).await?;
    let is_live = !task.status.is_final();
    let title = task.title.clone();
    let stretch =
        Stretch::of(&agents, task.created_at, task.finished_at.unwrap_or(task.updated_at), is_live, now);
    stretch.replay(store, Some(&task), agents, title, query).await.map(Some)
}

async fn of_agent(
    store: &Store,
    id: AgentId,
    query: &ReplayQuery,
    now: Timestamp,
) -> Result<Option<Replay>, StoreError> {
    let Some(detail) = store.agent(id).await? else { return Ok(None) };
    let agent = detail.agent;
    let is_live = !agent.status.is_final();
    let last = agent.finished_at.or(agent.status_evidence.last_event_at).unwrap_or(agent.updated_at);
    let title = agent.name.clone();
    let agents = vec![agent];
    let stretch = Stretch::of(&agents, agents[0].created_at, last, is_live, now);
    stretch.replay(store, None, agents, title, query).await.map(Some)
}

/// A life, from its beginning to its end.
struct Stretch {
    from: Timestamp,
    to: Timestamp,
    is_live: bool,
}

impl Stretch {
    fn of(agents: &[Agent], from: Timestamp, to: Timestamp, is_live: bool, now: Timestamp) -> Self {
        let from = agents.iter().map(|agent| agent.created_at).chain([from]).min().unwrap_or(from);
        let ends = agents.iter().filter_map(|agent| agent.finished_at);
        let to = if is_live { now } else { ends.chain([to]).max().unwrap_or(to) };
        Self { from, to: to.max(from), is_live }
    }

    async fn replay(
        &self,
        store: &Store,
        task: Option<&Task>,
        agents: Vec<Agent>,
        title: String,
        query: &ReplayQuery,
    ) -> Result<Replay, StoreError> {
        let at = query.at.unwrap_or(self.to).clamp(self.from, self.to);
        let ids: Vec<_> = agents.iter().map(|agent| agent.id).collect();
        let wants_outline = query.outline.unwrap_or_default();
        let until = if wants_outline { self.to } else { at };
        let told = match task {
            Some(task) => store.course_of_task(task.id, until).await?,
            None => store.statuses_of(&ids, until).await?,
        };
        let told: Vec<Event> = told.iter().map(Committed::event).collect::<Result<_, _>>()?;
        let outline = if wants_outline { Some(self.outline(store, &agents, &told).await?) } else { None };
        let told = &told[..told.partition_point(|event| event.at <= at)];
        let mut replay = Replay {
            at,
            from: self.from,
            to: self.to,
            is_live: self.is_live,
            title,
            outline,
            ..Replay::default()
        };
        if let Some(task) = task {
            let (status, steps) = task_then(task, told, at);
            (replay.status, replay.steps) = (Some(status), steps);
        }
        let statuses = last_statuses(told);
        let ends = ends_of_deleted(store, &agents, &statuses).await?;
        let there = agents.into_iter().filter_map(|agent| {
            let told = statuses.get(&agent.id).copied();
            // Who was deleted without a word and took nothing was found out to be somebody else.
            let is_nobody = agent.status == AgentStatus::Deleted && agent.requests == 0 && told.is_none();
            let ended = ends.get(&agent.id).copied().unwrap_or(agent.status);
            let status = agent_then(&agent, told, ended, at).filter(|_| !is_nobody)?;
            Some((agent, status))
        });
        let mut there: Vec<_> = there.collect();
        replay.left_out = there.len().saturating_sub(AGENTS) as u64;
        there.truncate(AGENTS);
        let shown: Vec<_> = there.iter().map(|(agent, _)| agent).collect();
        let ids: Vec<_> = shown.iter().map(|agent| agent.id).collect();
        let moments = conversations::moments(store, &shown, at).await?;
        let mut files = store.files_by(&ids, at).await?;
        let spent = match task {
            Some(task) => Some(store.spent_on(task.id, at).await?),
            None => None,
        };
        for ((agent, status), moment) in there.into_iter().zip(moments) {
            let (files_read, files_written) = files.remove(&agent.id).unwrap_or_default();
            replay.tokens += moment.tokens;
            replay.cost_usd += moment.cost_usd;
            replay.cost_basis = replay.cost_basis.max(moment.cost_basis);
            let (agent_id, name, role) = (agent.id, agent.name, agent.role);
            replay.agents.push(AgentThen { agent_id, name, role, status, moment, files_read, files_written });
        }
        // Of a task everything counts, also what agents took that are not shown.
        if let Some(spent) = spent {
            (replay.tokens, replay.cost_usd, replay.cost_basis) =
                (spent.tokens, spent.cost_usd, spent.cost_basis);
        }
        Ok(replay)
    }

    async fn outline(&self, store: &Store, agents: &[Agent], told: &[Event]) -> Result<Outline, StoreError> {
        let ids: Vec<_> = agents.iter().map(|agent| agent.id).collect();
        let name = |event: &Event| {
            let agent = agents.iter().find(|agent| Some(agent.id) == event.agent_id);
            agent.map_or_else(|| "An agent".to_owned(), |agent| agent.name.clone())
        };
        let requests = store.requests_by_span(&ids, (self.from, self.to), SPANS).await?;
        Ok(Outline { requests, marks: marks(told, name) })
    }
}

/// How those had ended who were deleted since and of whom no status is told.
async fn ends_of_deleted(
    store: &Store,
    agents: &[Agent],
    told: &HashMap<AgentId, AgentStatus>,
) -> Result<HashMap<AgentId, AgentStatus>, StoreError> {
    let is_silent = |agent: &&Agent| agent.status == AgentStatus::Deleted && !told.contains_key(&agent.id);
    let silent: Vec<_> = agents.iter().filter(is_silent).collect();
    let mut ends = silent.iter().map(|agent| (agent.id, ended(None, None))).collect::<HashMap<_, _>>();
    // They are those of one task.
    let Some(task) = silent.first().and_then(|agent| agent.task_id) else { return Ok(ends) };
    let mut taken_in = HashMap::new();
    for event in store.beginnings_of_task(task).await? {
        if let Payload::AgentCreated { agent } = event.event()?.payload {
            taken_in.insert(agent.id, agent.status);
        }
    }
    let is_alone = store.crew_of_task(task).await?.len() == 1;
    let alone_on = if is_alone { store.task(task).await?.map(|task| task.status) } else { None };
    for (id, end) in &mut ends {
        *end = ended(taken_in.get(id).copied(), alone_on);
    }
    Ok(ends)
}

fn last_statuses(told: &[Event]) -> HashMap<AgentId, AgentStatus> {
    let statuses = told.iter().filter_map(|event| match &event.payload {
        Payload::AgentStatusChanged { to, .. } => Some((event.agent_id?, *to)),
        Payload::AgentDeleted {} => Some((event.agent_id?, AgentStatus::Deleted)),
        _ => None,
    });
    statuses.collect()
}
