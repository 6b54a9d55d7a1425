//! Where a session stands: by what its file says last and how long ago, and by a hook's word while that holds.

use quarterdeck_shared::{
    Timestamp,
    agents::{AgentStatus, StatusEvidence},
};

/// Seconds after which a session that stopped in the middle of its turn counts as cut off.
pub const QUIET_SECONDS: i64 = 600;

/// Where a session stands, by the last thing it did and how long ago that is. Nothing is known of its process.
pub fn standing(
    turn_ended: Option<bool>,
    last_at: Option<Timestamp>,
    before: AgentStatus,
    now: Timestamp,
) -> (AgentStatus, String) {
    let quiet = last_at.is_none_or(|last| now.seconds_since(last) >= QUIET_SECONDS);
    match turn_ended {
        Some(true) => (AgentStatus::Completed, "its turn ended, as its session file says".to_owned()),
        Some(false) if quiet => {
            (AgentStatus::Interrupted, "its session file ends in the middle of a turn".to_owned())
        }
        Some(false) => (AgentStatus::Running, "its session file grows".to_owned()),
        None if before == AgentStatus::Created => {
            (AgentStatus::Completed, "its session file says nothing of an answer".to_owned())
        }
        None => (before, "as its session file says".to_owned()),
    }
}

pub use orchestrator::agents::HOOK;

/// Seconds by which a session's file must be ahead of a hook before it is believed rather than the hook.
const AHEAD_SECONDS: i64 = 10;
/// Seconds after which a hook's word counts for nothing.
const HOOK_SECONDS: i64 = 86_400;

/// Whether a hook said where a session stands, not too long ago: however quiet it is, the next hook tells.
pub fn speaks(evidence: &StatusEvidence, now: Timestamp) -> bool {
    let heard = evidence.last_event_at.is_some_and(|last| now.seconds_since(last) < HOOK_SECONDS);
    evidence.reason.starts_with(HOOK) && heard
}

/// Where somebody stands of whom a hook spoke last, and of whom nothing was heard for so long that its word counts for
/// nothing any more; none where no hook did.
pub fn unheard(evidence: &StatusEvidence, before: AgentStatus) -> Option<(AgentStatus, String)> {
    let hook = evidence.reason.strip_prefix(HOOK)?;
    let (status, reason) = match before {
        AgentStatus::Waiting if !hook.starts_with("PermissionRequest") => {
            (AgentStatus::Completed, "its turn ended; nothing was heard of it for a day")
        }
        AgentStatus::Waiting => {
            (AgentStatus::Interrupted, "it asked something; its hooks told nothing more for a day")
        }
        _ => (
            AgentStatus::Interrupted,
            "it was in the middle of a turn; its hooks told nothing more for a day",
        ),
    };
    Some((status, reason.to_owned()))
}

/// Whether a hook's word holds against what a file says of this moment: they tell of the same, and the hook knows more.
pub(super) fn outlasts(evidence: &StatusEvidence, told_at: Timestamp) -> bool {
    let ahead = |last: Timestamp| told_at.seconds_since(last) >= AHEAD_SECONDS;
    evidence.reason.starts_with(HOOK) && evidence.last_event_at.is_some_and(|last| !ahead(last))
}
