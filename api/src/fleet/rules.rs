//! How the fleet works here: what the settings say of it.

use super::runtime::RuntimeRules;
use crate::prices::Prices;
use std::{path::PathBuf, time::Duration};

/// The fleet's settings.
#[derive(Clone)]
pub struct FleetRules {
    /// Where tasks without a directory of their own get one.
    pub work_dir: PathBuf,
    /// Below which folders agents may work.
    pub workspace_roots: Vec<PathBuf>,
    /// Whether agents may be started that never ask.
    pub allow_bypass_permissions: bool,
    /// Agents at work at the same time, over all tasks.
    pub max_agents: usize,
    /// Seconds a step may work, where its task says nothing else.
    pub step_seconds: u64,
    /// Agents that may try one step.
    pub max_attempts: u32,
    /// Seconds without a word after which an agent is said to make no progress.
    pub stall_seconds: u64,
    /// The shortest time between two pieces of an agent's words.
    pub activity_window: Duration,
    /// How long an agent may take to stop at a friendly word before it is ended.
    pub interrupt_grace: Duration,
    /// How long an agent that has nothing more to do may take to end by itself.
    pub close_grace: Duration,
    /// What the runtimes need.
    pub runtimes: RuntimeRules,
    /// What responses cost.
    pub prices: Prices,
}

impl FleetRules {
    /// The rules that hold with no configuration but a data directory.
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            work_dir: data_dir.join("work"),
            workspace_roots: Vec::new(),
            allow_bypass_permissions: false,
            max_agents: 8,
            step_seconds: 3600,
            max_attempts: 3,
            stall_seconds: 600,
            activity_window: Duration::from_millis(250),
            interrupt_grace: Duration::from_secs(2),
            close_grace: Duration::from_secs(10),
            runtimes: RuntimeRules::new(data_dir.join("prompts")),
            prices: Prices::default(),
        }
    }
}
