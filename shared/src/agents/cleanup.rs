//! Clean-up: agents that have ended leave the lists, many at a time.

use crate::AgentId;
use serde::{Deserialize, Serialize};

/// Which agents are to leave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCleanup {
    /// Seconds for which nothing of them has changed; with 0 every agent that has ended.
    pub older_than_seconds: u64,
}

/// Which agents left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cleanup {
    /// How many left the lists; they stay in the totals.
    pub removed: u64,
    /// Which ones, the longest unchanged first.
    pub agent_ids: Vec<AgentId>,
    /// Whether more are to leave: ask again.
    pub more: bool,
}
