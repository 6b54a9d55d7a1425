//! How long a step works: time in which it waits for a person does not count.

use super::{Driver, Word};
use crate::store::StoreError;
use orchestrator::workflows::Input;
use quarterdeck_shared::{StepId, Timestamp};
use std::time::Duration;

/// How long a step has worked; time it waits for a person does not count.
#[derive(Debug, Default)]
pub(super) struct StepClock {
    pub(super) worked: Duration,
    pub(super) since: Option<Timestamp>,
    pub(super) round: u64,
}

impl Driver {
    pub(super) async fn start_clock(&mut self, step: &StepId) -> Result<(), StoreError> {
        let limit = Duration::from_secs(self.most().await?.0);
        let now = self.fleet.clock().steady();
        let clock = self.clocks.entry(step.clone()).or_default();
        if clock.since.is_some() {
            return Ok(());
        }
        clock.since = Some(now);
        clock.round += 1;
        let (left, round) = (limit.saturating_sub(clock.worked), clock.round);
        self.later(left, Word::TimedOut(step.clone(), round));
        Ok(())
    }

    /// Stops a step that has worked as long as it may, if it has worked without a break since.
    pub(super) async fn timed_out(&mut self, step: StepId, round: u64) -> Result<(), StoreError> {
        if self.clocks.get(&step).is_none_or(|clock| clock.round != round) {
            return Ok(());
        }
        let (seconds, whose) = self.most().await?;
        let unit = if seconds == 1 { "second" } else { "seconds" };
        self.apply(Input::TimedOut { step, limit: format!("{seconds} {unit}, {whose}") }).await
    }

    /// The seconds a step may work, and whose limit that is.
    async fn most(&self) -> Result<(u64, &'static str), StoreError> {
        let state = self.fleet.opened(&self.case).await?;
        let asked = state.as_ref().and_then(|state| state.task.limits.seconds);
        Ok(match asked {
            Some(seconds) => (seconds, "its task's limit"),
            None => (self.fleet.rules.step_seconds, "which is the most here (step_seconds)"),
        })
    }

    /// Hears a word after a while.
    pub(super) fn later(&self, wait: Duration, word: Word) {
        let (due, words) = (self.fleet.clock().after(wait), self.words.downgrade());
        tokio::spawn(async move {
            due.await;
            if let Some(words) = words.upgrade() {
                // Where nobody drives any more, nothing is due.
                let _ = words.send(word);
            }
        });
    }

    pub(super) fn stop_clock(&mut self, step: &StepId) {
        let now = self.fleet.clock().steady();
        let clock = self.clocks.entry(step.clone()).or_default();
        if let Some(since) = clock.since.take() {
            clock.worked += Duration::from_micros(u64::try_from(now.0 - since.0).unwrap_or(0));
            clock.round += 1;
        }
    }
}
