//! The index: follows what sources take in, and makes of it what the search and the readers of files look in. It reads
//! the files once more, in its own time: the intake waits for none of it.

mod reading;
mod telling;

use super::{Job, State};
use crate::store::{Batch, Behind, Document, FileDone, Indexed, IndexedFile, Noun, Row, Store, StoreError};
use orchestrator::{
    files::{Deed, Done},
    transcripts::reading::Thread,
};
use quarterdeck_shared::{AgentId, Timestamp};
use reading::{Reader, Stretch, done_with};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{broadcast, mpsc, watch},
    time::{Instant, sleep, sleep_until},
};

/// Its name on the wire.
pub const NAME: &str = "search";

/// What one transaction takes in: about so many bytes of files, or so many files. Live work waits for no more.
const PACK_BYTES: u64 = 2 << 20;
const PACK_FILES: usize = 64;
/// Documents that one transaction forgets.
const FORGET: u32 = 1_000;
/// What comes within this time is read together.
const PAUSE: Duration = Duration::from_millis(500);
/// How often it is looked at everything, hints or none; and whether files are gone.
const LOOK: Duration = Duration::from_secs(60);
const SWEEP: Duration = Duration::from_secs(3_600);
/// How long it waits where the database does not answer.
const AGAIN: Duration = Duration::from_secs(1);

/// The job.
pub fn make() -> Arc<dyn Job> {
    Arc::new(Search)
}

struct Search;

