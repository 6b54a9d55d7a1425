//! Agents: which status may follow which, and what to do first where one may not.

use quarterdeck_shared::{
    AgentId, Timestamp, Usd,
    agents::{Agent, AgentDetail, AgentStatus, Role, StatusEvidence},
    tasks::{Complexity, PermissionMode},
};

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
}
