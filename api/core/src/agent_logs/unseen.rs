//! What a turn counted and no response showed: it counts as long as it is the only word on it.

use super::Turn;
use crate::{
    ledger::{Telling, shrink},
    pricing::PriceTable,
    usage::Observed,
};
use quarterdeck_shared::{
    Timestamp, Usd,
    usage::{Tokens, UsageRecord},
};

/// The message id of what a folder says of one turn: by the folder's name, so that a copy of it is the same.
pub fn message_id(folder: &str, offset: u64) -> String {
    format!("{}agent_logs:{folder}:{offset:012}", UsageRecord::REMAINDER)
}

/// What a turn tells of what it took; `cost` is what it cost by itself.
pub fn telling(
    turn: &Turn,
    cost: Option<Usd>,
    model: &str,
    message_id: String,
    provenance: String,
    at: Timestamp,
) -> Telling {
    // A turn says nothing of single prompts, by which tiers go: what it is worth is at least that.
    let (model, complete) = (model.to_owned(), false);
    let observed = Observed { message_id, model, complete, ..turn.usage.clone().into() };
    Telling { observed, cost, reported: cost, provenance, at }
}

/// What is left of a turn's record beside what responses have shown; takes that out of `seen`.
pub fn rest(whole: UsageRecord, seen: &mut Tokens, prices: &PriceTable) -> UsageRecord {
    let rest = shrink([&whole], &whole.model, *seen, prices).pop().unwrap_or_else(|| whole.clone());
    *seen = seen.less(whole.tokens.less(rest.tokens));
    rest
}