#[async_trait::async_trait]
impl Job for Search {
    async fn run(&self, store: Store, board: watch::Sender<State>, mut stop: watch::Receiver<bool>) {
        let index = Index { store, board, documents: 0, files: 0 };
        tokio::select! {
            () = index.run() => {}
            // A pack that is being written becomes durable all the same; it is known by its files' marks.
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

/// Reads everything that is behind, once: for whoever runs no jobs.
pub async fn catch_up(store: &Store) -> Result<(), StoreError> {
    let board = watch::Sender::new(State::default());
    Index { store: store.clone(), board, documents: 0, files: 0 }.pass(true).await
}

/// The job at work.
pub(super) struct Index {
    store: Store,
    board: watch::Sender<State>,
    /// The largest number a document has, and the largest a file has.
    documents: i64,
    files: i64,
}

/// What was read of one file.
enum Read {
    Stretch(Stretch),
    /// It is not there any more.
    Gone(Behind, Option<IndexedFile>),
}

/// What becomes of some pieces.
#[derive(Default)]
struct Written {
    documents: Vec<Document>,
    done: BTreeMap<String, FileDone>,
    failed: Vec<String>,
}

impl Index {
    async fn run(mut self) {
        let mut taken = self.store.versions(Noun::Sources);
        let mut told = self.store.watch();
        let mut swept: Option<Instant> = None;
        loop {
            taken.mark_unchanged();
            let sweeps = swept.is_none_or(|swept| swept.elapsed() > SWEEP);
            if let Err(error) = self.pass(sweeps).await {
                tracing::warn!(%error, "the search cannot follow; it is tried again");
                self.board.send_modify(|state| (state.ok, state.message) = (false, error.to_string()));
                sleep(AGAIN).await;
                continue;
            }
            if sweeps {
                swept = Some(Instant::now());
            }
            let until = Instant::now() + LOOK;
            tokio::select! {
                () = sleep_until(until) => {}
                changed = taken.changed() => if changed.is_err() { return },
                () = spoken(&mut told) => {}
            }
            sleep(PAUSE).await;
        }
    }

    /// Reads everything that came since.
    async fn pass(&mut self, sweeps: bool) -> Result<(), StoreError> {
        (self.documents, self.files) = self.store.index_numbers().await?;
        if sweeps {
            self.sweep().await?;
        }
        self.read_events().await?;
        let behind = self.store.files_behind().await?;
        if !behind.is_empty() {
            self.read_files(behind).await?;
        }
        let state = self.store.index_state().await?;
        self.board.send_modify(|board| {
            (board.ok, board.behind_bytes) = (true, state.behind_bytes);
            board.message = format!("{} bytes of sessions can be searched", state.indexed_bytes);
        });
        Ok(())
    }

    async fn read_files(&mut self, behind: Vec<Behind>) -> Result<(), StoreError> {
        let known = self.store.indexed_files().await?;
        let mut known: HashMap<_, _> = known.into_iter().map(|file| (file.path.clone(), file)).collect();
        let of = |behind: &Behind| known.get(&behind.path).map_or(0, |known| known.indexed_bytes);
        let mut left: u64 = behind.iter().map(|file| file.read_bytes.saturating_sub(of(file))).sum();
        let count = behind.len() as u64;
        let (packs, mut read) = mpsc::channel(1);
        let files: Vec<_> = behind.into_iter().map(|behind| (known.remove(&behind.path), behind)).collect();
        let reading = tokio::task::spawn_blocking(move || read_all(files, &packs));
        // A file keeps its number while its stretches are read.
        let mut numbers: HashMap<String, i64> = HashMap::new();
        while let Some(pack) = read.recv().await {
            let bytes = pack.iter().map(Read::bytes).sum();
            self.write(pack, &mut numbers).await?;
            left = left.saturating_sub(bytes);
            self.board.send_modify(|board| {
                (board.ok, board.behind_bytes, board.files) = (true, left, count);
                board.read_bytes += bytes;
                board.message = "reads what was taken in".to_owned();
            });
        }
        reading
            .await
            .map_err(|error| StoreError::Refused { reason: format!("a file could not be read: {error}") })
    }

    /// Makes a pack durable, in one transaction with how far its files are read.
    async fn write(&mut self, pack: Vec<Read>, numbers: &mut HashMap<String, i64>) -> Result<(), StoreError> {
        let (owners, own) = self.owners(&pack).await?;
        let mut batch = Batch::new();
        for agent in own {
            self.forget_events(agent).await?;
        }
        for read in pack {
            let stretch = match read {
                Read::Stretch(stretch) => stretch,
                Read::Gone(behind, known) => {
                    let id = known.map_or_else(|| self.next_file(), |known| known.id);
                    self.forget_documents(id).await?;
                    let file = Some(done_with(&behind, id, behind.read_bytes).gone());
                    batch = batch.row(Row::Indexed(Arc::new(Indexed { file, ..Indexed::default() })));
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
            let file = Some(IndexedFile { id, ..stretch.file });
            batch = batch.row(Row::Indexed(Arc::new(Indexed { file, ..written.into() })));
        }
        self.store.commit(batch).await.map(drop)
    }

    /// Whose the threads of a pack are, and which of them are agents of our own.
    async fn owners(&self, pack: &[Read]) -> Result<(HashMap<Thread, AgentId>, Vec<AgentId>), StoreError> {
        let said = pack.iter().filter_map(|read| match read {
            Read::Stretch(stretch) => Some(&stretch.said),
            Read::Gone(..) => None,
        });
        let sessions: BTreeSet<_> = said.flatten().map(|said| said.thread.session_id.clone()).collect();
        let sessions: Vec<_> = sessions.into_iter().collect();
        let found = self.store.threads(&sessions).await?.into_iter();
        let thread = |(session_id, agent_id)| Thread { session_id, agent_id };
        let mut owners: HashMap<_, _> = found.map(|(key, agent)| (thread(key), agent)).collect();
        let own = self.store.own_agents_of(&sessions).await?;
        for agent in &own {
            if let Some(session) = &agent.session_id {
                owners.insert(thread((session.clone(), String::new())), agent.id);
            }
        }
        Ok((owners, own.into_iter().map(|agent| agent.id).collect()))
    }

    /// What stood in files that are gone cannot be read back any more; what is there again is read anew.
    async fn sweep(&mut self) -> Result<(), StoreError> {
        let files = self.store.indexed_files().await?;
        let moved = tokio::task::spawn_blocking(move || {
            let has_moved =
                |file: &IndexedFile| std::fs::exists(&file.path).is_ok_and(|exists| exists == file.is_gone());
            files.into_iter().filter(has_moved).collect::<Vec<_>>()
        });
        for file in moved.await.unwrap_or_default() {
            self.forget_documents(file.id).await?;
            let indexed = if file.is_gone() {
                Indexed { gone_file: Some(file.id), ..Indexed::default() }
            } else {
                Indexed { file: Some(file.gone()), ..Indexed::default() }
            };
            self.store.commit(Batch::new().row(Row::Indexed(Arc::new(indexed)))).await?;
        }
        Ok(())
    }

    async fn forget_documents(&self, file: i64) -> Result<(), StoreError> {
        loop {
            let gone = self.store.documents_of_file(file, FORGET).await?;
            if gone.is_empty() {
                return Ok(());
            }
            let indexed = Indexed { gone, ..Indexed::default() };
            self.store.commit(Batch::new().row(Row::Indexed(Arc::new(indexed)))).await?;
        }
    }

    /// The file tells what the events told.
    async fn forget_events(&self, agent: AgentId) -> Result<(), StoreError> {
        loop {
            let gone = self.store.documents_of_events(agent, FORGET).await?;
            if gone.is_empty() {
                return Ok(());
            }
            let indexed = Indexed { gone, gone_events: Some(agent), ..Indexed::default() };
            self.store.commit(Batch::new().row(Row::Indexed(Arc::new(indexed)))).await?;
        }
    }

    fn next_document(&mut self) -> i64 {
        self.documents += 1;
        self.documents
    }

    fn next_file(&mut self) -> i64 {
        self.files += 1;
        self.files
    }
}

impl Read {
    fn bytes(&self) -> u64 {
        match self {
            Self::Stretch(stretch) => stretch.bytes,
            Self::Gone(behind, known) => {
                behind.read_bytes.saturating_sub(known.as_ref().map_or(0, |known| known.indexed_bytes))
            }
        }
    }
}

impl Written {
    fn did(&mut self, done: Done, agent_id: AgentId, file_id: Option<i64>, spot: (u64, u64), at: Timestamp) {
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

    fn failed(&mut self, call: String) {
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

/// Whose words; those of a sub-agent nobody heard of are its session's.
fn owner(owners: &HashMap<Thread, AgentId>, thread: &Thread) -> Option<AgentId> {
    let main = || Thread { session_id: thread.session_id.clone(), agent_id: String::new() };
    owners.get(thread).or_else(|| owners.get(&main())).copied()
}

/// Reads files to their ends, and hands over packs until nobody takes them.
fn read_all(files: Vec<(Option<IndexedFile>, Behind)>, packs: &mpsc::Sender<Vec<Read>>) {
    let mut pack: Vec<Read> = Vec::new();
    let mut bytes = 0;
    for (known, behind) in files {
        let path = behind.path.clone();
        let mut reader = match Reader::open(behind.clone(), known.clone()) {
            Ok(Some(reader)) => reader,
            Ok(None) => continue,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                pack.push(Read::Gone(behind, known));
                continue;
            }
            Err(error) => {
                tracing::debug!(%error, path, "a session file is not read for the search");
                continue;
            }
        };
        loop {
            let more = match reader.stretch(PACK_BYTES - bytes) {
                Ok((stretch, more)) => {
                    bytes += stretch.bytes;
                    pack.push(Read::Stretch(stretch));
                    more
                }
                Err(error) => {
                    tracing::debug!(%error, path, "a session file is not read further for the search");
                    false
                }
            };
            if bytes >= PACK_BYTES || pack.len() >= PACK_FILES {
                bytes = 0;
                if packs.blocking_send(std::mem::take(&mut pack)).is_err() {
                    return;
                }
            }
            if !more {
                break;
            }
        }
    }
    if !pack.is_empty() {
        // Whoever does not listen any more has stopped.
        let _ = packs.blocking_send(pack);
    }
}

/// Waits until an agent of our own said something.
async fn spoken(told: &mut broadcast::Receiver<Arc<[crate::store::Committed]>>) {
    loop {
        match told.recv().await {
            Ok(events) if events.iter().any(|event| &*event.kind == "agent.activity") => return,
            Ok(_) => {}
            Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}
