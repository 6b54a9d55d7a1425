//! The responses of a stretch, each once, whatever the lines it comes in.

use super::Thread;
use crate::usage::Observed;
use foldhash::HashMap;
use quarterdeck_shared::{Timestamp, Usd};

/// One response, the largest figure of each kind, and where it was read first.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// Its figures.
    pub observed: Observed,
    /// Whose it is.
    pub thread: Thread,
    /// Where in the file the first piece of it begins.
    pub offset: u64,
    /// When that was written.
    pub at: Option<Timestamp>,
    /// What the writing program said it cost, where it did.
    pub reported: Option<Usd>,
}

impl Heard {
    fn is_of(&self, observed: &Observed) -> bool {
        (&self.observed.message_id, &self.observed.request_id) == (&observed.message_id, &observed.request_id)
    }

    /// Where it stands among those of its file.
    pub(super) fn place(&self) -> (u64, &str, Option<&str>) {
        (self.offset, &self.observed.message_id, self.observed.request_id.as_deref())
    }
}

/// Responses, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Responses {
    /// In the order of the file.
    pub(super) heard: Vec<Heard>,
    /// Where each is among them, by message and request id.
    places: HashMap<(String, Option<String>), usize>,
}

impl Responses {
    /// Takes a piece of a response. Mostly it is of the one before.
    pub(super) fn hear(
        &mut self,
        observed: Observed,
        thread: &Thread,
        offset: u64,
        at: Option<Timestamp>,
        reported: Option<Usd>,
    ) {
        let newest = self.heard.len();
        let place = match self.heard.last() {
            Some(last) if last.is_of(&observed) => newest - 1,
            _ => {
                let key = (observed.message_id.clone(), observed.request_id.clone());
                *self.places.entry(key).or_insert(newest)
            }
        };
        match self.heard.get_mut(place) {
            Some(known) => {
                known.observed.join(&observed);
                known.at = known.at.into_iter().chain(at).min();
                known.reported = known.reported.max(reported);
            }
            None => self.heard.push(Heard { observed, thread: thread.clone(), offset, at, reported }),
        }
    }
}
