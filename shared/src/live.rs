//! What the sockets carry: `/ws/fleet`, `/ws/tasks/{id}`, `/ws/costs`.

use crate::{Event, agents::Agent, approvals::Approval, tasks::Task, usage::Totals};
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// A frame from the server. Each frame's `after` is the `seq` of the frame before it.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

impl<'de> Deserialize<'de> for Frame {
    /// Through one flat form, as events are read.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Any {
            r#type: String,
            seq: Option<i64>,
            agents: Option<Vec<Agent>>,
            tasks: Option<Vec<Task>>,
            approvals: Option<Vec<Approval>>,
            totals: Option<Totals>,
            after: Option<i64>,
            event: Option<Event>,
            from: Option<i64>,
            to: Option<i64>,
        }
        let any = Any::deserialize(deserializer)?;
        let missing = D::Error::missing_field;
        Ok(match any.r#type.as_str() {
            "snapshot" => Self::Snapshot {
                seq: any.seq.ok_or_else(|| missing("seq"))?,
                agents: any.agents.ok_or_else(|| missing("agents"))?,
                tasks: any.tasks.ok_or_else(|| missing("tasks"))?,
                approvals: any.approvals.ok_or_else(|| missing("approvals"))?,
                totals: any.totals.ok_or_else(|| missing("totals"))?,
            },
            "event" => Self::Event {
                after: any.after.ok_or_else(|| missing("after"))?,
                seq: any.seq.ok_or_else(|| missing("seq"))?,
                event: any.event.ok_or_else(|| missing("event"))?,
            },
            "gap" => Self::Gap {
                from: any.from.ok_or_else(|| missing("from"))?,
                to: any.to.ok_or_else(|| missing("to"))?,
            },
            "pong" => Self::Pong,
            kind => return Err(D::Error::custom(format_args!("`{kind}` is no kind of frame"))),
        })
    }
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
