//! Conversations: which files hold the words of a thread, and the events that tell of an agent.

use super::{
    Committed, Store, StoreError,
    rows::events::{EVENTS, read},
    sql::{self, Sql},
    table::groups,
};
use quarterdeck_shared::{
    AgentId, Timestamp, Usd,
    usage::{CostBasis, Tokens},
};
use sea_orm::Value;
use std::collections::HashMap;

/// Files of one thread at most.
const FILES: usize = 200;
/// A number made of an event's place that has no rhythm: agents that speak in turn have every second place, or every
/// third. It fits into 64 bits up to three billion events.
const MIXED: &str = "(seq * 2654435761 % 2147483647) * (seq * 2654435761 % 2147483647) / 65536";

/// A file that holds words of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadFile {
    /// Where it is.
    pub path: String,
    /// Bytes of it that were read; none where that is not remembered.
    pub read_bytes: Option<u64>,
}

/// What somebody had taken by a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Requests until then.
    pub requests: u64,
    /// All requests.
    pub all_requests: u64,
    /// Their tokens, of those until then.
    pub tokens: Tokens,
    /// Their cost, as far as it is known.
    pub cost_usd: Usd,
    /// How that is known; none without a request.
    pub cost_basis: Option<CostBasis>,
}

impl Store {
    /// The files that hold words of a thread, in order of time.
    pub async fn files_of_thread(
        &self,
        session_id: &str,
        thread_id: &str,
    ) -> Result<Vec<ThreadFile>, StoreError> {
        let query = format!(
            "SELECT thread_files.path, source_files.read_bytes FROM thread_files
             LEFT JOIN source_files ON source_files.path = thread_files.path
             WHERE thread_files.session_id = ? AND thread_files.thread_id = ?
             ORDER BY thread_files.first_at, thread_files.path LIMIT {FILES}"
        );
        let query = Sql::with(query, [sql::text(session_id), sql::text(thread_id)]);
        query
            .all(self.readers(), |fields| {
                Ok(ThreadFile { path: fields.take()?, read_bytes: fields.number_or_none()? })
            })
            .await
    }

    /// The thread of its session that an agent is; its main one where nothing else is known.
    pub async fn thread_of_agent(&self, session_id: &str, agent: AgentId) -> Result<String, StoreError> {
        let query = "SELECT thread_id FROM threads WHERE session_id = ? AND agent_id = ? ORDER BY thread_id";
        let query = Sql::with(query, [sql::text(session_id), agent.0.into()]);
        Ok(query.one(self.readers(), |fields| fields.take()).await?.unwrap_or_default())
    }

