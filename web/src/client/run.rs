//! One task as its page knows it: every event of it applied in order, with what each agent said and did over time.

use std::collections::BTreeMap;
use std::rc::Rc;

use orchestrator::workflows;
use quarterdeck_shared::agents::{Agent, StatusEvidence};
use quarterdeck_shared::live::Frame;
use quarterdeck_shared::tasks::{Step, Task};
use quarterdeck_shared::{AgentId, Event, Payload, TaskId, Timestamp};

use crate::track::Track;

/// Everything the task's socket told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunState {
    /// The newest event inside.
    pub seq: i64,
    /// The task, once an event or a snapshot held it.
    pub task: Option<Rc<Task>>,
    /// Its agents; ids rise with time.
    pub agents: BTreeMap<AgentId, Rc<Agent>>,
    /// What each of them said and did.
    pub tracks: BTreeMap<AgentId, Rc<Track>>,
    /// Whether the task left the lists.
    pub removed: bool,
}

impl RunState {
    /// The same with a frame of `/ws/tasks/{id}` applied. A frame that is known already changes nothing.
    pub fn apply(&mut self, id: TaskId, frame: Frame) {
        match frame {
            Frame::Snapshot { seq, agents, tasks, .. } => {
                self.seq = seq;
                if let Some(task) = tasks.into_iter().find(|task| task.id == id) {
                    self.task = Some(Rc::new(task));
                }
                let ours = agents.into_iter().filter(|agent| agent.task_id == Some(id));
                self.agents.extend(ours.map(|agent| (agent.id, Rc::new(agent))));
            }
            Frame::Event { seq, event, .. } if seq > self.seq => {
                self.seq = seq;
                self.change(event);
            }
            Frame::Event { .. } | Frame::Gap { .. } | Frame::Pong => {}
        }
    }

    fn change(&mut self, event: Event) {
        let (at, seq) = (event.at, event.seq);
        match event.payload {
            Payload::AgentCreated { agent } | Payload::AgentChanged { agent } => self.put_agent(agent),
            Payload::UsageRecorded { agent, task_cost_usd, .. } => {
                if let Some(cost) = task_cost_usd {
                    self.edit_task(at, |task| task.cost_usd = cost);
                }
                self.put_agent(agent);
            }
            Payload::AgentStatusChanged { to, agent, .. } => {
                self.track(agent.id).turn(to, at);
                self.put_agent(agent);
            }
            Payload::AgentActivity(activity) => {
                if let Some(id) = event.agent_id {
                    self.track(id).say(seq, at, activity);
                }
            }
            Payload::TaskCreated { task }
            | Payload::TaskPlanned { task }
            | Payload::TaskStatusChanged { task, .. } => {
                self.task = Some(Rc::new(task));
            }
            Payload::TaskStepStarted { step }
            | Payload::TaskStepChanged { step }
            | Payload::TaskStepFinished { step } => self.edit_task(at, |task| put_step(task, step, at)),
            Payload::TaskDeleted {} => self.removed = true,
            Payload::AgentDeleted {}
            | Payload::AgentPrompted { .. }
            | Payload::AgentContextHigh { .. }
            | Payload::AgentStalled { .. }
            | Payload::ApprovalAsked { .. }
            | Payload::ApprovalAnswered { .. } => {}
        }
    }

    fn put_agent(&mut self, agent: Agent) {
        self.agents.insert(agent.id, Rc::new(agent));
    }

    fn edit_task(&mut self, at: Timestamp, edit: impl FnOnce(&mut Task)) {
        if let Some(task) = &mut self.task {
            let task = Rc::make_mut(task);
            edit(task);
            task.updated_at = task.updated_at.max(at);
        }
    }

    fn track(&mut self, id: AgentId) -> &mut Track {
        Rc::make_mut(self.tracks.entry(id).or_default())
    }
}

/// Puts a step into its task. The step's event does not repeat the task: the reason for its status is a sentence about
/// the steps.
pub(super) fn put_step(task: &mut Task, step: Step, at: Timestamp) {
    match task.workflow.iter_mut().find(|known| known.plan.id == step.plan.id) {
        Some(known) => *known = step,
        None => task.workflow.push(step),
    }
    let reason = workflows::evidence(task, task.status);
    task.status_evidence = StatusEvidence { last_event_at: Some(at), ..StatusEvidence::because(reason) };
}

#[cfg(test)]
mod tests;
