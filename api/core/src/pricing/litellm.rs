//! Prices as LiteLLM's `model_prices_and_context_window.json` writes them: dollars for one token, as floats, a model
//! once for every provider.

use super::{
    NoPrices, ONE, is_findable, plain, region,
    table::{Model, Nanos, Rates, Table, Tier},
};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

type Entry = Map<String, Value>;

/// The table with this date. It says nothing of windows in the runtime or of regions' factors: of models that are
/// known those stay as they were.
pub(super) fn read(text: &str, dated: &str, before: &Table) -> Result<Table, NoPrices> {
    let all: BTreeMap<String, Value> =
        serde_json::from_str(text).map_err(|error| NoPrices::Unreadable(error.to_string()))?;
    let entries: Vec<(&str, &Entry)> = all
        .iter()
        .filter_map(|(name, entry)| Some((name.as_str(), entry.as_object()?)))
        .filter(|(name, _)| name.contains("claude-") && is_findable(plain(name)))
        .collect();
    let mut models: BTreeMap<&str, Model> = BTreeMap::new();
    // The API's own prices; those of who sells it on, where there is no other and no region in the name.
    for own in [true, false] {
        for (name, entry) in &entries {
            let is_own = entry.get("litellm_provider").and_then(Value::as_str) == Some("anthropic");
            let is_only = region(name).is_none() && before.models.iter().all(|model| model.id != plain(name));
            if is_own == own
                && (is_own || is_only)
                && let Some(model) = model(plain(name), entry, before)
            {
                models.entry(plain(name)).or_insert(model);
            }
        }
    }
    if models.is_empty() {
        return Err(NoPrices::Models("there is no price of a Claude model in it".into()));
    }
    let listed = |id: &str| before.models.iter().position(|model| model.id == id).unwrap_or(usize::MAX);
    let gone = before.models.iter().filter(|model| !models.contains_key(model.id.as_str())).cloned();
    let mut models: Vec<Model> = gone.chain(models.values().cloned()).collect();
    models.sort_by_key(|model| listed(&model.id));
    let search = entries.iter().find_map(|(_, entry)| {
        let costs = entry.get("search_context_cost_per_query")?;
        nanos(costs.get("search_context_size_medium"), 1.0)
    });
    let web_search = search.or(before.web_search);
    Ok(Table { version: dated.to_owned(), web_search, regions: before.regions.clone(), models })
}

fn model(id: &str, entry: &Entry, before: &Table) -> Option<Model> {
    let known = before.models.iter().find(|model| model.id == id);
    let plain_rates = rates(entry, "")?;
    let tier = entry.keys().find_map(|key| {
        let tokens = key.strip_prefix("input_cost_per_token_above_")?.strip_suffix("k_tokens")?;
        tokens.parse::<u64>().ok()
    });
    let above = tier.and_then(|thousands| {
        let rates = rates(entry, &format!("_above_{thousands}k_tokens"))?;
        Some(Tier { prompt_tokens: thousands.checked_mul(1_000)?, rates })
    });
    let special = |name: &str| nanos(entry.get("provider_specific_entry").and_then(|it| it.get(name)), 1.0);
    let batch = nanos(entry.get("input_cost_per_token_batches"), PER_MILLION).and_then(|batch| {
        let factor = u128::from(batch.0) * ONE / u128::from(plain_rates.input.0.max(1));
        u64::try_from(factor).ok().map(Nanos)
    });
    Some(Model {
        id: id.to_owned(),
        window: known
            .map(|known| known.window)
            .or_else(|| entry.get("max_input_tokens")?.as_u64())
            .unwrap_or_default(),
        rates: plain_rates,
        above,
        geo: special("us").map(|us| ("us".to_owned(), us)).into_iter().collect(),
        regional: known.is_some_and(|known| known.regional),
        fast: special("fast"),
        batch: batch.or_else(|| known.and_then(|known| known.batch)),
        version: None,
    })
}

/// Dollars for one token to dollars for a million.
const PER_MILLION: f64 = 1e6;

/// What it does not price apart costs what is sent.
fn rates(entry: &Entry, suffix: &str) -> Option<Rates> {
    let rate = |name: &str| nanos(entry.get(&format!("{name}{suffix}")), PER_MILLION);
    let input = rate("input_cost_per_token")?;
    let write_5m = rate("cache_creation_input_token_cost").unwrap_or(input);
    Some(Rates {
        input,
        output: rate("output_cost_per_token")?,
        write_5m,
        write_1h: rate("cache_creation_input_token_cost_above_1hr").unwrap_or(write_5m),
        read: rate("cache_read_input_token_cost").unwrap_or(input),
    })
}

/// A float of dollars, to the nano-dollar.
fn nanos(value: Option<&Value>, times: f64) -> Option<Nanos> {
    let nanos = (value?.as_f64()? * times * 1e9).round();
    (nanos.is_finite() && (0.0..1e18).contains(&nanos)).then_some(Nanos(nanos as u64))
}
