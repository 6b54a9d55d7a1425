//! Quarterdeck's server: core decides, fleet does, http speaks, store remembers.

mod apart;
pub mod cli;
pub mod config;
pub mod conversations;
pub mod costs;
pub mod error;
pub mod files;
pub mod fleet;
pub mod http;
pub mod jobs;
pub mod logs;
mod pace;
pub mod prices;
pub mod replay;
pub mod search;
pub mod sources;
pub mod store;

use http::StartError;
use rocket::{Build, Rocket};

/// The whole server of these settings, put together and not started.
pub async fn rocket(config: config::Config) -> Result<Rocket<Build>, StartError> {
    http::assemble(config).await
}
