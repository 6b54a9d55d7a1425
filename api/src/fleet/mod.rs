//! The fleet: carries out what core decides. Submit, cancel, approve; everything else follows by itself.

pub mod clock;
mod error;
mod rules;
pub mod runtime;

pub use error::FleetError;
pub use rules::FleetRules;

use crate::store::Store;
use quarterdeck_shared::{
    AgentId, ApprovalId, TaskId,
    agents::{AgentDetail, NewAgent, NewPrompt},
    approvals::{Approval, NewAnswer},
    runtimes::Runtime,
    tasks::{Estimate, NewEstimate, NewTask, Task},
};
use std::sync::Arc;

/// The fleet. Cheap to clone; every clone is the same fleet.
#[derive(Clone)]
pub struct Fleet {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
}

impl Fleet {
    /// Starts the fleet: what an earlier server left unfinished is told truthfully before this returns, and goes
    /// on in the background.
    pub async fn start(_rules: FleetRules, store: Store) -> Result<Self, FleetError> {
        Ok(Self { inner: Arc::new(Inner { store }) })
    }

    /// What the fleet remembers with.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Plans a task and starts it.
    pub async fn submit(&self, _new: NewTask) -> Result<Task, FleetError> {
        Err(FleetError::Stopping)
    }

    /// What the planner would make of a prompt, with what such tasks cost so far.
    pub async fn estimate(&self, _new: NewEstimate) -> Result<Estimate, FleetError> {
        Err(FleetError::Stopping)
    }

    /// Makes an agent; with a prompt it runs at once.
    pub async fn create(&self, _new: NewAgent) -> Result<AgentDetail, FleetError> {
        Err(FleetError::Stopping)
    }

    /// Says something to an agent. One that ended goes on in the same session.
    pub async fn prompt(&self, _id: AgentId, _new: NewPrompt) -> Result<AgentDetail, FleetError> {
        Err(FleetError::Stopping)
    }

    /// Stops an agent and its whole process tree; returns when it has ended.
    pub async fn cancel(&self, _id: AgentId) -> Result<AgentDetail, FleetError> {
        Err(FleetError::Stopping)
    }

    /// Takes an agent out of the lists; refused while it runs.
    pub async fn delete(&self, _id: AgentId) -> Result<(), FleetError> {
        Err(FleetError::Stopping)
    }

    /// Cancels a task that runs and returns it; takes one that ended out of the lists and returns nothing.
    pub async fn delete_task(&self, _id: TaskId) -> Result<Option<Task>, FleetError> {
        Err(FleetError::Stopping)
    }

    /// Answers a question, once.
    pub async fn answer(&self, _id: ApprovalId, _new: NewAnswer) -> Result<Approval, FleetError> {
        Err(FleetError::Stopping)
    }

    /// What can run an agent here.
    pub async fn runtimes(&self) -> Vec<Runtime> {
        Vec::new()
    }

    /// Takes no more work and ends every agent so that the next start resumes it.
    pub async fn stop(&self) {}
}
