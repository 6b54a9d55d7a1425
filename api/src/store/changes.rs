//! What agents did to files, as their sessions tell.

use super::{
    Spot, Store, StoreError,
    cursor::Seal,
    list,
    sql::{self, Fields, Sql},
};
use quarterdeck_shared::{
    AgentId, Total,
    files::{AgentFiles, AgentFilesQuery, FileChange, FileHistory, FileQuery, FileUsed},
};
use serde_json::json;

/// Files of one column at most.
const FILES: u32 = 1_000;

const CHANGE: &str = "file_changes.call, file_changes.path, file_changes.agent_id, agents.name, file_changes.deed, \
     file_changes.at, file_changes.added, file_changes.removed, file_changes.lines";

impl Store {
    /// What an agent read and wrote, file by file, a page of each.
    pub async fn agent_files(
        &self,
        agent: AgentId,
        query: &AgentFilesQuery,
    ) -> Result<AgentFiles, StoreError> {
        let limit = query.limit.unwrap_or(FILES);
        if !(1..=FILES).contains(&limit) {
            let message = format!("limit is {limit}; it must be from 1 to {FILES}");
            return Err(StoreError::Invalid { field: "limit", message });
        }
        let seal = Seal::of("agent files", &agent)?;
        let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
        let after = cursor.map(|cursor| seal.open(cursor)).transpose()?;
        let after = after.map(|bytes| serde_json::from_slice(&bytes).map_err(|_| StoreError::BadCursor));
        let [read, written] = match after.transpose()? {
            None => [Some(None), Some(None)],
            // Of a column that has ended there is no more.
            Some(places) => <[Option<(i64, String)>; 2]>::map(places, |place| place.map(Some)),
        };
        let (consumed, after_read, more_read) = self.column(agent, "= 'read'", read, limit).await?;
        let (produced, after_written, more_written) =
            self.column(agent, "IN ('write', 'edit')", written, limit).await?;
        let left_out = more_read + more_written;
        let next = json!([after_read, after_written]).to_string();
        let next_cursor = (left_out > 0).then(|| seal.close(next.as_bytes()));
        Ok(AgentFiles { consumed, produced, left_out, next_cursor })
    }

