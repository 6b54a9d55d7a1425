//! Which files an agent read and wrote, summed up: `agent_files` says in figures what `file_changes` tells call by call.
//! Of an agent that runs here its stream says so at once; here it is put right.

use super::{
    FileDone, StoreError,
    sql::{self, Sql},
    table::groups,
};
use sea_orm::{ConnectionTrait, Value};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Files of agents of which something was told or taken back.
pub(super) struct Touched(BTreeSet<(Uuid, String)>);

impl Touched {
    pub(super) fn by(done: &[FileDone]) -> Self {
        Self(done.iter().map(|done| (done.agent_id.0, done.path.clone())).collect())
    }

    /// Those that are about to be forgotten, by a condition on what was done.
    pub(super) async fn note(
        &mut self,
        db: &impl ConnectionTrait,
        condition: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<(), StoreError> {
        let query = format!("SELECT DISTINCT agent_id, path FROM file_changes WHERE {condition}");
        let read = |fields: &mut sql::Fields| Ok((fields.id()?, fields.take()?));
        self.0.extend(Sql::with(query, values).all(db, read).await?);
        Ok(())
    }

    /// Sums them up anew.
    pub(super) async fn sum(self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        for group in groups(&self.0.into_iter().collect::<Vec<_>>()) {
            let these = || {
                let mut these = Sql::new("(VALUES ");
                for (number, (agent, path)) in group.iter().enumerate() {
                    these.push(if number == 0 { "(" } else { ", (" }).bind((*agent).into());
                    these.push(", ").bind(sql::text(path)).push(")");
                }
                these.push(")");
                these
            };
            // By pairs alone SQLite would walk over all there are.
            let mut gone = Sql::new("DELETE FROM agent_files WHERE agent_id IN (");
            gone.bind_all(group.iter().map(|(agent, _)| (*agent).into())).push(") AND path IN (");
            gone.bind_all(group.iter().map(|(_, path)| sql::text(path)));
            gone.push(") AND (agent_id, path) IN ").join(these());
            gone.run(db).await?;
            // SQLite keeps to the order of a `CROSS JOIN`: each file is sought by its agent.
            let mut anew = Sql::new(
                "INSERT INTO agent_files (agent_id, path, file_use, times, last_at)
                 SELECT done.agent_id, done.path, CASE done.deed WHEN 'read' THEN 'consumed' ELSE 'produced' END,
                     count(*), max(done.at)
                 FROM (SELECT DISTINCT column1, column2 FROM ",
            );
            anew.join(these()).push(
                " AS given) AS touched CROSS JOIN file_changes AS done
                 WHERE done.agent_id = touched.column1 AND done.path = touched.column2
                     AND done.deed IN ('read', 'write', 'edit') GROUP BY 1, 2, 3",
            );
            anew.run(db).await?;
        }
        Ok(())
    }
}
