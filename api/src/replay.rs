//! Replay: how things stood at a moment, put together from what is stored; nothing is run again.

use crate::{
    conversations,
    store::{Committed, Store, StoreError},
};
use orchestrator::replay::{agent_then, marks, task_then};
use quarterdeck_shared::{
    AgentId, Event, Payload, TaskId, Timestamp,
    agents::{Agent, AgentQuery, AgentStatus},
    conversations::MomentQuery,
    replay::{AgentThen, Outline, Replay, ReplayQuery, SPANS},
    tasks::Task,
};
use std::collections::HashMap;

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
    let query_agents = AgentQuery {
        task_id: Some(id),
        sort: Some("created_at".to_owned()),
        limit: Some(200),
        ..AgentQuery::default()
    };
    let agents = store.agents(&query_agents).await?.items;
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
        let told: Vec<Event> = told.iter().map(read).collect::<Result<_, _>>()?;
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
        for agent in agents {
            let Some(status) = agent_then(&agent, statuses.get(&agent.id).copied(), at) else { continue };
            let moment = conversations::moment(store, agent.id, &MomentQuery { at: Some(at) }, at).await?;
            let moment = moment.unwrap_or_default();
            let (files_read, files_written) = store.files_by(agent.id, at).await?;
            replay.tokens += moment.tokens;
            replay.cost_usd += moment.cost_usd;
            replay.cost_basis = replay.cost_basis.max(moment.cost_basis);
            let (agent_id, name, role) = (agent.id, agent.name, agent.role);
            replay.agents.push(AgentThen { agent_id, name, role, status, moment, files_read, files_written });
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

fn last_statuses(told: &[Event]) -> HashMap<AgentId, AgentStatus> {
    let statuses = told.iter().filter_map(|event| match &event.payload {
        Payload::AgentStatusChanged { to, .. } => Some((event.agent_id?, *to)),
        Payload::AgentDeleted {} => Some((event.agent_id?, AgentStatus::Deleted)),
        _ => None,
    });
    statuses.collect()
}

fn read(event: &Committed) -> Result<Event, StoreError> {
    let corrupt =
        |error: serde_json::Error| StoreError::Corrupt { what: format!("event {}: {error}", event.seq) };
    serde_json::from_str(&event.json).map_err(corrupt)
}
