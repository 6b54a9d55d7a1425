//! Prices: what one response of the model's API cost, by a dated table, to the nano-dollar.

mod litellm;
mod table;

use crate::usage::Observed;
use quarterdeck_shared::{Usd, usage::CostBasis};
use std::{fmt, sync::OnceLock};
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PriceTable(Table);

/// What one model costs, in the words people compare: dollars for a million tokens.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ModelPrice {
    /// The model.
    pub model: String,
    /// The table's date.
    pub version: String,
    /// Tokens of the window it has in the runtime.
    pub window: u64,
    /// What is sent.
    pub input: Usd,
    /// What is answered.
    pub output: Usd,
    /// What is kept for five minutes.
    pub write_5m: Usd,
    /// What is kept for an hour.
    pub write_1h: Usd,
    /// What was kept and is read again.
    pub read: Usd,
    /// Prompts of more tokens than this have prices of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<u64>,
}

/// Why a text is no table of prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPrices {
    /// It is no JSON of either form.
    Unreadable(String),
    /// It has a model twice, or none.
    Models(String),
    /// Its date is no date, or missing where the form has none.
    Undated,
}

impl fmt::Display for NoPrices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => {
                write!(f, "no table of prices, neither Quarterdeck's nor LiteLLM's: {why}")
            }
            Self::Models(why) => f.write_str(why),
            Self::Undated => f.write_str("the date of a table of prices is written 2026-11-22"),
        }
    }
}

impl std::error::Error for NoPrices {}

/// The speed of what waits in a batch.
pub(crate) const BATCH: &str = "batch";
/// The end of a model's name that asks for the large window.
const LARGE: &str = "[1m]";
/// That window.
const LARGE_WINDOW: u64 = 1_000_000;

impl PriceTable {
    /// The table inside the program.
    pub fn bundled() -> &'static Self {
        static BUNDLED: OnceLock<PriceTable> = OnceLock::new();
        // That it can be read is a test's to hold.
        BUNDLED.get_or_init(|| Self::read(include_str!("../prices.json")).unwrap_or_default())
    }

    /// A table as [`PriceTable::written`] writes it.
    pub fn read(text: &str) -> Result<Self, NoPrices> {
        let table: Table =
            serde_json::from_str(text).map_err(|error| NoPrices::Unreadable(error.to_string()))?;
        Self(table).checked()
    }

    /// This table with what a file says instead: a table of Quarterdeck's own form, or LiteLLM's
    /// `model_prices_and_context_window.json`, which has no date: it is that of `dated`.
    pub fn updated(&self, text: &str, dated: &str) -> Result<Self, NoPrices> {
        let is_own = serde_json::from_str::<serde_json::Value>(text)
            .map_err(|error| NoPrices::Unreadable(error.to_string()))?
            .get("models")
            .is_some();
        if is_own { Self::read(text) } else { Self(litellm::read(text, dated, &self.0)?).checked() }
    }

    /// This table with somebody's own prices before it. What those price says so: its version is `own` and its date.
    #[must_use]
    pub fn with_own(&self, own: &Self) -> Self {
        let mut table = self.0.clone();
        let version = Some(format!("own {}", own.0.version));
        let own_models = own.0.models.iter().map(|model| Model { version: version.clone(), ..model.clone() });
        table.models.retain(|model| own.0.models.iter().all(|own| own.id != model.id));
        table.models.splice(0..0, own_models);
        table.regions.extend(own.0.regions.clone());
        table.web_search = own.0.web_search.or(table.web_search);
        Self(table)
    }

    /// The table as it is kept: JSON that [`PriceTable::read`] reads.
    pub fn written(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.0)
    }

    /// The date of the table.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// What each model costs, in the table's order.
    pub fn models(&self) -> impl Iterator<Item = ModelPrice> {
        self.0.models.iter().map(|model| {
            let rates = model.rates(0);
            let usd = |nanos: table::Nanos| Usd::from_nanos(i64::try_from(nanos.0).unwrap_or(i64::MAX));
            ModelPrice {
                model: model.id.clone(),
                version: self.version_of(model),
                window: model.window,
                input: usd(rates.input),
                output: usd(rates.output),
                write_5m: usd(rates.write_5m),
                write_1h: usd(rates.write_1h),
                read: usd(rates.read),
                above: model.above.as_ref().map(|tier| tier.prompt_tokens),
            }
        })
    }

    fn checked(self) -> Result<Self, NoPrices> {
        let mut known = std::collections::HashSet::new();
        if let Some(twice) = self.0.models.iter().find(|model| !known.insert(&model.id)) {
            return Err(NoPrices::Models(format!("a table of prices has {} twice", twice.id)));
        }
        if let Some(strange) = self.0.models.iter().find(|model| !is_findable(&model.id)) {
            let plain = plain(&strange.id);
            return Err(NoPrices::Models(format!("{} would never be found; name it {plain}", strange.id)));
        }
        let form = self.0.version.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        match () {
            () if self.0.models.is_empty() => Err(NoPrices::Models("a table of prices has models".into())),
            () if !form || self.0.version.len() != 10 => Err(NoPrices::Undated),
            () => Ok(self),
        }
    }

    fn version_of(&self, model: &Model) -> String {
        model.version.as_ref().unwrap_or(&self.0.version).clone()
    }

    /// What a response of this model cost: its prompt's tier, its speed and its region counted in.
    pub fn price(&self, model: &str, observed: &Observed) -> Priced {
        let Some(found) = self.find(model) else {
            return Priced { cost: Usd::ZERO, basis: CostBasis::Unknown, version: None };
        };
        let split = observed.cache_5m.saturating_add(observed.cache_1h) >= observed.tokens.cache_creation;
        let (factor, factor_known) = self.factor(found, region(model), observed);
        let tokens = scaled(weigh(found.rates(observed.tokens.prompt()), observed), factor);
        let search = self.0.web_search.unwrap_or_default();
        let searches = u128::from(observed.web_searches) * u128::from(search.0);
        let nanos = i64::try_from(tokens.saturating_add(searches)).unwrap_or(i64::MAX);
        let known = observed.complete && split && factor_known;
        Priced {
            cost: Usd::from_nanos(nanos),
            basis: if known { CostBasis::Computed } else { CostBasis::LowerBound },
            version: Some(self.version_of(found)),
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
        let special = match observed.speed.as_deref() {
            Some("fast") => Some(model.fast),
            Some(BATCH) => Some(model.batch),
            _ => None,
        };
        if let Some(factor) = special {
            known &= factor.is_some();
            factors.extend(factor);
        }
        factors.extend(observed.geo.as_deref().and_then(|geo| model.geo.get(geo).copied()));
        if let Some(region) = region.filter(|region| model.regional && *region != "global") {
            known &= self.0.regions.contains_key(region);
            factors.extend(self.0.regions.get(region));
        }
        let raised = |factor: u128, by: &table::Nanos| factor.saturating_mul(u128::from(by.0)) / ONE;
        (factors.iter().fold(ONE, raised), known)
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
    .fold(0, u128::saturating_add)
}

/// Nano-dollars, rounded half up.
fn scaled(weighed: u128, factor: u128) -> u128 {
    let unit = 1_000_000 * ONE;
    weighed.saturating_mul(factor).saturating_add(unit / 2) / unit
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

/// Whether a name in a table is one that some model's name becomes.
fn is_findable(name: &str) -> bool {
    plain(name) == name
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
