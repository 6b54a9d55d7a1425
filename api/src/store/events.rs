//! Events: the order of all changes, and the state they add up to.

use super::{
    Channel, Committed, Store, StoreError, agents, approvals, counters, dialect,
    rows::events::{EVENTS, read},
    sql::Sql,
    tasks, writer,
};
use quarterdeck_shared::{Event, Timestamp, agents::Agent, approvals::Approval, tasks::Task, usage::Totals};

/// Everything as it stands at one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Every change up to this event is inside, and none after it.
    pub seq: i64,
    /// The newest agents, at most two hundred, and all active ones; of a task's channel only its own.
    pub agents: Vec<Agent>,
    /// The newest tasks, at most one hundred, and all unfinished ones; of a task's channel only itself.
    pub tasks: Vec<Task>,
    /// The questions that wait.
    pub approvals: Vec<Approval>,
    /// The figures.
    pub totals: Totals,
}

impl Committed {
    /// The event, read.
    pub fn event(&self) -> Result<Event, StoreError> {
        serde_json::from_str(&self.json)
            .map_err(|error| StoreError::unreadable(&format!("event {}", self.seq), &error))
    }

    /// The event, read. One that cannot be is told in the log and left out: it hides none of the others.
    pub fn event_or_none(&self) -> Option<Event> {
        let read = self.event();
        read.inspect_err(|error| tracing::error!(event.seq = self.seq, %error, "an event is left out")).ok()
    }
}

impl Store {
    /// Events of a channel behind this place, in order, at most so many.
    pub async fn events(
        &self,
        after: i64,
        channel: Channel,
        limit: u32,
    ) -> Result<Vec<Committed>, StoreError> {
        let mut query = behind(after, channel);
        query.push(&format!(" ORDER BY seq LIMIT {limit}"));
        query.all(self.readers(), read).await
    }

    /// The newest events of a channel, in order, at most so many.
    pub async fn newest_events(&self, channel: Channel, count: u32) -> Result<Vec<Committed>, StoreError> {
        let mut query = behind(0, channel);
        query.push(&format!(" ORDER BY seq DESC LIMIT {count}"));
        let mut events = query.all(self.readers(), read).await?;
        events.reverse();
        Ok(events)
    }

    /// Everything a channel shows, as it stands at one event.
    pub async fn snapshot(&self, channel: Channel, now: Timestamp) -> Result<Snapshot, StoreError> {
        let begun = self.inner.dialect.begin_read(self.readers()).await;
        let moment = begun.map_err(|error| dialect::read_failure(&error))?;
        let task = match channel {
            Channel::Task(id) => Some(id),
            Channel::Fleet | Channel::Costs => None,
        };
        let (seq, _) = writer::newest(&moment).await?;
        let snapshot = Snapshot {
            seq,
            agents: agents::shown(&moment, task).await?,
            tasks: tasks::shown(&moment, task).await?,
            approvals: approvals::shown(&moment, task).await?,
            totals: counters::totals(&moment, now).await?,
        };
        moment.commit().await.map_err(|error| dialect::read_failure(&error))?;
        Ok(snapshot)
    }
}

fn behind(after: i64, channel: Channel) -> Sql {
    let mut query = Sql::new(format!("SELECT {} FROM events WHERE seq > ", EVENTS.list()));
    query.bind(after.into());
    match channel {
        Channel::Fleet => {}
        Channel::Task(id) => drop(query.push(" AND task_id = ").bind(id.0.into())),
        Channel::Costs => drop(query.push(" AND kind = 'usage.recorded'")),
    }
    query
}
