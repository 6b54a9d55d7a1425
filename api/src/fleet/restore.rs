//! After a restart: what an earlier server left unfinished is told truthfully at once, then goes on.

use super::{
    Fleet, FleetError, Inner,
    case::State,
    drive::{Driver, Word, go_on, take_up},
    work::{Ending, IN_FLIGHT, InFlight, Memory, News, Said, Start, in_flight, in_flight_key, said_key},
};
use crate::store::{Batch, Draft, Row, StoreError};
use orchestrator::workflows::Run;
use quarterdeck_shared::{
    AgentId, Payload,
    agents::{AgentDetail, AgentStatus, StatusEvidence},
    approvals::{Approval, ApprovalQuery, ApprovalStatus},
    tasks::{Step, StepStatus, Task, TaskStatus},
    usage::{UsageQuery, UsageRecord},
};
use std::{collections::HashMap, sync::Arc};

/// What an agent is told that was cut off.
const CAUSE: &str = "the server was restarted";

/// An agent that was supposed to work when the earlier server ended.
struct Left {
    me: AgentDetail,
    waits: bool,
}

impl Fleet {
    /// Tells of every unfinished agent and task what is true now, then lets them go on.
    pub(super) async fn restore(&self) -> Result<(), FleetError> {
        let fleet = &self.inner;
        let mut left = fleet.left_behind().await?;
        let tasks = fleet.store.unfinished_tasks().await?;
        fleet.tell_the_truth(&mut left).await?;
        for me in fleet.store.active_agents().await? {
            if !left.contains_key(&me.agent.id) {
                let ending =
                    Ending::Interrupted("the server ended while it worked, and it was not noted how".into());
                fleet.end_idle(me.agent.id, &ending).await?;
            }
        }
        for task in tasks {
            fleet.carry_on(task, &mut left).await?;
        }
        for (id, Left { me, waits }) in left {
            if !waits {
                let desk = fleet.desks.get(id, Default::default);
                let start = start_of(&me);
                fleet.employ(&desk, me, start);
            }
        }
        Ok(())
    }
}

fn start_of(me: &AgentDetail) -> Start {
    match me.agent.status {
        AgentStatus::Created if me.agent.started_at.is_none() => Start::New,
        // It had ended, and waited for a place with what it was told next.
        AgentStatus::Created => Start::Again,
        _ => Start::CutOff { cause: CAUSE.into() },
    }
}

impl Inner {
    async fn left_behind(&self) -> Result<HashMap<AgentId, Left>, FleetError> {
        let mut left = HashMap::new();
        for (key, _) in self.store.notes(IN_FLIGHT).await? {
            let Some(id) = in_flight(&key) else { continue };
            let Some(me) = self.store.agent(id).await? else { continue };
            let waits = me.agent.status == AgentStatus::Waiting && !self.waiting(id).await?.is_empty();
            left.insert(id, Left { me, waits });
        }
        Ok(left)
    }

    /// No process of the earlier server is left: whoever worked was interrupted, whoever waits has no process.
    async fn tell_the_truth(&self, left: &mut HashMap<AgentId, Left>) -> Result<(), StoreError> {
        let now = self.clock().now();
        let mut batch = Batch::new();
        for Left { me, waits } in left.values_mut() {
            let agent = &mut me.agent;
            let from = agent.status;
            let heard = agent.status_evidence.last_event_at;
            let because =
                |reason: &str| StatusEvidence { last_event_at: heard, ..StatusEvidence::because(reason) };
            match (from, *waits) {
                (AgentStatus::Waiting, true) => {
                    agent.status_evidence =
                        because("the server was restarted; an answer resumes its session");
                }
                (AgentStatus::Running | AgentStatus::Waiting, _) => {
                    agent.status = AgentStatus::Interrupted;
                    agent.status_evidence =
                        because("the server ended while it worked; its session is resumed");
                }
                _ => continue,
            }
            agent.activity = String::new();
            agent.updated_at = now;
            batch.rows.push(Row::Agent(Box::new(agent.clone())));
            if from != agent.status {
                let (to, evidence, shown) = (agent.status, agent.status_evidence.clone(), agent.clone());
                let payload = Payload::AgentStatusChanged { from, to, evidence, agent: shown };
                batch.events.push(Draft { agent_id: Some(agent.id), task_id: agent.task_id, payload });
            }
        }
        if !batch.rows.is_empty() {
            self.store.commit(batch).await?;
        }
        Ok(())
    }

    /// Drives a task on from where it stands. Its agents that are not to go on are taken out of `left`.
    async fn carry_on(
        self: &Arc<Self>,
        mut task: Task,
        left: &mut HashMap<AgentId, Left>,
    ) -> Result<(), FleetError> {
        let records = self.store.task_usage(task.id).await?;
        let before = task.clone();
        take_up(&mut task);
        let mut first = Vec::new();
        for step in task.workflow.iter().filter(|step| is_at_work(step)) {
            let Some(agent) = step.agent_id else { continue };
            if let Some(reason) = step.error.clone() {
                if left.remove(&agent).is_some() {
                    self.end_idle(agent, &Ending::Cancelled(reason)).await?;
                }
                continue;
            }
            let news = match left.get(&agent) {
                Some(Left { waits: true, .. }) => News::Waits,
                Some(_) => continue,
                None => News::Ended(self.ending_of(agent).await?),
            };
            first.push(Word::Agent { step: step.plan.id.clone(), agent, news });
        }
        let run = Run::restore(task.workflow.clone(), self.run_rules());
        if task.status == TaskStatus::Interrupted {
            let batch = go_on(&before, &mut task, run.status(), self.clock().now());
            self.store.commit(batch).await?;
        }
        let case = self.case(task.id);
        *case.state().await = Some(State::new(task, &records));
        Driver::begin(self, case, run, first);
        Ok(())
    }

