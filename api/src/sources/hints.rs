//! Hints: what the system says of files that change. They may be late, missing or too many; the truth is to look.

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until, timeout_at},
};

/// Hints that wait at most; more, and everything is looked at.
const WAITING: usize = 4_096;
/// How long hints are gathered after the first: one write makes several.
const GATHER: Duration = Duration::from_millis(10);

/// A hint.
enum Hint {
    At(PathBuf),
    /// Some were lost.
    Anywhere,
}

/// Hints of what changes below some folders.
pub struct Hints {
    watcher: RecommendedWatcher,
    hints: mpsc::Receiver<Hint>,
    watched: BTreeSet<PathBuf>,
}

/// What changed.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    /// These files, perhaps.
    At(BTreeSet<PathBuf>),
    /// Whatever: look at everything.
    Anywhere,
}

impl Hints {
    /// Begins to listen, to nothing yet; none where the system has no ears for it.
    pub fn new() -> Option<Self> {
        let (sender, hints) = mpsc::channel(WAITING);
        let hear = move |event: notify::Result<notify::Event>| {
            let told = match event {
                Ok(event) if event.kind.is_access() => return,
                Ok(event) if !event.need_rescan() => event.paths.into_iter().map(Hint::At).collect(),
                _ => vec![Hint::Anywhere],
            };
            for hint in told {
                // Whoever has so much to do looks at everything anyway: the channel is full, and is heard as such.
                let _ = sender.try_send(hint);
            }
        };
        match notify::recommended_watcher(hear) {
            Ok(watcher) => Some(Self { watcher, hints, watched: BTreeSet::new() }),
            Err(error) => {
                tracing::info!(%error, "the system gives no hints of files that change; they are looked at in turn");
                None
            }
        }
    }

    /// Listens to these folders as well, those that are there; whether it listens to all of them now.
    pub fn listen(&mut self, folders: &[PathBuf]) -> bool {
        let mut all = true;
        for folder in folders {
            if self.watched.contains(folder) && folder.is_dir() {
                continue;
            }
            all &= self.listen_to(folder);
        }
        all
    }

    fn listen_to(&mut self, folder: &Path) -> bool {
        self.watched.remove(folder);
        if !folder.is_dir() {
            return false;
        }
        match self.watcher.watch(folder, RecursiveMode::Recursive) {
            Ok(()) => self.watched.insert(folder.to_owned()),
            Err(error) => {
                tracing::warn!(%error, folder = %folder.display(), "no hints of its files; they are looked at in turn");
                // What was set up before the limit was reached is of no use.
                let _ = self.watcher.unwatch(folder);
                false
            }
        }
    }

    /// What changed next, as far as it is heard before this moment; everything is to be looked at when it has come.
    pub async fn next_before(hints: Option<&mut Self>, until: Instant) -> Change {
        match hints {
            Some(hints) => timeout_at(until, hints.next()).await.unwrap_or(Change::Anywhere),
            None => {
                sleep_until(until).await;
                Change::Anywhere
            }
        }
    }

    async fn next(&mut self) -> Change {
        let Some(first) = self.hints.recv().await else { return std::future::pending().await };
        tokio::time::sleep(GATHER).await;
        let mut change = BTreeSet::new();
        let mut hint = Some(first);
        let mut count = 0;
        while let Some(next) = hint {
            count += 1;
            match next {
                Hint::At(path) => drop(change.insert(path)),
                Hint::Anywhere => count = WAITING,
            }
            hint = self.hints.try_recv().ok();
        }
        if count >= WAITING { Change::Anywhere } else { Change::At(change) }
    }
}
