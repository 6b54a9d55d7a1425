//! Tasks on command: submit, estimate, cancel, remove.

use super::{
    Fleet, FleetError, Inner, OWN,
    case::{Case, State},
    checks,
    drive::{Driver, Word},
};
use crate::store::{Batch, Draft, Row, StoreError};
use orchestrator::{
    planner, plans, tasks,
    workflows::{Rules, Run},
};
use quarterdeck_shared::{
    Payload, TaskId,
    agents::{Agent, AgentQuery, StatusEvidence},
    tasks::{Estimate, NewEstimate, NewTask, Task, TaskStatus},
};
use std::sync::Arc;
use tokio::sync::MutexGuard;
use uuid::Uuid;

const TITLE_CHARS: usize = 80;

impl Fleet {
    /// Plans a task and starts it.
    pub async fn submit(&self, new: NewTask) -> Result<Task, FleetError> {
        let fleet = self.working()?;
        checks::prompt(&new.prompt)?;
        checks::model(new.model.as_deref())?;
        let permission_mode = new.permission_mode.unwrap_or_default();
        checks::permission(permission_mode, fleet.rules.allow_bypass_permissions)?;
        let limits = new.limits.unwrap_or_default();
        checks::limits(&limits)?;
        let by_planner = checks::planned_by_agent(new.workflow_id.as_deref())?;
        let runtime = fleet.ready_runtime(new.runtime.as_deref()).await?;

        let id = TaskId(Uuid::now_v7());
        let folder = fleet.workspace.choose(new.working_directory.as_deref(), id)?;
        let execution_mode = new.execution_mode.unwrap_or_default();
        let estimate = planner::estimate(
            &new.prompt,
            new.task_type.unwrap_or_default(),
            new.include_analyst.unwrap_or_default(),
        );
        let plan =
            if by_planner { plans::planning() } else { plans::arrange(estimate.workflow, execution_mode) };
        let run =
            Run::new(plan, fleet.run_rules()).map_err(|error| FleetError::InvalidPlan(error.to_string()))?;
        let now = fleet.clock().now();
        let task = Task {
            title: title(&new.prompt),
            prompt: new.prompt,
            task_type: estimate.task_type,
            status_evidence: StatusEvidence::because("no step has begun"),
            complexity: estimate.complexity,
            reasons: estimate.reasons,
            include_analyst: estimate.include_analyst,
            analyst_reason: estimate.analyst_reason,
            execution_mode,
            workflow: run.steps().to_vec(),
            working_directory: folder.display().to_string(),
            runtime,
            source: OWN.to_owned(),
            model: new.model,
            permission_mode,
            limits,
            ..tasks::blank(id, now)
        };
        let draft =
            Draft { agent_id: None, task_id: Some(id), payload: Payload::TaskCreated { task: task.clone() } };
        fleet.store.commit(Batch::new().row(Row::Task(Box::new(task.clone()))).event(draft)).await?;
        let case = fleet.case(id);
        *case.state().await = Some(State::new(task.clone(), &[]));
        Driver::begin(fleet, case, run, Vec::new());
        Ok(task)
    }

    /// What the planner would make of a prompt, with what such tasks cost so far.
    pub async fn estimate(&self, new: NewEstimate) -> Result<Estimate, FleetError> {
        checks::prompt(&new.prompt)?;
        let kind = new.task_type.unwrap_or_default();
        let mut estimate = planner::estimate(&new.prompt, kind, new.include_analyst.unwrap_or_default());
        estimate.forecast = self.inner.store.forecast(estimate.task_type, estimate.complexity).await?;
        Ok(estimate)
    }

    /// Cancels a task that runs and returns it; takes one that ended out of the lists, its agents with it, and returns
    /// nothing.
    pub async fn delete_task(&self, id: TaskId) -> Result<Option<Task>, FleetError> {
        let fleet = &self.inner;
        let task = fleet.task(id).await?;
        if !task.status.is_final() {
            return fleet.cancel_task(id).await.map(Some);
        }
        let agents = fleet.agents_of(id).await?;
        if let Some(agent) = agents.iter().find(|agent| agent.status.is_active()) {
            let (agent, status) = (agent.id, agent.status);
            return Err(FleetError::Conflict(format!(
                "agent {agent} of task {id} is {status}; cancel the agent first"
            )));
        }
        for agent in agents {
            self.delete(agent.id).await?;
        }
        fleet.workspace.leave(id);
        let draft = Draft { agent_id: None, task_id: Some(id), payload: Payload::TaskDeleted {} };
        let removed = Row::RemoveTask { task_id: id, at: fleet.clock().now() };
        fleet.store.commit(Batch::new().row(removed).event(draft)).await?;
        Ok(None)
    }
}

