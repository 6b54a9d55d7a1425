//! Agents: which status may follow which, and what to do first where one may not.

use quarterdeck_shared::{
    AgentId, Timestamp, Usd,
    agents::{Agent, AgentDetail, AgentStatus, Role, StatusEvidence},
    tasks::{Complexity, PermissionMode},
};

/// Where agents come from that are run here: their processes are ours to stop.
pub const OWN: &str = "quarterdeck";
/// How the evidence of a status begins that is a hook's word.
pub const HOOK: &str = "hook ";

/// An agent that is nothing yet but its role: what it is called, where it comes from and what runs it is still to be
/// said.
pub fn blank(id: AgentId, role: Role, now: Timestamp) -> AgentDetail {
    let agent = Agent {
        id,
        agent_id: id,
        name: String::new(),
        role,
        status: AgentStatus::Created,
        status_evidence: StatusEvidence::default(),
        task_id: None,
        step_id: None,
        parent_id: None,
        model: None,
        source: String::new(),
        runtime: String::new(),
        session_id: None,
        working_directory: String::new(),
        permission_mode: PermissionMode::Default,
        input_tokens: 0,
        output_tokens: 0,
        cache_creation_tokens: 0,
        cache_read_tokens: 0,
        total_tokens: 0,
        cost_usd: Usd::ZERO,
        cost_basis: None,
        reported_cost_usd: None,
        context: None,
        requests: 0,
        tool_calls: 0,
        activity: String::new(),
        created_at: now,
        started_at: None,
        finished_at: None,
        updated_at: now,
    };
    AgentDetail {
        agent,
        custom_instructions: None,
        system_prompt: String::new(),
        prompt: None,
        tools: None,
        complexity: Complexity::Complex,
        result: None,
        error: None,
        tool_breakdown: Vec::new(),
        files: Vec::new(),
        seconds: 0,
    }
}

/// Whether an agent may go from one status to another. Staying is no change, so it is never allowed. One that is to
/// work and finds no place among those at work goes to `created`.
pub const fn may(from: AgentStatus, to: AgentStatus) -> bool {
    use AgentStatus::{Cancelled, Completed, Created, Deleted, Failed, Interrupted, Running, Waiting};
    match from {
        Created => matches!(to, Running | Failed | Cancelled | Interrupted | Deleted),
        Running => matches!(to, Created | Waiting | Completed | Failed | Cancelled | Interrupted),
        Waiting => matches!(to, Running | Completed | Failed | Cancelled | Interrupted),
        Interrupted => matches!(to, Created | Running | Failed | Cancelled | Deleted),
        Completed | Failed | Cancelled => matches!(to, Created | Running | Deleted),
        Deleted => false,
    }
}

/// What stands in the way and what to do first, where [`may`] says no; follows the agent's name in a sentence:
/// `agent a1 is running; cancel it first`.
pub const fn way_out(from: AgentStatus, to: AgentStatus) -> &'static str {
    use AgentStatus::{Cancelled, Completed, Created, Deleted, Failed, Interrupted, Running, Waiting};
    match (from, to) {
        (Running, Running) => "is running; wait until it has ended, or cancel it first",
        (Running, Deleted) => "is running; cancel it first",
        (Waiting, Deleted) => "waits for an answer; answer or cancel it first",
        (Waiting, Waiting) => "waits for an answer already; answer it first",
        (Deleted, _) => "is deleted; create another",
        (Created, _) => "has not begun; give it a prompt first",
        (Running | Waiting, _) => "is at work; wait until it has ended, or cancel it first",
        (Completed, Cancelled) => "has completed already; there is nothing to cancel",
        (Failed, Cancelled) => "has failed already; there is nothing to cancel",
        (Cancelled, Cancelled) => "is cancelled already",
        (Completed | Failed | Cancelled | Interrupted, _) => "has ended; give it a prompt to let it go on",
    }
}

/// What stands in the way of an order that is to bring an agent to a status, and what to do instead; follows the agent's
/// name in a sentence. Whoever works elsewhere is not ours to stop.
pub fn hindrance(agent: &Agent, to: AgentStatus) -> Option<&'static str> {
    let works_elsewhere = agent.source != OWN && !agent.status.is_final();
    match to {
        AgentStatus::Cancelled if agent.source != OWN && may(agent.status, to) => {
            Some("works elsewhere, where nothing here can stop it; end it in its terminal")
        }
        AgentStatus::Deleted if works_elsewhere && !may(agent.status, to) => {
            Some("works elsewhere; wait until it has ended, or end it in its terminal")
        }
        _ => (!may(agent.status, to)).then(|| way_out(agent.status, to)),
    }
}

/// Why words do not reach an agent that works elsewhere: none of its hooks tells of it.
pub const UNHOOKED: &str = "works elsewhere and nothing of it asks here what to do next; prompt its session where it \
    runs, or let `quarterdeck connect` set up its hooks";
/// Why they do not reach it then: its hooks have told that its turn is over.
pub const TURN_ENDED: &str = "works elsewhere and its turn has ended, so that nothing of it asks here what to do next; \
    prompt it in its terminal";

