//! Makes the agent of a step: what it is told, and what came before it.

use super::Driver;
use crate::{
    fleet::{agents, work},
    store::{Batch, Draft, Row},
};
use orchestrator::{
    plans::PLANNING,
    prompts::{self, Brief},
};
use quarterdeck_shared::{
    Payload, StepId, Timestamp,
    agents::{AgentDetail, Role},
    tasks::{Step, Task},
};
use std::collections::BTreeSet;

impl Driver {
    /// A new agent for a step of the task.
    pub(super) fn hire(&self, task: &Task, step: &StepId, now: Timestamp) -> Option<AgentDetail> {
        let Step { plan, .. } = task.workflow.iter().find(|known| known.plan.id == *step)?;
        let prompt = match plan.id.0.as_str() {
            PLANNING => prompts::planner_prompt(&task.prompt),
            _ => prompts::step_prompt(&task.prompt, plan, &before(task, step)),
        };
        let brief = Brief {
            role: plan.role,
            complexity: task.complexity,
            task: Some(&task.prompt),
            custom_instructions: None,
        };
        let mut me = agents::blank(plan.role, plan.name.as_deref(), now);
        me.agent.task_id = Some(task.id);
        me.agent.step_id = Some(step.clone());
        me.agent.model.clone_from(&task.model);
        me.agent.runtime.clone_from(&task.runtime);
        me.agent.working_directory.clone_from(&task.working_directory);
        me.agent.permission_mode = task.permission_mode;
        me.agent.session_id = Some(agents::new_session());
        me.system_prompt = prompts::system_prompt(&brief);
        me.complexity = task.complexity;
        me.prompt = Some(prompt);
        Some(me)
    }
}

/// The batch with a new agent that is supposed to work.
pub(super) fn put_into(batch: Batch, me: &AgentDetail) -> Batch {
    let draft = |payload| Draft { agent_id: Some(me.agent.id), task_id: me.agent.task_id, payload };
    let prompt = me.prompt.clone().unwrap_or_default();
    batch
        .row(Row::AgentDetail(Box::new(me.clone())))
        .row(work::in_flight_row(me))
        .event(draft(Payload::AgentCreated { agent: me.agent.clone() }))
        .event(draft(Payload::AgentPrompted { prompt }))
}

/// What the steps this one rests on handed over, in the order of the plan.
fn before(task: &Task, step: &StepId) -> Vec<(Role, String)> {
    let mut rests_on = BTreeSet::from([step.clone()]);
    loop {
        let known = rests_on.len();
        let of_known = task.workflow.iter().filter(|step| rests_on.contains(&step.plan.id));
        let more: Vec<StepId> = of_known.flat_map(|step| step.plan.depends_on.clone()).collect();
        rests_on.extend(more);
        if rests_on.len() == known {
            break;
        }
    }
    let steps = task.workflow.iter().filter(|known| known.plan.id != *step && known.plan.id.0 != PLANNING);
    let steps = steps.filter(|known| rests_on.contains(&known.plan.id));
    steps.filter_map(|known| Some((known.plan.role, known.handover.clone()?))).collect()
}
