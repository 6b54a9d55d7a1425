//! One task out of several tellers: the answer of the server, its own socket and the fleet's; of each thing the newest word.

use std::collections::BTreeMap;
use std::rc::Rc;

use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::approvals::Approval;
use quarterdeck_shared::tasks::Task;
use quarterdeck_shared::{AgentId, TaskId};

use crate::client::{FleetState, RunState};
use crate::panels::task_view::TaskView;

/// What the server answered when it was asked.
#[derive(Clone, Copy, Default)]
pub struct Asked<'a> {
    /// The task.
    pub task: Option<&'a Rc<Task>>,
    /// Its agents.
    pub agents: &'a [Agent],
    /// Its questions that wait.
    pub approvals: &'a [Approval],
}

/// The task as it was told last; `None` while nobody told of it. While the socket replays older events, the newer
/// answer stays.
pub fn view(id: TaskId, asked: Asked, run: &RunState, fleet: &FleetState) -> Option<TaskView> {
    let tasks = [asked.task, run.task.as_ref(), fleet.tasks.get(&id)];
    let task = tasks.into_iter().flatten().max_by_key(|task| task.updated_at)?;
    let mut agents: BTreeMap<AgentId, Rc<Agent>> = BTreeMap::new();
    let of_fleet = fleet.agents.values().filter(|agent| agent.task_id == Some(id)).cloned();
    for agent in asked.agents.iter().cloned().map(Rc::new).chain(of_fleet).chain(run.agents.values().cloned())
    {
        let older = agents.get(&agent.id).is_none_or(|known| known.updated_at <= agent.updated_at);
        if older {
            agents.insert(agent.id, agent);
        }
    }
    let ours = |approval: &&Rc<Approval>| approval.task_id == Some(id);
    let approvals = match fleet.known {
        true => fleet.approvals.iter().filter(ours).cloned().collect(),
        false => asked.approvals.iter().cloned().map(Rc::new).collect(),
    };
    Some(TaskView::new(Rc::clone(task), agents.into_values().collect(), run.tracks.clone(), approvals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples;
    use quarterdeck_shared::agents::AgentStatus;
    use quarterdeck_shared::tasks::TaskStatus;
    use serde_json::json;

    fn id() -> TaskId {
        samples::TASK.parse().unwrap()
    }

    #[test]
    fn a_replay_of_older_events_does_not_turn_back_the_clock() {
        let ended =
            Rc::new(samples::task(json!({"status": "completed", "updated_at": "2026-11-22T10:09:00Z"})));
        let mut run = RunState { task: Some(Rc::new(samples::task(json!({})))), ..RunState::default() };
        let mut agent = samples::agent(json!({"status": "running"}));
        run.agents.insert(agent.id, Rc::new(agent.clone()));
        agent.status = AgentStatus::Completed;
        agent.updated_at = agent.updated_at.plus_seconds(60);
        let view = view(
            id(),
            Asked { task: Some(&ended), agents: &[agent], approvals: &[] },
            &run,
            &FleetState::default(),
        )
        .unwrap();
        assert_eq!(view.task.status, TaskStatus::Completed);
        assert_eq!(view.agents[0].status, AgentStatus::Completed);
    }

    #[test]
    fn only_its_own_questions_are_asked_here() {
        let mut fleet = FleetState { known: true, ..FleetState::default() };
        let other = json!({"task_id": samples::AGENT});
        fleet.approvals = vec![Rc::new(samples::approval(json!({}))), Rc::new(samples::approval(other))];
        let task = Rc::new(samples::task(json!({})));
        let view = view(id(), Asked { task: Some(&task), ..Asked::default() }, &RunState::default(), &fleet)
            .unwrap();
        assert_eq!(view.approvals.len(), 1);
    }

    #[test]
    fn until_the_socket_tells_the_answer_about_the_questions_stands() {
        let task = Rc::new(samples::task(json!({})));
        let asked = Asked { task: Some(&task), agents: &[], approvals: &[samples::approval(json!({}))] };
        let view = view(id(), asked, &RunState::default(), &FleetState::default()).unwrap();
        assert_eq!(view.approvals.len(), 1);
    }

    #[test]
    fn nobody_told_of_it_yet() {
        assert!(view(id(), Asked::default(), &RunState::default(), &FleetState::default()).is_none());
    }
}
