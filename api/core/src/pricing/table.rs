//! The table of prices as it is written down: dollars for a million tokens, as decimal texts.

use quarterdeck_shared::Usd;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::collections::BTreeMap;

/// A decimal that is not negative, in billionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Nanos(pub u64);

impl<'de> Deserialize<'de> for Nanos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let amount = Usd::deserialize(deserializer)?;
        u64::try_from(amount.nanos()).map(Self).map_err(|_| D::Error::custom("a price is not negative"))
    }
}

impl Serialize for Nanos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Usd::from_nanos(i64::try_from(self.0).unwrap_or(i64::MAX)).serialize(serializer)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// The date the prices were looked up.
    pub version: String,
    /// One search of the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_search: Option<Nanos>,
    /// By how much a provider raises the price in a region.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub regions: BTreeMap<String, Nanos>,
    pub models: Vec<Model>,
}

/// One model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Model {
    pub id: String,
    /// Tokens of its window in the runtime.
    pub window: u64,
    pub rates: Rates,
    /// Prices of requests with larger prompts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Tier>,
    /// By how much the API raises the price where the request must stay in a region.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub geo: BTreeMap<String, Nanos>,
    /// Whether a provider's region raises the price.
    #[serde(default)]
    pub regional: bool,
    /// By how much it raises the price for speed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fast: Option<Nanos>,
    /// By how much it lowers the price of a request that may wait in a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<Nanos>,
    /// Of another table than the one it stands in: that table's name.
    #[serde(skip)]
    pub version: Option<String>,
}

impl Model {
    /// The prices of one request with a prompt of so many tokens.
    pub(super) fn rates(&self, prompt_tokens: u64) -> &Rates {
        match &self.above {
            Some(tier) if prompt_tokens > tier.prompt_tokens => &tier.rates,
            _ => &self.rates,
        }
    }
}

/// What larger prompts cost.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tier {
    /// Prompts of more tokens than these.
    pub prompt_tokens: u64,
    pub rates: Rates,
}

/// Dollars for a million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rates {
    pub input: Nanos,
    pub output: Nanos,
    pub write_5m: Nanos,
    pub write_1h: Nanos,
    pub read: Nanos,
}
