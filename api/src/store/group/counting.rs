//! Counting: what a group changes in the counters, by what is stored of its rows and what they are from now on.

use super::{Group, Spent};
use crate::store::{
    StoreError,
    counters::{self, Changes, DELETED},
    rows::usage::{self, USAGE},
    sql::{self, Fields, Sql},
    table::groups,
};
use quarterdeck_shared::{
    TaskId,
    agents::{AgentStatus, Role},
};
use sea_orm::{ConnectionTrait, Value};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    mem,
};
use uuid::Uuid;

impl Group {
    pub(super) async fn count_agents(
        &self,
        db: &impl ConnectionTrait,
        changes: &mut Changes,
    ) -> Result<(), StoreError> {
        let ids = self.agents.keys().chain(self.retired.keys()).map(|id| id.0);
        let words = |fields: &mut Fields| Ok((fields.word::<AgentStatus>()?, fields.word::<Role>()?));
        let mut known = stored(db, "SELECT id, status, role FROM agents", ids, words).await?;
        for (status, role) in known.values() {
            changes.agent(status.as_str(), role.as_str(), -1);
        }
        known.extend(self.agents.values().map(|agent| (agent.id.0, (agent.status, agent.role))));
        for id in self.retired.keys() {
            match known.get_mut(&id.0) {
                Some((status, _)) if *status != AgentStatus::Deleted && !status.is_active() => {
                    *status = AgentStatus::Deleted;
                }
                _ => return Err(StoreError::Changed { what: format!("agent {id}") }),
            }
        }
        for (status, role) in known.values() {
            changes.agent(status.as_str(), role.as_str(), 1);
        }
        self.refuse_those_that_go_on(db).await
    }

    /// Refuses to retire an agent of whom it is noted that it is about to go on.
    async fn refuse_those_that_go_on(&self, db: &impl ConnectionTrait) -> Result<(), StoreError> {
        let notes: Vec<_> = self.retired.values().map(|retired| retired.unless.clone()).collect();
        for group in groups(&notes) {
            let mut query = Sql::new("SELECT name FROM notes WHERE name IN (");
            query.bind_all(group.iter().map(sql::text)).push(") LIMIT 1");
            if let Some(name) = query.one(db, |fields| fields.take::<String>()).await? {
                let found = self.retired.iter().find(|(_, retired)| retired.unless == name);
                let what = found.map_or(name, |(id, _)| format!("agent {id}"));
                return Err(StoreError::Changed { what });
            }
        }
        Ok(())
    }

    pub(super) async fn count_tasks(
        &self,
        db: &impl ConnectionTrait,
        changes: &mut Changes,
    ) -> Result<(), StoreError> {
        let ids = self.tasks.keys().chain(self.removed.keys()).map(|id| id.0);
        let words = |fields: &mut Fields| {
            let (status, kind, analyst) =
                (fields.take::<String>()?, fields.take::<String>()?, fields.take::<bool>()?);
            Ok((status, kind, analyst, fields.time_or_none()?.is_some()))
        };
        let query = "SELECT id, status, task_type, include_analyst, removed_at FROM tasks";
        let mut stored = stored(db, query, ids, words).await?;
        for (status, kind, analyst, removed) in stored.values() {
            changes.task(if *removed { DELETED } else { status }, kind, *analyst, -1);
        }
        for task in self.tasks.values() {
            let removed = stored.get(&task.id.0).is_some_and(|(.., removed)| *removed);
            let words = (task.status.to_string(), task.task_type.to_string(), task.include_analyst, removed);
            stored.insert(task.id.0, words);
        }
        for (id, (status, kind, analyst, removed)) in &stored {
            let removed = *removed || self.removed.contains_key(&TaskId(*id));
            changes.task(if removed { DELETED } else { status }, kind, *analyst, 1);
        }
        Ok(())
    }

    pub(super) async fn count_approvals(
        &self,
        db: &impl ConnectionTrait,
        changes: &mut Changes,
    ) -> Result<(), StoreError> {
        let ids = self.approvals.keys().map(|id| id.0);
        let word = |fields: &mut Fields| fields.take::<String>();
        let stored = stored(db, "SELECT id, status FROM approvals", ids, word).await?;
        for status in stored.values() {
            changes.approval(status, -1);
        }
        for approval in self.approvals.values() {
            changes.approval(approval.status.as_str(), 1);
        }
        Ok(())
    }

    /// A response that is stored already keeps its record's id and its larger counts; so does a record whose request
    /// id has become known.
    pub(super) async fn merge_usage(
        &mut self,
        db: &impl ConnectionTrait,
        changes: &mut Changes,
    ) -> Result<(), StoreError> {
        let gone: Vec<_> = self.gone.iter().map(|id| id.0).collect();
        for group in groups(&gone) {
            let mut query = Sql::new(format!("SELECT {} FROM usage_records WHERE id IN (", USAGE.list()));
            query.bind_all(group.into_iter().map(Value::from)).push(")");
            let gone = query.all(db, usage::read).await?;
            gone.iter().for_each(|older| changes.usage(older, -1));
        }
        if self.usage.values().any(|spent| spent.among.is_some()) {
            let records = counters::records(db).await?;
            let spent = self.usage.values_mut();
            spent.for_each(|spent| spent.among = spent.among.filter(|among| *among == records));
        }
        let sought = self.usage.values().filter(|spent| spent.among.is_none());
        let sought = sought.map(|spent| spent.record.message_id.clone());
        let mut messages: Vec<_> = sought.chain(mem::take(&mut self.stood_for)).collect();
        messages.dedup();
        let (mut same, mut renamed) = (BTreeMap::new(), BTreeMap::new());
        for group in groups(&messages) {
            let mut query =
                Sql::new(format!("SELECT {} FROM usage_records WHERE message_id IN (", USAGE.list()));
            query.bind_all(group.iter().map(sql::text)).push(")");
            let known = query.all(db, usage::read).await?;
            for older in known.into_iter().filter(|older| !self.gone.contains(&older.id)) {
                let response = usage::response(&older);
                if self.usage.contains_key(&response) {
                    same.insert(response, older);
                } else {
                    renamed.insert(older.id, older);
                }
            }
        }
        for (response, Spent { record: newer, .. }) in &mut self.usage {
            let renamed = renamed.remove(&newer.id);
            for older in same.remove(response).into_iter().chain(renamed) {
                changes.usage(&older, -1);
                *newer = usage::merged(&older, newer).into();
            }
            changes.usage(newer, 1);
        }
        Ok(())
    }
}

/// What is stored of these rows, by id.
async fn stored<T>(
    db: &impl ConnectionTrait,
    query: &str,
    ids: impl Iterator<Item = Uuid>,
    read: impl Fn(&mut Fields) -> Result<T, StoreError>,
) -> Result<HashMap<Uuid, T>, StoreError> {
    let ids: Vec<_> = ids.collect::<HashSet<_>>().into_iter().collect();
    let mut found = HashMap::new();
    for group in groups(&ids) {
        let mut query = Sql::new(query);
        query.push(" WHERE id IN (").bind_all(group.into_iter().map(Value::from)).push(")");
        found.extend(query.all(db, |fields| Ok((fields.id()?, read(fields)?))).await?);
    }
    Ok(found)
}
