//! Agents on command: create, prompt, cancel, delete.

use super::{
    Fleet, FleetError, Inner, OWN, checks,
    cleanup::retire,
    desks::{Desk, Mail},
    drive::limit_reached,
    runtime,
    work::{self, Ending, Start, Work},
};
use crate::store::{Batch, Draft, Row};
use orchestrator::{
    agents::{self, deaf, hindrance},
    prompts::{self, Brief},
};
use quarterdeck_shared::{
    AgentId, Payload, Timestamp,
    agents::{Agent, AgentDetail, AgentStatus, NewAgent, NewPrompt, Role, StatusEvidence},
    event::{Activity, ActivityKind},
    tasks::{Complexity, Task},
};
use std::{fmt::Display, sync::Arc};
use tokio::sync::oneshot;
use uuid::Uuid;

impl Fleet {
    /// Makes an agent; with a prompt it runs at once.
    pub async fn create(&self, new: NewAgent) -> Result<AgentDetail, FleetError> {
        let fleet = self.working()?;
        checks::name(new.role, new.name.as_deref())?;
        checks::model(new.model.as_deref())?;
        checks::tools(new.tools.as_deref())?;
        let permission_mode = new.permission_mode.unwrap_or_default();
        checks::permission(permission_mode, fleet.rules.allow_bypass_permissions)?;
        if let Some(prompt) = &new.prompt {
            checks::prompt(prompt)?;
        }
        let runtime = fleet.ready_runtime(new.runtime.as_deref()).await?;
        if let Some(id) = new.task_id {
            let task = fleet.store.task(id).await?;
            let missing = || FleetError::invalid("task_id", format!("there is no task {id} to join"));
            within_limits(&task.ok_or_else(missing)?)?;
        }

        let mut me = blank(new.role, new.name.as_deref(), fleet.clock().now());
        let folder = fleet.workspace.choose(new.working_directory.as_deref(), me.agent.id)?;
        me.complexity = new.complexity.unwrap_or(Complexity::Complex);
        me.system_prompt = prompts::system_prompt(&Brief {
            role: new.role,
            complexity: me.complexity,
            task: new.prompt.as_deref(),
            custom_instructions: new.custom_instructions.as_deref(),
        });
        me.agent.task_id = new.task_id;
        me.agent.model = new.model;
        me.agent.runtime = runtime;
        me.agent.working_directory = folder.display().to_string();
        me.agent.permission_mode = permission_mode;
        me.custom_instructions = new.custom_instructions;
        me.tools = new.tools;
        me.prompt = new.prompt;

        let draft = |payload| Draft { agent_id: Some(me.agent.id), task_id: me.agent.task_id, payload };
        let created = draft(Payload::AgentCreated { agent: me.agent.clone() });
        let Some(prompt) = me.prompt.clone() else {
            fleet
                .store
                .commit(Batch::new().row(Row::AgentDetail(Box::new(me.clone()))).event(created))
                .await?;
            return Ok(me);
        };
        let prompted = draft(Payload::AgentPrompted { prompt });
        me.agent.session_id = Some(new_session());
        let batch = Batch::new().row(Row::AgentDetail(Box::new(me.clone()))).row(work::in_flight_row(&me));
        let desk = fleet.desks.get(me.agent.id, Default::default);
        let _turn = desk.lock.lock().await;
        fleet.store.commit(batch.event(created).event(prompted)).await?;
        fleet.employ(&desk, me.clone(), Start::New);
        Ok(me)
    }

    /// Says something to an agent. One that ended goes on in the same session.
    pub async fn prompt(&self, id: AgentId, new: NewPrompt) -> Result<AgentDetail, FleetError> {
        let fleet = self.working()?;
        checks::prompt(&new.prompt)?;
        let desk = fleet.desks.get(id, Default::default);
        let _turn = desk.lock.lock().await;
        while let Some(live) = desk.live() {
            let (reply, answer) = oneshot::channel();
            let mail = Mail::Prompt { text: new.prompt.clone(), reply };
            if live.mail.send(mail).await.is_ok()
                && let Ok(answer) = answer.await
            {
                return answer;
            }
            live.wait().await;
        }
        fleet.resume(&desk, id, new.prompt).await
    }

