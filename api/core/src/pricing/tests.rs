//! What responses cost, against figures worked out by hand.

use super::*;
use quarterdeck_shared::usage::Tokens;

fn observed(input: u64, output: u64, write_5m: u64, write_1h: u64, read: u64) -> Observed {
    let tokens = Tokens { input, output, cache_creation: write_5m + write_1h, cache_read: read };
    Observed { tokens, cache_5m: write_5m, cache_1h: write_1h, complete: true, ..Observed::default() }
}

fn costs(model: &str, observed: &Observed, dollars: &str, basis: CostBasis) {
    let priced = PriceTable::bundled().price(model, observed);
    assert_eq!((priced.cost.to_string().as_str(), priced.basis), (dollars, basis), "{model}");
    assert_eq!(priced.version.is_none(), basis == CostBasis::Unknown);
}

#[test]
fn the_table_in_the_program_is_whole() {
    let table = PriceTable::bundled();
    assert_eq!(table.version(), "2026-11-22");
    assert_eq!(table.0.models.len(), 23);
}

#[test]
fn every_kind_of_token_has_its_price() {
    let one_of_each = observed(1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000);
    costs("claude-opus-4-8", &one_of_each, "46.75", CostBasis::Computed);
    costs("claude-sonnet-5-5", &observed(0, 0, 0, 0, 1), "0.0000001", CostBasis::Computed);
    costs("claude-haiku-5-5", &observed(1, 0, 0, 0, 0), "0.0000001", CostBasis::Computed);
}

#[test]
fn a_tier_is_chosen_by_the_prompt_of_the_one_request() {
    costs("claude-haiku-5-5", &observed(60_000, 1_000, 0, 0, 60_000), "0.0355", CostBasis::Computed);
    costs("claude-haiku-5-5", &observed(100_000, 0, 0, 0, 0), "0.01", CostBasis::Computed);
    costs("claude-haiku-5-5", &observed(100_001, 0, 0, 0, 0), "0.0500005", CostBasis::Computed);
}

#[test]
fn speed_region_and_searches_are_counted_in() {
    let plain = observed(1_000_000, 0, 0, 0, 0);
    let with = |speed: Option<&str>, geo: Option<&str>| Observed {
        speed: speed.map(str::to_owned),
        geo: geo.map(str::to_owned),
        ..plain.clone()
    };
    costs("claude-opus-5-5", &with(Some("fast"), None), "8", CostBasis::Computed);
    costs("claude-opus-5-5", &with(Some("fast"), Some("us")), "8.8", CostBasis::Computed);
    costs("claude-opus-5-5", &with(Some("standard"), Some("global")), "4", CostBasis::Computed);
    costs("claude-haiku-4-5", &with(Some("fast"), None), "1", CostBasis::LowerBound);
    costs("eu.anthropic.claude-opus-5-5", &plain, "4.4", CostBasis::Computed);
    costs("global.anthropic.claude-opus-5-5", &plain, "4", CostBasis::Computed);
    costs("mars.anthropic.claude-opus-5-5", &plain, "4", CostBasis::LowerBound);
    let searched = Observed { web_searches: 3, ..observed(0, 0, 0, 0, 0) };
    costs("claude-opus-5", &searched, "0.03", CostBasis::Computed);
}

#[test]
fn what_is_not_all_is_a_lower_bound() {
    let started = Observed { complete: false, ..observed(1_000, 1, 0, 0, 0) };
    costs("claude-sonnet-5", &started, "0.00201", CostBasis::LowerBound);
    let undated = Observed { cache_5m: 0, ..observed(0, 0, 1_000, 0, 0) };
    costs("claude-sonnet-5", &undated, "0.0025", CostBasis::LowerBound);
}

#[test]
fn an_unknown_model_has_no_price_and_is_never_taken_for_a_relative() {
    let some = observed(1_000, 1_000, 0, 0, 0);
    for model in ["claude-future-9", "claude-opus-4-9", "claude-opus-5-5-mini", "gpt", ""] {
        costs(model, &some, "0", CostBasis::Unknown);
    }
}

#[test]
fn a_name_is_found_however_a_provider_writes_it() {
    for (written, name) in [
        ("claude-opus-4-5-20251101", "claude-opus-4-5"),
        ("claude-opus-4-8[1m]", "claude-opus-4-8"),
        ("us.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
        ("vertex_ai/claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("claude-opus-4-20250514", "claude-opus-4"),
        ("claude-sonnet-4-0", "claude-sonnet-4"),
        ("claude-3-5-haiku-latest", "claude-3-5-haiku"),
    ] {
        assert_eq!(plain(written), name, "{written}");
        assert!(PriceTable::bundled().find(written).is_some(), "{written}");
    }
}

#[test]
fn a_window_is_the_runtimes_own_unless_the_name_asks_for_the_large_one() {
    let window = |model| PriceTable::bundled().window(model);
    assert_eq!(window("claude-opus-4-8"), Some(1_000_000));
    assert_eq!(window("claude-opus-4-6"), Some(200_000));
    assert_eq!(window("claude-opus-4-6[1m]"), Some(1_000_000));
    assert_eq!(window("claude-future-9"), None);
}

#[test]
fn absurd_figures_do_not_overflow() {
    let most = 1 << 40;
    let all = observed(most, most, most, most, most);
    assert!(PriceTable::bundled().price("claude-opus-4-1", &all).cost > Usd::ZERO);
    let searches = Observed { web_searches: u64::MAX, ..Observed::default() };
    assert_eq!(PriceTable::bundled().price("claude-opus-5", &searches).cost.nanos(), i64::MAX);
}
