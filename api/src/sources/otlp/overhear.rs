//! Overhearing: what telemetry tells of an agent beside its usage, of those that nobody else tells of.

use crate::sources::crew::{Crew, QUIET_SECONDS, is_told, speaks};
use orchestrator::{
    figures,
    otlp::{Fact, Told},
};
use quarterdeck_shared::{
    Timestamp,
    agents::{AgentStatus, Context, ToolCount},
};

/// Characters of what an agent does that are kept.
const ACTIVITY_CHARS: usize = 120;

/// Where an agent stands of which only telemetry tells: it says nothing of an end.
pub fn standing(heard: Option<Timestamp>, _before: AgentStatus, now: Timestamp) -> (AgentStatus, String) {
    match heard {
        Some(heard) if now.seconds_since(heard) < QUIET_SECONDS => {
            (AgentStatus::Running, "its telemetry tells of it".to_owned())
        }
        _ => (AgentStatus::Completed, "its telemetry tells nothing more".to_owned()),
    }
}

impl Crew {
    /// Takes what telemetry tells of an agent; `is_new` where that was not told before.
    pub fn overhear(&mut self, told: &Told, at: Timestamp, is_new: bool) {
        let (id, now) = (self.find(&told.thread), self.now);
        let Some(member) = self.members.get_mut(&id).filter(|it| is_told(&it.me.agent.source)) else {
            return;
        };
        member.touched = true;
        let agent = &mut member.me.agent;
        // A hook knows where it stands, and is not outlasted by what telemetry tells of the same moments later.
        let hooked = speaks(&agent.status_evidence, now);
        agent.created_at = agent.created_at.min(at);
        agent.started_at = Some(agent.started_at.map_or(at, |started| started.min(at)));
        let is_newest = Some(at) >= agent.status_evidence.last_event_at;
        if let Fact::Request { observed, .. } = &told.fact
            && (is_newest || hooked && is_new)
            && (!observed.sidechain || !told.thread.agent_id.is_empty())
        {
            let window = self.prices.window(&observed.model);
            let used = observed.tokens.prompt();
            agent.context = window.and_then(|window| Context::of(used, window)).or(agent.context);
            agent.model = Some(observed.model.clone());
        }
        if is_newest && !hooked {
            agent.status_evidence.last_event_at = Some(at);
            agent.updated_at = at;
            if let Some(activity) = activity(&told.fact) {
                agent.activity = figures::cut(&activity, ACTIVITY_CHARS).into_owned();
            }
        }
        if !hooked && agent.status != AgentStatus::Deleted {
            let (status, reason) = standing(agent.status_evidence.last_event_at, agent.status, now);
            (agent.status, agent.status_evidence.reason) = (status, reason);
            let newest = agent.status_evidence.last_event_at;
            agent.finished_at = newest.filter(|_| status.is_final());
        }
        let (end, start) = (agent.status_evidence.last_event_at, agent.started_at);
        member.me.seconds = end.zip(start).map_or(0, |(end, start)| end.seconds_since(start).max(0));
        if let Fact::Prompt(Some(words)) = &told.fact
            && member.me.prompt.is_none()
        {
            let line = words.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
            if !line.is_empty() {
                member.me.agent.name = line.chars().take(80).collect();
            }
            member.me.prompt = Some(words.clone());
        }
        if let Fact::Used { tool, ok } = &told.fact
            && is_new
        {
            count(&mut member.me.tool_breakdown, tool, *ok);
            member.me.agent.tool_calls += 1;
        }
    }
}

fn activity(fact: &Fact) -> Option<String> {
    match fact {
        Fact::Prompt(_) => Some("was told something".to_owned()),
        Fact::Decided { tool, accepted: true } => Some(format!("uses {tool}")),
        Fact::Decided { tool, accepted: false } => Some(format!("was refused {tool}")),
        Fact::Used { tool, ok: true } => Some(format!("used {tool}")),
        Fact::Used { tool, ok: false } => Some(format!("{tool} went wrong")),
        Fact::Failed(words) => Some(format!("waits for the API: {words}")),
        Fact::Helped(kind) => Some(format!("its sub-agent {kind} has ended")),
        Fact::Request { .. } | Fact::Other => None,
    }
}

fn count(tools: &mut Vec<ToolCount>, tool: &str, ok: bool) {
    let errors = u64::from(!ok);
    match tools.iter_mut().find(|count| count.tool == tool) {
        Some(count) => (count.calls, count.errors) = (count.calls + 1, count.errors + errors),
        None => tools.push(ToolCount { tool: tool.to_owned(), calls: 1, errors }),
    }
}
