//! What sources need to know: how far their files are read, whose the threads are, what is known of responses.

use super::{
    FileRow, Store, StoreError,
    rows::{
        agents::{AGENTS, read as read_agent},
        sources::{SOURCE_FILES, read_file},
        tasks::{TASKS, read as read_task},
        usage::{USAGE, read},
    },
    sql::{self, Sql},
    table::groups,
};
use quarterdeck_shared::{
    AgentId, TaskId,
    agents::{Agent, AgentDetail},
    tasks::Task,
    usage::UsageRecord,
};
use std::collections::HashMap;

impl Store {
    /// Every file of a source that was read.
    pub async fn source_files(&self, source: &str) -> Result<Vec<FileRow>, StoreError> {
        let query = format!("SELECT {} FROM source_files WHERE source = ?", SOURCE_FILES.list());
        Sql::with(query, [sql::text(source)]).all(self.readers(), read_file).await
    }

    /// Whose the threads of these sessions are, by session and sub-agent.
    pub async fn threads(
        &self,
        sessions: &[String],
    ) -> Result<HashMap<(String, String), AgentId>, StoreError> {
        let mut found = HashMap::new();
        for group in groups(sessions) {
            let mut query =
                Sql::new("SELECT session_id, thread_id, agent_id FROM threads WHERE session_id IN (");
            query.bind_all(group.iter().map(sql::text)).push(")");
            let rows = query
                .all(self.readers(), |fields| Ok(((fields.take()?, fields.take()?), AgentId(fields.id()?))));
            found.extend(rows.await?);
        }
        Ok(found)
    }

    /// Whose the threads are of sessions whose ids begin with this word and a colon.
    pub async fn threads_of(&self, word: &str) -> Result<Vec<(String, AgentId)>, StoreError> {
        // A semicolon is what follows a colon.
        let query = "SELECT session_id, agent_id FROM threads WHERE session_id >= ? AND session_id < ?
             ORDER BY session_id";
        let range = [format!("{word}:"), format!("{word};")];
        let query = Sql::with(query, range.iter().map(sql::text));
        query.all(self.readers(), |fields| Ok((fields.take()?, AgentId(fields.id()?)))).await
    }

    /// The agents of our own that have these sessions.
    pub async fn own_agents_of(&self, sessions: &[String]) -> Result<Vec<Agent>, StoreError> {
        let mut found = Vec::new();
        for group in groups(sessions) {
            let mut query = Sql::new(format!(
                "SELECT {} FROM agents WHERE source = 'quarterdeck' AND runtime <> 'replay' AND session_id IN (",
                AGENTS.list()
            ));
            query.bind_all(group.iter().map(sql::text)).push(")");
            found.extend(query.all(self.readers(), read_agent).await?);
        }
        Ok(found)
    }

    /// These agents with all there is to them.
    pub async fn agents_of(&self, ids: &[AgentId]) -> Result<Vec<AgentDetail>, StoreError> {
        let mut found = Vec::new();
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        for group in groups(&ids) {
            let places = vec!["?"; group.len()].join(", ");
            let condition = format!("agents.id IN ({places})");
            found.extend(self.details(&condition, group.into_iter().map(Into::into).collect()).await?);
        }
        Ok(found)
    }

    /// These tasks.
    pub async fn tasks_of(&self, ids: &[TaskId]) -> Result<Vec<Task>, StoreError> {
        let mut found = Vec::new();
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        for group in groups(&ids) {
            let mut query = Sql::new(format!("SELECT {} FROM tasks WHERE id IN (", TASKS.list()));
            query.bind_all(group.into_iter().map(Into::into)).push(")");
            found.extend(query.all(self.readers(), read_task).await?);
        }
        Ok(found)
    }

    /// Everybody who works on these tasks.
    pub async fn agents_of_tasks(&self, ids: &[TaskId]) -> Result<Vec<AgentDetail>, StoreError> {
        let mut found = Vec::new();
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        for group in groups(&ids) {
            let places = vec!["?"; group.len()].join(", ");
            let condition = format!("agents.task_id IN ({places})");
            found.extend(self.details(&condition, group.into_iter().map(Into::into).collect()).await?);
        }
        Ok(found)
    }

    /// The files of the folder an agent has where the Python orchestrator ran it.
    pub async fn log_files(&self, id: AgentId) -> Result<Vec<String>, StoreError> {
        let query = "SELECT source_files.path FROM threads
             JOIN source_files ON source_files.session_id = threads.session_id
             WHERE threads.session_id >= 'agent_logs:' AND threads.session_id < 'agent_logs;'
                 AND threads.agent_id = ? AND source_files.source = 'agent_logs' ORDER BY source_files.path";
        Sql::with(query, [id.0.into()]).all(self.readers(), |fields| fields.take()).await
    }

    /// Agents of a source that are supposed to live.
    pub async fn active_agents_from(&self, source: &str) -> Result<Vec<AgentDetail>, StoreError> {
        let condition = "agents.source = ? AND agents.status IN ('running', 'waiting')";
        self.details(condition, vec![sql::text(source)]).await
    }

    /// Every record of these requests, replays too.
    pub async fn usage_of_requests(&self, requests: &[String]) -> Result<Vec<UsageRecord>, StoreError> {
        let mut found = Vec::new();
        for group in groups(requests) {
            // The index leaves out records without a request, and is only used where the query does so, too.
            let mut query = Sql::new(format!(
                "SELECT {} FROM usage_records WHERE request_id <> '' AND request_id IN (",
                USAGE.list()
            ));
            query.bind_all(group.iter().map(sql::text)).push(")");
            found.extend(query.all(self.readers(), read).await?);
        }
        Ok(found)
    }

    /// Whether there are records whose message id begins so; the ids lie in the order of their bytes.
    pub async fn has_usage_of(&self, prefix: &str) -> Result<bool, StoreError> {
        let end = format!("{prefix}\u{10ffff}");
        let query = "SELECT 1 FROM usage_records WHERE message_id >= ? AND message_id < ? LIMIT 1";
        let query = Sql::with(query, [sql::text(prefix), sql::text(&end)]);
        Ok(query.one(self.readers(), |fields| fields.take::<i32>()).await?.is_some())
    }

    /// Every record of these messages, replays too.
    pub async fn usage_of_messages(&self, messages: &[String]) -> Result<Vec<UsageRecord>, StoreError> {
        let mut found = Vec::new();
        for group in groups(messages) {
            let mut query =
                Sql::new(format!("SELECT {} FROM usage_records WHERE message_id IN (", USAGE.list()));
            query.bind_all(group.iter().map(sql::text)).push(")");
            found.extend(query.all(self.readers(), read).await?);
        }
        Ok(found)
    }
}
