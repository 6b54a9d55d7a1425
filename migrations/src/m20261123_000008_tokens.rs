//! What a token may be used for. Those that were made before may do everything: which of them `connect` gave agents is
//! not for their names to say, and `doctor` looks at that one by its id.

use crate::step::Step;

const COLUMNS: &[(&str, &str)] = &[("tokens", "scope text = 'all'")];

pub const STEP: Step = Step { name: "m20261123_000008_tokens", columns: COLUMNS, ..Step::EMPTY };
