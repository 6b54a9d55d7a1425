//! Agents: which status may follow which, and what to do first where one may not.

use quarterdeck_shared::agents::AgentStatus;

/// Whether an agent may go from one status to another. Staying is no change, so it is never allowed.
pub fn may(from: AgentStatus, to: AgentStatus) -> bool {
    let _ = (from, to);
    unimplemented!()
}

/// What to do first, where [`may`] says no: `cancel it first`.
pub fn way_out(from: AgentStatus, to: AgentStatus) -> &'static str {
    let _ = (from, to);
    unimplemented!()
}
