//! The bell: what wakes the keeper.

use super::FINISHED;
use std::{
    fs::File,
    io::Read as _,
    os::unix::net::UnixStream,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

/// What wakes the keeper: a child's end, an order to stop, the server's end.
pub(super) struct Bell {
    pub(super) stop: Arc<AtomicBool>,
    pub(super) finished: Arc<AtomicBool>,
    rings: UnixStream,
    /// The writing end of the program's input.
    pub(super) input: Option<File>,
}

impl Bell {
    pub(super) fn hang() -> std::io::Result<Self> {
        use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1};
        let (rings, rope) = UnixStream::pair()?;
        let (stop, finished) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        signal_hook::flag::register(FINISHED as i32, Arc::clone(&finished))?;
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGQUIT] {
            signal_hook::flag::register(signal, Arc::clone(&stop))?;
        }
        for signal in [SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, FINISHED as i32] {
            signal_hook::low_level::pipe::register(signal, rope.try_clone()?)?;
        }
        Ok(Self { stop, finished, rings, input: None })
    }

    /// Returns when something happened, or after `limit`.
    pub(super) fn wait(&mut self, limit: Duration) {
        let limit = limit.max(Duration::from_millis(1));
        // A failed read is a short sleep: the caller looks round again in any case.
        let _ = self.rings.set_read_timeout(Some(limit));
        let _ = self.rings.read(&mut [0; 64]);
    }
}
