//! The fleet as the page knows it: a snapshot, and every change applied to it in order.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use super::run::put_step;
use quarterdeck_shared::agents::{Agent, AgentStatus};
use quarterdeck_shared::approvals::{Approval, ApprovalStatus};
use quarterdeck_shared::event::{Activity, ActivityKind};
use quarterdeck_shared::live::Frame;
use quarterdeck_shared::tasks::{Step, Task};
use quarterdeck_shared::usage::Totals;
use quarterdeck_shared::{AgentId, Event, Payload, TaskId, Timestamp};

/// Lines kept for each agent's live view.
const LINES: usize = 200;

/// One line of an agent's live view: a block of text that grows, or a tool call.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// When its first piece came.
    pub at: Timestamp,
    /// What was said or done; text holds all pieces so far.
    pub activity: Activity,
}

/// Everything the live socket told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FleetState {
    /// The newest event inside.
    pub seq: i64,
    /// Whether a snapshot has come.
    pub known: bool,
    /// Agents by id; ids rise with time.
    pub agents: BTreeMap<AgentId, Rc<Agent>>,
    /// Agents that left the lists while this page listened.
    pub deleted: BTreeSet<AgentId>,
    /// Tasks by id; ids rise with time.
    pub tasks: BTreeMap<TaskId, Rc<Task>>,
    /// Questions that wait, oldest first.
    pub approvals: Vec<Rc<Approval>>,
    /// The figures.
    pub totals: Totals,
    /// What each agent said and did, oldest first.
    pub lines: HashMap<AgentId, Rc<VecDeque<Line>>>,
}

