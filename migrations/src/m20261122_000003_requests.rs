//! Responses are found by their request as well: telemetry knows nothing else of them.

use crate::step::Step;

const INDEX: &str = "CREATE INDEX usage_of_request ON usage_records (request_id) WHERE request_id <> ''";

pub const STEP: Step = Step { name: "m20261122_000003_requests", statements: &[INDEX], ..Step::EMPTY };
