//! One task with all that its page knows of it, and the questions its panels ask of that.

use std::collections::BTreeMap;
use std::rc::Rc;

use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::approvals::Approval;
use quarterdeck_shared::tasks::{Step, StepStatus, Task};
use quarterdeck_shared::usage::{CostBasis, Tokens};
use quarterdeck_shared::{AgentId, StepId, Timestamp, Usd};

use super::graph::Graph;
use super::marks::role_title;
use crate::format::lasting;
use crate::order;
use crate::track::Track;

/// The task, its agents, what they said and did, and what they ask.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskView {
    /// The task.
    pub task: Rc<Task>,
    /// Its agents, in the order of its steps and then of their making.
    pub agents: Vec<Rc<Agent>>,
    /// What each said and did.
    pub tracks: BTreeMap<AgentId, Rc<Track>>,
    /// What they ask now, oldest first.
    pub approvals: Vec<Rc<Approval>>,
}

impl TaskView {
    /// Puts the agents in order.
    pub fn new(
        task: Rc<Task>,
        mut agents: Vec<Rc<Agent>>,
        tracks: BTreeMap<AgentId, Rc<Track>>,
        approvals: Vec<Rc<Approval>>,
    ) -> Self {
        let place = |agent: &Agent| {
            task.workflow.iter().position(|step| Some(&step.plan.id) == agent.step_id.as_ref())
        };
        order::by_key(&mut agents, |agent| (place(agent).unwrap_or(usize::MAX), agent.id));
        Self { task, agents, tracks, approvals }
    }

    /// The order of the steps.
    pub fn graph(&self) -> Graph {
        Graph::of(self.task.workflow.iter().map(|step| (&step.plan.id, step.plan.depends_on.as_slice())))
    }

    /// The agents that tried a step, oldest first.
    pub fn agents_of<'a, 'b>(
        &'a self,
        step: &'b StepId,
    ) -> impl Iterator<Item = &'a Rc<Agent>> + use<'a, 'b> {
        self.agents.iter().filter(move |agent| agent.step_id.as_ref() == Some(step))
    }

    /// The agent that works on a step, or did last.
    pub fn agent_of(&self, step: &Step) -> Option<&Rc<Agent>> {
        let named = step.agent_id.and_then(|id| self.agents.iter().find(|agent| agent.id == id));
        named.or_else(|| self.agents_of(&step.plan.id).last())
    }

    /// What all attempts at a step cost.
    pub fn cost_of(&self, step: &StepId) -> (Usd, Option<CostBasis>) {
        let agents = || self.agents_of(step);
        (agents().map(|agent| agent.cost_usd).sum(), basis(agents()))
    }

    /// How the task's cost is known: by its agents, which are told more often.
    pub fn cost_basis(&self) -> Option<CostBasis> {
        basis(self.agents.iter()).or(self.task.cost_basis)
    }

    /// The tokens of all agents.
    pub fn tokens(&self) -> Tokens {
        let sum = self.agents.iter().fold(Tokens::default(), |sum, agent| sum + agent.tokens());
        if sum.total() >= self.task.tokens.total() { sum } else { self.task.tokens }
    }

    /// The steps that work or wait now.
    pub fn at_work(&self) -> impl Iterator<Item = &Step> {
        self.task
            .workflow
            .iter()
            .filter(|step| matches!(step.status, StepStatus::Running | StepStatus::Waiting))
    }

    /// Which layer of steps is under way, counted from one, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        let layers = self.graph().layers();
        let count = layers.iter().max().map_or(0, |last| last + 1);
        let begun =
            |(_, step): &(&usize, &Step)| !matches!(step.status, StepStatus::Pending | StepStatus::Skipped);
        let reached = layers.iter().zip(&self.task.workflow).filter(begun).map(|(layer, _)| layer + 1).max();
        (reached.unwrap_or(0), count)
    }

    /// When it began, as far as one knows.
    pub fn began(&self) -> Timestamp {
        self.task.started_at.unwrap_or(self.task.created_at)
    }

    /// How long it lasted until its end or until now, in µs.
    pub fn lasted_us(&self, now_us: i64) -> i64 {
        (self.task.finished_at.map_or(now_us, Timestamp::micros) - self.began().micros()).max(0)
    }

    /// Whether it is a recording played again.
    pub fn is_recording(&self) -> bool {
        self.task.runtime == "replay"
    }
}

/// What a step is called: by its plan, else by its role.
pub fn step_name(step: &Step) -> String {
    step.plan.name.clone().unwrap_or_else(|| role_title(step.plan.role))
}

/// How long a step lasts or lasted, in µs; `None` before it begins.
pub fn step_lasted_us(step: &Step, now_us: i64) -> Option<i64> {
    let from = step.started_at?.micros();
    Some((step.finished_at.map_or(now_us, Timestamp::micros) - from).max(0))
}

/// A span that still lasts: whole seconds from `0:00` on.
pub fn counting(us: i64) -> String {
    if us < 1_000_000 { "0:00".to_owned() } else { lasting(us) }
}

fn basis<'a>(agents: impl Iterator<Item = &'a Rc<Agent>>) -> Option<CostBasis> {
    agents.filter_map(|agent| agent.cost_basis).reduce(CostBasis::weaker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples;
    use serde_json::json;

    #[test]
    fn progress_counts_layers_and_not_those_that_never_began() {
        let view = samples::view(json!({}));
        assert_eq!(view.progress(), (2, 3));
        let steps = [
            samples::step_json("a", "PLANNER", "completed", &[]),
            samples::step_json("b", "BUILDER", "running", &["a"]),
            samples::step_json("c", "BUILDER", "waiting", &["a"]),
            samples::step_json("d", "TESTER", "skipped", &["b", "c"]),
        ];
        assert_eq!(samples::view(json!({"workflow": steps})).progress(), (2, 3));
    }

    #[test]
    fn a_steps_cost_is_that_of_all_its_attempts_known_as_well_as_the_worst_of_them() {
        let mut view = samples::view(json!({}));
        let again = json!({"id": samples::TASK, "cost_usd": "1", "cost_basis": "lower_bound"});
        view.agents.push(Rc::new(samples::agent(again)));
        let (cost, basis) = view.cost_of(&StepId("s2".into()));
        assert_eq!((cost.display().as_str(), basis), ("$4.36", Some(CostBasis::LowerBound)));
    }
}
