//! Agents: one row each, and what they called and touched.

use super::{Store, StoreError, unbuilt};
use quarterdeck_shared::{
    AgentId, Page,
    agents::{Agent, AgentDetail, AgentQuery},
};

impl Store {
    /// One agent with its configuration, tools and files; deleted ones too.
    pub async fn agent(&self, _id: AgentId) -> Result<Option<AgentDetail>, StoreError> {
        Err(unbuilt())
    }

    /// Agents by page, filter and order.
    pub async fn agents(&self, _query: &AgentQuery) -> Result<Page<Agent>, StoreError> {
        Err(unbuilt())
    }

    /// Every agent whose process is supposed to live, oldest first.
    pub async fn active_agents(&self) -> Result<Vec<AgentDetail>, StoreError> {
        Err(unbuilt())
    }
}