    /// How an agent ended whose end its task did not hear of.
    async fn ending_of(&self, id: AgentId) -> Result<Ending, StoreError> {
        let Some(me) = self.store.agent(id).await? else {
            return Ok(Ending::Interrupted(format!("agent {id} is not stored")));
        };
        let reason = me.agent.status_evidence.reason;
        Ok(match me.agent.status {
            AgentStatus::Completed => Ending::Completed(me.result.unwrap_or_default()),
            AgentStatus::Failed => Ending::failed(me.error.unwrap_or(reason)),
            AgentStatus::Cancelled => Ending::Cancelled(reason),
            _ => Ending::Interrupted(reason),
        })
    }

    /// What an agent goes on from.
    pub(super) async fn recall(&self, me: &AgentDetail, start: &Start) -> Result<Memory, StoreError> {
        let id = me.agent.id;
        let (noted, said) = (in_flight_key(id), said_key(id));
        let in_flight: Option<InFlight> = self.insist(|| self.store.noted(&noted)).await?;
        let in_flight = in_flight.unwrap_or_default();
        if *start == Start::New {
            return Ok(Memory { prompts: in_flight.prompts, ..Memory::default() });
        }
        let said: Option<Said> = self.insist(|| self.store.noted(&said)).await?;
        let said = said.unwrap_or_default();
        let waiting = self.insist(|| self.waiting(id)).await?;
        let records = self.insist(|| self.records(id)).await?;
        Ok(Memory { records, said, waiting, given: in_flight.answers, prompts: in_flight.prompts })
    }

    /// Every question of an agent that waits.
    pub(super) async fn waiting(&self, id: AgentId) -> Result<Vec<Approval>, StoreError> {
        let mut waiting = Vec::new();
        let mut query = ApprovalQuery { agent_id: Some(id), limit: Some(200), ..ApprovalQuery::default() };
        loop {
            let page = self.store.approvals(&query).await?;
            waiting.extend(page.items);
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                return Ok(waiting);
            }
        }
    }

    async fn records(&self, id: AgentId) -> Result<Vec<UsageRecord>, StoreError> {
        let mut records = Vec::new();
        let mut query = UsageQuery { agent_id: Some(id), limit: Some(200), ..UsageQuery::default() };
        loop {
            let page = self.store.usage(&query).await?;
            records.extend(page.items);
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                return Ok(records);
            }
        }
    }

    /// Ends an agent that has no process, with its open questions.
    pub(super) async fn end_idle(&self, id: AgentId, ending: &Ending) -> Result<(), StoreError> {
        let Some(mut me) = self.insist(|| self.store.agent(id)).await? else { return Ok(()) };
        let (from, to, now) = (me.agent.status, ending.status(), self.clock().now());
        let mut batch = Batch::new().row(Row::Note { key: in_flight_key(id), json: None });
        let about = |payload| Draft { agent_id: Some(id), task_id: me.agent.task_id, payload };
        let mut events = Vec::new();
        for mut approval in self.insist(|| self.waiting(id)).await? {
            approval.status = ApprovalStatus::Withdrawn;
            approval.answered_at = Some(now);
            events
                .push(about(Payload::ApprovalAnswered { approval_id: approval.id, status: approval.status }));
            batch.rows.push(Row::Approval(Box::new(approval)));
        }
        let reason = match ending {
            Ending::Completed(_) | Ending::Paused => "it ended",
            Ending::Failed { error: reason, .. }
            | Ending::Cancelled(reason)
            | Ending::Interrupted(reason) => reason,
        };
        if from != to || me.agent.finished_at.is_none() {
            me.agent.status = to;
            me.agent.status_evidence = StatusEvidence::because(reason);
            me.agent.activity = String::new();
            me.agent.finished_at = Some(now);
            me.agent.updated_at = now;
            if matches!(ending, Ending::Failed { .. } | Ending::Interrupted(_)) {
                me.error = Some(reason.to_owned());
            }
            let (evidence, agent) = (me.agent.status_evidence.clone(), me.agent.clone());
            let changed = Payload::AgentStatusChanged { from, to, evidence, agent };
            events.push(Draft { agent_id: Some(id), task_id: me.agent.task_id, payload: changed });
            batch.rows.push(Row::AgentDetail(Box::new(me)));
        }
        batch.events = events;
        self.persist(batch).await.map(drop)
    }

    /// Marks an agent as failed whose work could not be followed any more.
    pub(super) async fn give_up(&self, id: AgentId, cause: &str) -> Ending {
        tracing::error!(agent.id = %id, cause, "an agent was given up");
        let ending = Ending::Interrupted(cause.to_owned());
        if let Err(error) = self.end_idle(id, &ending).await {
            tracing::error!(agent.id = %id, %error, "that an agent was given up could not be stored");
        }
        ending
    }
}

fn is_at_work(step: &Step) -> bool {
    matches!(step.status, StepStatus::Running | StepStatus::Waiting)
}
