//! How well sums are known is counted beside them: records by the basis of their cost, in all and by day.

use crate::step::Step;

const COUNTED: &[&str] = &[
    "DELETE FROM counters WHERE name = 'usage/unpriced'",
    "INSERT INTO counters (day, name, value) \
     SELECT 0, 'usage/basis/' || cost_basis, count(*) FROM usage_records WHERE NOT replayed GROUP BY cost_basis",
    "INSERT INTO counters (day, name, value) \
     SELECT at / 86400000000, 'usage/basis/' || cost_basis, count(*) FROM usage_records \
     WHERE NOT replayed AND at >= 86400000000 GROUP BY at / 86400000000, cost_basis",
];

pub const STEP: Step = Step { name: "m20261123_000013_basis", statements: COUNTED, ..Step::EMPTY };
