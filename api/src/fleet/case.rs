//! A case: one task's state while somebody deals with it. Its driver and its agents change it one after the other.

use super::{drive::Word, work::Grown};
use crate::store::{Batch, Row};
use quarterdeck_shared::{
    Payload, TaskId, Timestamp,
    tasks::Task,
    usage::{CostBasis, UsageRecord},
};
use std::sync::Mutex;
use tokio::sync::{Mutex as Turns, MutexGuard, mpsc, watch};

/// One task's state.
pub struct Case {
    /// Which task.
    pub id: TaskId,
    state: Turns<Option<State>>,
    driver: Mutex<Option<mpsc::UnboundedSender<Word>>>,
    over: watch::Sender<bool>,
}

/// A task and how the costs of its records are known.
pub struct State {
    /// The task as it is stored.
    pub task: Task,
    bases: [u64; CostBasis::ALL.len()],
}

impl State {
    /// The state of a stored task.
    pub fn new(task: Task, records: &[UsageRecord]) -> Self {
        let mut state = Self { task, bases: Default::default() };
        records.iter().for_each(|record| state.bases[place(record.cost_basis)] += 1);
        state
    }

    /// Takes records that are new or grew.
    pub fn spend(&mut self, grown: &[Grown]) {
        let task = &mut self.task;
        for Grown { before, record } in grown {
            if let Some(before) = before {
                task.tokens = task.tokens.less(before.tokens);
                task.cost_usd = task.cost_usd - before.cost_usd;
                self.bases[place(before.cost_basis)] = self.bases[place(before.cost_basis)].saturating_sub(1);
            }
            task.tokens += record.tokens;
            task.cost_usd += record.cost_usd;
            self.bases[place(record.cost_basis)] += 1;
        }
        let known = CostBasis::ALL.iter().filter(|basis| self.bases[place(**basis)] > 0);
        task.cost_basis = known.copied().reduce(CostBasis::weaker);
    }

    /// Puts the figures as they are now into a batch and into its events.
    pub fn put_into(&mut self, batch: &mut Batch, now: Timestamp) {
        let task = &mut self.task;
        task.updated_at = now;
        batch.rows.push(Row::TaskFigures {
            task_id: task.id,
            tokens: task.tokens,
            cost_usd: task.cost_usd,
            cost_basis: task.cost_basis,
            updated_at: now,
        });
        for draft in &mut batch.events {
            if let Payload::UsageRecorded { task_cost_usd, .. } = &mut draft.payload {
                *task_cost_usd = Some(task.cost_usd);
            }
        }
    }
}

fn place(basis: CostBasis) -> usize {
    CostBasis::ALL.iter().position(|known| *known == basis).unwrap_or_default()
}

impl Case {
    /// A case whose state is not read yet.
    pub fn closed(id: TaskId) -> Self {
        Self { id, state: Turns::default(), driver: Mutex::default(), over: watch::Sender::new(false) }
    }

    /// The state, for as long as it is changed and stored.
    pub async fn state(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().await
    }

    /// Who drives the task from now on.
    pub fn driven_by(&self, driver: mpsc::UnboundedSender<Word>) {
        *super::desks::hold(&self.driver) = Some(driver);
    }

    /// Tells the driver; false where there is none.
    pub fn tell(&self, word: Word) -> bool {
        super::desks::hold(&self.driver).as_ref().is_some_and(|driver| driver.send(word).is_ok())
    }

    /// The task's end is durable, or its driver is gone.
    pub fn close(&self) {
        *super::desks::hold(&self.driver) = None;
        self.over.send_replace(true);
    }

    /// Returns once nobody drives the task any more.
    pub async fn wait(&self) {
        // Cannot end early: the sender is this case's own.
        let _ = self.over.subscribe().wait_for(|over| *over).await;
    }
}
