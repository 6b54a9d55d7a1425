//! The ledger: what a response told once more makes of its record, wherever it was told.
//!
//! A record is entered by message and request id; of each figure the larger one counts, the price is that of the
//! figures as they are then, and its owner and its first moment stay; so does its place, but for one in a file, which
//! opens the line itself. So neither the order in which sources tell, nor how often, nor where a reading was cut off
//! changes a sum.

mod remainders;

pub use remainders::{emptied, is_emptied, shrink};

use crate::{
    bounds::SESSION_USD,
    otlp,
    pricing::{PriceTable, Priced},
    transcripts::lines::is_place,
    usage::Observed,
};
use foldhash::HashMap;
use quarterdeck_shared::{
    AgentId, RecordId, TaskId, Timestamp, Usd,
    agents::Role,
    usage::{CostBasis, Tokens, UsageRecord},
};
use std::sync::Arc;

/// Whose responses they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The agent.
    pub agent_id: AgentId,
    /// Its task.
    pub task_id: Option<TaskId>,
    /// Its role.
    pub role: Role,
    /// Whether it only plays a recording: in no total.
    pub replayed: bool,
}

/// One telling of a response.
#[derive(Clone, Debug, PartialEq)]
pub struct Telling {
    /// Its figures as they were told.
    pub observed: Observed,
    /// A price that goes before the table's: of figures that belong to no one response.
    pub cost: Option<Usd>,
    /// What the source says it cost.
    pub reported: Option<Usd>,
    /// Where it was told.
    pub provenance: String,
    /// When.
    pub at: Timestamp,
}

/// A record that is new or grew.
#[derive(Clone, Debug, PartialEq)]
pub struct Grown {
    /// As it was.
    pub before: Option<UsageRecord>,
    /// As it is.
    pub record: Arc<UsageRecord>,
}

impl Grown {
    /// What it added to its owner's tokens.
    pub fn tokens(&self) -> Tokens {
        let before = self.before.as_ref().map_or(Tokens::default(), |before| before.tokens);
        self.record.tokens.less(before)
    }
}

/// Enters a telling beside what is known of its response; nothing where that says all of it already, be the table of
/// prices another one by now: history is priced anew by [`reprice`] alone.
///
/// `id` is the record's where it is new.
pub fn enter(
    prices: &PriceTable,
    before: Option<&UsageRecord>,
    first: Owner,
    telling: Telling,
    id: RecordId,
) -> Option<Grown> {
    let Telling { mut observed, cost, reported, provenance, at } = telling;
    let reported = reported.max(before.and_then(|before| before.reported_cost_usd));
    if let Some(before) = before {
        observed.join(&Observed::of(before));
        observed.request_id = observed.request_id.take().or_else(|| before.request_id.clone());
        if is_unnamed(&observed.message_id) {
            observed.message_id.clone_from(&before.message_id);
        }
    }
    let worth = worth(prices, &observed, cost, reported);
    // Who told of it by its request alone may not have known which sub-agent asked.
    let owner = before.filter(|before| !is_unnamed(&before.message_id) || is_unnamed(&observed.message_id));
    let owner = owner.map_or(first, |before| Owner {
        agent_id: before.agent_id,
        task_id: before.task_id,
        role: before.role,
        replayed: before.replayed,
    });
    let record = UsageRecord {
        id: before.map_or(id, |before| before.id),
        agent_id: owner.agent_id,
        task_id: owner.task_id,
        role: owner.role,
        terms: observed.terms(),
        message_id: observed.message_id,
        request_id: observed.request_id,
        model: observed.model,
        tokens: observed.tokens,
        cost_usd: worth.cost,
        cost_basis: worth.basis,
        reported_cost_usd: reported,
        price_version: worth.version,
        provenance: before.map_or_else(|| provenance.clone(), |before| place(before, &provenance).to_owned()),
        sidechain: observed.sidechain,
        replayed: owner.replayed,
        at: before.map_or(at, |before| before.at.min(at)),
        former_prices: Vec::new(),
    };
    let is_known = |before: &UsageRecord| match cost {
        Some(_) => *before == record,
        None => is_same_but_priced(before, &record),
    };
    let says_new = !before.is_some_and(is_known);
    says_new.then(|| Grown { before: before.cloned(), record: record.into() })
}

/// Where a record was read, that is told here once more.
fn place<'a>(before: &'a UsageRecord, here: &'a str) -> &'a str {
    if !is_place(&before.provenance) && is_place(here) { here } else { &before.provenance }
}

/// A record by another table of prices, where that makes it another one. What is no response is worth what was said
/// of it, where anything was; and nothing, where responses showed all of it.
pub fn reprice(prices: &PriceTable, record: &UsageRecord) -> Option<Grown> {
    let is_said = record.cost_basis == CostBasis::Reported || record.tokens.total() == 0;
    if record.is_remainder() && is_said {
        return None;
    }
    let worth = worth(prices, &Observed::of(record), None, record.reported_cost_usd);
    let anew = UsageRecord {
        cost_usd: worth.cost,
        cost_basis: worth.basis,
        price_version: worth.version,
        ..record.clone()
    };
    (anew != *record).then(|| Grown { before: Some(record.clone()), record: anew.into() })
}

