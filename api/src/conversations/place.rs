//! Places from elsewhere: where in its conversation a line of an agent's session file stands.

use super::{Subject, files::Place};
use crate::store::{Spot, Store, StoreError};
use quarterdeck_shared::AgentId;
use std::path::Path;

/// The cursors of these spots in an agent's conversation; none where it does not hold them.
pub async fn cursors(store: &Store, id: AgentId, spots: &[&Spot]) -> Result<Vec<Option<String>>, StoreError> {
    let Some(subject) = Subject::of(store, id, None).await? else { return Ok(vec![None; spots.len()]) };
    // Files that are gone are no part of the conversation any more, and have no number in it.
    let files: Vec<_> = subject.files.iter().filter(|file| Path::new(&file.path).exists()).collect();
    let cursor = |spot: &&Spot| match &spot.path {
        None => files.is_empty().then(|| format!("e{}", spot.place)),
        Some(path) => {
            let file = files.iter().position(|file| file.path == *path)?;
            Some(Place { file, offset: spot.place }.cursor(usize::try_from(spot.piece).ok()?))
        }
    };
    Ok(spots.iter().map(cursor).collect())
}
