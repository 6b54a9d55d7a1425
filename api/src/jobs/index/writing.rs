//! Writing: what was read becomes durable, and what it takes the place of is forgotten.

use super::{FORGET, Index, Read, reading::done_with};
use crate::store::{Batch, Document, FileDone, Indexed, IndexedFile, Row, StoreError};
use orchestrator::{
    files::{Deed, Done},
    transcripts::reading::Thread,
};
use quarterdeck_shared::{AgentId, Timestamp};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

/// What is written, and what it was read of.
pub(super) type Passage = (Arc<str>, Row);

/// What becomes of some pieces.
#[derive(Default)]
pub(super) struct Written {
    pub(super) documents: Vec<Document>,
    done: BTreeMap<String, FileDone>,
    failed: Vec<String>,
}

impl Index {
    /// Makes a pack durable, in one transaction with how far its files are read.
    pub(super) async fn write(
        &mut self,
        pack: Vec<Read>,
        numbers: &mut HashMap<String, i64>,
    ) -> Result<(), StoreError> {
        let (owners, told) = self.owners(&pack).await?;
        let mut all: Vec<Passage> = Vec::with_capacity(told.len() + pack.len());
        for agent in told {
            all.push((agent.to_string().into(), Row::Indexed(Arc::new(self.forget_events(agent).await?))));
        }
        for read in pack {
            let stretch = match read {
                Read::Stretch(stretch) => stretch,
                Read::Gone(behind) => {
                    let id = behind.known.as_ref().map(|known| known.id).unwrap_or_else(|| self.next_file());
                    self.forget_documents(id).await?;
                    let file = Some(done_with(&behind, id, behind.read_bytes).gone());
                    let gone = Indexed { file, ..Indexed::default() };
                    all.push((behind.path.into(), Row::Indexed(Arc::new(gone))));
                    continue;
                }
            };
            if stretch.again {
                self.forget_documents(stretch.file.id).await?;
                let gone = Indexed { gone_file: Some(stretch.file.id), ..Indexed::default() };
                self.store.commit(Batch::new().row(Row::Indexed(Arc::new(gone)))).await?;
            }
            let is_new = stretch.again || stretch.file.id == 0;
            let id = match numbers.get(&stretch.file.path) {
                Some(id) => *id,
                None if is_new => self.next_file(),
                None => stretch.file.id,
            };
            numbers.insert(stretch.file.path.clone(), id);
            let mut written = Written::default();
            for said in stretch.said {
                let Some(agent) = owner(&owners, &said.thread) else { continue };
                if let Some((kind, tool, words)) = said.document {
                    let (place, piece, at) = (said.place, said.piece, said.at);
                    let file_id = Some(id);
                    let id = self.next_document();
                    let document =
                        Document { id, agent_id: agent, file_id, place, piece, kind, tool, at, words };
                    written.documents.push(document);
                }
                match said.deed {
                    Some(Deed::Done(done)) => {
                        written.did(done, agent, Some(id), (said.place, said.piece), said.at);
                    }
                    Some(Deed::Failed(call)) => written.failed(call),
                    None => {}
                }
            }
            let path = stretch.file.path.as_str().into();
            let file = Some(IndexedFile { id, ..stretch.file });
            all.push((path, Row::Indexed(Arc::new(Indexed { file, ..written.into() }))));
        }
        self.keep(all).await
    }

    /// Keeps passages, all at once. Where the database refuses that, it is offered half of them and half of those, down
    /// to each document alone: what it refuses then is passed over, so that it keeps nothing else from being found.
    pub(super) async fn keep(&mut self, all: Vec<Passage>) -> Result<(), StoreError> {
        if self.offer(&all).await?.is_none() {
            return Ok(());
        }
        let mut waiting = vec![all.into_iter().flat_map(parts).collect::<Vec<_>>()];
        while let Some(mut some) = waiting.pop() {
            let Some(reason) = self.offer(&some).await? else { continue };
            let later = some.split_off(some.len().div_ceil(2));
            match &some[..] {
                [(of, _)] if later.is_empty() => self.pass_over(of, &reason),
                _ => waiting.extend([later, some]),
            }
        }
        Ok(())
    }

    /// Offers passages to the database; gives the reason where it refuses them.
    async fn offer(&self, passages: &[Passage]) -> Result<Option<String>, StoreError> {
        let rows = passages.iter().map(|(_, row)| row.clone()).collect();
        match self.store.commit(Batch { rows, events: Vec::new() }).await {
            Err(StoreError::Refused { reason }) => Ok(Some(reason)),
            kept => kept.map(|_| None),
        }
    }

    /// Says that a passage cannot be searched.
    fn pass_over(&mut self, of: &str, reason: &str) {
        tracing::warn!(of, reason, "the database refuses a passage; it cannot be searched");
        let passages = self.refused.as_ref().map_or(0, |(passages, _)| *passages);
        self.refused = Some((passages + 1, format!("of {of}: {reason}")));
    }

    /// Whose the threads of a pack are, and of whom events told what their own thread in it tells.
    async fn owners(
        &self,
        pack: &[Read],
    ) -> Result<(HashMap<Thread, AgentId>, HashSet<AgentId>), StoreError> {
        let said = pack.iter().filter_map(|read| match read {
            Read::Stretch(stretch) => Some(&stretch.said),
            Read::Gone(_) => None,
        });
        let threads: BTreeSet<_> = said.flatten().map(|said| &said.thread).collect();
        let sessions: BTreeSet<_> = threads.iter().map(|thread| thread.session_id.clone()).collect();
        let sessions: Vec<_> = sessions.into_iter().collect();
        let found = self.store.threads(&sessions).await?.into_iter();
        let thread = |(session_id, agent_id)| Thread { session_id, agent_id };
        let mut owners: HashMap<_, _> = found.map(|(key, agent)| (thread(key), agent)).collect();
        for agent in self.store.own_agents_of(&sessions).await? {
            owners.extend(agent.session_id.map(|session| (thread((session, String::new())), agent.id)));
        }
        let tell: Vec<_> = threads.iter().filter_map(|thread| owners.get(*thread).copied()).collect();
        let told = self.store.told_by_events(&tell).await?;
        Ok((owners, told))
    }

