//! Who tells what an agent said and did to files: a file of its thread, or events alone.

use super::{Store, StoreError, sql::Sql, table::groups};
use quarterdeck_shared::AgentId;
use std::collections::HashSet;

impl Store {
    /// Which of these agents have a file that can be searched of their own thread: an agent of our own has the main one of
    /// its session. Recordings have none. The files of an agent's log tell as much.
    pub async fn told_by_files(&self, agents: &[AgentId]) -> Result<HashSet<AgentId>, StoreError> {
        let query = "SELECT DISTINCT agents.id FROM agents
             LEFT JOIN threads ON threads.session_id = agents.session_id AND threads.agent_id = agents.id
             JOIN thread_files ON thread_files.session_id = agents.session_id
                 AND thread_files.thread_id = coalesce(threads.thread_id, '')
             JOIN indexed_files ON indexed_files.path = thread_files.path
             WHERE agents.runtime <> 'replay'
                 AND indexed_files.inode <> 0 AND indexed_files.indexed_bytes > 0 AND agents.id IN";
        let by_logs = "SELECT DISTINCT threads.agent_id FROM threads
             JOIN source_files ON source_files.session_id = threads.session_id
             JOIN indexed_files ON indexed_files.path = source_files.path
             WHERE source_files.source = 'agent_logs'
                 AND indexed_files.inode <> 0 AND indexed_files.indexed_bytes > 0 AND threads.agent_id IN";
        self.those_of(agents, &[query, by_logs]).await
    }

    /// Of which of these agents something can be searched, or is known that was done to files, that events told.
    pub async fn told_by_events(&self, agents: &[AgentId]) -> Result<HashSet<AgentId>, StoreError> {
        let queries = [
            "SELECT DISTINCT agent_id FROM documents WHERE file_id IS NULL AND agent_id IN",
            "SELECT DISTINCT agent_id FROM file_changes WHERE file_id IS NULL AND agent_id IN",
        ];
        self.those_of(agents, &queries).await
    }

    /// Those of these agents that any of the queries gives; each ends where they are listed.
    async fn those_of(&self, agents: &[AgentId], queries: &[&str]) -> Result<HashSet<AgentId>, StoreError> {
        let mut found = HashSet::new();
        let ids: Vec<_> = agents.iter().map(|agent| agent.0).collect();
        for group in groups(&ids) {
            for query in queries {
                let mut query = Sql::new(format!("{query} ("));
                query.bind_all(group.iter().map(|id| (*id).into())).push(")");
                found.extend(query.all(self.readers(), |fields| Ok(AgentId(fields.id()?))).await?);
            }
        }
        Ok(found)
    }
}
