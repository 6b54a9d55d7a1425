//! Claude Code's sessions: every transcript below its folders, all history first, then line by line as it is written.

use super::{
    Source, SourceRules, State,
    files::{Seen, find},
    hints::{Change, Hints},
    import::Files,
    intake::{Intake, Tense},
};
use crate::{apart::apart, store::StoreError};
use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

/// Its name on the wire and in the settings.
pub const NAME: &str = "claude_sessions";

/// More new bytes at once than anybody writes: what was copied here is history.
const HISTORY_BYTES: u64 = 4 << 20;
/// How long it waits where the database does not answer.
const AGAIN: Duration = Duration::from_secs(1);

struct ClaudeSessions {
    rules: SourceRules,
    /// The folders of sessions.
    projects: Vec<PathBuf>,
}

/// The source, where the settings want it.
pub fn make(rules: &SourceRules) -> Option<Arc<dyn Source>> {
    let projects = rules.claude_folders.iter().map(|folder| folder.join("projects")).collect();
    rules
        .watch_sessions
        .then(|| Arc::new(ClaudeSessions { rules: rules.clone(), projects }) as Arc<dyn Source>)
}

#[async_trait::async_trait]
impl Source for ClaudeSessions {
    fn name(&self) -> &'static str {
        NAME
    }

    fn places(&self) -> Vec<PathBuf> {
        self.projects.clone()
    }

    async fn run(&self, intake: Intake, board: watch::Sender<State>, mut stop: watch::Receiver<bool>) {
        let follow = Follow {
            source: self,
            intake,
            board,
            stop: stop.clone(),
            files: Files::default(),
            held: BTreeSet::new(),
        };
        let work = follow.run();
        tokio::select! {
            () = work => {}
            // A group that is being written becomes durable all the same; it is known by its positions.
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

/// The source at work.
struct Follow<'source> {
    source: &'source ClaudeSessions,
    intake: Intake,
    board: watch::Sender<State>,
    stop: watch::Receiver<bool>,
    files: Files,
    /// Files of sessions that agents of our own work in: only the next look at everything reads them.
    held: BTreeSet<String>,
}

impl Follow<'_> {
    async fn run(mut self) {
        while let Err(error) = self.recall().await {
            self.trouble(&error).await;
        }
        let mut hints = Hints::new();
        let mut tense = Tense::History;
        loop {
            // Listen first, then look: what is written in between is heard.
            let listens = hints.as_mut().is_some_and(|hints| hints.listen(&self.source.projects));
            match self.look(tense).await {
                Ok(()) => tense = Tense::Live,
                Err(error) => {
                    self.trouble(&error).await;
                    continue;
                }
            }
            let rules = &self.source.rules;
            let until = Instant::now() + if listens { rules.look } else { rules.poll };
            self.rest(hints.as_mut(), until).await;
        }
    }

    /// Follows hints until everything is to be looked at again.
    async fn rest(&mut self, mut hints: Option<&mut Hints>, until: Instant) {
        while let Change::At(paths) = Hints::next_before(hints.as_deref_mut(), until).await {
            if let Err(error) = self.look_at(paths).await {
                return self.trouble(&error).await;
            }
        }
    }

    async fn recall(&mut self) -> Result<(), StoreError> {
        self.files = Files::recall(&self.intake).await?;
        Ok(())
    }

    /// Looks at everything.
    async fn look(&mut self, tense: Tense) -> Result<(), StoreError> {
        let places = self.source.projects.clone();
        let seen = apart(move || find(&places)).await?;
        self.held.clear();
        self.take_in(seen, tense).await?;
        self.intake.look_after().await
    }

    /// Looks at these files.
    async fn look_at(&mut self, paths: BTreeSet<PathBuf>) -> Result<(), StoreError> {
        // A folder that is new may hold files already that nobody gave a hint of.
        let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
        let mut seen = find(&folders);
        seen.extend(files.iter().filter_map(|path| Seen::at(path)));
        seen.retain(|seen| !self.held.contains(&*seen.path.to_string_lossy()));
        self.take_in(seen, Tense::Live).await
    }

    async fn take_in(&mut self, seen: Vec<Seen>, tense: Tense) -> Result<(), StoreError> {
        let changed = self.files.changed(seen);
        let tense = if self.files.behind_all(&changed) > HISTORY_BYTES { Tense::History } else { tense };
        let (board, stop) = (self.board.clone(), self.stop.clone());
        let read_before = board.borrow().read_bytes;
        let now = self.intake.now();
        let taken = self
            .files
            .take_in(changed, &self.intake, tense, |progress, _| {
                let behind = progress.bytes.saturating_sub(progress.bytes_done);
                board.send_modify(|state| {
                    state.behind_bytes = behind;
                    state.read_bytes = read_before + progress.bytes_done;
                    state.taken_at = Some(now);
                    state.message = format!("reads: {} of {} files", progress.files_done, progress.files);
                });
                !*stop.borrow()
            })
            .await?;
        self.held.extend(taken.held_back);
        let held = self.held.len();
        let (files, unread) = (self.files.len() as u64, self.files.unread_lines());
        self.board.send_modify(|state| {
            (state.ok, state.files, state.unread_lines, state.behind_bytes) = (true, files, unread, 0);
            state.message = match held {
                0 => format!("follows {files} files"),
                _ => format!("follows {files} files; {held} belong to agents at work here"),
            };
        });
        Ok(())
    }

    async fn trouble(&self, error: &StoreError) {
        tracing::warn!(%error, "sessions cannot be taken in; it is tried again");
        self.board.send_modify(|state| (state.ok, state.message) = (false, error.to_string()));
        sleep(AGAIN).await;
    }
}
