//! Places from elsewhere: where in its conversation a line of an agent's session file stands.

use super::{
    blocking,
    files::{Files, Place},
};
use crate::store::{Spot, Store, StoreError};
use orchestrator::transcripts::reading::Thread;
use quarterdeck_shared::AgentId;
use std::collections::{BTreeSet, HashMap};

/// The cursors of these spots in their agents' conversations; none where they do not hold them.
pub async fn cursors(store: &Store, spots: Vec<(AgentId, Spot)>) -> Result<Vec<Option<String>>, StoreError> {
    let agents: BTreeSet<_> = spots.iter().map(|(agent, _)| *agent).collect();
    let known = store.files_of_agents(&agents.into_iter().collect::<Vec<_>>()).await?;
    blocking(move || {
        // Files that cannot be opened are no part of the conversation any more, and have no number in it.
        let opened = known.into_iter().map(|(agent, files)| {
            let files = Files::open(&files, Thread::default());
            (agent, files.tapes.into_iter().map(|(path, _)| path).collect())
        });
        let opened: HashMap<AgentId, Vec<String>> = opened.collect();
        let cursor = |(agent, spot): (AgentId, Spot)| match (spot.path, opened.get(&agent)) {
            (None, None) => Some(format!("e{}", spot.place)),
            (None, Some(_)) => None,
            (Some(path), files) => {
                let file = files?.iter().position(|known| *known == path)?;
                Some(Place { file, offset: spot.place }.cursor(usize::try_from(spot.piece).ok()?))
            }
        };
        Ok(spots.into_iter().map(cursor).collect())
    })
    .await
}