    /// A page of what an agent did to files in one way: the files behind this place (none where the column has ended),
    /// where the page ends if more follow, and how many do.
    async fn column(
        &self,
        agent: AgentId,
        deeds: &str,
        after: Option<Option<(i64, String)>>,
        limit: u32,
    ) -> Result<(Vec<FileUsed>, Option<(i64, String)>, u64), StoreError> {
        let Some(after) = after else { return Ok((Vec::new(), None, 0)) };
        // What is no bare column is sorted: by the index of the agent's moments each file would walk over all.
        let mut query = Sql::new(format!(
            "SELECT used.path, used.times, used.added, used.removed, used.last_at,
                 (SELECT call FROM file_changes WHERE agent_id = used.agent_id AND path = used.path
                     AND deed {deeds} ORDER BY at + 0 DESC, call DESC LIMIT 1),
                 (SELECT lines FROM file_changes WHERE agent_id = used.agent_id AND path = used.path
                     AND deed {deeds} AND lines IS NOT NULL ORDER BY at + 0 DESC, call DESC LIMIT 1), used.files
             FROM (SELECT agent_id, path, count(*) AS times, CAST(coalesce(sum(added), 0) AS bigint) AS added,
                     CAST(coalesce(sum(removed), 0) AS bigint) AS removed, max(at) AS last_at,
                     count(*) OVER () AS files
                 FROM file_changes WHERE deed {deeds} AND agent_id = "
        ));
        query.bind(agent.0.into()).push(" GROUP BY agent_id, path");
        if let Some((at, path)) = after {
            query.push(" HAVING max(at) < ").bind(at.into()).push(" OR (max(at) = ").bind(at.into());
            query.push(" AND path > ").bind(sql::text(path)).push(")");
        }
        query.push(&format!(") AS used ORDER BY used.last_at DESC, used.path LIMIT {limit}"));
        let mut all = 0;
        let read = |fields: &mut Fields| {
            let used = read_used(fields)?;
            all = fields.number()?;
            Ok(used)
        };
        let files = query.all(self.readers(), read).await?;
        let more = all.saturating_sub(files.len() as u64);
        let end = files.last().filter(|_| more > 0).map(|last| (last.last_at.micros(), last.path.clone()));
        Ok((files, end, more))
    }

    /// What was done to a file, or by an agent, the newest first.
    pub async fn file_history(&self, query: &FileQuery) -> Result<FileHistory, StoreError> {
        let limit = list::limit(query.limit)?;
        let seal = Seal::of("files", &FileQuery { cursor: None, limit: None, ..query.clone() })?;
        let mut filter = Sql::new(" WHERE 1 = 1");
        if let Some(path) = query.path.as_deref().filter(|path| !path.is_empty()) {
            filter.push(" AND file_changes.path = ").bind(sql::text(path));
        }
        if let Some(agent) = query.agent_id {
            filter.push(" AND file_changes.agent_id = ").bind(agent.0.into());
        }
        if let Some(deed) = query.deed {
            filter.push(" AND file_changes.deed = ").bind(deed.as_str().into());
        }
        let mut count = Sql::new("SELECT count(*) FROM (SELECT 1 FROM file_changes");
        count.join(filter.clone()).push(" LIMIT 10001) AS counted");
        let total = match count.one(self.readers(), |fields| fields.number()).await?.unwrap_or(0) {
            counted if counted > 10_000 => Total::AtLeast { value: 10_000, at_least: true },
            counted => Total::Exact(counted),
        };
        let mut page = Sql::new(format!(
            "SELECT {CHANGE} FROM file_changes JOIN agents ON agents.id = file_changes.agent_id"
        ));
        page.join(filter);
        if let Some(cursor) = query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
            let bytes = seal.open(cursor)?;
            let (at, call) = bytes.split_at_checked(8).ok_or(StoreError::BadCursor)?;
            let at = i64::from_be_bytes(at.try_into().map_err(|_| StoreError::BadCursor)?);
            let call = std::str::from_utf8(call).map_err(|_| StoreError::BadCursor)?;
            page.push(" AND (file_changes.at, file_changes.call) < (").bind(at.into());
            page.push(", ").bind(sql::text(call)).push(")");
        }
        page.push(&format!(" ORDER BY file_changes.at DESC, file_changes.call DESC LIMIT {}", limit + 1));
        let mut items = page.all(self.readers(), read_change).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let last = items.last().filter(|_| more);
        let next_cursor =
            last.map(|last| seal.close(&[&last.at.micros().to_be_bytes()[..], last.id.as_bytes()].concat()));
        Ok(FileHistory { items, total, next_cursor })
    }

    /// One thing that was done to a file, and where its session tells of it.
    pub async fn file_change(&self, call: &str) -> Result<Option<(FileChange, Spot)>, StoreError> {
        let query = format!(
            "SELECT {CHANGE}, file_changes.place, file_changes.piece, indexed_files.path FROM file_changes
             JOIN agents ON agents.id = file_changes.agent_id
             LEFT JOIN indexed_files ON indexed_files.id = file_changes.file_id WHERE file_changes.call = ?"
        );
        let read = |fields: &mut Fields| {
            let change = read_change(fields)?;
            Ok((change, Spot { place: fields.number()?, piece: fields.number()?, path: fields.take()? }))
        };
        Sql::with(query, [sql::text(call)]).one(self.readers(), read).await
    }
}

fn read_used(fields: &mut Fields) -> Result<FileUsed, StoreError> {
    Ok(FileUsed {
        path: fields.take()?,
        times: fields.number()?,
        added: fields.number()?,
        removed: fields.number()?,
        last_at: fields.time()?,
        last: fields.take()?,
        lines: fields.number_or_none()?,
    })
}

fn read_change(fields: &mut Fields) -> Result<FileChange, StoreError> {
    Ok(FileChange {
        id: fields.take()?,
        path: fields.take()?,
        agent_id: AgentId(fields.id()?),
        agent_name: fields.take()?,
        deed: fields.word()?,
        at: fields.time()?,
        added: fields.number_or_none()?,
        removed: fields.number_or_none()?,
        lines: fields.number_or_none()?,
    })
}
