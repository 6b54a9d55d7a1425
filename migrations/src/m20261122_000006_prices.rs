//! What records were priced at before their history was priced anew.

use crate::step::Step;

/// Name, primary key, columns.
const TABLES: &[(&str, &str, &str)] = &[(
    "former_prices",
    "record_id, price_version",
    "record_id id, price_version key, cost_nanos number, cost_basis text, until number",
)];

pub const STEP: Step = Step { name: "m20261122_000006_prices", tables: TABLES, ..Step::EMPTY };
