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
    costs("claude-opus-5-5", &with(Some("batch"), None), "2", CostBasis::Computed);
    costs("claude-opus-5-5", &with(Some("batch"), Some("us")), "2.2", CostBasis::Computed);
    costs("claude-3-opus", &with(Some("batch"), None), "15", CostBasis::LowerBound);
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

#[test]
fn absurd_prices_do_not_overflow() {
    let most = u64::MAX;
    let all = Observed {
        tokens: Tokens { input: most / 4, output: most / 4, cache_creation: most / 4, cache_read: most / 4 },
        speed: Some("fast".to_owned()),
        geo: Some("us".to_owned()),
        ..Observed::default()
    };
    let rates = r#"{"input": "9000000000", "output": "9000000000", "write_5m": "9000000000",
        "write_1h": "9000000000", "read": "9000000000"}"#;
    let dear = format!(
        r#"{{"version": "2026-12-01", "models": [{{"id": "dear", "window": 1, "rates": {rates},
            "geo": {{"us": "9000000000"}}, "fast": "9000000000"}}]}}"#
    );
    assert_eq!(PriceTable::read(&dear).unwrap().price("dear", &all).cost.nanos(), i64::MAX);
    let tier = r#"{"claude-x-1": {"litellm_provider": "anthropic", "input_cost_per_token": 1e-6,
        "output_cost_per_token": 1e-6, "input_cost_per_token_above_18446744073709551615k_tokens": 1e-6,
        "output_cost_per_token_above_18446744073709551615k_tokens": 1e-6}}"#;
    let table = PriceTable::bundled().updated(tier, "2026-12-01").unwrap();
    assert_eq!(table.find("claude-x-1").unwrap().above, None, "no prompt is as long");
}

const OWN: &str = r#"{"version": "2026-12-01", "models": [
    {"id": "my-model", "window": 1000, "rates":
        {"input": "1", "output": "2", "write_5m": "3", "write_1h": "4", "read": "5"}},
    {"id": "claude-opus-5", "window": 1000000, "rates":
        {"input": "4", "output": "20", "write_5m": "5", "write_1h": "8", "read": "0.2"}}]}"#;

#[test]
fn a_table_is_read_as_it_was_written() {
    let table = PriceTable::bundled();
    assert_eq!(PriceTable::read(&table.written().unwrap()).unwrap(), *table);
}

#[test]
fn own_prices_go_first_and_say_so() {
    let table = PriceTable::bundled().with_own(&PriceTable::read(OWN).unwrap());
    let priced = |model: &str| table.price(model, &observed(1_000_000, 0, 0, 0, 0));
    let own = priced("my-model");
    assert_eq!((own.cost.to_string().as_str(), own.version.as_deref()), ("1", Some("own 2026-12-01")));
    assert_eq!(priced("claude-opus-5-20260101").cost.to_string(), "4");
    assert_eq!(priced("claude-haiku-4-5").version.as_deref(), Some("2026-11-22"));
    assert_eq!(table.models().next().unwrap().model, "my-model");
}

#[test]
fn what_is_no_table_is_refused_with_its_reason() {
    for (text, reason) in [
        ("", "no table of prices"),
        ("{}", "no price of a Claude model"),
        (r#"{"models": []}"#, "missing field `version`"),
        (r#"{"version": "2026-12-01", "models": []}"#, "has models"),
        (&OWN.replace("2026-12-01", "soon"), "2026-11-22"),
        (&OWN.replace("my-model", "claude-opus-5"), "claude-opus-5 twice"),
        (&OWN.replace("my-model", "claude-opus-5-20260101"), "name it claude-opus-5"),
        (&OWN.replace("\"1\"", "\"-1\""), "not negative"),
        (&OWN.replace("\"1\"", "1"), "invalid type"),
    ] {
        let error = PriceTable::bundled().updated(text, "2026-12-01").unwrap_err().to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn litellms_form_gives_the_same_prices() {
    let text = r#"{"sample_spec": {"mode": "chat"}, "gpt": {"input_cost_per_token": 1.0},
        "us.anthropic.claude-haiku-5-5": {"litellm_provider": "bedrock", "input_cost_per_token": 1.1e-7,
            "output_cost_per_token": 5.5e-7},
        "claude-haiku-5-5": {"litellm_provider": "anthropic", "max_input_tokens": 1000000,
            "input_cost_per_token": 1e-7, "output_cost_per_token": 5e-7,
            "cache_creation_input_token_cost": 1.25e-7, "cache_creation_input_token_cost_above_1hr": 2e-7,
            "cache_read_input_token_cost": 1e-8, "input_cost_per_token_batches": 5e-8,
            "input_cost_per_token_above_100k_tokens": 5e-7, "output_cost_per_token_above_100k_tokens": 2.5e-6,
            "cache_creation_input_token_cost_above_100k_tokens": 6.25e-7,
            "cache_creation_input_token_cost_above_1hr_above_100k_tokens": 1e-6,
            "cache_read_input_token_cost_above_100k_tokens": 5e-8, "provider_specific_entry": {"us": 1.1}},
        "claude-next-1": {"litellm_provider": "anthropic", "max_input_tokens": 5, "input_cost_per_token": 1e-6,
            "output_cost_per_token": 2e-6}}"#;
    let bundled = PriceTable::bundled();
    let table = bundled.updated(text, "2026-12-24").unwrap();
    assert_eq!(table.version(), "2026-12-24");
    let found = |table: &PriceTable, id: &str| table.find(id).cloned();
    assert_eq!(found(&table, "claude-haiku-5-5"), found(bundled, "claude-haiku-5-5"));
    assert_eq!(found(&table, "claude-opus-5"), found(bundled, "claude-opus-5"), "what it leaves out stays");
    assert_eq!(table.0.models.len(), bundled.0.models.len() + 1);
    assert_eq!(table.window("claude-next-1"), Some(5));
    assert_eq!(bundled.updated(text, "").unwrap_err(), NoPrices::Undated);
}

#[test]
fn a_name_that_no_model_has_costs_a_file_of_litellms_that_name_alone() {
    let rates =
        r#"{"litellm_provider": "anthropic", "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}"#;
    let text = format!(
        r#"{{"claude-x-20240101-20240102": {rates}, "claude-y-v1-latest": {rates}, "claude-next-1": {rates}}}"#
    );
    let table = PriceTable::bundled().updated(&text, "2026-12-24").unwrap();
    assert_eq!(table.0.models.len(), PriceTable::bundled().0.models.len() + 2);
    assert!(table.find("claude-next-1").is_some() && table.find("claude-y").is_some());
}
