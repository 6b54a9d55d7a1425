//! Settings as the page shows them, and what the product says of itself.

use crate::{runtimes::Runtime, usage::Totals};
use serde::{Deserialize, Serialize};

/// One setting, its value and where that came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Setting {
    /// Its key in `quarterdeck.toml`.
    pub name: String,
    /// Its environment variable.
    pub variable: String,
    /// Its value; secrets are masked.
    pub value: String,
    /// `flag`, `environment`, `file` or `default`.
    pub origin: String,
    /// What it does.
    pub help: String,
}

/// Settings, directories and runtimes in one reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settings {
    /// Every setting.
    pub settings: Vec<Setting>,
    /// Where agents may work.
    pub workspace_roots: Vec<String>,
    /// Where recent tasks worked, newest first, at most ten.
    pub recent_directories: Vec<String>,
    /// What can run an agent here.
    pub runtimes: Vec<Runtime>,
    /// Where the data lies.
    pub data_dir: String,
    /// `sqlite` or `postgres`.
    pub database: String,
}

/// The product's version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Version {
    /// The product's name.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// The newest migration this program knows.
    pub schema: String,
}

/// The fleet at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// The product's version.
    pub version: String,
    /// Every change up to this event is in the figures.
    pub seq: i64,
    /// Seconds since the server started.
    pub uptime_seconds: i64,
    /// The figures.
    pub totals: Totals,
    /// What can run an agent here.
    pub runtimes: Vec<Runtime>,
}

/// Whether the server may be given work, part by part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Readiness {
    /// `ready` or `unavailable`.
    pub status: String,
    /// The parts; left out for strangers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
}

/// One part that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// `database`, `migrations`, `disk`, `events`.
    pub name: String,
    /// Whether it holds.
    pub ok: bool,
    /// What was seen.
    pub message: String,
}

/// The server is alive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Always `alive`.
    pub status: String,
}
