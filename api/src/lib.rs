//! Quarterdeck's server: core decides, fleet does, http speaks, store remembers.

pub mod config;
pub mod error;
pub mod fleet;
pub mod store;
