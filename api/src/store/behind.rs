//! Files that were taken in further than they can be searched.

use super::{
    IndexedFile, Store, StoreError,
    rows::index::{INDEXED_FILES, read_indexed},
    sql::{self, Fields, Sql},
    table::groups,
};
use quarterdeck_shared::search::IndexState;

/// A file that was taken in, and how far it can be searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Its path.
    pub path: String,
    /// The device it lies on.
    pub device: u64,
    /// Its number there.
    pub inode: u64,
    /// SHA-256 of its first bytes, hexadecimal.
    pub head: String,
    /// How many bytes that is of.
    pub head_bytes: u64,
    /// Up to where it was taken in.
    pub read_bytes: u64,
    /// Whose words its first line is, where no line says: session and sub-agent.
    pub thread: (String, String),
    /// Whether it is of an agent's log, and a file of that agent's session tells the same.
    pub is_told_by_session: bool,
    /// How far it can be searched, as far as that is known.
    pub known: Option<IndexedFile>,
}

impl Behind {
    /// Up to where it can be searched; nowhere where it was cut short.
    pub fn indexed_bytes(&self) -> u64 {
        self.known
            .as_ref()
            .map(|known| known.indexed_bytes)
            .filter(|upto| *upto <= self.read_bytes)
            .unwrap_or(0)
    }
}

/// Of all that sources take in, these files are conversations: of sessions, and of agents whose logs were kept.
const TAKEN: &str = "taken.source IN ('claude_sessions', 'agent_logs')";

/// One that can be searched further than it was taken in has been cut short: it is another file. One that is gone has no
/// number on its device, and is as it was taken in last.
const BEHIND: &str = "FROM source_files AS taken LEFT JOIN indexed_files AS known ON known.path = taken.path
     WHERE (known.path IS NULL OR known.indexed_bytes <> taken.read_bytes
        OR (known.inode <> 0 AND (known.inode <> taken.inode OR known.device <> taken.device))
        OR known.head_bytes > taken.head_bytes
        OR (known.head_bytes = taken.head_bytes AND known.head <> taken.head))";

/// The agent of a log that was taken in has a file of its session, too.
const TOLD: &str = "taken.source = 'agent_logs' AND EXISTS (SELECT 1 FROM threads
     JOIN agents ON agents.id = threads.agent_id
     JOIN thread_files ON thread_files.session_id = agents.session_id AND thread_files.thread_id = ''
     WHERE threads.session_id = taken.session_id AND threads.thread_id = '')";

impl Store {
    /// Files that were taken in further than they can be searched, the newest first.
    pub async fn files_behind(&self) -> Result<Vec<Behind>, StoreError> {
        let query = format!(
            "SELECT taken.path, taken.device, taken.inode, taken.head, taken.head_bytes, taken.read_bytes,
                 taken.session_id, taken.thread_id, {TOLD}, known.id, known.device, known.inode, known.head,
                 known.head_bytes, known.indexed_bytes {BEHIND} AND {TAKEN} ORDER BY taken.modified_ns DESC, taken.path"
        );
        Sql::new(query).all(self.readers(), read_behind).await
    }

    /// How far the search has read.
    pub async fn index_state(&self) -> Result<IndexState, StoreError> {
        let query = format!(
            "SELECT CAST(coalesce(sum(taken.read_bytes), 0) AS bigint), CAST(coalesce(sum(
                 CASE WHEN known.indexed_bytes <= taken.read_bytes THEN known.indexed_bytes ELSE 0 END), 0) AS bigint)
             FROM source_files AS taken LEFT JOIN indexed_files AS known ON known.path = taken.path WHERE {TAKEN}"
        );
        let read = |fields: &mut Fields| Ok((fields.number()?, fields.number()?));
        let (all, indexed) = Sql::new(query).one(self.readers(), read).await?.unwrap_or_default();
        Ok(IndexState { indexed_bytes: indexed, behind_bytes: all.saturating_sub(indexed) })
    }

    /// Of the logs of these sessions' agents, those files by which anything is found.
    pub async fn logs_of_sessions(&self, sessions: &[String]) -> Result<Vec<IndexedFile>, StoreError> {
        let mut found = Vec::new();
        for group in groups(sessions) {
            let mut query = Sql::new(format!(
                "SELECT {} FROM agents
                 JOIN threads ON threads.agent_id = agents.id
                 JOIN source_files ON source_files.session_id = threads.session_id
                 JOIN indexed_files ON indexed_files.path = source_files.path
                 WHERE source_files.source = 'agent_logs'
                     AND (EXISTS (SELECT 1 FROM documents WHERE documents.file_id = indexed_files.id)
                     OR EXISTS (SELECT 1 FROM file_changes WHERE file_changes.file_id = indexed_files.id))
                     AND agents.session_id IN (",
                INDEXED_FILES.qualified_list()
            ));
            query.bind_all(group.iter().map(sql::text)).push(")");
            found.extend(query.all(self.readers(), read_indexed).await?);
        }
        Ok(found)
    }
}

fn read_behind(fields: &mut Fields) -> Result<Behind, StoreError> {
    let mut behind = Behind {
        path: fields.take()?,
        device: fields.take::<i64>()?.cast_unsigned(),
        inode: fields.take::<i64>()?.cast_unsigned(),
        head: fields.take()?,
        head_bytes: fields.number()?,
        read_bytes: fields.number()?,
        thread: (fields.take()?, fields.take()?),
        is_told_by_session: fields.take()?,
        known: None,
    };
    if let Some(id) = fields.take()? {
        behind.known = Some(IndexedFile {
            id,
            path: behind.path.clone(),
            device: fields.take::<i64>()?.cast_unsigned(),
            inode: fields.take::<i64>()?.cast_unsigned(),
            head: fields.take()?,
            head_bytes: fields.number()?,
            indexed_bytes: fields.number()?,
        });
    }
    Ok(behind)
}
