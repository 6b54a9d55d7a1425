//! What was taken in all, by model.

use orchestrator::{pricing, transcripts::ModelUse};
use quarterdeck_shared::{
    Usd,
    usage::{Tokens, UsageRecord},
};
use std::collections::BTreeMap;

/// Tokens and their cost, by the plain name of the model.
#[derive(Clone, Debug, Default)]
pub struct Sums(BTreeMap<String, Sum>);

/// Of one model.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    pub tokens: Tokens,
    pub cost: Usd,
}

impl Sums {
    /// What these records say.
    pub fn of<'a>(records: impl Iterator<Item = &'a UsageRecord>) -> Self {
        let mut sums = Self::default();
        records.for_each(|record| sums.record(record));
        sums
    }

    /// What the runtime says.
    pub fn told(models: &BTreeMap<String, ModelUse>) -> Self {
        let mut sums = Self::default();
        for (model, used) in models {
            sums.add(model, used.tokens, used.cost.unwrap_or_default());
        }
        sums
    }

    /// Adds what a model took.
    pub fn add(&mut self, model: &str, tokens: Tokens, cost: Usd) {
        let sum = self.0.entry(pricing::plain(model).to_owned()).or_default();
        sum.tokens += tokens;
        sum.cost += cost;
    }

    /// Adds a record.
    pub fn record(&mut self, record: &UsageRecord) {
        self.add(&record.model, record.tokens, record.cost_usd);
    }

    /// What a model took.
    pub fn get(&self, model: &str) -> Sum {
        self.0.get(pricing::plain(model)).copied().unwrap_or_default()
    }

    /// The smaller of each.
    pub fn min(mut self, other: &Self) -> Self {
        for (model, sum) in &mut self.0 {
            let other = other.get(model);
            *sum = Sum { tokens: sum.tokens.min(other.tokens), cost: sum.cost.min(other.cost) };
        }
        self
    }

    /// Whether there are no more tokens of any kind and model here than there.
    pub fn fits_in(&self, other: &Self) -> bool {
        self.0.iter().all(|(model, sum)| sum.tokens.less(other.get(model).tokens).total() == 0)
    }
}
