//! How long a step works: time in which it waits for a person does not count.

use super::{Driver, Word};
use crate::store::StoreError;
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
        let limit = {
            let state = self.fleet.opened(&self.case).await?;
            let asked = state.as_ref().and_then(|state| state.task.limits.seconds);
            Duration::from_secs(asked.unwrap_or(self.fleet.rules.step_seconds))
        };
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

    pub(super) fn stop_clock(&mut self, step: &StepId) {
        let now = self.fleet.clock().steady();
        let clock = self.clocks.entry(step.clone()).or_default();
        if let Some(since) = clock.since.take() {
            clock.worked += Duration::from_micros(u64::try_from(now.0 - since.0).unwrap_or(0));
            clock.round += 1;
        }
    }
}
