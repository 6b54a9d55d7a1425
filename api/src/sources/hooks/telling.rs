//! Telling: what a hook makes of its agent, and the events that say so.

use super::super::crew::{Crew, HOOK, Member};
use crate::store::Draft;
use orchestrator::{
    hooks::{
        Call, Event, Hook,
        course::{Course, Stand},
        cut,
    },
    transcripts::reading::Thread,
};
use quarterdeck_shared::{
    AgentId, Payload, Timestamp,
    agents::{Agent, AgentStatus, StatusEvidence},
    event::{Activity, ActivityKind},
};
use uuid::Uuid;

/// Characters of words that an event carries.
const WORDS: usize = 8_000;
/// Bytes of a tool's input that an event carries.
const INPUT_BYTES: usize = 4 << 10;

/// Takes into an agent what its hook says.
pub fn learn(member: &mut Member, hook: &Hook, course: &Course, now: Timestamp) {
    member.touched = true;
    let me = &mut member.me;
    if let Event::Prompted { prompt } = &hook.event {
        if me.prompt.is_none() && me.agent.name.starts_with("Session ") {
            let line = prompt.lines().map(str::trim).find(|line| !line.is_empty());
            me.agent.name = line.map_or_else(|| me.agent.name.clone(), |line| cut(line, 79));
        }
        me.prompt = Some(prompt.clone());
    }
    match &hook.event {
        Event::Stopped { words: Some(words), .. } | Event::SubStopped { words: Some(words) } => {
            me.result = Some(words.clone());
        }
        Event::StopFailed { error } => me.error = Some(error.clone()),
        _ => {}
    }
    let agent = &mut me.agent;
    if agent.working_directory.is_empty() {
        agent.working_directory = hook.cwd.clone().unwrap_or_default();
    }
    if let Some(mode) = hook.permission_mode {
        agent.permission_mode = mode;
    }
    if let Some(kind) = hook.agent_type.as_ref().filter(|_| agent.name.starts_with("Sub-agent ")) {
        let short: String = hook.agent_id.chars().take(8).collect();
        agent.name = format!("Sub-agent {kind} {short}");
    }
    agent.started_at.get_or_insert(now);
    agent.updated_at = now;
    agent.activity = course.activity(&hook.agent_id).to_owned();
    me.seconds = me.agent.started_at.map_or(0, |start| now.seconds_since(start).max(0));
}

/// An agent of our own is told of by this source from now on, and its session is its thread.
pub fn give_back(crew: &mut Crew, id: AgentId, source: &str) {
    let Some(Member { me, .. }) = crew.members.get_mut(&id) else { return };
    source.clone_into(&mut me.agent.source);
    me.error = None;
    let session_id = me.agent.session_id.clone().unwrap_or_default();
    crew.met.push((Thread { session_id, agent_id: String::new() }, id));
}

/// Puts an agent where its hook says that it stands.
pub fn moves(member: &mut Member, hook: &Hook, course: &Course, goes_on: bool, now: Timestamp) {
    let status = match course.stand(&hook.agent_id) {
        Stand::Works | Stand::Unknown => AgentStatus::Running,
        Stand::Waits => AgentStatus::Waiting,
        Stand::Ended => AgentStatus::Completed,
    };
    let reason = format!("{HOOK}{}: {}", hook.name, meaning(hook, goes_on));
    stand(&mut member.me.agent, status, &reason, now);
}

/// A session's end is that of everybody in it.
pub fn end_subs(crew: &mut Crew, parent: AgentId, hook: &Hook, now: Timestamp) {
    let subs = crew.members.values_mut().filter(|member| member.me.agent.parent_id == Some(parent));
    for member in subs.filter(|member| member.me.agent.status.is_active()) {
        member.touched = true;
        member.me.agent.activity.clear();
        stand(
            &mut member.me.agent,
            AgentStatus::Completed,
            &format!("{HOOK}{}: its session ended", hook.name),
            now,
        );
    }
}