impl FleetState {
    /// The same with a frame applied. Frames come in order; a `gap` or `pong` changes nothing here.
    pub fn apply(&mut self, frame: Frame) {
        match frame {
            Frame::Snapshot { seq, agents, tasks, approvals, totals } => {
                let (lines, deleted) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.deleted));
                *self = Self {
                    seq,
                    known: true,
                    agents: agents.into_iter().map(|agent| (agent.id, Rc::new(agent))).collect(),
                    tasks: tasks.into_iter().map(|task| (task.id, Rc::new(task))).collect(),
                    approvals: approvals.into_iter().map(Rc::new).collect(),
                    totals,
                    lines,
                    deleted,
                };
            }
            Frame::Event { seq, event, .. } => {
                self.seq = seq;
                self.change(event);
            }
            Frame::Gap { .. } | Frame::Pong => {}
        }
    }

    fn change(&mut self, event: Event) {
        let at = event.at;
        match event.payload {
            Payload::AgentCreated { agent }
            | Payload::AgentChanged { agent }
            | Payload::AgentStatusChanged { agent, .. } => self.put_agent(agent),
            Payload::UsageRecorded { record, agent, task_cost_usd } => {
                if let (Some(cost), Some(id)) = (task_cost_usd, event.task_id) {
                    self.edit_task(id, |task| task.cost_usd = cost);
                }
                if record.cost_basis == quarterdeck_shared::usage::CostBasis::Unknown {
                    self.totals.unpriced_records += 1;
                }
                self.put_agent(agent);
            }
            Payload::AgentDeleted {} => self.drop_agent(event.agent_id),
            Payload::AgentActivity(activity) => self.say(event.agent_id, at, activity),
            Payload::AgentContextHigh { .. }
            | Payload::AgentStalled { .. }
            | Payload::AgentPrompted { .. } => {}
            Payload::TaskCreated { task }
            | Payload::TaskPlanned { task }
            | Payload::TaskStatusChanged { task, .. } => self.put_task(task),
            Payload::TaskStepStarted { step }
            | Payload::TaskStepChanged { step }
            | Payload::TaskStepFinished { step } => self.put_step(event.task_id, step, at),
            Payload::TaskDeleted {} => self.drop_task(event.task_id),
            Payload::ApprovalAsked { approval } => {
                self.approvals.retain(|known| known.id != approval.id);
                self.approvals.push(Rc::new(approval));
                self.totals.pending_approvals = self.approvals.len() as u64;
            }
            Payload::ApprovalAnswered { approval_id, status } => {
                if status != ApprovalStatus::Pending {
                    self.approvals.retain(|known| known.id != approval_id);
                }
                self.totals.pending_approvals = self.approvals.len() as u64;
            }
        }
    }

    fn put_agent(&mut self, agent: Agent) {
        let before = self.agents.get(&agent.id).cloned();
        let totals = &mut self.totals;
        match &before {
            Some(before) => count(&mut totals.by_status, before.status.as_str(), -1),
            None => {
                totals.agents += 1;
                count(&mut totals.by_role, agent.role.as_str(), 1);
            }
        }
        count(&mut totals.by_status, agent.status.as_str(), 1);
        let was_active = before.as_ref().is_some_and(|before| before.status.is_active());
        totals.active =
            (totals.active + u64::from(agent.status.is_active())).saturating_sub(u64::from(was_active));
        if agent.runtime != "replay" {
            let (cost, tokens, requests) =
                before.map(|before| (before.cost_usd, before.tokens(), before.requests)).unwrap_or_default();
            let grown = agent.cost_usd - cost;
            totals.cost_usd += grown;
            totals.cost_today_usd += grown;
            if agent.requests > requests {
                totals.cost_basis = totals.cost_basis.max(agent.cost_basis);
                totals.cost_today_basis = totals.cost_today_basis.max(agent.cost_basis);
            }
            // What was counted and shown by no response becomes less where one shows it.
            totals.records = (totals.records + agent.requests).saturating_sub(requests);
            totals.tokens = (totals.tokens + agent.tokens()).less(tokens);
        }
        self.agents.insert(agent.id, Rc::new(agent));
    }

    fn drop_agent(&mut self, id: Option<AgentId>) {
        self.deleted.extend(id);
        let Some(agent) = id.and_then(|id| self.agents.remove(&id)) else { return };
        self.totals.agents = self.totals.agents.saturating_sub(1);
        count(&mut self.totals.by_status, agent.status.as_str(), -1);
        count(&mut self.totals.by_status, AgentStatus::Deleted.as_str(), 1);
        count(&mut self.totals.by_role, agent.role.as_str(), -1);
        self.lines.remove(&agent.id);
    }

    fn put_task(&mut self, task: Task) {
        let before = self.tasks.get(&task.id);
        let totals = &mut self.totals;
        match before {
            Some(before) => count(&mut totals.tasks_by_status, before.status.as_str(), -1),
            None => {
                totals.tasks += 1;
                let side =
                    if task.include_analyst { &mut totals.with_analyst } else { &mut totals.without_analyst };
                *side += 1;
            }
        }
        count(&mut totals.tasks_by_status, task.status.as_str(), 1);
        self.tasks.insert(task.id, Rc::new(task));
    }

    fn put_step(&mut self, task: Option<TaskId>, step: Step, at: Timestamp) {
        let Some(id) = task else { return };
        self.edit_task(id, |task| put_step(task, step, at));
    }

    fn edit_task(&mut self, id: TaskId, edit: impl FnOnce(&mut Task)) {
        if let Some(task) = self.tasks.get_mut(&id) {
            edit(Rc::make_mut(task));
        }
    }

    fn drop_task(&mut self, id: Option<TaskId>) {
        let Some(task) = id.and_then(|id| self.tasks.remove(&id)) else { return };
        self.totals.tasks = self.totals.tasks.saturating_sub(1);
        count(&mut self.totals.tasks_by_status, task.status.as_str(), -1);
        let side = if task.include_analyst {
            &mut self.totals.with_analyst
        } else {
            &mut self.totals.without_analyst
        };
        *side = side.saturating_sub(1);
    }

    fn say(&mut self, agent: Option<AgentId>, at: Timestamp, activity: Activity) {
        let Some(id) = agent else { return };
        let lines = Rc::make_mut(self.lines.entry(id).or_default());
        let grows = matches!(activity.kind, ActivityKind::Text | ActivityKind::Thinking);
        let same =
            |line: &&mut Line| line.activity.key == activity.key && line.activity.kind == activity.kind;
        match lines.iter_mut().rev().find(same).filter(|_| grows) {
            Some(line) => line.activity.text.push_str(&activity.text),
            None => lines.push_back(Line { at, activity }),
        }
        if lines.len() > LINES {
            lines.pop_front();
        }
    }
}

fn count(counts: &mut BTreeMap<String, u64>, word: &str, by: i64) {
    let count = counts.entry(word.to_owned()).or_default();
    *count = count.saturating_add_signed(by);
}

#[cfg(test)]
mod tests;
