//! The clean-up: where the settings say after how long, agents that have ended leave the lists by themselves.

use super::{Job, JobRules, State};
use crate::{
    fleet::{cleanup::clean_up, clock::Clock},
    store::{Store, StoreError},
};
use quarterdeck_shared::agents::NewCleanup;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;

/// Its name on the wire.
pub const NAME: &str = "cleanup";

/// How often it is looked for agents that have become old.
const LOOK: Duration = Duration::from_secs(600);

/// The job.
pub fn make(rules: &JobRules) -> Arc<dyn Job> {
    Arc::new(CleanUp { after_seconds: rules.cleanup_after_seconds, clock: rules.clock.clone() })
}

struct CleanUp {
    /// Never where missing.
    after_seconds: Option<u64>,
    clock: Clock,
}

#[async_trait::async_trait]
impl Job for CleanUp {
    async fn run(&self, store: Store, board: watch::Sender<State>, mut stop: watch::Receiver<bool>) {
        let Some(seconds) = self.after_seconds else {
            board.send_modify(|state| state.message = "is done on command alone".to_owned());
            // Whoever could tell it to stop is gone: that is a stop too.
            let _ = stop.wait_for(|stop| *stop).await;
            return;
        };
        let cleaning = async {
            loop {
                let cleaned = self.clean_up(&store, seconds).await;
                board.send_modify(|state| {
                    state.ok = cleaned.is_ok();
                    match &cleaned {
                        Ok(0) => {}
                        Ok(_) => state.taken_at = Some(self.clock.now()),
                        Err(error) => {
                            tracing::warn!(%error, "agents that have ended could not leave the lists")
                        }
                    }
                    state.message = match cleaned {
                        Ok(removed) => format!("{removed} agents left the lists when it looked last"),
                        Err(error) => error.to_string(),
                    };
                });
                self.clock.after(LOOK).await;
            }
        };
        tokio::select! {
            () = cleaning => {}
            // What is being written becomes durable all the same.
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

impl CleanUp {
    /// Takes out whatever is old enough, and says how many that were.
    async fn clean_up(&self, store: &Store, seconds: u64) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let new = NewCleanup { older_than_seconds: seconds };
            let cleaned = clean_up(store, &new, self.clock.now()).await?;
            removed += cleaned.removed;
            if !cleaned.more {
                return Ok(removed);
            }
        }
    }
}
