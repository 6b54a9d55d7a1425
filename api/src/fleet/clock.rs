//! The clock of the fleet: passed in, so that tests advance it instead of waiting.

use quarterdeck_shared::Timestamp;
use std::{
    future::Future,
    sync::OnceLock,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Tells the time and wakes those who wait for it.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System,
    Manual(watch::Sender<Timestamp>),
}

impl Clock {
    /// The machine's clock. Waiting goes by monotonic time, so a jump or a suspended machine rings no alarm.
    pub const fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands still until it is advanced.
    pub fn manual(start: Timestamp) -> Self {
        Self(Kind::Manual(watch::Sender::new(start)))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => Timestamp(jiff::Timestamp::now().as_microsecond()),
            Kind::Manual(now) => *now.borrow(),
        }
    }

    /// A moment that only ever rises, for durations and alarms: a jump of the clock or a suspended machine leaves it
    /// alone. It can be compared with other such moments only.
    pub fn steady(&self) -> Timestamp {
        match &self.0 {
            Kind::System => {
                static START: OnceLock<Instant> = OnceLock::new();
                Timestamp(micros(START.get_or_init(Instant::now).elapsed()))
            }
            Kind::Manual(now) => *now.borrow(),
        }
    }

    /// Moves a manual clock; the machine's clock goes its own way.
    pub fn advance(&self, by: Duration) {
        if let Kind::Manual(now) = &self.0 {
            now.send_modify(|now| now.0 = now.0.saturating_add(micros(by)));
        }
    }

    /// Resolves once so much time has passed since the call.
    pub fn after(&self, wait: Duration) -> impl Future<Output = ()> + Send + use<> {
        let kind = self.0.clone();
        let due = self.now().0.saturating_add(micros(wait));
        async move {
            match kind {
                Kind::System => tokio::time::sleep(wait).await,
                Kind::Manual(sender) => {
                    let mut now = sender.subscribe();
                    // Cannot end early: this future holds a sender itself.
                    let _ = now.wait_for(|now| now.0 >= due).await;
                }
            }
        }
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[tokio::test]
    async fn a_manual_clock_wakes_those_whose_time_has_come() {
        let clock = Clock::manual(Timestamp(0));
        let mut early = Box::pin(clock.after(Duration::from_secs(1)));
        let mut late = Box::pin(clock.after(Duration::from_secs(5)));
        assert!((&mut early).now_or_never().is_none());
        clock.advance(Duration::from_secs(2));
        early.await;
        assert!((&mut late).now_or_never().is_none());
        clock.advance(Duration::from_secs(3));
        late.await;
    }
}