    pub(super) async fn forget_documents(&self, file: i64) -> Result<(), StoreError> {
        loop {
            let gone = self.store.documents_of_file(file, FORGET).await?;
            if gone.is_empty() {
                return Ok(());
            }
            let indexed = Indexed { gone, ..Indexed::default() };
            self.store.commit(Batch::new().row(Row::Indexed(Arc::new(indexed)))).await?;
        }
    }

    /// The file tells what the events told: gives what is to be forgotten of it with the pack.
    async fn forget_events(&self, agent: AgentId) -> Result<Indexed, StoreError> {
        loop {
            let gone = self.store.documents_of_events(agent, FORGET).await?;
            let is_last = gone.len() < FORGET as usize;
            // What was done to files may have been told without a word.
            let indexed = Indexed { gone, gone_events: Some(agent), ..Indexed::default() };
            if is_last {
                return Ok(indexed);
            }
            self.store.commit(Batch::new().row(Row::Indexed(Arc::new(indexed)))).await?;
        }
    }

    pub(super) fn next_document(&mut self) -> i64 {
        self.documents += 1;
        self.documents
    }

    fn next_file(&mut self) -> i64 {
        self.files += 1;
        self.files
    }
}

impl Written {
    pub(super) fn did(
        &mut self,
        done: Done,
        agent_id: AgentId,
        file_id: Option<i64>,
        spot: (u64, u64),
        at: Timestamp,
    ) {
        if self.done.get(&done.call).is_some_and(|known| known.settled || !done.settled) {
            return;
        }
        let Done { call, path, deed, added, removed, lines, settled } = done;
        let (place, piece) = spot;
        let done = FileDone {
            call,
            agent_id,
            path,
            deed,
            at,
            file_id,
            place,
            piece,
            added,
            removed,
            lines,
            settled,
        };
        self.done.insert(done.call.clone(), done);
    }

    pub(super) fn failed(&mut self, call: String) {
        if self.done.get(&call).is_some_and(|known| !known.settled) {
            self.done.remove(&call);
        }
        self.failed.push(call);
    }
}

impl From<Written> for Indexed {
    fn from(written: Written) -> Self {
        let Written { documents, done, failed } = written;
        Self { documents, done: done.into_values().collect(), failed, ..Self::default() }
    }
}

/// A passage in the smallest parts there are, in the order in which they make the whole. Each document comes with how far
/// its file is read then: whoever stops halfway reads on from there.
fn parts((of, row): Passage) -> Vec<Passage> {
    let Row::Indexed(indexed) = row else { return vec![(of, row)] };
    let Indexed { file, documents, done, failed, gone, gone_file, gone_events } =
        Arc::unwrap_or_clone(indexed);
    let upto = |place: Option<u64>| Some(IndexedFile { indexed_bytes: place?, ..file.clone()? });
    let places = documents.iter().map(|document| document.place);
    let first = places.clone().chain(done.iter().map(|done| done.place)).min();
    let next: Vec<_> = places.skip(1).map(Some).chain([None]).collect();
    let begin = Indexed { file: upto(first), gone, gone_file, gone_events, ..Indexed::default() };
    let deed = |done| Indexed { done: vec![done], ..Indexed::default() };
    let alone =
        |(document, next)| Indexed { file: upto(next), documents: vec![document], ..Indexed::default() };
    let mut parts = vec![begin];
    parts.extend(done.into_iter().map(deed));
    parts.push(Indexed { failed, ..Indexed::default() });
    parts.extend(documents.into_iter().zip(next).map(alone));
    parts.push(Indexed { file, ..Indexed::default() });
    parts.into_iter().map(|part| (of.clone(), Row::Indexed(Arc::new(part)))).collect()
}

/// Whose words; those of a sub-agent nobody heard of are its session's.
fn owner(owners: &HashMap<Thread, AgentId>, thread: &Thread) -> Option<AgentId> {
    let main = || Thread { session_id: thread.session_id.clone(), agent_id: String::new() };
    owners.get(thread).or_else(|| owners.get(&main())).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::search::HitKind;

    #[test]
    fn parts_say_how_far_their_file_is_read_with_them() {
        let document = |id: i64, place| Document {
            id,
            agent_id: AgentId(uuid::Uuid::nil()),
            file_id: Some(1),
            place,
            piece: 0,
            kind: HitKind::Text,
            tool: None,
            at: Timestamp(0),
            words: String::new(),
        };
        let file = Some(IndexedFile { indexed_bytes: 90, ..IndexedFile::default() });
        let documents = vec![document(1, 10), document(2, 10), document(3, 50)];
        let whole = Indexed { file, documents, ..Indexed::default() };
        let parts = parts(("a file".into(), Row::Indexed(Arc::new(whole))));
        let told = |(_, row): &Passage| match row {
            Row::Indexed(part) => {
                let upto = part.file.as_ref().map(|file| file.indexed_bytes);
                (part.documents.first().map(|document| document.id), upto)
            }
            _ => panic!("a part is a passage of its own"),
        };
        let expected = [
            (None, Some(10)),
            (None, None),
            (Some(1), Some(10)),
            (Some(2), Some(50)),
            (Some(3), None),
            (None, Some(90)),
        ];
        assert_eq!(parts.iter().map(told).collect::<Vec<_>>(), expected);
    }
}
