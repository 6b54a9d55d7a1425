//! What is written of everybody a take concerns, and what is told of it.

use super::Tense;
use crate::{
    sources::crew::{Crew, Member, from_elsewhere},
    store::{Batch, Draft, Row},
};
use quarterdeck_shared::{Payload, TaskId, agents::AgentStatus, tasks::Task, usage::UsageRecord};
use std::collections::BTreeSet;

/// The rows of everybody who changed, and the events that tell of it.
pub fn write(crew: &mut Crew, tense: Tense, batch: &mut Batch) {
    for (thread, agent_id) in std::mem::take(&mut crew.met) {
        let (session_id, thread_id) = (thread.session_id, thread.agent_id);
        batch.rows.push(Row::Thread { session_id, thread_id, agent_id });
    }
    let mut charged: BTreeSet<TaskId> = BTreeSet::new();
    let mut members: Vec<_> = crew.members.values().filter(|member| member.touched).collect();
    members.sort_by_key(|member| (member.me.agent.created_at, member.me.agent.id));
    for member in &members {
        let me = &member.me;
        charged.extend(me.agent.task_id);
        if member.is_own() {
            // Its own work may be writing the rest of it at this moment.
            batch.rows.push(Row::AgentFigures(Box::new(me.agent.clone())));
            continue;
        }
        batch.rows.push(Row::AgentDetail(Box::new(me.clone())));
        if !me.tool_breakdown.is_empty() {
            batch.rows.push(Row::Tools { agent_id: me.agent.id, tools: me.tool_breakdown.clone() });
        }
    }
    for charge in charged.iter().filter_map(|id| crew.tasks.get(id)) {
        let task = &charge.task;
        if !from_elsewhere(&task.source) {
            let Task { id: task_id, tokens, cost_usd, cost_basis, updated_at, .. } = *task;
            batch.rows.push(Row::TaskFigures { task_id, tokens, cost_usd, cost_basis, updated_at });
            continue;
        }
        batch.rows.push(Row::Task(Box::new(task.clone())));
        let draft = |payload| Draft { agent_id: None, task_id: Some(task.id), payload };
        match &charge.was {
            _ if tense == Tense::History => {}
            None => batch.events.push(draft(Payload::TaskCreated { task: task.clone() })),
            Some(was) if was.status != task.status => batch.events.push(draft(Payload::TaskStatusChanged {
                from: was.status,
                to: task.status,
                task: task.clone(),
            })),
            Some(_) => {}
        }
    }
    for member in members {
        tell(crew, member, tense, batch);
    }
}

/// What is told of an agent: that it is there, that it stands elsewhere, what it took.
fn tell(crew: &Crew, member: &Member, tense: Tense, batch: &mut Batch) {
    let agent = &member.me.agent;
    let mut say =
        |payload| batch.events.push(Draft { agent_id: Some(agent.id), task_id: agent.task_id, payload });
    match &member.was {
        None => {
            say(Payload::AgentCreated { agent: agent.clone() });
            if tense == Tense::History {
                return;
            }
        }
        // It left the lists: nothing brings it back.
        Some(_) if agent.status == AgentStatus::Deleted => {}
        Some(was) if was.status != agent.status => {
            let (from, to, evidence) = (was.status, agent.status, agent.status_evidence.clone());
            say(Payload::AgentStatusChanged { from, to, evidence, agent: agent.clone() });
        }
        // Its own work tells how it stands now.
        Some(_) if tense == Tense::Live && !member.is_own() && member.last.is_empty() => {
            say(Payload::AgentChanged { agent: agent.clone() });
        }
        Some(_) => {}
    }
    let task_cost_usd = agent.task_id.and_then(|id| crew.tasks.get(&id)).map(|charge| charge.task.cost_usd);
    for record in &member.last {
        say(Payload::UsageRecorded {
            record: UsageRecord::clone(record),
            agent: agent.clone(),
            task_cost_usd,
        });
    }
}
