//! Who was at work in a stretch of time is found without walking over everybody there ever was.

use crate::step::Step;

const INDEX: &str = "CREATE INDEX agents_by_finished ON agents (finished_at)";

pub const STEP: Step = Step { name: "m20261123_000010_metrics", statements: &[INDEX], ..Step::EMPTY };
