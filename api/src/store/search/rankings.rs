//! Rankings: the order of what a search found, kept for its further pages. SQLite's scores weigh a word by how often it
//! stands anywhere: whatever is written between two pages would put other documents in another order.

use crate::store::cursor::Seal;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

/// Documents whose places are kept: those of the newest rankings, however many those are. Each search for what most
/// documents hold takes a sixteenth of them; whoever looks for words as they are typed forgets nothing by it.
const KEPT: usize = 160_000;

/// A document's place among those that were found.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Ranked {
    pub(in crate::store) score: f64,
    pub(in crate::store) at: i64,
    pub(in crate::store) id: i64,
}

/// What a search is known by: its question, and the newest document when it was first asked.
type Known = (Seal, i64);

/// What was found, the best first.
#[derive(Clone, Debug)]
pub(in crate::store) struct Ranking {
    pub(in crate::store) ranked: Arc<[Ranked]>,
    /// Whether nothing more was found behind the last one.
    pub(in crate::store) is_whole: bool,
}

/// The rankings of the last searches whose pages have not been read to their end.
#[derive(Debug, Default)]
pub(in crate::store) struct Rankings(Mutex<VecDeque<(Known, Ranking)>>);

impl Rankings {
    pub(in crate::store) fn keep(&self, known: Known, ranking: Ranking) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(other, _)| *other != known);
        all.push_front((known, ranking));
        let mut kept = 0;
        let fits = |(_, ranking): &&(Known, Ranking)| {
            kept += ranking.ranked.len();
            kept <= KEPT
        };
        let newest = all.iter().take_while(fits).count();
        all.truncate(newest.max(1));
    }

    /// What comes behind a document; none where its ranking is forgotten.
    pub(in crate::store) fn behind(&self, known: Known, id: i64) -> Option<Ranking> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Ranking { ranked, is_whole } =
            all.iter().find(|(other, _)| *other == known).map(|(_, ranking)| ranking.clone())?;
        drop(all);
        let place = ranked.iter().position(|ranked| ranked.id == id)?;
        Some(Ranking { ranked: ranked[place + 1..].into(), is_whole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(number: i64) -> Known {
        (Seal::of("search", &"words").unwrap(), number)
    }

    fn ranking(documents: i64) -> Ranking {
        let ranked = (0..documents).map(|id| Ranked { score: 0.0, at: 0, id }).collect();
        Ranking { ranked, is_whole: true }
    }

    #[test]
    fn many_small_rankings_are_kept_and_few_large_ones() {
        let rankings = Rankings::default();
        rankings.keep(known(0), ranking(200));
        (1..=500).for_each(|number| rankings.keep(known(number), ranking(100)));
        assert_eq!(
            rankings.behind(known(0), 197).unwrap().ranked.iter().map(|it| it.id).collect::<Vec<_>>(),
            [198, 199]
        );
        (501..=516).for_each(|number| rankings.keep(known(number), ranking(10_000)));
        assert!(rankings.behind(known(500), 0).is_none(), "no room is left for it");
        assert!((501..=516).all(|number| rankings.behind(known(number), 0).is_some()));
    }
}
