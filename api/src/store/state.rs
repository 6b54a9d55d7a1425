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

    /// Tells everybody, before anybody is answered. First how far the writer is: what is read at a new version must not
    /// be said to be of an older moment.
    pub(super) fn publish(&self, nouns: &[Noun], events: &[Committed]) {
        if let Some(newest) = events.last() {
            self.seq.store(newest.seq, Ordering::Release);
        }
        for noun in nouns {
            self.versions[*noun as usize].send_modify(|version| *version += 1);
        }
        if !events.is_empty() {
            // Nobody listening is no failure.
            let _ = self.committed.send(events.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::Timestamp;
    use std::thread;

    #[test]
    fn whoever_sees_a_new_version_sees_how_far_the_writer_was() {
        const ROUNDS: i64 = 100_000;
        let state = State::new(0);
        let told = |seq| Committed {
            seq,
            at: Timestamp(seq),
            kind: "agent.created".into(),
            agent_id: None,
            task_id: None,
            json: "{}".into(),
        };
        thread::scope(|scope| {
            scope.spawn(|| (1..=ROUNDS).for_each(|seq| state.publish(&[Noun::Agents], &[told(seq)])));
            loop {
                let version = state.version(Noun::Agents) as i64;
                let seq = state.seq.load(Ordering::Acquire);
                assert!(seq >= version, "version {version} is known, and no more than {seq}");
                if version == ROUNDS {
                    break;
                }
            }
        });
    }
}
