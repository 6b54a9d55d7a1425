//! Rankings: the order of what a search found, kept for its further pages. SQLite's scores weigh a word by how often it
//! stands anywhere: whatever is written between two pages would put other documents in another order.

use crate::store::cursor::Seal;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// Rankings that are kept: the newest ones.
const KEPT: usize = 16;

/// A document's place among those that were found.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Ranked {
    pub(in crate::store) score: f64,
    pub(in crate::store) at: i64,
    pub(in crate::store) id: i64,
}

/// What a search is known by: its question, and the newest document when it was first asked.
type Known = (Seal, i64);

/// The rankings of the last searches whose pages have not been read to their end.
#[derive(Debug, Default)]
pub(in crate::store) struct Rankings(Mutex<VecDeque<(Known, Arc<[Ranked]>)>>);

impl Rankings {
    pub(in crate::store) fn keep(&self, known: Known, ranking: Arc<[Ranked]>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(other, _)| *other != known);
        all.push_front((known, ranking));
        all.truncate(KEPT);
    }

    /// What comes behind a document, the best first; none where its ranking is forgotten.
    pub(in crate::store) fn behind(&self, known: Known, id: i64) -> Option<Vec<Ranked>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ranking = all.iter().find(|(other, _)| *other == known).map(|(_, ranking)| ranking.clone())?;
        drop(all);
        let place = ranking.iter().position(|ranked| ranked.id == id)?;
        Some(ranking[place + 1..].to_vec())
    }
}