    /// Stops an agent and its whole process tree; returns when it has ended.
    pub async fn cancel(&self, id: AgentId) -> Result<AgentDetail, FleetError> {
        let fleet = &self.inner;
        let desk = fleet.desks.get(id, Default::default);
        let turn = desk.lock.lock().await;
        if let Some(live) = desk.live() {
            // One that has just ended is seen below.
            let _ = live.mail.send(Mail::Cancel("somebody cancelled it".into())).await;
            drop(turn);
            fleet.unless_stuck(live.wait()).await?;
            return fleet.agent(id).await;
        }
        let me = fleet.agent(id).await?;
        unless(&me.agent, hindrance(&me.agent, AgentStatus::Cancelled))?;
        let ending = Ending::Cancelled("somebody cancelled it".into());
        fleet.end_idle(id, &ending).await?;
        fleet.tell_driver(&me.agent, ending);
        fleet.agent(id).await
    }

    /// Takes an agent out of the lists; refused while it runs.
    pub async fn delete(&self, id: AgentId) -> Result<(), FleetError> {
        let fleet = &self.inner;
        let desk = fleet.desks.get(id, Default::default);
        let _alone = desk.lock.lock().await;
        // Who takes sessions in writes its agents as it read them: not over this.
        let _turn = fleet.store.turn().await?;
        let agent = fleet.agent(id).await?.agent;
        if desk.live().is_some() && !agent.status.is_active() {
            return Err(FleetError::Conflict(format!("agent {id} is about to run; cancel it first")));
        }
        unless(&agent, hindrance(&agent, AgentStatus::Deleted))?;
        let mut batch = Batch::new();
        retire(&mut batch, &agent, "somebody deleted it", fleet.clock().now());
        fleet.store.commit(batch).await?;
        Ok(())
    }
}

impl Inner {
    /// Puts an agent to work at its desk.
    pub(super) fn employ(self: &Arc<Self>, desk: &Arc<Desk>, me: AgentDetail, start: Start) {
        let case = me.agent.task_id.map(|task| self.case(task));
        Work::begin(self, Arc::clone(desk), me, start, case);
    }

    /// An agent that is not deleted.
    pub(super) async fn agent(&self, id: AgentId) -> Result<AgentDetail, FleetError> {
        let found = self.store.agent(id).await?.ok_or_else(|| FleetError::not_found("agent", id))?;
        match found.agent.status {
            AgentStatus::Deleted => Err(FleetError::deleted("agent", id)),
            _ => Ok(found),
        }
    }

