//! How things stood with an agent at a moment of its conversation.

use crate::{
    Timestamp, Usd,
    agents::Context,
    usage::{CostBasis, Tokens},
    words::words,
};
use serde::{Deserialize, Serialize};

/// A moment of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct MomentQuery {
    /// The moment; now where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Whose to-do list: a sub-agent's thread of the same session, where it is no agent of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

/// How things stood with an agent at a moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Moment {
    /// The moment.
    pub at: Timestamp,
    /// Requests until then.
    pub requests: u64,
    /// Requests in all.
    pub all_requests: u64,
    /// Tokens until then.
    pub tokens: Tokens,
    /// Their cost until then.
    pub cost_usd: Usd,
    /// How that is known; null without a request.
    pub cost_basis: Option<CostBasis>,
    /// The newest reply then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<ReplyThen>,
    /// How full the model's window was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// Its to-do list; missing where it had none, and in a replay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub todo: Option<Todo>,
}

/// What one reply took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReplyThen {
    /// The model.
    pub model: String,
    /// What it took.
    pub tokens: Tokens,
    /// What it cost.
    pub cost_usd: Usd,
    /// How that is known.
    pub cost_basis: CostBasis,
}

/// A to-do list as it stood at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Todo {
    /// What is to be done, in order.
    pub items: Vec<TodoItem>,
    /// Items that are left out behind them.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub left_out: u64,
    /// When it was changed last.
    pub changed_at: Option<Timestamp>,
    /// Where reading backwards ended before all was known: what was listed earlier is not here. Null where all is.
    pub read_from: Option<Timestamp>,
}

/// Something to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TodoItem {
    /// What.
    pub text: String,
    /// Where it stood.
    pub status: TodoStatus,
}

words! {
    /// Where something to be done stands.
    TodoStatus: exact "status of a to-do" {
        /// It is not begun.
        Pending = "pending",
        /// It is under way.
        InProgress = "in_progress",
        /// It is done.
        Completed = "completed",
    }
}
