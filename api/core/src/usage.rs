//! Usage: each response of the model's API counted once, however often the stream says it.

use crate::{
    pricing,
    transcripts::{Entry, ModelUse, Usage},
};
use quarterdeck_shared::usage::{Terms, Tokens, UsageRecord};
use std::collections::BTreeMap;

/// Words the runtime writes itself carry this model, and cost nothing.
pub(crate) const SYNTHETIC: &str = "<synthetic>";

/// One response of the model's API, with the largest figure of each kind seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The API's message id.
    pub message_id: String,
    /// The API's request id. While a response streams it is not known yet: the same response comes again with it.
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
    /// `standard`, `fast` or `batch`, where it said so.
    pub speed: Option<String>,
    /// The region it was priced for, where it said so: `us`.
    pub geo: Option<String>,
    /// Whether the figures are those of the end of the response.
    pub complete: bool,
    /// Whether a sub-agent asked.
    pub sidechain: bool,
}

impl From<Usage> for Observed {
    /// The figures of one line; whose they are is still to be said.
    fn from(usage: Usage) -> Self {
        let Usage { tokens, cache_5m, cache_1h, web_searches, speed, geo } = usage;
        Self { tokens, cache_5m, cache_1h, web_searches, speed, geo, ..Self::default() }
    }
}

impl Observed {
    /// What a record knows of its response.
    pub fn of(record: &UsageRecord) -> Self {
        let Terms { cache_5m, cache_1h, web_searches, speed, geo, complete } = record.terms.clone();
        Self {
            message_id: record.message_id.clone(),
            request_id: record.request_id.clone(),
            model: record.model.clone(),
            tokens: record.tokens,
            cache_5m,
            cache_1h,
            web_searches,
            speed,
            geo,
            complete,
            sidechain: record.sidechain,
        }
    }

    /// What its price depends on beside its tokens.
    pub fn terms(&self) -> Terms {
        Terms {
            cache_5m: self.cache_5m,
            cache_1h: self.cache_1h,
            web_searches: self.web_searches,
            speed: self.speed.clone(),
            geo: self.geo.clone(),
            complete: self.complete,
        }
    }

    /// Both taken together: of each figure the larger.
    pub fn join(&mut self, other: &Self) {
        if self.model < other.model {
            self.model.clone_from(&other.model);
        }
        self.tokens = self.tokens.max(other.tokens);
        self.cache_5m = self.cache_5m.max(other.cache_5m);
        self.cache_1h = self.cache_1h.max(other.cache_1h);
        self.web_searches = self.web_searches.max(other.web_searches);
        if self.speed < other.speed {
            self.speed.clone_from(&other.speed);
        }
        if self.geo < other.geo {
            self.geo.clone_from(&other.geo);
        }
        self.complete |= other.complete;
        self.sidechain |= other.sidechain;
    }
}

/// What is known of one message id: what came without a request id, and what came with which.
#[derive(Clone, Debug, Default)]
struct Message {
    unnamed: Option<Observed>,
    named: BTreeMap<String, Observed>,
}

impl Message {
    /// What came without a request id belongs to the request of the message; were there several, to the first.
    fn response(&self, request_id: Option<&str>) -> Option<Observed> {
        let (id, named) = match request_id {
            Some(id) => (Some(id), self.named.get(id)),
            None => self
                .named
                .iter()
                .next()
                .map(|(id, named)| (Some(id.as_str()), Some(named)))
                .unwrap_or_default(),
        };
        let first = self.named.keys().next().map(String::as_str);
        let unnamed = self.unnamed.as_ref().filter(|_| id == first);
        let mut response = named.or(unnamed)?.clone();
        if let Some(unnamed) = unnamed {
            response.join(unnamed);
        }
        response.request_id = id.map(str::to_owned);
        Some(response)
    }
}

/// Counts the responses of one stream: one per message id and request id, per figure the maximum.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    messages: BTreeMap<String, Message>,
    /// The message that streams, by thread.
    open: BTreeMap<Option<String>, String>,
}

impl Counter {
    /// Takes an entry; returns the response it belongs to where that grew.
    pub fn observe(&mut self, entry: &Entry) -> Option<Observed> {
        match entry {
            Entry::MessageStart { message_id, model, usage, parent } => {
                self.open.insert(parent.clone(), message_id.clone());
                self.note(message_id, None, seen(model, usage, false, parent))
            }
            Entry::MessageDelta { usage, stop_reason, parent } => {
                let message_id = self.open.get(parent)?.clone();
                self.note(&message_id, None, seen("", usage, stop_reason.is_some(), parent))
            }
            Entry::MessageStop { parent } => {
                self.open.remove(parent);
                None
            }
            Entry::Assistant { message_id, request_id, model, usage, stop_reason, parent, .. } => self.note(
                message_id,
                request_id.as_deref(),
                seen(model, usage, stop_reason.is_some(), parent),
            ),
            _ => None,
        }
    }

    /// Every response so far, by message id.
    pub fn responses(&self) -> Vec<Observed> {
        let of = |message: &Message| -> Vec<Observed> {
            let named: Vec<Observed> =
                message.named.keys().filter_map(|id| message.response(Some(id))).collect();
            if named.is_empty() { message.response(None).into_iter().collect() } else { named }
        };
        self.messages.values().flat_map(of).collect()
    }

    /// Tokens that the runtime counted and no response showed, by the runtime's name of the model: what sub-agents
    /// answered, and helper calls. Both sides must be of one process, whose figures begin at nothing.
    pub fn unseen(&self, models: &BTreeMap<String, ModelUse>) -> BTreeMap<String, Tokens> {
        let mut shown: BTreeMap<String, Tokens> = BTreeMap::new();
        for response in self.responses() {
            *shown.entry(pricing::plain(&response.model).to_owned()).or_default() += response.tokens;
        }
        let rest = |(model, used): (&String, &ModelUse)| {
            let seen = shown.get(pricing::plain(model)).copied().unwrap_or_default();
            let rest = used.tokens.less(seen);
            (rest.total() > 0).then(|| (model.clone(), rest))
        };
        models.iter().filter_map(rest).collect()
    }

    fn note(&mut self, message_id: &str, request_id: Option<&str>, mut seen: Observed) -> Option<Observed> {
        if message_id.is_empty() || seen.model == SYNTHETIC {
            return None;
        }
        seen.message_id = message_id.to_owned();
        let message = self.messages.entry(message_id.to_owned()).or_default();
        let before = message.response(request_id);
        let place = match request_id {
            Some(id) => message.named.entry(id.to_owned()).or_default(),
            None => message.unnamed.get_or_insert_default(),
        };
        place.message_id = message_id.to_owned();
        place.join(&seen);
        let now = message.response(request_id);
        if now == before { None } else { now }
    }
}

fn seen(model: &str, usage: &Usage, complete: bool, parent: &Option<String>) -> Observed {
    let (model, sidechain) = (model.to_owned(), parent.is_some());
    Observed { model, complete, sidechain, ..usage.clone().into() }
}
