//! Telling: what agents said and did, by the events that tell of it, until a session file does.

use super::{
    Index,
    reading::{CALLS, WORDS},
    writing::Written,
};
use crate::store::{Channel, Committed, Document, Indexed, Row, StoreError};
use orchestrator::{
    conversations::{Piece, Said, continues, of_event},
    files::{Deed, deed},
    search::{folded, spoken},
};
use quarterdeck_shared::AgentId;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// The note of how far the events are read.
const NOTE: &str = "search/events";
/// Events that are read at a time.
const EVENTS: u32 = 1_000;
/// Events before an answer among which its call is looked for.
const EARLIER: u32 = 200;

/// A piece with its event's place.
struct Told {
    agent: AgentId,
    seq: i64,
    piece: Piece,
}

impl Index {
    /// Reads the events that came since.
    pub(super) async fn read_events(&mut self) -> Result<(), StoreError> {
        let mut after: i64 = self.store.noted(NOTE).await?.unwrap_or(0);
        loop {
            let events = self.store.events(after, Channel::Fleet, EVENTS).await?;
            let Some(last) = events.last().map(|event| event.seq) else { return Ok(()) };
            let mut written = Written::default();
            let told = pieces(&events);
            let agents: BTreeSet<_> = told.iter().map(|told| told.agent).collect();
            // What a file tells is not told twice, though its last words were read before their events came.
            let by_files = self.store.told_by_files(&agents.into_iter().collect::<Vec<_>>()).await?;
            for told in told.into_iter().filter(|told| !by_files.contains(&told.agent)) {
                self.tell(told, &mut written).await?;
            }
            let indexed: Indexed = written.into();
            let of: Arc<str> = format!("events up to {last}").into();
            let mut all = Vec::new();
            if !(indexed.documents.is_empty() && indexed.done.is_empty() && indexed.failed.is_empty()) {
                all.push((of.clone(), Row::Indexed(Arc::new(indexed))));
            }
            all.push((of, Row::Note { key: NOTE.into(), json: Some(last.to_string()) }));
            self.keep(all).await?;
            after = last;
        }
    }

    async fn tell(&mut self, told: Told, written: &mut Written) -> Result<(), StoreError> {
        let Told { agent, seq, piece } = told;
        let place = u64::try_from(seq).unwrap_or(0);
        let at = piece.at.unwrap_or_default();
        let tool = match &piece.said {
            Said::Call { id, tool, .. } => {
                self.called(agent, id.clone(), tool.clone());
                Some(tool.clone())
            }
            Said::Result(outcome) => self.tool_of(agent, seq, &outcome.tool_use_id).await?,
            _ => None,
        };
        if let Some((kind, words)) = spoken(&piece) {
            let words = folded(&words, WORDS);
            if !words.is_empty() {
                let id = self.next_document();
                let document =
                    Document { id, agent_id: agent, file_id: None, place, piece: 0, kind, tool, at, words };
                written.documents.push(document);
            }
        }
        // Recordings that are played twice call their tools by the same names.
        let own = |call: &str| format!("{agent}/{call}");
        match deed(&piece) {
            Some(Deed::Done(mut done)) => {
                done.call = own(&done.call);
                written.did(done, agent, None, (place, 0), at);
            }
            Some(Deed::Failed(call)) => written.failed(own(&call)),
            None => {}
        }
        Ok(())
    }

    fn called(&mut self, agent: AgentId, call: String, tool: String) {
        if self.calls.len() >= CALLS {
            self.calls.clear();
        }
        self.calls.insert((agent, call), tool);
    }

    /// The tool of a call; what was told before this program began is told by the events before the answer's.
    async fn tool_of(&mut self, agent: AgentId, seq: i64, call: &str) -> Result<Option<String>, StoreError> {
        let key = (agent, call.to_owned());
        if !self.calls.contains_key(&key) {
            let before = self.store.words_before(agent, seq, EARLIER).await?;
            let read = |event: &Committed| of_event(&event.event_or_none()?);
            for piece in before.iter().filter_map(read) {
                if let Said::Call { id, tool, .. } = piece.said {
                    self.called(agent, id, tool);
                }
            }
        }
        Ok(self.calls.get(&key).cloned())
    }
}

/// The pieces of events; words of one block that came bit by bit are one piece.
fn pieces(events: &[Committed]) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let mut newest: HashMap<AgentId, usize> = HashMap::new();
    for event in events.iter().filter(|event| matches!(&*event.kind, "agent.activity" | "agent.prompted")) {
        let Some(read) = event.event_or_none() else { continue };
        let (Some(agent), Some(piece)) = (read.agent_id, of_event(&read)) else { continue };
        let piece = match newest.get(&agent).and_then(|index| told.get_mut(*index)) {
            Some(before) => continues(&mut before.piece, piece),
            None => Some(piece),
        };
        if let Some(piece) = piece {
            newest.insert(agent, told.len());
            told.push(Told { agent, seq: event.seq, piece });
        }
    }
    told
}
