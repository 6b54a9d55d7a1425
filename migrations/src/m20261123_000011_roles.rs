//! The records of a role are found without walking over those of sessions that were started elsewhere: these are all of
//! one role, and are no entry of the index, so that taking them in costs nothing more.

use crate::step::Step;

const INDEX: &str = "CREATE INDEX usage_of_role ON usage_records (role, at, id) WHERE role <> 'CUSTOM'";

pub const STEP: Step = Step { name: "m20261123_000011_roles", statements: &[INDEX], ..Step::EMPTY };
