//! The watch over one agent: a window that fills up, a silence that lasts too long. Each is said once.

use quarterdeck_shared::{
    Timestamp,
    agents::{AgentStatus, Context},
};

/// Whether more than four fifths of a window are in use, by the exact figures and not the rounded share.
pub fn is_context_high(context: &Context) -> bool {
    u128::from(context.used) * 5 > u128::from(context.window) * 4
}

/// Tokens that still fit.
pub fn remaining(context: &Context) -> u64 {
    context.window.saturating_sub(context.used)
}

/// What is to be said of an agent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Alarm {
    /// Its window is nearly full.
    ContextHigh(Context),
    /// It has not been heard of for so many seconds.
    Stalled {
        /// Seconds since its last event.
        seconds: i64,
    },
}

/// The watch over one agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Monitor {
    stall_seconds: i64,
    heard_at: Timestamp,
    said_stalled: bool,
    said_high: bool,
}

impl Monitor {
    /// The seconds of silence after which a working agent is said to make no progress.
    pub const STALL_SECONDS: i64 = 600;

    /// A watch that begins now.
    pub const fn new(stall_seconds: i64, now: Timestamp) -> Self {
        Self { stall_seconds, heard_at: now, said_stalled: false, said_high: false }
    }

    /// The agent was heard of: it said or did something. Whether that ends a silence that was spoken of.
    pub fn heard(&mut self, now: Timestamp) -> bool {
        self.heard_at = self.heard_at.max(now);
        std::mem::take(&mut self.said_stalled)
    }

    /// Its window is so full now. Said again only after there was room in between, as after a compaction.
    pub fn context(&mut self, context: Option<Context>) -> Option<Alarm> {
        let high = context.filter(is_context_high);
        let news = high.filter(|_| !self.said_high);
        self.said_high = high.is_some();
        news.map(Alarm::ContextHigh)
    }

    /// Time went by. Only a running agent can stall: a waiting one waits for a person, and starts afresh.
    pub fn tick(&mut self, status: AgentStatus, now: Timestamp) -> Option<Alarm> {
        if status != AgentStatus::Running {
            self.heard(now);
            return None;
        }
        let seconds = now.seconds_since(self.heard_at);
        let news = seconds >= self.stall_seconds && !self.said_stalled;
        self.said_stalled |= news;
        news.then_some(Alarm::Stalled { seconds })
    }

    /// When silence will have lasted too long; ask [`Monitor::tick`] then.
    pub const fn next_check(&self) -> Timestamp {
        self.heard_at.plus_seconds(self.stall_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp(1_000_000_000_000_000);

    #[test]
    fn silence_is_said_once_and_again_only_after_a_word() {
        let mut monitor = Monitor::new(Monitor::STALL_SECONDS, START);
        let tick =
            |monitor: &mut Monitor, seconds| monitor.tick(AgentStatus::Running, START.plus_seconds(seconds));
        assert_eq!(tick(&mut monitor, 599), None);
        assert_eq!(tick(&mut monitor, 600), Some(Alarm::Stalled { seconds: 600 }));
        assert_eq!(tick(&mut monitor, 900), None);
        assert!(monitor.heard(START.plus_seconds(1_000)), "the silence is over");
        assert!(!monitor.heard(START.plus_seconds(1_000)));
        assert_eq!(monitor.next_check(), START.plus_seconds(1_600));
        assert_eq!(tick(&mut monitor, 1_700), Some(Alarm::Stalled { seconds: 700 }));
    }

    #[test]
    fn who_waits_for_a_person_does_not_stall() {
        let mut monitor = Monitor::new(600, START);
        assert_eq!(monitor.tick(AgentStatus::Waiting, START.plus_seconds(5_000)), None);
        assert_eq!(monitor.tick(AgentStatus::Running, START.plus_seconds(5_500)), None);
    }

    #[test]
    fn a_full_window_is_said_once_until_there_is_room_again() {
        let mut monitor = Monitor::new(600, START);
        let full = Context::of(160_001, 200_000);
        let high = full.map(Alarm::ContextHigh);
        assert_eq!(monitor.context(Context::of(160_000, 200_000)), None);
        assert_eq!(monitor.context(full), high);
        assert_eq!(monitor.context(full), None);
        assert_eq!(monitor.context(Context::of(624, 200_000)), None);
        assert_eq!(monitor.context(full), high);
    }
}
