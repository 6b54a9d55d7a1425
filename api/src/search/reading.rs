//! Reading back: a piece of a conversation from where it stands, a line of a session file, a part of an agent's log, or
//! an event.

use crate::{
    apart::apart,
    sources::{agent_logs, files::open_plain},
    store::{Committed, Spot, Stand, Store, StoreError},
};
use orchestrator::{
    conversations::{Piece, continues, of_event, read},
    transcripts::lines::LONGEST_LINE,
};
use quarterdeck_shared::AgentId;
use std::{
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom},
    path::Path,
};

/// Events behind the first that are looked at for the rest of its words.
const EVENTS: u32 = 200;

/// Whose words, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whose.
    pub agent_id: AgentId,
    /// Where.
    pub spot: Spot,
}

impl Place {
    /// Where a document stands.
    pub fn of(stand: &Stand) -> Self {
        Self { agent_id: stand.agent_id, spot: stand.spot.clone() }
    }
}

/// The piece at a place; none where what held it is gone or another one.
pub async fn piece_at(store: &Store, place: Place) -> Result<Option<Piece>, StoreError> {
    Ok(pieces_at(store, vec![place]).await?.pop().flatten())
}

/// The pieces at these places, in their order.
pub(super) async fn pieces_at(store: &Store, places: Vec<Place>) -> Result<Vec<Option<Piece>>, StoreError> {
    let mut events = Vec::new();
    for (index, place) in places.iter().enumerate().filter(|(_, place)| place.spot.path.is_none()) {
        let before = i64::try_from(place.spot.place).unwrap_or(i64::MAX) - 1;
        events.push((index, store.words_after(place.agent_id, before, EVENTS).await?));
    }
    apart(move || {
        let read = |spot: &Spot| read_at(spot.path.as_deref()?, spot.place, spot.piece).ok().flatten();
        let mut pieces: Vec<_> = places.iter().map(|place| read(&place.spot)).collect();
        for (index, events) in events {
            pieces[index] = told(&events);
        }
        pieces
    })
    .await
}

/// A piece of the line that begins at this byte.
fn read_at(path: &str, place: u64, piece: u64) -> io::Result<Option<Piece>> {
    let path = Path::new(path);
    if agent_logs::is_log(path) {
        return agent_logs::contents::piece_at(path, place);
    }
    let (mut file, _) = open_plain(path)?;
    file.seek(SeekFrom::Start(place))?;
    let mut line = Vec::new();
    BufReader::new(file).take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line)?;
    Ok(read(&line).into_iter().find(|read| read.index as u64 == piece))
}

/// The piece of the first of these events, with what those behind it add to its words.
fn told(events: &[Committed]) -> Option<Piece> {
    let mut whole: Option<Piece> = None;
    for event in events {
        let Some(piece) = event.event_or_none().as_ref().and_then(of_event) else { continue };
        match &mut whole {
            None => whole = Some(piece),
            Some(begun) => {
                if continues(begun, piece).is_some() {
                    break;
                }
            }
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    #[test]
    fn a_piece_is_read_from_its_file_and_from_nothing_in_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        fs::write(path("a.jsonl"), r#"{"type":"user","message":{"content":"words"}}"#).unwrap();
        symlink(path("a.jsonl"), path("link.jsonl")).unwrap();
        nix::unistd::mkfifo(path("pipe.jsonl").as_str(), nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert!(read_at(&path("a.jsonl"), 0, 0).unwrap().is_some());
        assert!(read_at(&path("link.jsonl"), 0, 0).is_err() && read_at(&path("pipe.jsonl"), 0, 0).is_err());
    }
}
