//! Clean-up: agents that have ended leave the lists, many at a time. What is about to go on is known by its note, so
//! that a command may do this beside a server or without one.

use super::{Fleet, FleetError, work};
use crate::store::{Batch, Draft, Row, Store, StoreError};
use orchestrator::agents::{can_be_cleaned_up, is_cleanable};
use quarterdeck_shared::{
    AgentId, Payload, Timestamp,
    agents::{Agent, AgentQuery, AgentStatus, Cleanup, NewCleanup},
};
use std::collections::HashSet;

/// Agents that leave in one transaction at most.
const AT_ONCE: usize = 1_000;
/// How often it is begun anew because an agent went on meanwhile.
const ATTEMPTS: usize = 5;

impl Fleet {
    /// Takes agents that have ended out of the lists.
    pub async fn clean_up(&self, new: &NewCleanup) -> Result<Cleanup, FleetError> {
        Ok(clean_up(&self.inner.store, new, self.inner.clock().now()).await?)
    }
}

/// Takes agents that have ended out of the lists, in one transaction.
pub async fn clean_up(store: &Store, new: &NewCleanup, now: Timestamp) -> Result<Cleanup, StoreError> {
    let mut attempts = ATTEMPTS;
    loop {
        // Nobody who takes sessions in makes of one of these agents what it was before.
        let turn = store.turn().await?;
        let (agents, more) = cleanable(store, new, now).await?;
        let mut batch = Batch::new();
        for agent in &agents {
            retire(&mut batch, agent, "a clean-up removed it", now);
        }
        attempts -= 1;
        match store.commit(batch).await {
            Err(StoreError::Changed { .. }) if attempts > 0 => drop(turn),
            Err(error) => return Err(error),
            Ok(_) => {
                let agent_ids: Vec<_> = agents.iter().map(|agent| agent.id).collect();
                return Ok(Cleanup { removed: agent_ids.len() as u64, agent_ids, more });
            }
        }
    }
}

/// The agents that a clean-up would take now, the longest unchanged first, and whether there are more of them.
pub async fn cleanable(
    store: &Store,
    new: &NewCleanup,
    now: Timestamp,
) -> Result<(Vec<Agent>, bool), StoreError> {
    let seconds = i64::try_from(new.older_than_seconds).unwrap_or(i64::MAX);
    let since = now.plus_seconds(-seconds);
    let noted = store.notes(work::IN_FLIGHT).await?;
    let at_work: HashSet<AgentId> = noted.iter().filter_map(|(key, _)| work::in_flight(key)).collect();
    let unfinished = store.tasks_that_go_on().await?;
    let goes_on = |agent: &Agent| {
        at_work.contains(&agent.id) || agent.task_id.is_some_and(|task| unfinished.contains(&task))
    };
    let statuses = AgentStatus::ALL.iter().filter(|status| can_be_cleaned_up(**status));
    let mut query = AgentQuery {
        status: Some(statuses.map(|status| status.as_str()).collect::<Vec<_>>().join(",")),
        sort: Some("updated_at".to_owned()),
        limit: Some(200),
        ..AgentQuery::default()
    };
    let mut found = Vec::new();
    loop {
        let page = store.agents(&query).await?;
        let is_last = page.items.iter().any(|agent| agent.updated_at > since);
        found.extend(page.items.into_iter().filter(|agent| is_cleanable(agent, goes_on(agent), since)));
        query.cursor = page.next_cursor;
        if found.len() > AT_ONCE || is_last || query.cursor.is_none() {
            let more = found.len() > AT_ONCE;
            found.truncate(AT_ONCE);
            return Ok((found, more));
        }
    }
}

/// What becomes durable when an agent leaves the lists.
pub(super) fn retire(batch: &mut Batch, agent: &Agent, reason: &str, at: Timestamp) {
    let (agent_id, unless) = (agent.id, work::in_flight_key(agent.id));
    batch.rows.push(Row::RetireAgent { agent_id, reason: reason.to_owned(), at, unless });
    batch.rows.push(Row::Note { key: work::said_key(agent_id), json: None });
    let payload = Payload::AgentDeleted {};
    batch.events.push(Draft { agent_id: Some(agent_id), task_id: agent.task_id, payload });
}
