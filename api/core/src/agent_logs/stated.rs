//! What the Python orchestrator's database states of an agent in all, beside what its folders and transcripts show.
//!
//! Of that, only what nothing else shows counts. It is found anew from the whole whenever anything else of the agent
//! becomes known, so the order in which they are told changes nothing.

use super::database::{Told, Whole};
use crate::{ledger::Owner, pricing::PriceTable, usage::Observed};
use quarterdeck_shared::{
    RecordId, Timestamp, Usd,
    usage::{CostBasis, Tokens, UsageRecord},
};

/// How the message ids begin, behind [`UsageRecord::REMAINDER`], of what a database states.
const STATED: &str = "orchestrator_db:";

/// The message id of what a database states of an agent.
pub fn stated_id(agent: &str) -> String {
    format!("{}{STATED}{agent}", UsageRecord::REMAINDER)
}

/// The agent a record states something of, where it is such a one.
pub fn stated_of(record: &UsageRecord) -> Option<&str> {
    record.message_id.strip_prefix(UsageRecord::REMAINDER)?.strip_prefix(STATED)
}

/// The record of what a database states, before anything is taken out of it.
pub fn stated(
    agent: &str,
    owner: Owner,
    model: Option<&str>,
    provenance: String,
    at: Timestamp,
    id: RecordId,
) -> UsageRecord {
    UsageRecord {
        id,
        agent_id: owner.agent_id,
        task_id: owner.task_id,
        role: owner.role,
        message_id: stated_id(agent),
        request_id: None,
        model: model.unwrap_or("unknown").to_owned(),
        tokens: Tokens::default(),
        terms: Default::default(),
        cost_usd: Usd::ZERO,
        cost_basis: CostBasis::Unknown,
        reported_cost_usd: None,
        price_version: None,
        provenance,
        sidechain: false,
        replayed: owner.replayed,
        at,
        former_prices: Vec::new(),
    }
}

/// A stated record as it is beside everything else that is known of its agent.
pub fn left<'a>(
    record: &UsageRecord,
    whole: &Whole,
    others: impl Iterator<Item = &'a UsageRecord>,
    prices: &PriceTable,
) -> UsageRecord {
    let (mut seen, mut spent, mut is_alone) = (Tokens::default(), Usd::ZERO, true);
    for other in others.filter(|other| !other.replayed && stated_of(other).is_none()) {
        (seen, spent, is_alone) = (seen + other.tokens, spent + other.cost_usd, false);
    }
    let tokens = whole.tokens.map_or_else(Tokens::default, |told| less(told, seen));
    // Where all of its tokens are shown, so is what they cost.
    let is_shown = !is_alone && tokens.total() == 0 && (whole.tokens.is_some() || whole.cost.is_none());
    let complete = false;
    let observed = Observed { tokens, cache_5m: tokens.cache_creation, complete, ..Observed::default() };
    let (cost, basis, version) = match whole.cost {
        _ if is_shown => (Usd::ZERO, CostBasis::Reported, None),
        Some(cost) => ((cost - spent).max(Usd::ZERO), CostBasis::Reported, None),
        None if tokens.total() == 0 => (Usd::ZERO, CostBasis::Unknown, None),
        // History is priced anew on request alone.
        None if record.tokens == tokens => (record.cost_usd, record.cost_basis, record.price_version.clone()),
        None => {
            let priced = prices.price(&record.model, &observed);
            (priced.cost, priced.basis, priced.version)
        }
    };
    UsageRecord {
        tokens,
        terms: observed.terms(),
        cost_usd: cost,
        cost_basis: basis,
        price_version: version,
        reported_cost_usd: whole.cost.map(|_| cost).filter(|cost| *cost > Usd::ZERO),
        ..record.clone()
    }
}

/// What is left of stated tokens. Of a sum the kinds are unknown: it counts as the cheapest kind, so that what it is
/// worth is at least that.
fn less(told: Told, seen: Tokens) -> Tokens {
    match told {
        Told::Sum(sum) => Tokens { cache_read: sum.saturating_sub(seen.total()), ..Tokens::default() },
        Told::Kinds(kinds) => kinds.less(seen),
    }
}