/// Why words would not reach an agent, as far as its row tells, and what to do instead; follows its name in a sentence.
pub fn deaf(agent: &Agent) -> Option<String> {
    let elsewhere = agent.source != OWN;
    match agent.parent_id.filter(|_| elsewhere) {
        _ if elsewhere && agent.status.is_active() => out_of_reach(agent).map(str::to_owned),
        Some(parent) => Some(format!(
            "was a sub-agent of a session that has no thread of its own to go on with; prompt agent {parent} instead"
        )),
        None => hindrance(agent, AgentStatus::Running).map(str::to_owned),
    }
}

/// Why an agent that works elsewhere does not ask here what to do next: its hooks do so at the end of its turn.
fn out_of_reach(agent: &Agent) -> Option<&'static str> {
    let hook = agent.status_evidence.reason.strip_prefix(HOOK);
    let Some(hook) = hook.filter(|_| agent.parent_id.is_none()) else { return Some(UNHOOKED) };
    let in_turn =
        ["PermissionRequest", "PreToolUse", "SessionStart"].iter().any(|event| hook.starts_with(event));
    (agent.status == AgentStatus::Waiting && !in_turn).then_some(TURN_ENDED)
}

/// Whether a clean-up may take an agent away: it has ended and is still listed, neither it nor its task is to go on, and
/// nothing of it has changed since that moment.
pub fn is_cleanable(agent: &Agent, goes_on: bool, unchanged_since: Timestamp) -> bool {
    can_be_cleaned_up(agent.status) && !goes_on && agent.updated_at <= unchanged_since
}

/// Whether agents in this status may be taken away by a clean-up.
pub const fn can_be_cleaned_up(status: AgentStatus) -> bool {
    may(status, AgentStatus::Deleted) && status.is_final()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_goes_on_only_by_a_prompt_or_leaves() {
        for &from in AgentStatus::ALL.iter().filter(|status| status.is_final()) {
            for &to in AgentStatus::ALL {
                let goes_on =
                    matches!(to, AgentStatus::Created | AgentStatus::Running | AgentStatus::Deleted);
                let cut_off = from == AgentStatus::Interrupted
                    && matches!(to, AgentStatus::Failed | AgentStatus::Cancelled);
                assert_eq!(
                    may(from, to),
                    from != AgentStatus::Deleted && (goes_on || cut_off),
                    "{from} → {to}"
                );
            }
        }
    }

    #[test]
    fn nothing_at_work_is_deleted_and_nothing_stays_what_it_is() {
        for &status in AgentStatus::ALL {
            assert!(!may(status, status));
            assert!(!status.is_active() || !may(status, AgentStatus::Deleted));
            assert!(!way_out(status, AgentStatus::Deleted).is_empty());
        }
    }

    #[test]
    fn a_clean_up_takes_what_has_ended_and_rests() {
        let mut agent = blank(AgentId(Default::default()), Role::Builder, Timestamp(100)).agent;
        for &status in AgentStatus::ALL {
            agent.status = status;
            let ended = status.is_final() && status != AgentStatus::Deleted;
            assert_eq!(is_cleanable(&agent, false, Timestamp(100)), ended, "{status}");
            assert!(!is_cleanable(&agent, true, Timestamp(100)), "{status} that goes on");
            assert!(!is_cleanable(&agent, false, Timestamp(99)), "{status} that changed a moment ago");
        }
    }

    fn told(source: &str, status: AgentStatus, evidence: &str) -> Agent {
        let mut me = blank(AgentId(uuid::Uuid::nil()), Role::Custom, Timestamp(0)).agent;
        me.source = source.to_owned();
        (me.status, me.status_evidence) = (status, StatusEvidence::because(evidence));
        me
    }

    #[test]
    fn who_works_elsewhere_is_not_stopped_from_here() {
        for status in [AgentStatus::Running, AgentStatus::Waiting] {
            for to in [AgentStatus::Cancelled, AgentStatus::Deleted] {
                let why = hindrance(&told("transcript", status, ""), to);
                assert!(why.is_some_and(|why| why.contains("in its terminal")), "{status} → {to}: {why:?}");
            }
            assert_eq!(hindrance(&told(OWN, status, ""), AgentStatus::Cancelled), None);
        }
        assert_eq!(hindrance(&told("transcript", AgentStatus::Completed, ""), AgentStatus::Deleted), None);
    }

    #[test]
    fn words_reach_those_who_ask_for_them() {
        use AgentStatus::{Completed, Running, Waiting};
        let words = |status, evidence| deaf(&told("hooks", status, evidence));
        assert_eq!(words(Running, "hook PostToolUse: it has used Bash"), None);
        assert_eq!(words(Waiting, "hook PermissionRequest: it asks whether it may use Bash"), None);
        assert_eq!(
            words(Waiting, "hook Stop: its turn ended; it waits for words").as_deref(),
            Some(TURN_ENDED)
        );
        assert_eq!(words(Running, "its session file grows").as_deref(), Some(UNHOOKED));
        assert_eq!(words(Completed, "its turn ended, as its session file says"), None, "it goes on here");
        let mut helper = told("hooks", Running, "hook SubagentStart: it began");
        helper.parent_id = Some(AgentId(uuid::Uuid::nil()));
        assert_eq!(deaf(&helper).as_deref(), Some(UNHOOKED));
        helper.status = Completed;
        assert!(deaf(&helper).is_some_and(|why| why.contains("prompt agent")));
    }
}
