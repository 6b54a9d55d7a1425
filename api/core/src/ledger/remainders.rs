//! Remainders: what was counted in all and no response showed, as long as none does.

use crate::{
    agent_logs::stated_of,
    pricing::{self, PriceTable},
    usage::Observed,
};
use quarterdeck_shared::{
    Usd,
    usage::{CostBasis, Tokens, UsageRecord},
};

/// Takes tokens that a response showed at last out of remainders of the same model: they were counted there.
///
/// Gives the remainders as they are now, those that changed.
pub fn shrink<'a>(
    remainders: impl IntoIterator<Item = &'a UsageRecord>,
    model: &str,
    shown: Tokens,
    prices: &PriceTable,
) -> Vec<UsageRecord> {
    let mut left = shown;
    let same = |record: &&UsageRecord| {
        record.is_remainder() && pricing::plain(&record.model) == pricing::plain(model)
    };
    let mut changed = Vec::new();
    for remainder in remainders.into_iter().filter(same) {
        let taken = left.min(remainder.tokens);
        if taken.total() == 0 {
            continue;
        }
        left = left.less(taken);
        let tokens = remainder.tokens.less(taken);
        let rest = Observed { tokens, cache_5m: tokens.cache_creation, ..Observed::of(remainder) };
        let worth = prices
            .price(&rest.model, &Observed { tokens: taken, cache_5m: taken.cache_creation, ..rest.clone() });
        if tokens.total() == 0 {
            changed.push(emptied(remainder));
            continue;
        }
        let cost_usd = (remainder.cost_usd - worth.cost).max(Usd::ZERO);
        changed.push(UsageRecord { tokens, terms: rest.terms(), cost_usd, ..remainder.clone() });
    }
    changed
}

/// A remainder of which nothing is left.
pub fn emptied(remainder: &UsageRecord) -> UsageRecord {
    UsageRecord {
        tokens: Tokens::default(),
        terms: Default::default(),
        cost_usd: Usd::ZERO,
        cost_basis: CostBasis::Reported,
        ..remainder.clone()
    }
}

/// Whether a remainder stands for nothing: it is no record, since a record is a response or stands for one. What a
/// database states stays though, for it is found anew whenever anything else of its agent becomes known.
pub fn is_emptied(record: &UsageRecord) -> bool {
    let is_nothing = record.tokens.total() == 0 && record.cost_usd == Usd::ZERO;
    let is_unknown = record.cost_basis == CostBasis::Unknown;
    is_nothing && !is_unknown && record.is_remainder() && stated_of(record).is_none()
}
