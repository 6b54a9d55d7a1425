//! How events lie in their table, and how one is sealed: its JSON is written once, by whoever commits it, but for
//! its place and time, which the writer puts in front.

use crate::store::{
    Committed, Draft, StoreError,
    sql::{self, Fields},
    table::Table,
};
use quarterdeck_shared::{AgentId, TaskId, Timestamp};
use sea_orm::Value;
use std::{borrow::Cow, fmt::Write};

pub(in crate::store) const EVENTS: Table = Table {
    name: "events",
    key: &["seq"],
    columns: &["seq", "at", "kind", "agent_id", "task_id", "json"],
    unread: 0,
};

/// An event that lacks its place and time alone.
#[derive(Clone, Debug)]
pub(in crate::store) struct Sealed {
    kind: &'static str,
    agent_id: Option<AgentId>,
    task_id: Option<TaskId>,
    /// The end of its JSON: `,"agent_id":…,"type":…,"data":…}`.
    rest: String,
}

impl Sealed {
    pub(in crate::store) fn new(draft: &Draft) -> Result<Self, StoreError> {
        let payload = serde_json::to_string(&draft.payload)
            .map_err(|error| StoreError::Refused { reason: format!("an event has no JSON: {error}") })?;
        let mut rest = String::with_capacity(payload.len() + 110);
        for (name, id) in
            [("agent_id", draft.agent_id.map(|id| id.0)), ("task_id", draft.task_id.map(|id| id.0))]
        {
            if let Some(id) = id {
                let _ = write!(rest, ",\"{name}\":\"{id}\"");
            }
        }
        rest.push(',');
        rest.push_str(payload.strip_prefix('{').unwrap_or(&payload));
        Ok(Self { kind: draft.payload.kind(), agent_id: draft.agent_id, task_id: draft.task_id, rest })
    }

    /// The event at its place.
    pub(in crate::store) fn at(&self, seq: i64, at: Timestamp) -> Committed {
        let json = format!("{{\"seq\":{seq},\"at\":\"{at}\"{}", self.rest).into();
        let kind = Cow::Borrowed(self.kind);
        Committed { seq, at, kind, agent_id: self.agent_id, task_id: self.task_id, json }
    }
}

/// An event's row.
pub(in crate::store) fn values(event: &Committed) -> Vec<Value> {
    vec![
        event.seq.into(),
        sql::time(event.at),
        event.kind.as_ref().into(),
        event.agent_id.map(|id| id.0).into(),
        event.task_id.map(|id| id.0).into(),
        event.json.as_ref().into(),
    ]
}

/// The same, read back.
pub(in crate::store) fn read(fields: &mut Fields) -> Result<Committed, StoreError> {
    Ok(Committed {
        seq: fields.take()?,
        at: fields.time()?,
        kind: Cow::Owned(fields.take()?),
        agent_id: fields.id_or_none()?.map(AgentId),
        task_id: fields.id_or_none()?.map(TaskId),
        json: fields.take::<String>()?.into(),
    })
}