    /// The files that hold the words of each of these agents' own threads, in order of time; agents without one, and
    /// replays, are left away.
    pub async fn files_of_agents(
        &self,
        agents: &[AgentId],
    ) -> Result<HashMap<AgentId, Vec<ThreadFile>>, StoreError> {
        let ids: Vec<_> = agents.iter().map(|id| id.0).collect();
        let mut all = HashMap::new();
        for group in groups(&ids) {
            let mut query = Sql::new(
                "SELECT agents.id, agents.session_id, COALESCE((SELECT MIN(threads.thread_id) FROM threads
                     WHERE threads.session_id = agents.session_id AND threads.agent_id = agents.id), '')
                 FROM agents WHERE agents.runtime <> 'replay' AND agents.session_id IS NOT NULL AND agents.id IN (",
            );
            query.bind_all(group.into_iter().map(Value::from)).push(")");
            let own = query.all(self.readers(), |fields| {
                Ok((AgentId(fields.id()?), fields.take::<String>()?, fields.take::<String>()?))
            });
            let own = own.await?;
            let files = self.files_of_threads(&own).await?;
            for (agent, session_id, thread_id) in own {
                let of = |thread: &str| files.get(&(session_id.clone(), thread.to_owned())).cloned();
                // Old programs told of a sub-agent in its parent's file alone.
                if let Some(files) = of(&thread_id).or_else(|| of("")) {
                    all.insert(agent, files);
                }
            }
        }
        Ok(all)
    }

    /// The files of these threads and of their sessions' main ones, by session and thread.
    async fn files_of_threads(
        &self,
        own: &[(AgentId, String, String)],
    ) -> Result<HashMap<(String, String), Vec<ThreadFile>>, StoreError> {
        let mut files: HashMap<_, Vec<ThreadFile>> = HashMap::new();
        if own.is_empty() {
            return Ok(files);
        }
        let mut query =
            Sql::new("SELECT session_id, thread_id, path FROM thread_files WHERE session_id IN (");
        query.bind_all(own.iter().map(|(_, session, _)| sql::text(session))).push(") AND thread_id IN (");
        let threads = own.iter().map(|(.., thread)| thread.as_str()).chain([""]);
        query.bind_all(threads.map(sql::text)).push(") ORDER BY first_at, path");
        let rows = query.all(self.readers(), |fields| {
            let thread = (fields.take::<String>()?, fields.take::<String>()?);
            Ok((thread, ThreadFile { path: fields.take()?, read_bytes: None }))
        });
        for (thread, file) in rows.await? {
            let of_thread = files.entry(thread).or_default();
            if of_thread.len() < FILES {
                of_thread.push(file);
            }
        }
        Ok(files)
    }

    /// The agents that the sub-agents of a session are, by their thread.
    pub async fn sub_agents_of(&self, session_id: &str) -> Result<HashMap<String, AgentId>, StoreError> {
        let query = "SELECT thread_id, agent_id FROM threads WHERE session_id = ? AND thread_id <> ''";
        let query = Sql::with(query, [sql::text(session_id)]);
        let rows = query.all(self.readers(), |fields| Ok((fields.take()?, AgentId(fields.id()?))));
        Ok(rows.await?.into_iter().collect())
    }

    /// Events that tell an agent's words, up to this place and the newest first, at most so many.
    pub async fn words_before(
        &self,
        agent: AgentId,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Committed>, StoreError> {
        self.words(agent, "<", before, &format!("DESC LIMIT {limit}")).await
    }

    /// Events that tell an agent's words, behind this place and the oldest first, at most so many.
    pub async fn words_after(
        &self,
        agent: AgentId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Committed>, StoreError> {
        self.words(agent, ">", after, &format!("ASC LIMIT {limit}")).await
    }

    async fn words(
        &self,
        agent: AgentId,
        side: &str,
        seq: i64,
        order: &str,
    ) -> Result<Vec<Committed>, StoreError> {
        let query = format!(
            "SELECT {} FROM events WHERE agent_id = ? AND seq {side} ?
             AND kind IN ('agent.activity', 'agent.prompted') ORDER BY seq {order}",
            EVENTS.list()
        );
        Sql::with(query, [agent.0.into(), seq.into()]).all(self.readers(), read).await
    }

    /// Events that tell an agent's words, oldest first: all of them, or where they are more than about so many an even
    /// sample; and which share of them that is.
    pub async fn words_spread(&self, agent: AgentId, most: u64) -> Result<(Vec<Committed>, f64), StoreError> {
        let count = "SELECT COUNT(*) FROM events WHERE agent_id = ?
             AND kind IN ('agent.activity', 'agent.prompted')";
        let count = Sql::with(count, [agent.0.into()]).one(self.readers(), |fields| fields.number());
        let count: u64 = count.await?.unwrap_or_default();
        let every = count.div_ceil(most.max(1)).max(1);
        let query = format!(
            "SELECT {} FROM events WHERE agent_id = ? AND {MIXED} % {every} = 0
             AND kind IN ('agent.activity', 'agent.prompted') ORDER BY seq LIMIT {}",
            EVENTS.list(),
            2 * most
        );
        let events = Sql::with(query, [agent.0.into()]).all(self.readers(), read).await?;
        let share = if count == 0 { 1.0 } else { (events.len() as f64 / count as f64).min(1.0) };
        Ok((events, share))
    }

    /// The place before the first event that tells an agent's words at or after a moment; none where none does.
    pub async fn words_at(&self, agent: AgentId, at: Timestamp) -> Result<Option<i64>, StoreError> {
        let query = "SELECT seq FROM events WHERE agent_id = ? AND at >= ?
             AND kind IN ('agent.activity', 'agent.prompted') ORDER BY seq LIMIT 1";
        let query = Sql::with(query, [agent.0.into(), sql::time(at)]);
        let found: Option<i64> = query.one(self.readers(), |fields| fields.take()).await?;
        Ok(found.map(|seq| seq - 1))
    }

    /// The places of the first and the last event that tell an agent's words.
    pub async fn extent_of_words(&self, agent: AgentId) -> Result<Option<(i64, i64)>, StoreError> {
        let query = "SELECT MIN(seq), MAX(seq) FROM events WHERE agent_id = ?
             AND kind IN ('agent.activity', 'agent.prompted')";
        let query = Sql::with(query, [agent.0.into()]);
        let extent = query
            .one(self.readers(), |fields| Ok((fields.take::<Option<i64>>()?, fields.take::<Option<i64>>()?)));
        Ok(extent.await?.and_then(|(first, last)| first.zip(last)))
    }
}
