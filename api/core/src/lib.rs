//! The rules of the fleet: what to run, in which order, at which price. Pure: no IO, clock or chance.

pub mod accounts;
pub mod agent_logs;
pub mod agents;
mod bounds;
pub mod conversations;
pub mod figures;
pub mod files;
pub mod handovers;
pub mod hooks;
pub mod ledger;
pub mod live;
pub mod logs;
pub mod metrics;
pub mod monitor;
pub mod otlp;
pub mod planner;
pub mod plans;
pub mod pricing;
pub mod prompts;
pub mod replay;
pub mod search;
pub mod secrets;
pub mod tasks;
pub mod transcripts;
pub mod usage;
pub mod workflows;
