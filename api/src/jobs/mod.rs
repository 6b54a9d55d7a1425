//! Jobs: what goes on behind the requests for as long as the server runs.

mod cleanup;
mod index;

pub use index::catch_up;

use crate::{fleet::clock::Clock, store::Store};
use quarterdeck_shared::sources::Source as State;
use std::sync::Arc;
use tokio::sync::watch;

/// Something that goes on in the background.
#[async_trait::async_trait]
pub trait Job: Send + Sync {
    /// Does its work until it is told to stop; says on its board how it does.
    async fn run(&self, store: Store, board: watch::Sender<State>, stop: watch::Receiver<bool>);
}

/// The jobs' share of the settings.
#[derive(Clone, Debug)]
pub struct JobRules {
    /// Seconds after which agents that have ended leave the lists by themselves; never where missing.
    pub cleanup_after_seconds: Option<u64>,
    /// What tells the time.
    pub clock: Clock,
}

impl Default for JobRules {
    fn default() -> Self {
        Self { cleanup_after_seconds: None, clock: Clock::system() }
    }
}

/// Makes a job.
type Make = fn(&JobRules) -> Arc<dyn Job>;

/// Every job, by name.
pub const JOBS: &[(&str, Make)] = &[(index::NAME, index::make), (cleanup::NAME, cleanup::make)];

/// A job and the board it writes on.
struct Post {
    job: Arc<dyn Job>,
    board: watch::Sender<State>,
}

/// The jobs of a server. Cheap to clone; every clone is the same ones.
#[derive(Clone)]
pub struct Jobs {
    all: Arc<[Post]>,
    store: Store,
    stop: watch::Sender<bool>,
}

impl Jobs {
    /// Every job; none runs yet.
    pub fn new(rules: &JobRules, store: Store) -> Self {
        let begun = |name: &str| State {
            id: name.to_owned(),
            ok: true,
            message: "has not begun".to_owned(),
            ..State::default()
        };
        let post =
            |(name, make): &(&str, Make)| Post { job: make(rules), board: watch::Sender::new(begun(name)) };
        let all = JOBS.iter().map(post).collect();
        Self { all, store, stop: watch::Sender::new(false) }
    }

    /// Runs every job until all are stopped.
    pub async fn run(&self) {
        let running = self.all.iter().map(|Post { job, board }| {
            board.send_modify(|state| state.running = true);
            let work = tokio::spawn({
                let (job, board) = (job.clone(), board.clone());
                let (store, stop) = (self.store.clone(), self.stop.subscribe());
                async move { job.run(store, board, stop).await }
            });
            async move {
                let fault = work.await.is_err();
                board.send_modify(|state| {
                    (state.running, state.ok) = (false, !fault);
                    state.message =
                        if fault { "it had a fault; the log says more" } else { "has stopped" }.to_owned();
                });
            }
        });
        futures::future::join_all(running).await;
    }

    /// Tells every job to stop.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// How each does.
    pub fn states(&self) -> Vec<State> {
        self.all.iter().map(|post| post.board.borrow().clone()).collect()
    }
}
