//! The messages that are stored, while files are read into a ledger that was empty: of those that are not among them
//! nobody has to ask the database.

use foldhash::{HashSet, fast::RandomState};
use std::hash::BuildHasher as _;

/// Messages that are kept at most.
const MOST: usize = 2_000_000;

/// What is stored, as long as nobody else writes.
#[derive(Debug, Default)]
pub(super) struct Stored {
    /// Whether every message that is stored is among these.
    is_whole: bool,
    /// Records there were then.
    records: u64,
    /// Two messages of one number are taken for one: then the database is asked in vain.
    messages: HashSet<u64>,
    hasher: RandomState,
}

impl Stored {
    /// There are so many records now. Of those none goes but what somebody else wrote: where there are others than the
    /// last time, they are somebody else's.
    pub(super) fn look(&mut self, records: u64) {
        let is_whole = self.is_whole && self.records == records;
        if !is_whole {
            self.messages = HashSet::default();
        }
        (self.is_whole, self.records) = (is_whole || records == 0, records);
    }

    /// Whether it is certain that nothing of this message is stored.
    pub(super) fn lacks(&self, message_id: &str) -> bool {
        self.is_whole && !self.messages.contains(&self.hasher.hash_one(message_id))
    }

    /// A message is about to be stored.
    pub(super) fn add(&mut self, message_id: &str) {
        if self.is_whole {
            self.messages.insert(self.hasher.hash_one(message_id));
            self.is_whole = self.messages.len() < MOST;
        }
    }

    /// Nothing is certain any more.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// So many records more are stored.
    pub(super) fn grow(&mut self, records: u64) {
        self.records += records;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_known_until_somebody_else_writes() {
        let mut stored = Stored::default();
        assert!(!stored.lacks("a"), "before anybody has looked nothing is certain");
        stored.look(0);
        stored.add("a");
        stored.grow(1);
        stored.look(1);
        assert_eq!((stored.lacks("a"), stored.lacks("b")), (false, true));
        stored.look(2);
        assert!(!stored.lacks("b"), "somebody else may have written it");
        stored.look(2);
        assert!(!stored.lacks("b"), "and it stays in doubt");
    }

    #[test]
    fn a_write_that_failed_leaves_no_false_certainty() {
        let mut stored = Stored::default();
        stored.look(0);
        stored.add("a");
        stored.look(0);
        assert_eq!((stored.lacks("a"), stored.lacks("b")), (false, true));
        stored.forget();
        stored.look(1);
        assert!(!stored.lacks("b"));
    }
}
