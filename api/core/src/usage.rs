//! Usage: each response of the model's API counted once, however often the stream says it.

use crate::transcripts::{Entry, ModelUse};
use quarterdeck_shared::usage::Tokens;
use std::collections::BTreeMap;

/// One response of the model's API, with the largest figure of each kind seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The API's message id: the key of the response within one stream.
    pub message_id: String,
    /// The API's request id; known only later where the response streams.
    pub request_id: Option<String>,
    /// The model that answered.
    pub model: String,
    /// Tokens by kind.
    pub tokens: Tokens,
    /// Of the cache writes, those kept five minutes.
    pub cache_5m: u64,
    /// Of the cache writes, those kept an hour.
    pub cache_1h: u64,
    /// Searches of the web the API did.
    pub web_searches: u64,
    /// `standard` or `fast`, where it said so.
    pub speed: Option<String>,
    /// The region it was priced for, where it said so: `us`.
    pub geo: Option<String>,
    /// Whether the figures are those of the end of the response.
    pub complete: bool,
    /// Whether a sub-agent asked.
    pub sidechain: bool,
}

/// Counts the responses of one stream.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    responses: BTreeMap<String, Observed>,
}

impl Counter {
    /// Takes an entry; returns the response it belongs to where that grew.
    pub fn observe(&mut self, entry: &Entry) -> Option<Observed> {
        let _ = (entry, &self.responses);
        unimplemented!()
    }

    /// Every response so far, by message id.
    pub fn responses(&self) -> Vec<Observed> {
        unimplemented!()
    }

    /// Tokens that the runtime counted and no response showed, by model: helper calls, sub-agents' answers.
    pub fn unseen(&self, models: &BTreeMap<String, ModelUse>) -> BTreeMap<String, Tokens> {
        let _ = models;
        unimplemented!()
    }
}