    /// Starts an agent that is not at work with a prompt.
    async fn resume(
        self: &Arc<Self>,
        desk: &Arc<Desk>,
        id: AgentId,
        prompt: String,
    ) -> Result<AgentDetail, FleetError> {
        // Who takes sessions in writes its agents as it read them: not over this.
        let turn = self.store.turn().await?;
        let mut me = self.agent(id).await?;
        if me.agent.source != OWN && me.agent.status.is_active() {
            return self.instruct(me, prompt, turn).await;
        }
        if me.agent.status == AgentStatus::Waiting {
            let why = format!("agent {id} waits for an answer; answer its question first, then go on");
            return Err(FleetError::Conflict(why));
        }
        unless(&me.agent, deaf(&me.agent))?;
        if let Some(id) = me.agent.task_id
            && let Some(task) = self.store.task(id).await?
        {
            within_limits(&task)?;
        }
        self.ready_runtime(Some(&me.agent.runtime)).await?;
        let start = if me.agent.session_id.is_some() { Start::Again } else { Start::New };
        let from = me.agent.status;
        me.agent.session_id.get_or_insert_with(new_session);
        let (status, reason, activity) = match self.places.available_permits() {
            0 => (AgentStatus::Created, work::waits_for_a_place(self.rules.max_agents), work::WAITS),
            _ => (AgentStatus::Running, "its process is being started".to_owned(), "is being started"),
        };
        let mode = checks::permitted(me.agent.permission_mode, self.rules.allow_bypass_permissions);
        let asks_now = (mode != me.agent.permission_mode).then(|| {
            let before = me.agent.permission_mode;
            let why = "which needs the setting QUARTERDECK_ALLOW_BYPASS_PERMISSIONS=true of this server";
            notice(
                &me.agent,
                Uuid::now_v7().to_string(),
                &format!("it goes on in `{mode}` rather than `{before}`, {why}"),
            )
        });
        me.agent.permission_mode = mode;
        // Wherever it was begun, from now on its stream tells of it.
        me.agent.source = OWN.to_owned();
        me.agent.status = status;
        me.agent.status_evidence = StatusEvidence::because(reason);
        me.agent.activity = activity.into();
        me.agent.finished_at = None;
        me.agent.updated_at = self.clock().now();
        me.prompt = Some(prompt.clone());
        me.error = None;
        let draft = |payload| Draft { agent_id: Some(id), task_id: me.agent.task_id, payload };
        let (evidence, agent) = (me.agent.status_evidence.clone(), me.agent.clone());
        let changed = draft(Payload::AgentStatusChanged { from, to: agent.status, evidence, agent });
        let prompted = draft(Payload::AgentPrompted { prompt });
        let batch = Batch::new().row(Row::AgentDetail(Box::new(me.clone()))).row(work::in_flight_row(&me));
        let batch = batch.event(prompted).event(changed);
        self.store.commit(asks_now.into_iter().fold(batch, Batch::event)).await?;
        self.employ(desk, me.clone(), start);
        Ok(me)
    }
}

/// The event by which an agent's course holds a word of ours.
pub(super) fn notice(agent: &Agent, key: String, text: &str) -> Draft {
    let notice = Activity {
        kind: ActivityKind::Notice,
        key,
        text: text.to_owned(),
        tool: None,
        input: None,
        is_error: None,
        step_id: agent.step_id.clone(),
    };
    Draft { agent_id: Some(agent.id), task_id: agent.task_id, payload: Payload::AgentActivity(notice) }
}

/// Whether a task may spend more.
fn within_limits(task: &Task) -> Result<(), FleetError> {
    match limit_reached(task) {
        None => Ok(()),
        Some(what) => Err(FleetError::Conflict(format!("{what} by task {}; submit another task", task.id))),
    }
}

/// An agent that has done nothing yet.
pub(super) fn blank(role: Role, name: Option<&str>, now: Timestamp) -> AgentDetail {
    let id = AgentId(Uuid::now_v7());
    let mut me = agents::blank(id, role, now);
    me.agent.name = name.map_or_else(|| named_after(role, id), |name| name.trim().to_owned());
    me.agent.status_evidence = StatusEvidence::because("it has not been started");
    me.agent.source = OWN.to_owned();
    me.agent.runtime = runtime::DEFAULT.to_owned();
    me
}

/// A session id of our own choice.
pub(super) fn new_session() -> String {
    Uuid::now_v7().to_string()
}

fn named_after(role: Role, id: AgentId) -> String {
    let word = role.as_str();
    format!("{}{} {}", &word[..1], word[1..].to_ascii_lowercase(), id.short())
}

/// Whether an order may be carried out in whose way nothing stands.
fn unless(agent: &Agent, why: Option<impl Display>) -> Result<(), FleetError> {
    why.map_or(Ok(()), |why| Err(FleetError::Conflict(format!("agent {} {why}", agent.id))))
}
