//! Tables of prices: our own form and LiteLLM's.

use orchestrator::{pricing::PriceTable, usage::Observed};
use quarterdeck_shared::{Usd, usage::Tokens};

/// What is read is written and read again as it was, and no price is less than nothing.
pub fn check(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(table) = PriceTable::bundled().updated(&text, "2026-01-01") else { return };
    let Ok(written) = table.written() else { panic!("a table that cannot be written") };
    let again = PriceTable::read(&written);
    let again = again.as_ref().ok().and_then(|table| table.written().ok());
    assert_eq!(again, Some(written));
    for model in table.models() {
        for tokens in [1, 150_000, 1 << 40] {
            let tokens = Tokens { input: tokens, output: tokens, cache_creation: tokens, cache_read: tokens };
            let (speed, geo) = (Some("fast".to_owned()), Some("us".to_owned()));
            let observed = Observed { tokens, speed, geo, complete: true, ..Observed::default() };
            assert!(table.price(&model.model, &observed).cost >= Usd::ZERO);
        }
    }
}