/// Puts an agent where a hook says that it stands; who left the lists does not come back.
pub fn stand(agent: &mut Agent, status: AgentStatus, reason: &str, now: Timestamp) {
    if agent.status != AgentStatus::Deleted {
        agent.status = status;
    }
    agent.status_evidence = StatusEvidence { last_event_at: Some(now), ..StatusEvidence::because(reason) };
    agent.finished_at = agent.status.is_final().then_some(now);
    agent.updated_at = now;
}

fn meaning(hook: &Hook, goes_on: bool) -> String {
    match &hook.event {
        Event::SessionStarted { source } => format!("its session began ({source})"),
        Event::SessionEnded { reason } => format!("its session ended ({})", cut(reason, 80)),
        Event::Prompted { .. } => "it was given words".into(),
        Event::ToolStarts(call) => format!("it uses {}", call.tool),
        Event::ToolEnded { call, error: None } => format!("it has used {}", call.tool),
        Event::ToolEnded { call, error: Some(_) } => format!("{} went wrong", call.tool),
        Event::Asks(call) => format!("it asks whether it may use {}", call.tool),
        Event::Stopped { .. } if goes_on => "it was given its next instruction".into(),
        Event::Stopped { .. } => "its turn ended; it waits for words".into(),
        Event::StopFailed { error } => format!("its turn ended with an error: {}", cut(error, 200)),
        Event::SubStarted => "it began".into(),
        Event::SubStopped { .. } => "it has ended".into(),
        Event::Compacts => "its conversation is being shortened".into(),
        Event::Compacted => "its conversation was shortened".into(),
        Event::Notified { message, .. } => cut(message, 200),
        Event::Other => "it is at work".into(),
    }
}

/// The event that tells what an agent was told from here.
pub fn prompted(agent: &Agent, prompt: String) -> Draft {
    let payload = Payload::AgentPrompted { prompt };
    Draft { agent_id: Some(agent.id), task_id: agent.task_id, payload }
}

/// The events that tell of a hook beyond the agent's status.
pub fn events(agent: &Agent, hook: &Hook) -> Vec<Draft> {
    let activity = |kind, key: Option<&String>, text: String| Activity {
        kind,
        key: key.cloned().unwrap_or_else(|| Uuid::now_v7().to_string()),
        text: cut(&text, WORDS),
        tool: None,
        input: None,
        is_error: None,
        step_id: agent.step_id.clone(),
    };
    let notice =
        |text: &str| vec![Payload::AgentActivity(activity(ActivityKind::Notice, None, text.to_owned()))];
    let said = |words: &Option<String>| {
        let words = words.iter().filter(|words| !words.trim().is_empty());
        words.map(|words| Payload::AgentActivity(activity(ActivityKind::Text, None, words.clone()))).collect()
    };
    let payloads: Vec<Payload> = match &hook.event {
        Event::Prompted { prompt } => vec![Payload::AgentPrompted { prompt: prompt.clone() }],
        Event::ToolStarts(call) => {
            let called = activity(ActivityKind::ToolCall, call.id.as_ref(), call.short());
            vec![Payload::AgentActivity(Activity {
                tool: Some(call.tool.clone()),
                input: small_input(call),
                ..called
            })]
        }
        Event::ToolEnded { call, error } => {
            let words = error.clone().unwrap_or_default();
            let ended = activity(ActivityKind::ToolResult, call.id.as_ref(), words);
            vec![Payload::AgentActivity(Activity {
                tool: Some(call.tool.clone()),
                is_error: Some(error.is_some()),
                ..ended
            })]
        }
        Event::Stopped { words, .. } | Event::SubStopped { words } => said(words),
        Event::StopFailed { error } => notice(error),
        Event::Compacts => notice("the conversation is being shortened"),
        Event::Compacted => notice("the conversation was shortened"),
        Event::Notified { message, .. } => notice(message),
        Event::SessionStarted { .. }
        | Event::SessionEnded { .. }
        | Event::Asks(_)
        | Event::SubStarted
        | Event::Other => Vec::new(),
    };
    let draft = |payload| Draft { agent_id: Some(agent.id), task_id: agent.task_id, payload };
    payloads.into_iter().map(draft).collect()
}

fn small_input(call: &Call) -> Option<serde_json::Value> {
    (call.input.to_string().len() <= INPUT_BYTES && !call.input.is_null()).then(|| call.input.clone())
}
