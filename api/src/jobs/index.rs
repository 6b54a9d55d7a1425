//! The index: follows what sources take in, and makes of it what the search and the readers of files look in. It reads
//! the files once more, in its own time: the intake waits for none of it.

mod packs;
mod reading;
mod telling;
mod writing;

use super::{Job, JobRules, State};
use crate::{
    apart::apart,
    store::{Batch, Behind, Indexed, IndexedFile, Noun, Row, Store, StoreError},
};
use packs::{Read, read_all};
use quarterdeck_shared::AgentId;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{broadcast, mpsc, watch},
    time::{Instant, sleep, sleep_until},
};

/// Its name on the wire.
pub const NAME: &str = "search";

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
pub fn make(_: &JobRules) -> Arc<dyn Job> {
    Arc::new(Search)
}

struct Search;

#[async_trait::async_trait]
impl Job for Search {
    async fn run(&self, store: Store, board: watch::Sender<State>, mut stop: watch::Receiver<bool>) {
        tokio::select! {
            () = Index::new(store, board).run() => {}
            // A pack that is being written becomes durable all the same; it is known by its files' marks.
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

/// Reads everything that is behind, once: for whoever runs no jobs.
pub async fn catch_up(store: &Store) -> Result<(), StoreError> {
    let board = watch::Sender::new(State::default());
    Index::new(store.clone(), board).pass(true).await
}

/// The job at work.
pub(super) struct Index {
    store: Store,
    board: watch::Sender<State>,
    /// The largest number a document has, and the largest a file has.
    documents: i64,
    files: i64,
    /// Bytes that can be searched.
    searchable: u64,
    /// How many passages the database refused, and of what and why the last one.
    refused: Option<(u64, String)>,
    /// The tools of calls that events told of: their answers may be told later.
    calls: HashMap<(AgentId, String), String>,
}

impl Index {
    fn new(store: Store, board: watch::Sender<State>) -> Self {
        Self { store, board, documents: 0, files: 0, searchable: 0, refused: None, calls: HashMap::new() }
    }

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
        // A number that was given is given to no other, though its document be gone: pages of a search end at one.
        let (documents, files) = self.store.index_numbers().await?;
        (self.documents, self.files) = (self.documents.max(documents), self.files.max(files));
        if sweeps {
            self.sweep().await?;
        }
        self.read_events().await?;
        let behind = self.store.files_behind().await?;
        self.forget_logs(&behind).await?;
        if sweeps {
            self.searchable = self.store.index_state().await?.indexed_bytes;
        }
        let left = if behind.is_empty() { 0 } else { self.read_files(behind).await? };
        self.board.send_modify(|board| {
            (board.ok, board.behind_bytes) = (self.refused.is_none(), left);
            board.message = format!("{} bytes of sessions can be searched", self.searchable);
            if let Some((passages, last)) = &self.refused {
                board.message += &format!("; passages the database refused: {passages}, the last {last}");
            }
        });
        Ok(())
    }

    /// Reads these files to their ends; how many bytes of them are behind then.
    async fn read_files(&mut self, behind: Vec<Behind>) -> Result<u64, StoreError> {
        let all: u64 = behind.iter().map(|file| file.read_bytes).sum();
        let mut reached: HashMap<_, _> =
            behind.iter().map(|file| (file.path.clone(), file.indexed_bytes())).collect();
        let elsewhere = self.searchable.saturating_sub(reached.values().sum());
        let mut left = all.saturating_sub(reached.values().sum());
        let count = behind.len() as u64;
        let (packs, mut read) = mpsc::channel(1);
        let reading = tokio::task::spawn_blocking(move || read_all(behind, &packs));
        // A file keeps its number while its stretches are read.
        let mut numbers: HashMap<String, i64> = HashMap::new();
        while let Some(pack) = read.recv().await {
            let bytes: u64 = pack.iter().map(Read::bytes).sum();
            reached.extend(pack.iter().map(Read::reached));
            self.write(pack, &mut numbers).await?;
            let now: u64 = reached.values().sum();
            (self.searchable, left) = (elsewhere + now, all.saturating_sub(now));
            self.board.send_modify(|board| {
                (board.ok, board.behind_bytes, board.files) = (self.refused.is_none(), left, count);
                board.read_bytes += bytes;
                board.message = "reads what was taken in".to_owned();
            });
        }
        reading
            .await
            .map(|()| left)
            .map_err(|error| StoreError::Refused { reason: format!("a file could not be read: {error}") })
    }

    /// What these files are about to tell is not told twice: the logs of their agents tell it no more.
    async fn forget_logs(&self, behind: &[Behind]) -> Result<(), StoreError> {
        let main = behind.iter().map(|file| &file.thread).filter(|(_, sub_agent)| sub_agent.is_empty());
        let sessions: Vec<_> = main.map(|(session, _)| session.clone()).collect();
        for log in self.store.logs_of_sessions(&sessions).await? {
            self.forget_documents(log.id).await?;
            let indexed = Indexed { gone_file: Some(log.id), file: Some(log), ..Indexed::default() };
            self.store.commit(Batch::new().row(Row::Indexed(Arc::new(indexed)))).await?;
        }
        Ok(())
    }

    /// What stood in files that are gone cannot be read back any more; what is there again is read anew.
    async fn sweep(&mut self) -> Result<(), StoreError> {
        let files = self.store.indexed_files().await?;
        let moved = apart(move || {
            let has_moved =
                |file: &IndexedFile| std::fs::exists(&file.path).is_ok_and(|exists| exists == file.is_gone());
            files.into_iter().filter(has_moved).collect::<Vec<_>>()
        });
        for file in moved.await? {
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
}

/// Waits until an event tells what somebody said.
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
