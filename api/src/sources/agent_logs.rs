//! Agent logs: the folders of the Python orchestrator, those that are there first, then as they grow.

pub mod contents;
pub mod database;
mod folders;
mod gather;
mod taking;

pub use folders::{Found, Logs, find, is_log, moment};

use super::{
    Source, SourceRules, State,
    hints::{Change, Hints},
    intake::{Intake, Tense},
};
use crate::{apart::apart, store::StoreError};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

pub use orchestrator::agent_logs::SOURCE as NAME;

/// How long it waits where the database does not answer.
const AGAIN: Duration = Duration::from_secs(1);

struct AgentLogs {
    rules: SourceRules,
}

/// The source, where the settings name folders.
pub fn make(rules: &SourceRules) -> Option<Arc<dyn Source>> {
    let wanted = !rules.log_folders.is_empty();
    wanted.then(|| Arc::new(AgentLogs { rules: rules.clone() }) as Arc<dyn Source>)
}

#[async_trait::async_trait]
impl Source for AgentLogs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn places(&self) -> Vec<PathBuf> {
        self.rules.log_folders.clone()
    }

    async fn run(&self, intake: Intake, board: watch::Sender<State>, mut stop: watch::Receiver<bool>) {
        let follow = Follow { rules: &self.rules, intake, board, logs: Logs::default() };
        tokio::select! {
            () = follow.run() => {}
            // A group that is being written becomes durable all the same; it is known by its files.
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

/// The source at work.
struct Follow<'source> {
    rules: &'source SourceRules,
    intake: Intake,
    board: watch::Sender<State>,
    logs: Logs,
}

impl Follow<'_> {
    async fn run(mut self) {
        loop {
            match Logs::recall(&self.intake, self.rules.zone.clone()).await {
                Ok(logs) => break self.logs = logs,
                Err(error) => self.trouble(&error).await,
            }
        }
        let mut hints = Hints::new();
        let mut tense = Tense::History;
        loop {
            // Listen first, then look: what is written in between is heard.
            let places = &self.rules.log_folders;
            let listens = hints.as_mut().is_some_and(|hints| hints.listen(places));
            match self.look(tense).await {
                Ok(()) => tense = Tense::Live,
                Err(error) => {
                    self.trouble(&error).await;
                    continue;
                }
            }
            let until = Instant::now() + if listens { self.rules.look } else { self.rules.poll };
            self.rest(hints.as_mut(), until).await;
        }
    }

    /// Follows hints until everything is to be looked at again: folders are few, so a hint means to look.
    async fn rest(&mut self, mut hints: Option<&mut Hints>, until: Instant) {
        while let Change::At(paths) = Hints::next_before(hints.as_deref_mut(), until).await {
            let places = self.rules.log_folders.clone();
            let taken = match apart(move || folders::at(&paths, &places)).await {
                Ok(found) => self.take_in(found, Tense::Live).await,
                Err(error) => Err(error),
            };
            if let Err(error) = taken {
                return self.trouble(&error).await;
            }
        }
    }

    /// Looks at everything.
    async fn look(&mut self, tense: Tense) -> Result<(), StoreError> {
        let places = self.rules.log_folders.clone();
        let found = apart(move || find(&places)).await?;
        self.take_in(found, tense).await
    }

    async fn take_in(&mut self, found: Vec<Found>, tense: Tense) -> Result<(), StoreError> {
        let changed = self.logs.changed(found, self.intake.now());
        let behind: u64 = changed.iter().map(Found::bytes).sum();
        self.board.send_modify(|state| state.behind_bytes = behind);
        let count = changed.len();
        self.logs.take_in(changed, &self.intake, tense).await?;
        let (folders, unread, now) = (self.logs.len(), self.logs.unread_lines(), self.intake.now());
        self.board.send_modify(|state| {
            (state.ok, state.files, state.unread_lines, state.behind_bytes) = (true, folders, unread, 0);
            state.read_bytes += behind;
            state.taken_at = if count > 0 { Some(now) } else { state.taken_at };
            state.message = format!("follows {folders} folders");
        });
        Ok(())
    }

    async fn trouble(&self, error: &StoreError) {
        tracing::warn!(%error, "agent logs cannot be taken in; it is tried again");
        self.board.send_modify(|state| (state.ok, state.message) = (false, error.to_string()));
        sleep(AGAIN).await;
    }
}
