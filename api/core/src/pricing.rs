//! Prices: what one response of the model's API cost, by a dated table, to the nano-dollar.

use crate::usage::Observed;
use quarterdeck_shared::{Usd, usage::CostBasis};

/// What one response cost and how that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priced {
    /// The cost; nothing where the basis is `unknown`.
    pub cost: Usd,
    /// `computed`; `lower_bound` while the response is not complete; `unknown` without a price.
    pub basis: CostBasis,
    /// The date of the table; `None` where the basis is `unknown`.
    pub version: Option<String>,
}

/// Prices by model.
#[derive(Clone, Debug)]
pub struct PriceTable {
    version: String,
}

impl PriceTable {
    /// The table inside the program.
    pub fn bundled() -> &'static Self {
        unimplemented!()
    }

    /// The date of the table.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What a response of this model cost.
    pub fn price(&self, model: &str, observed: &Observed) -> Priced {
        let _ = (model, observed);
        unimplemented!()
    }

    /// Tokens the model's window holds, as far as the table knows; what the runtime said goes before.
    pub fn window(&self, model: &str) -> Option<u64> {
        let _ = model;
        unimplemented!()
    }
}