impl Inner {
    /// Stops a task that is driven here, and returns it as it is then.
    async fn cancel_task(&self, id: TaskId) -> Result<Task, FleetError> {
        let case = self.case(id);
        if case.tell(Word::Cancel) {
            self.unless_stuck(case.wait()).await?;
        }
        let task = self.task(id).await?;
        if task.status.is_final() {
            return Ok(task);
        }
        let agents = self.agents_of(id).await?;
        match agents.iter().find(|agent| agent.source == OWN && agent.status.is_active()) {
            Some(agent) => Err(FleetError::Conflict(format!(
                "nothing but its session drives task {id}; cancel agent {} instead, which is {}",
                agent.id, agent.status
            ))),
            None => {
                let why = tasks::hindrance(&task).unwrap_or("did not end; look into the log of the server");
                Err(FleetError::Conflict(format!("task {id} {why}")))
            }
        }
    }

    /// A task that is not removed.
    pub(super) async fn task(&self, id: TaskId) -> Result<Task, FleetError> {
        let found = self.store.task(id).await?.ok_or_else(|| FleetError::not_found("task", id))?;
        match self.store.is_removed(id).await? {
            true => Err(FleetError::deleted("task", id)),
            false => Ok(found),
        }
    }

    /// Every agent of a task that is in the lists.
    async fn agents_of(&self, id: TaskId) -> Result<Vec<Agent>, StoreError> {
        let mut agents = Vec::new();
        let mut query = AgentQuery { task_id: Some(id), limit: Some(200), ..AgentQuery::default() };
        loop {
            let page = self.store.agents(&query).await?;
            agents.extend(page.items);
            query.cursor = page.next_cursor;
            if query.cursor.is_none() {
                return Ok(agents);
            }
        }
    }

    /// A task's case, its state not yet read where nobody dealt with it before.
    pub(super) fn case(&self, id: TaskId) -> Arc<Case> {
        self.cases.get(id, || Case::closed(id))
    }

    /// A case's state, read from the store where that was not done before; nothing where there is no such task.
    pub(super) async fn opened<'a>(
        &self,
        case: &'a Case,
    ) -> Result<MutexGuard<'a, Option<State>>, StoreError> {
        let mut state = case.state().await;
        if state.is_none()
            && let Some(task) = self.insist(|| self.store.task(case.id)).await?
        {
            let records = self.insist(|| self.store.task_usage(case.id)).await?;
            *state = Some(State::new(task, &records));
        }
        Ok(state)
    }

    /// How runs are carried out here.
    pub(super) fn run_rules(&self) -> Rules {
        Rules { concurrency: self.rules.max_agents.max(1), max_attempts: self.rules.max_attempts.max(1) }
    }

    /// Marks a task as failed whose driver could not go on.
    pub(super) async fn give_up_task(&self, case: &Case, fault: &str) {
        tracing::error!(task.id = %case.id, fault, "a task was given up");
        let Ok(mut state) = self.opened(case).await else { return };
        let Some(State { task, .. }) = state.as_mut().filter(|state| !state.task.status.is_final()) else {
            return;
        };
        let (from, now) = (task.status, self.clock().now());
        task.status = TaskStatus::Failed;
        task.status_evidence = StatusEvidence::because(fault);
        task.error = Some(fault.to_owned());
        (task.finished_at, task.updated_at) = (Some(now), now);
        let payload = Payload::TaskStatusChanged { from, to: task.status, task: task.clone() };
        let draft = Draft { agent_id: None, task_id: Some(task.id), payload };
        let batch = Batch::new().row(Row::Task(Box::new(task.clone()))).event(draft);
        if let Err(error) = self.persist(batch).await {
            tracing::error!(task.id = %case.id, %error, "that a task was given up could not be stored");
        }
    }
}

/// The first line, cut to eighty characters.
fn title(prompt: &str) -> String {
    let line = prompt.trim().lines().next().unwrap_or_default().trim();
    match line.char_indices().nth(TITLE_CHARS) {
        Some(_) => line.chars().take(TITLE_CHARS - 1).chain(['…']).collect(),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_short_line() {
        assert_eq!(title("\n Fix it \nplease"), "Fix it");
        assert_eq!(title(&"ü".repeat(81)).chars().count(), 80);
        assert_eq!(title(&"ü".repeat(80)), "ü".repeat(80));
    }
}