/// What figures are worth: what goes before the table, else what the table says, else what the source says itself.
fn worth(prices: &PriceTable, observed: &Observed, cost: Option<Usd>, reported: Option<Usd>) -> Priced {
    let priced = prices.price(&observed.model, observed);
    match cost.or(reported.filter(|_| priced.basis == CostBasis::Unknown)) {
        Some(said) => Priced { cost: said, basis: CostBasis::Reported, version: None },
        None => Priced { cost: priced.cost.min(SESSION_USD), ..priced },
    }
}

fn is_same_but_priced(before: &UsageRecord, after: &UsageRecord) -> bool {
    *before == priced_as(after.clone(), before)
}

/// A record at the price of another one.
fn priced_as(record: UsageRecord, other: &UsageRecord) -> UsageRecord {
    let UsageRecord { cost_usd, cost_basis, price_version, .. } = other.clone();
    UsageRecord { cost_usd, cost_basis, price_version, ..record }
}

/// A record of figures that belong to no one response, found anew: where those are what they were, so is the price
/// that the table gave them, for history is priced anew by [`reprice`] alone.
pub fn found_anew(before: &UsageRecord, record: UsageRecord) -> UsageRecord {
    let is_computed = |record: &UsageRecord| record.cost_basis != CostBasis::Reported;
    let is_same =
        (before.tokens, &before.terms, &before.model) == (record.tokens, &record.terms, &record.model);
    if is_same && is_computed(before) && is_computed(&record) { priced_as(record, before) } else { record }
}

/// Whether nothing is known of a message but its request.
fn is_unnamed(message_id: &str) -> bool {
    message_id.starts_with(otlp::UNNAMED)
}

/// Records by message: what is known of the responses that are being told.
#[derive(Clone, Debug, Default)]
pub struct Book {
    records: HashMap<String, Vec<Arc<UsageRecord>>>,
    /// The messages of requests.
    requests: HashMap<String, String>,
}

impl Book {
    /// An empty book with room for so many records.
    pub fn with_room_for(records: usize) -> Self {
        let mut book = Self::default();
        book.records.reserve(records);
        book.requests.reserve(records);
        book
    }

    /// Takes in what is known already.
    pub fn know(&mut self, record: impl Into<Arc<UsageRecord>>) {
        let record = record.into();
        if let Some(request_id) = record.request_id.as_ref().filter(|_| !record.replayed) {
            let message =
                self.requests.entry(request_id.clone()).or_insert_with(|| record.message_id.clone());
            if is_unnamed(message) && *message != record.message_id {
                self.records.remove(message);
                message.clone_from(&record.message_id);
            }
        }
        // Nearly every message is one record: room for more is not made before they come.
        let same = self.records.entry(record.message_id.clone()).or_insert_with(|| Vec::with_capacity(1));
        match same.iter_mut().find(|known| known.id == record.id) {
            Some(known) => *known = record,
            None => same.push(record),
        }
    }

    /// Whether anything of this message is known.
    pub fn knows(&self, message_id: &str) -> bool {
        self.records.contains_key(message_id)
    }

    /// Enters a telling; nothing where it says nothing new.
    pub fn enter(
        &mut self,
        prices: &PriceTable,
        owner: Owner,
        telling: Telling,
        id: RecordId,
    ) -> Option<Grown> {
        let before = self.find(&telling.observed);
        let grown = enter(prices, before, owner, telling, id)?;
        self.know(Arc::clone(&grown.record));
        Some(grown)
    }

    /// Every record, in no order.
    pub fn records(&self) -> impl Iterator<Item = &UsageRecord> {
        self.records.values().flatten().map(Arc::as_ref)
    }

    /// The record of this response. A message told without its request, as while it streams, is that of the first
    /// request known; one told with it takes over what was told without, or of the request alone. Of a response that
    /// is told by its request alone, the request decides.
    fn find(&self, observed: &Observed) -> Option<&UsageRecord> {
        let live = |message: &str| {
            let known = self.records.get(message).into_iter().flatten().map(Arc::as_ref);
            known.filter(|record| !record.replayed)
        };
        let of_request = || {
            let message = self.requests.get(observed.request_id.as_ref()?)?;
            live(message).find(|record| record.request_id == observed.request_id)
        };
        if is_unnamed(&observed.message_id) {
            return of_request();
        }
        let exact = live(&observed.message_id).find(|record| record.request_id == observed.request_id);
        exact.or_else(|| match observed.request_id {
            Some(_) => live(&observed.message_id)
                .find(|record| record.request_id.is_none())
                .or_else(|| of_request().filter(|record| is_unnamed(&record.message_id))),
            None => live(&observed.message_id).min_by(|a, b| a.request_id.cmp(&b.request_id)),
        })
    }
}

/// What an agent's figures are after some of its records grew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Tokens that came in addition.
    pub tokens: Tokens,
    /// Money that came in addition; less than nothing where a remainder shrank.
    pub cost_usd: Usd,
    /// Records that came in addition.
    pub records: u64,
    /// The weakest basis among them.
    pub basis: Option<CostBasis>,
}

impl Change {
    /// Takes a record that grew.
    pub fn add(&mut self, grown: &Grown) {
        let before = grown.before.as_ref();
        self.tokens += grown.tokens();
        self.cost_usd += grown.record.cost_usd - before.map_or(Usd::ZERO, |before| before.cost_usd);
        self.records += u64::from(before.is_none());
        let basis = grown.record.cost_basis;
        self.basis = Some(self.basis.map_or(basis, |weakest| weakest.weaker(basis)));
    }
}
