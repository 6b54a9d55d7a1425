//! The watch over one agent: a window that fills up, a silence that lasts too long. Each is said once.

use quarterdeck_shared::{
    Timestamp,
    agents::{AgentStatus, Context},
};

/// Whether more than four fifths of a window are in use, by the exact figures and not the rounded share.
pub fn is_context_high(context: &Context) -> bool {
    let _ = context;
    unimplemented!()
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
}

impl Monitor {
    /// The seconds of silence after which a working agent is said to make no progress.
    pub const STALL_SECONDS: i64 = 600;

    /// A watch that begins now.
    pub fn new(stall_seconds: i64, now: Timestamp) -> Self {
        let _ = now;
        Self { stall_seconds }
    }

    /// The agent was heard of.
    pub fn heard(&mut self, now: Timestamp) {
        let _ = (now, self.stall_seconds);
        unimplemented!()
    }

    /// Its window is so full now.
    pub fn context(&mut self, context: Option<Context>) -> Option<Alarm> {
        let _ = context;
        unimplemented!()
    }

    /// Time went by. Only a running agent can stall: a waiting one waits for a person.
    pub fn tick(&mut self, status: AgentStatus, now: Timestamp) -> Option<Alarm> {
        let _ = (status, now);
        unimplemented!()
    }

    /// When [`Monitor::tick`] should be asked next.
    pub fn next_check(&self) -> Timestamp {
        unimplemented!()
    }
}
