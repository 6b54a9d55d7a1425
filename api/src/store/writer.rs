//! The one writer: it gathers the batches that wait, writes them in one transaction, and answers each of them only
//! when the disk or the database has answered.

use super::{
    Committed, Row, StoreError, WriterRules,
    dialect::{self, Dialect},
    group::Group,
    lock::Lock,
    rows::events::{EVENTS, Sealed, values},
    sql::{Fields, Sql},
    state::State,
};
use crate::pace::Pace;
use quarterdeck_shared::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction};
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

/// How often it is tried, without anybody asking, whether writing works again.
const PROBE: Duration = Duration::from_secs(1);
/// Times others may run before a group goes with fewer batches than the one before.
const STRAGGLERS: u32 = 16;

/// A batch that waits to be written.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) rows: Vec<Row>,
    pub(super) events: Vec<Sealed>,
    pub(super) done: oneshot::Sender<Result<Vec<i64>, StoreError>>,
}

/// What the writer is asked.
#[derive(Debug)]
pub(super) enum Order {
    /// Make this durable.
    Write(Job),
    /// Write what waits, let go of everything and say so.
    Close(oneshot::Sender<()>),
}

/// The writer with its connection.
pub(super) struct Writer {
    pub(super) dialect: Dialect,
    pub(super) rules: WriterRules,
    /// Whether this is a server, who keeps others out.
    pub(super) server: bool,
    /// None until the first batch beside a server, and after a failure.
    pub(super) db: Option<DatabaseConnection>,
    pub(super) state: Arc<State>,
    pub(super) lock: Option<Lock>,
    /// How often it is logged that nothing can be written, and whether it was logged last.
    pub(super) told: (Pace, bool),
}

