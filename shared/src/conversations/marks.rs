//! What happened where in a conversation: marks on the line that stands for the whole of it.

use crate::words::words;
use serde::{Deserialize, Serialize};

/// Places that a conversation is parted into for its marks.
pub const PLACES: u32 = 200;

words! {
    /// What stands out at a place; where several things happened, the last of these.
    PlaceKind: exact "kind of place" {
        /// Words of the model.
        Text = "text",
        /// A call of a tool.
        Call = "call",
        /// Words to the agent.
        Prompt = "prompt",
        /// The conversation was condensed.
        Compaction = "compaction",
        /// A failed call, or a refusal of the model's API.
        Error = "error",
    }
}

/// The marks of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationMarks {
    /// Where something happened, in order; at most 200 places.
    pub places: Vec<MarkedPlace>,
    /// Calls of tools that were seen.
    pub calls: u64,
    /// Failed calls and refusals of the model's API that were seen.
    pub errors: u64,
    /// Words to the agent that were seen.
    pub prompts: u64,
    /// Compactions that were seen.
    pub compactions: u64,
    /// The share of the conversation that was looked through for them, from 0 to 1. Of a long one every place is
    /// looked into, but none to its end: what happened elsewhere has no mark.
    pub read: f64,
}

/// A place where something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MarkedPlace {
    /// Where it begins, as a share of the whole from 0 to 1.
    pub at: f64,
    /// What stands out there.
    pub kind: PlaceKind,
    /// How many things happened there.
    pub count: u64,
}
