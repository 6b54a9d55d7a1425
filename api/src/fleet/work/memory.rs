//! What is remembered of an agent beside its rows, so that a restart can go on from it.

use super::{Given, Said};
use crate::store::Row;
use quarterdeck_shared::{AgentId, agents::AgentDetail, approvals::Approval, usage::UsageRecord};
use serde::{Deserialize, Serialize};

/// What is remembered of an agent while it is supposed to work, so that a restart knows of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InFlight {
    /// Answers it has not heard.
    pub answers: Vec<Given>,
    /// Prompts it has not heard.
    #[serde(default)]
    pub prompts: Vec<String>,
}

/// What an agent goes on from.
#[derive(Default)]
pub struct Memory {
    /// Its usage records.
    pub records: Vec<UsageRecord>,
    /// What its runtime said it took.
    pub said: Said,
    /// Its questions that wait.
    pub waiting: Vec<Approval>,
    /// Answers it has not heard.
    pub given: Vec<Given>,
    /// Prompts it has not heard.
    pub prompts: Vec<String>,
}

/// Notes of agents that are supposed to work begin so; the agent's id follows.
pub const IN_FLIGHT: &str = "run/";

/// The name under which it is noted that an agent is supposed to work.
pub fn in_flight_key(id: AgentId) -> String {
    format!("{IN_FLIGHT}{id}")
}

/// The agent of such a name.
pub fn in_flight(key: &str) -> Option<AgentId> {
    key.strip_prefix(IN_FLIGHT)?.parse().ok()
}

/// The note that an agent is supposed to work on the prompt it was given last.
pub fn in_flight_row(me: &AgentDetail) -> Row {
    let prompts = me.prompt.iter().cloned().collect();
    let in_flight = InFlight { answers: Vec::new(), prompts };
    Row::Note { key: in_flight_key(me.agent.id), json: serde_json::to_string(&in_flight).ok() }
}

/// The name under which a runtime's own sums are noted.
pub fn said_key(id: AgentId) -> String {
    format!("said/{id}")
}
