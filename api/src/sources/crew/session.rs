//! A session as an agent with its task: how they are called, what they begin as, and how the task follows.

use super::About;
use orchestrator::{
    agents, figures, tasks,
    transcripts::reading::{Known, Thread},
};
use quarterdeck_shared::{
    AgentId, StepId, TaskId, Timestamp,
    agents::{Agent, AgentDetail, AgentStatus, Role, ToolCount},
    tasks::{PlannedStep, Step, StepStatus, Task, TaskStatus},
};
use uuid::Uuid;

pub(super) const UNNAMED: [&str; 2] = ["Session ", "Sub-agent "];

pub(super) fn unnamed(kind: &str, id: &str) -> String {
    format!("{kind} {}", id.chars().take(8).collect::<String>())
}

pub(super) fn name(thread: &Thread, known: &Known, about: Option<&About>) -> Option<String> {
    let line = |words: &str| {
        let first = words.lines().map(str::trim).find(|line| !line.is_empty())?;
        Some(figures::cut(first, 80).chars().take(80).collect::<String>())
    };
    let about = about.filter(|_| !thread.agent_id.is_empty()).and_then(|about| {
        match (about.agent_type.as_deref(), about.description.as_deref()) {
            (Some(kind), Some(words)) => line(&format!("{kind}: {words}")),
            (Some(words), None) | (None, Some(words)) => line(words),
            (None, None) => None,
        }
    });
    let own = known.name.as_deref().or(known.prompt.as_deref()).or(known.summary.as_deref());
    about.or_else(|| line(own?))
}

pub(super) fn count(tools: &mut Vec<ToolCount>, known: &Known) {
    for (tool, (calls, errors)) in &known.tools {
        match tools.iter_mut().find(|count| count.tool == *tool) {
            Some(count) => {
                count.calls += calls;
                count.errors += errors;
            }
            None => tools.push(ToolCount { tool: tool.clone(), calls: *calls, errors: *errors }),
        }
    }
}

/// A task follows the one agent that works on it.
pub(super) fn follow(task: &mut Task, me: &AgentDetail) {
    let agent = &me.agent;
    task.title.clone_from(&agent.name);
    if let Some(prompt) = me.prompt.as_ref().filter(|_| task.prompt.is_empty()) {
        task.prompt.clone_from(prompt);
    }
    task.working_directory.clone_from(&agent.working_directory);
    task.model.clone_from(&agent.model);
    (task.created_at, task.started_at, task.finished_at) =
        (agent.created_at, agent.started_at, agent.finished_at);
    task.status_evidence.clone_from(&agent.status_evidence);
    let (status, of_step) = match agent.status {
        AgentStatus::Running => (TaskStatus::Running, StepStatus::Running),
        AgentStatus::Waiting => (TaskStatus::Waiting, StepStatus::Waiting),
        AgentStatus::Interrupted => (TaskStatus::Interrupted, StepStatus::Interrupted),
        _ => (TaskStatus::Completed, StepStatus::Completed),
    };
    task.status = status;
    for step in &mut task.workflow {
        step.status = of_step;
        (step.started_at, step.finished_at) = (agent.started_at, agent.finished_at);
    }
}

/// An agent of whom nothing is known yet.
pub fn blank(id: AgentId, session_id: &str, now: Timestamp, source: &str) -> AgentDetail {
    let mut me = agents::blank(id, Role::Custom, now);
    me.agent.name = unnamed("Session", session_id);
    me.agent.source = source.to_owned();
    "claude_cli".clone_into(&mut me.agent.runtime);
    me.agent.session_id = Some(session_id.to_owned());
    me
}

/// A session is a task of one step.
pub fn blank_task(agent: &Agent, now: Timestamp) -> Task {
    let plan = PlannedStep::new(StepId::at(0), agent.role);
    Task {
        title: agent.name.clone(),
        status: TaskStatus::Completed,
        workflow: vec![Step { agent_id: Some(agent.id), attempts: 1, ..Step::not_begun(plan) }],
        runtime: agent.runtime.clone(),
        source: agent.source.clone(),
        updated_at: agent.created_at,
        ..tasks::blank(TaskId(Uuid::now_v7()), now)
    }
}
