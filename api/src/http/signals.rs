//! Signals: the ways in which the process is asked to end.

use super::Ended;
use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// All of them, heard from the moment this is made.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    /// Begins to listen.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> Ended {
        tokio::select! {
            _ = self.terminate.recv() => Ended::Asked,
            _ = self.hangup.recv() => Ended::Asked,
            _ = self.interrupt.recv() => Ended::Interrupted,
        }
    }
}
