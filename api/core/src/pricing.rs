//! Prices: what one response of the model's API cost, by a dated table, to the nano-dollar.

mod table;

use crate::usage::Observed;
use quarterdeck_shared::{Usd, json, usage::CostBasis};
use std::sync::OnceLock;
use table::{Model, Rates, Table};

/// What one response cost and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priced {
    /// The cost; nothing where the basis is `unknown`.
    pub cost: Usd,
    /// `computed`; `lower_bound` while the response is not complete or hides what it took; `unknown` without a price.
    pub basis: CostBasis,
    /// The date of the table; `None` where the basis is `unknown`.
    pub version: Option<String>,
}

/// Prices by model.
#[derive(Clone, Debug)]
pub struct PriceTable(Table);

/// The end of a model's name that asks for the large window.
const LARGE: &str = "[1m]";
/// That window.
const LARGE_WINDOW: u64 = 1_000_000;

impl PriceTable {
    /// The table inside the program.
    pub fn bundled() -> &'static Self {
        static BUNDLED: OnceLock<PriceTable> = OnceLock::new();
        BUNDLED.get_or_init(|| Self(json::read(include_str!("../prices.json")).unwrap_or_default()))
    }

    /// The date of the table.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// What a response of this model cost: its prompt's tier, its speed and its region counted in.
    pub fn price(&self, model: &str, observed: &Observed) -> Priced {
        let Some(found) = self.find(model) else {
            return Priced { cost: Usd::ZERO, basis: CostBasis::Unknown, version: None };
        };
        let split = observed.cache_5m.saturating_add(observed.cache_1h) >= observed.tokens.cache_creation;
        let (factor, factor_known) = self.factor(found, region(model), observed);
        let tokens = scaled(weigh(found.rates(observed.tokens.prompt()), observed), factor);
        let searches = u128::from(observed.web_searches) * u128::from(self.0.web_search.0);
        let nanos = i64::try_from(tokens + searches).unwrap_or(i64::MAX);
        let known = observed.complete && split && factor_known;
        Priced {
            cost: Usd::from_nanos(nanos),
            basis: if known { CostBasis::Computed } else { CostBasis::LowerBound },
            version: Some(self.0.version.clone()),
        }
    }

    /// Tokens the model's window holds in the runtime unless it is told otherwise; what the runtime said goes before.
    pub fn window(&self, model: &str) -> Option<u64> {
        if model.ends_with(LARGE) {
            return Some(LARGE_WINDOW);
        }
        self.find(model).map(|found| found.window)
    }

    fn find(&self, model: &str) -> Option<&Model> {
        let plain = plain(model);
        self.0.models.iter().find(|known| known.id == plain)
    }

    /// By how much the price is raised, in units of [`ONE`], and whether that is all.
    fn factor(&self, model: &Model, region: Option<&str>, observed: &Observed) -> (u128, bool) {
        let mut factors = Vec::new();
        let mut known = true;
        if observed.speed.as_deref() == Some("fast") {
            known &= model.fast.is_some();
            factors.extend(model.fast);
        }
        factors.extend(observed.geo.as_deref().and_then(|geo| model.geo.get(geo).copied()));
        if let Some(region) = region.filter(|region| model.regional && *region != "global") {
            known &= self.0.regions.contains_key(region);
            factors.extend(self.0.regions.get(region));
        }
        (factors.iter().fold(ONE, |factor, by| factor * u128::from(by.0) / ONE), known)
    }
}

/// A factor of one, in nanos.
const ONE: u128 = 1_000_000_000;

/// Tokens times price, in nano-dollars times a million. Cache writes whose life is not said are those of five minutes.
fn weigh(rates: &Rates, observed: &Observed) -> u128 {
    let writes_1h = observed.cache_1h.min(observed.tokens.cache_creation);
    let writes_5m = observed.tokens.cache_creation - writes_1h;
    [
        (observed.tokens.input, rates.input),
        (observed.tokens.output, rates.output),
        (observed.tokens.cache_read, rates.read),
        (writes_5m, rates.write_5m),
        (writes_1h, rates.write_1h),
    ]
    .iter()
    .map(|(tokens, rate)| u128::from(*tokens) * u128::from(rate.0))
    .sum()
}

/// Nano-dollars, rounded half up.
fn scaled(weighed: u128, factor: u128) -> u128 {
    let unit = 1_000_000 * ONE;
    (weighed * factor + unit / 2) / unit
}

/// A model's name as the table has it: without its provider, region, revision, date and window.
pub fn plain(model: &str) -> &str {
    let start = model.find("claude-").unwrap_or_default();
    let name = model.get(start..).unwrap_or(model);
    let name = name.split(['[', '@', ':']).next().unwrap_or(name);
    let name = name.strip_suffix("-latest").unwrap_or(name);
    let name = without_last(name, |last| last.len() == 2 && last.starts_with('v')).unwrap_or(name);
    let dated = without_last(name, |last| last.len() == 8 && last.bytes().all(|byte| byte.is_ascii_digit()));
    let name = dated.unwrap_or(name);
    match name.strip_suffix("-0") {
        Some(family) if family.matches('-').count() == 2 => family,
        _ => name,
    }
}

fn without_last(name: &str, fits: impl Fn(&str) -> bool) -> Option<&str> {
    name.rsplit_once('-').filter(|(_, last)| fits(last)).map(|(rest, _)| rest)
}

/// The region a provider puts before the name: `eu` in `eu.anthropic.claude-…`.
fn region(model: &str) -> Option<&str> {
    let before = model.rsplit('/').next()?.split("anthropic.claude-").next()?;
    before.strip_suffix('.').filter(|region| !region.is_empty() && region.len() < 8)
}

#[cfg(test)]
mod tests;
