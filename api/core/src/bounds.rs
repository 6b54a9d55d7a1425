//! Bounds: more than this nobody takes or pays, so that no sum of what others tell leaves the whole numbers of a
//! database. Nine hundred thousand requests of the dearest fit into one, or ninety thousand sessions.

use quarterdeck_shared::Usd;

/// Tokens of one kind that one request takes at most: sixteen times the largest window.
pub(crate) const REQUEST_TOKENS: u64 = 1 << 24;
/// What one request costs at most: such windows, all four kinds of them, at the dearest price cost a fifth of it.
pub(crate) const REQUEST_USD: Usd = Usd::from_nanos(10_000_000_000_000);
/// Searches of the web that one answer does at most.
pub(crate) const SEARCHES: u64 = 1 << 10;
/// Tokens of one kind that a session takes at most, and whatever else is counted of one.
pub(crate) const SESSION_TOKENS: u64 = 1 << 32;
/// What a session costs at most.
pub(crate) const SESSION_USD: Usd = Usd::from_nanos(100_000_000_000_000);

/// An amount that somebody tells, where it can be believed: not less than nothing, and no more than `most`.
pub(crate) fn believed(amount: Usd, most: Usd) -> Option<Usd> {
    (Usd::ZERO..=most).contains(&amount).then_some(amount)
}
