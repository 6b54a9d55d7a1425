//! What the sockets carry: `/ws/fleet`, `/ws/tasks/{id}`, `/ws/costs`.

use crate::{Event, agents::Agent, approvals::Approval, tasks::Task, usage::Totals};
use serde::{Deserialize, Serialize};

/// A frame from the server. Each frame's `after` is the `seq` of the frame before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Frame {
    /// Everything as it stands at `seq`.
    Snapshot {
        /// Every change up to this event is inside.
        seq: i64,
        /// The newest agents, at most two hundred, and all active ones.
        agents: Vec<Agent>,
        /// The newest tasks, at most one hundred, and all unfinished ones.
        tasks: Vec<Task>,
        /// The questions that wait.
        approvals: Vec<Approval>,
        /// The figures.
        totals: Totals,
    },
    /// One change.
    Event {
        /// The frame before.
        after: i64,
        /// This frame.
        seq: i64,
        /// The change; where several were merged, the newest.
        event: Event,
    },
    /// Frames were dropped because this client reads too slowly: ask again with `hello`.
    Gap {
        /// The last event that arrived.
        from: i64,
        /// The last event that was dropped.
        to: i64,
    },
    /// An answer to a ping.
    Pong,
}

/// A frame from the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Call {
    /// The first words: with `after` the missed events, without it a snapshot.
    Hello {
        /// The last event this client has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<i64>,
    },
    /// Are you there?
    Ping,
}
