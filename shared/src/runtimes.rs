//! Runtimes: what can run an agent here.

use serde::{Deserialize, Serialize};

/// One runtime and whether it works here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Runtime {
    /// Its name on the wire.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Whether it can start an agent now.
    pub available: bool,
    /// The version it said, where it has one.
    pub version: Option<String>,
    /// What is wrong and what to do, or what it is.
    pub message: String,
    /// Whether its usage counts: a recording's does not.
    pub counts: bool,
}
