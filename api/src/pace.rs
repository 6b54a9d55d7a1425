//! A pace: whatever would be said again and again is said once a minute at most.

use std::time::{Duration, Instant};

/// Between two times that it is said.
const MINUTE: Duration = Duration::from_secs(60);

/// When it was said last.
#[derive(Debug, Default)]
pub(crate) struct Pace(Option<Instant>);

impl Pace {
    /// Whether it may be said at this moment; if so, it counts as said.
    pub(crate) fn is_due(&mut self, now: Instant) -> bool {
        let due = self.0.is_none_or(|last| now.saturating_duration_since(last) >= MINUTE);
        self.0 = if due { Some(now) } else { self.0 };
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_at_once_and_then_once_a_minute() {
        let (mut pace, begun) = (Pace::default(), Instant::now());
        let said = (0..180).filter(|second| pace.is_due(begun + Duration::from_secs(*second)));
        assert_eq!(said.collect::<Vec<_>>(), [0, 60, 120]);
    }
}
