//! Reading back: a piece of a conversation from where it stands, a line of a session file or an event.

use crate::store::{Spot, Stand, Store, StoreError};
use orchestrator::{
    conversations::{Piece, continues, of_event, read},
    transcripts::lines::LONGEST_LINE,
};
use quarterdeck_shared::{AgentId, Event};
use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom},
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
    let mut told: HashMap<usize, Piece> = HashMap::new();
    for (index, place) in places.iter().enumerate().filter(|(_, place)| place.spot.path.is_none()) {
        if let Some(piece) = told_at(store, place).await? {
            told.insert(index, piece);
        }
    }
    let reading = tokio::task::spawn_blocking(move || {
        let read = |spot: &Spot| read_at(spot.path.as_deref()?, spot.place, spot.piece).ok().flatten();
        places.iter().map(|place| read(&place.spot)).collect::<Vec<_>>()
    });
    let mut pieces = reading
        .await
        .map_err(|error| StoreError::Unreachable { reason: format!("a file could not be read: {error}") })?;
    for (index, piece) in told {
        pieces[index] = Some(piece);
    }
    Ok(pieces)
}

/// A piece of the line that begins at this byte.
fn read_at(path: &str, place: u64, piece: u64) -> io::Result<Option<Piece>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(place))?;
    let mut line = Vec::new();
    BufReader::new(file).take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line)?;
    Ok(read(&line).into_iter().find(|read| read.index as u64 == piece))
}

/// An event's piece, with what the events behind it add to its words.
async fn told_at(store: &Store, place: &Place) -> Result<Option<Piece>, StoreError> {
    let before = i64::try_from(place.spot.place).unwrap_or(i64::MAX) - 1;
    let mut whole: Option<Piece> = None;
    for event in store.words_after(place.agent_id, before, EVENTS).await? {
        let read = serde_json::from_str::<Event>(&event.json).ok();
        let Some(piece) = read.as_ref().and_then(of_event) else { continue };
        match &mut whole {
            None => whole = Some(piece),
            Some(begun) => {
                if continues(begun, piece).is_some() {
                    break;
                }
            }
        }
    }
    Ok(whole)
}
