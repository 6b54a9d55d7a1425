//! What the writer tells everybody: how far it is, what changed, and whether anything can be written.

use super::{Committed, Noun};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use tokio::sync::{broadcast, watch};

/// What everybody may know of the writer.
#[derive(Debug)]
pub(super) struct State {
    pub(super) seq: AtomicI64,
    versions: [watch::Sender<u64>; 7],
    fault: watch::Sender<Option<String>>,
    pub(super) committed: broadcast::Sender<Arc<[Committed]>>,
}

impl State {
    pub(super) fn new(seq: i64) -> Self {
        let committed = broadcast::Sender::new(1024);
        Self { seq: seq.into(), versions: Default::default(), fault: watch::Sender::default(), committed }
    }

    pub(super) fn version(&self, noun: Noun) -> u64 {
        *self.versions[noun as usize].borrow()
    }

    /// The same, and each time it rises.
    pub(super) fn versions(&self, noun: Noun) -> watch::Receiver<u64> {
        self.versions[noun as usize].subscribe()
    }

    /// Why nothing can be written, if nothing can.
    pub(super) fn fault(&self) -> Option<String> {
        self.fault.borrow().clone()
    }

    /// The same, and each time it changes.
    pub(super) fn faults(&self) -> watch::Receiver<Option<String>> {
        self.fault.subscribe()
    }

    /// Whether that is news.
    pub(super) fn set_fault(&self, fault: Option<String>) -> bool {
        self.fault.send_if_modified(|known| {
            let changed = *known != fault;
            *known = fault;
            changed
        })
    }

    /// Tells everybody, before anybody is answered.
    pub(super) fn publish(&self, nouns: &[Noun], events: &[Committed]) {
        for noun in nouns {
            self.versions[*noun as usize].send_modify(|version| *version += 1);
        }
        if let Some(newest) = events.last() {
            self.seq.store(newest.seq, Ordering::Release);
            // Nobody listening is no failure.
            let _ = self.committed.send(events.into());
        }
    }
}
