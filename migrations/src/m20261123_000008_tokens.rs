//! What a token may be used for. Those that were made before may do everything, but for what `connect` gave agents.

use crate::step::Step;

const COLUMNS: &[(&str, &str)] = &[("tokens", "scope text = 'all'")];

const NARROWED: &[&str] = &["UPDATE tokens SET scope = 'ingest' WHERE name = 'connect'"];

pub const STEP: Step =
    Step { name: "m20261123_000008_tokens", columns: COLUMNS, statements: NARROWED, ..Step::EMPTY };
