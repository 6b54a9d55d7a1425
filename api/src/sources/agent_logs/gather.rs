//! Gathering: a task of the Python orchestrator is what all of its agents are.

use crate::sources::crew::{AGENT_LOGS, Charge, Crew, blank_task, sum};
use orchestrator::{agent_logs::database::SAYS, figures};
use quarterdeck_shared::{
    StepId, TaskId,
    agents::{AgentDetail, AgentStatus},
    tasks::{PlannedStep, Step, StepStatus, Task, TaskStatus},
};
use std::collections::{BTreeSet, HashMap};

/// Characters of a title.
pub(super) const TITLE_CHARS: usize = 80;

impl Crew {
    /// Makes the tasks of agents that changed what these are by now; those that were left hold nothing any more.
    pub(super) fn gather(&mut self, titles: &HashMap<TaskId, &str>, left: &BTreeSet<TaskId>) {
        let touched = self.members.values().filter(|member| member.touched);
        let ids: BTreeSet<_> = touched.filter_map(|member| member.me.agent.task_id).collect();
        for id in ids {
            let mut all: Vec<_> = self
                .members
                .values()
                .map(|member| &member.me)
                .filter(|me| me.agent.task_id == Some(id) && me.agent.status != AgentStatus::Deleted)
                .collect();
            all.sort_by_key(|me| (me.agent.created_at, me.agent.name.clone(), me.agent.id));
            let own: Vec<&AgentDetail> =
                all.iter().copied().filter(|me| me.agent.parent_id.is_none()).collect();
            let Some(first) = own.first().filter(|me| me.agent.source == AGENT_LOGS) else { continue };
            let charge = self.tasks.entry(id).or_insert_with(|| Charge {
                task: Task { id, ..blank_task(&first.agent, first.agent.created_at) },
                was: None,
            });
            let title = match titles.get(&id) {
                Some(title) => Some(*title).filter(|_| charge.was.is_none()),
                None => Some(first.agent.name.as_str()).filter(|_| own.len() == 1),
            };
            fill(&mut charge.task, &own, title);
            let (tokens, cost, basis) = sum(all.iter().map(|me| &me.agent));
            (charge.task.tokens, charge.task.cost_usd, charge.task.cost_basis) = (tokens, cost, basis);
            let steps: HashMap<_, _> =
                charge.task.workflow.iter().map(|step| (step.agent_id, step.plan.id.clone())).collect();
            for member in self.members.values_mut().filter(|it| it.me.agent.task_id == Some(id)) {
                let step = steps.get(&Some(member.me.agent.id)).cloned();
                if step.is_some() && member.me.agent.step_id != step {
                    (member.me.agent.step_id, member.touched) = (step, true);
                }
            }
        }
        for id in left {
            if let Some(charge) = self.tasks.get_mut(id) {
                (charge.task.tokens, charge.task.cost_usd, charge.task.cost_basis) = Default::default();
            }
        }
    }
}

fn fill(task: &mut Task, own: &[&AgentDetail], title: Option<&str>) {
    let Some(first) = own.first() else { return };
    task.source = AGENT_LOGS.to_owned();
    if task.prompt.is_empty() {
        task.prompt = first.prompt.clone().unwrap_or_default();
    }
    if let Some(title) = title {
        task.title = figures::cut(title, TITLE_CHARS).into_owned();
    }
    task.working_directory.clone_from(&first.agent.working_directory);
    task.model.clone_from(&first.agent.model);
    task.workflow = own.iter().enumerate().map(|(at, me)| step(at, me)).collect();
    let (status, reason) = standing(own);
    // What the database says of a task goes before what follows from its agents.
    let is_stated = task.status_evidence.reason.starts_with(SAYS);
    let updated_at = own.iter().map(|me| me.agent.updated_at).max().unwrap_or(task.updated_at);
    task.started_at = first.agent.started_at;
    task.result = own.last().and_then(|me| me.result.clone()).or(task.result.take().filter(|_| is_stated));
    task.error = own.iter().find_map(|me| me.error.clone()).or(task.error.take().filter(|_| is_stated));
    if is_stated {
        task.updated_at = updated_at.max(task.finished_at.unwrap_or(updated_at));
        return;
    }
    task.status = status;
    task.status_evidence.reason = reason.to_owned();
    task.status_evidence.last_event_at =
        own.iter().filter_map(|me| me.agent.status_evidence.last_event_at).max();
    task.created_at = first.agent.created_at;
    task.updated_at = updated_at;
    task.finished_at = Some(task.updated_at).filter(|_| status.is_final());
}

fn step(at: usize, me: &AgentDetail) -> Step {
    let agent = &me.agent;
    let status = match agent.status {
        AgentStatus::Created | AgentStatus::Running => StepStatus::Running,
        AgentStatus::Waiting => StepStatus::Waiting,
        AgentStatus::Completed | AgentStatus::Deleted => StepStatus::Completed,
        AgentStatus::Failed => StepStatus::Failed,
        AgentStatus::Cancelled => StepStatus::Cancelled,
        AgentStatus::Interrupted => StepStatus::Interrupted,
    };
    // Nothing says who waited for whom.
    let plan = PlannedStep { name: Some(agent.name.clone()), ..PlannedStep::new(StepId::at(at), agent.role) };
    Step {
        status,
        agent_id: Some(agent.id),
        attempts: 1,
        error: me.error.clone(),
        started_at: agent.started_at,
        finished_at: agent.finished_at,
        ..Step::not_begun(plan)
    }
}

fn standing(own: &[&AgentDetail]) -> (TaskStatus, &'static str) {
    let any = |status| own.iter().any(|me| me.agent.status == status);
    match () {
        () if any(AgentStatus::Running) => {
            (TaskStatus::Running, "an agent of it is at work, as its log says")
        }
        () if any(AgentStatus::Failed) => (TaskStatus::Failed, "an agent of it failed, as its log says"),
        () if any(AgentStatus::Interrupted) => {
            (TaskStatus::Interrupted, "the log of an agent of it ends without a result")
        }
        () => (TaskStatus::Completed, "every agent of it ended, as their logs say"),
    }
}