impl Writer {
    /// Works until the last store is dropped or somebody closes it.
    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut before = 1;
        let closing = loop {
            let order = match self.state.fault() {
                None => orders.recv().await,
                Some(_) => match timeout(PROBE, orders.recv()).await {
                    Ok(order) => order,
                    Err(_) => {
                        self.probe().await;
                        continue;
                    }
                },
            };
            let first = match order {
                Some(Order::Write(job)) => job,
                Some(Order::Close(done)) => break Some(done),
                None => break None,
            };
            let (jobs, closing) = self.gather(first, &mut orders, before).await;
            before = jobs.len();
            self.settle(jobs).await;
            if let Some(done) = closing {
                break Some(done);
            }
        };
        drop(orders);
        self.disconnect().await;
        drop(self.lock.take());
        if let Some(done) = closing {
            // Whoever asked may have gone.
            let _ = done.send(());
        }
    }

    /// Everything that waits, up to a group. Whoever was answered a moment ago is about to come back: others may
    /// run a few times until as many are here as the last group had, else groups would be halves of groups.
    async fn gather(
        &self,
        first: Job,
        orders: &mut mpsc::Receiver<Order>,
        before: usize,
    ) -> (Vec<Job>, Option<oneshot::Sender<()>>) {
        let mut size = first.rows.len() + first.events.len();
        let mut jobs = vec![first];
        let mut chances = STRAGGLERS;
        while size < self.rules.group {
            match orders.try_recv() {
                Ok(Order::Write(job)) => {
                    size += job.rows.len() + job.events.len();
                    jobs.push(job);
                }
                Ok(Order::Close(done)) => return (jobs, Some(done)),
                Err(_) if jobs.len() < before && chances > 0 => {
                    chances -= 1;
                    tokio::task::yield_now().await;
                }
                Err(_) => break,
            }
        }
        (jobs, None)
    }

    /// Writes the jobs and answers each; if the database refuses them together, one by one.
    async fn settle(&mut self, mut jobs: Vec<Job>) {
        match self.attempt(&mut jobs).await {
            Ok(places) => {
                self.is_sound();
                for (job, seqs) in jobs.into_iter().zip(places) {
                    // A caller who went away is not waiting for an answer.
                    let _ = job.done.send(Ok(seqs));
                }
            }
            Err(StoreError::Unwritable { reason }) => {
                if self.state.set_fault(Some(reason.clone())) && self.told.0.is_due(Instant::now()) {
                    tracing::error!(reason, "nothing can be written; reads go on");
                    self.told.1 = true;
                }
                self.disconnect().await;
                for job in jobs {
                    let _ = job.done.send(Err(StoreError::Unwritable { reason: reason.clone() }));
                }
            }
            Err(refused) if jobs.len() == 1 => {
                for job in jobs {
                    let _ = job.done.send(Err(refused.clone()));
                }
            }
            Err(_) => {
                for job in jobs {
                    Box::pin(self.settle(vec![job])).await;
                }
            }
        }
    }

    /// One transaction over all jobs. The places of each job's events are known when it is durable. A job that is alone
    /// is tried this once: its rows are used up.
    async fn attempt(&mut self, jobs: &mut [Job]) -> Result<Vec<Vec<i64>>, StoreError> {
        let transaction = self.begin().await?;
        let mut group = Group::default();
        match &mut *jobs {
            [alone] => std::mem::take(&mut alone.rows).into_iter().for_each(|row| group.take(row)),
            jobs => jobs.iter().flat_map(|job| job.rows.iter().cloned()).for_each(|row| group.take(row)),
        }
        let nouns = group.nouns();
        let events = async {
            group.write(&transaction).await?;
            append(&transaction, jobs).await
        };
        let events = match events.await {
            Ok(events) => events,
            Err(failure) => {
                // Whatever becomes of the rollback: the connection is given up if it was at fault.
                let _ = transaction.rollback().await;
                return Err(unwritable_where_lost(failure));
            }
        };
        let reason = |error: sea_orm::DbErr| StoreError::Unwritable { reason: error.to_string() };
        transaction.commit().await.map_err(reason)?;
        self.state.publish(&nouns, &events);
        let mut seqs = events.iter().map(|event| event.seq);
        Ok(jobs.iter().map(|job| seqs.by_ref().take(job.events.len()).collect()).collect())
    }

    /// A transaction on the connection there is; where that was lost meanwhile, on a new one: nothing was sent yet.
    async fn begin(&mut self) -> Result<DatabaseTransaction, StoreError> {
        let was_connected = self.db.is_some();
        let db = self.connected().await?;
        match self.dialect.begin_write(&db).await {
            Err(_) if was_connected => {
                self.disconnect().await;
                let db = self.connected().await?;
                self.dialect.begin_write(&db).await
            }
            begun => begun,
        }
        .map_err(|error| dialect::write_failure(&error))
    }

    /// The connection, made anew where there is none.
    async fn connected(&mut self) -> Result<DatabaseConnection, StoreError> {
        let db = match self.db.take() {
            Some(db) => db,
            None => self.dialect.writer(&self.rules, self.server).await.map_err(unwritable_where_lost)?,
        };
        Ok(self.db.insert(db).clone())
    }

    /// Gives the connection up: after a failed write nothing it holds is trusted.
    async fn disconnect(&mut self) {
        if let Some(db) = self.db.take()
            && let Err(error) = db.close().await
        {
            tracing::warn!(%error, "the writing connection did not close well");
        }
    }

    /// Tries to write something that matters to nobody, large enough to need room.
    async fn probe(&mut self) {
        let note = |json| Row::Note { key: "probe".into(), json };
        for row in [note(Some(format!("\"{}\"", "probe ".repeat(6_000)))), note(None)] {
            let (done, _) = oneshot::channel();
            match self.attempt(&mut [Job { rows: vec![row], events: Vec::new(), done }]).await {
                Ok(_) => {}
                Err(error) => {
                    tracing::debug!(%error, "still nothing can be written");
                    return self.disconnect().await;
                }
            }
        }
        self.is_sound();
    }

    /// Something was written.
    fn is_sound(&mut self) {
        if self.state.set_fault(None) && std::mem::take(&mut self.told.1) {
            tracing::info!("writing works again");
        }
    }
}

/// Appends the jobs' events behind the newest one.
async fn append(db: &impl ConnectionTrait, jobs: &[Job]) -> Result<Vec<Committed>, StoreError> {
    if jobs.iter().all(|job| job.events.is_empty()) {
        return Ok(Vec::new());
    }
    let (newest, last) = newest(db).await?;
    let at = now().max(last);
    let sealed = jobs.iter().flat_map(|job| &job.events);
    let events: Vec<_> = sealed.zip(newest + 1..).map(|(event, seq)| event.at(seq, at)).collect();
    EVENTS.insert(db, events.iter().map(values).collect()).await?;
    Ok(events)
}

/// The newest event's place and time; zeros before the first.
pub(super) async fn newest(db: &impl ConnectionTrait) -> Result<(i64, Timestamp), StoreError> {
    let query = Sql::new("SELECT seq, at FROM events ORDER BY seq DESC LIMIT 1");
    let newest = query.one(db, |fields: &mut Fields| Ok((fields.take()?, fields.time()?))).await?;
    Ok(newest.unwrap_or_default())
}

fn unwritable_where_lost(failure: StoreError) -> StoreError {
    match failure {
        StoreError::Unreachable { reason } => StoreError::Unwritable { reason },
        StoreError::InUse { by } => {
            StoreError::Unwritable { reason: format!("{by} has taken the database over") }
        }
        other => other,
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
