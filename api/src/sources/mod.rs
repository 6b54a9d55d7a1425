//! Sources: work this program did not start. Each finds what others wrote, core reads it, the intake takes it in.

mod claude_sessions;
mod crew;
mod files;
mod hints;
pub mod import;
mod intake;

pub use crew::SOURCE as TRANSCRIPT;
pub use intake::{Intake, Taken, Tense};

use crate::{fleet::clock::Clock, store::Store};
use quarterdeck_shared::sources::Source as State;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::watch;

/// The sources' share of the settings.
#[derive(Clone, Debug)]
pub struct SourceRules {
    /// Whether sessions that were started elsewhere are taken in.
    pub watch_sessions: bool,
    /// Claude Code's folders.
    pub claude_folders: Vec<PathBuf>,
    /// How often everything is looked at where the system gives no hints.
    pub poll: Duration,
    /// How often it is looked at all the same.
    pub look: Duration,
    /// Tells the time.
    pub clock: Clock,
}

impl SourceRules {
    /// Of these folders, by the machine's clock.
    pub fn new(claude_folders: Vec<PathBuf>) -> Self {
        Self {
            watch_sessions: true,
            claude_folders,
            poll: Duration::from_secs(2),
            look: Duration::from_secs(30),
            clock: Clock::system(),
        }
    }
}

/// Where work comes from that was not started here.
#[async_trait::async_trait]
pub trait Source: Send + Sync {
    /// Its name on the wire.
    fn name(&self) -> &'static str;

    /// Where it looks.
    fn places(&self) -> Vec<PathBuf>;

    /// Takes in what there is and what comes, until it is told to stop; says on its board how it does.
    async fn run(&self, intake: Intake, board: watch::Sender<State>, stop: watch::Receiver<bool>);
}

/// Makes a source, where the settings want it.
type Make = fn(&SourceRules) -> Option<Arc<dyn Source>>;

/// Every source there is, by name.
pub const SOURCES: &[(&str, Make)] = &[(claude_sessions::NAME, claude_sessions::make)];

/// A source, where the settings want it, and the board it writes on.
struct Post {
    source: Option<Arc<dyn Source>>,
    board: watch::Sender<State>,
}

/// The sources of a server. Cheap to clone; every clone is the same ones.
#[derive(Clone)]
pub struct Sources {
    all: Arc<[Post]>,
    intake: Intake,
    stop: watch::Sender<bool>,
}

impl Sources {
    /// The sources these rules want; none runs yet.
    pub fn new(rules: &SourceRules, store: Store) -> Self {
        let all = SOURCES.iter().map(|(name, make)| {
            let source = make(rules);
            let words = if source.is_some() { "has not begun" } else { "the settings want it off" };
            let places = source.iter().flat_map(|source| source.places());
            let state = State {
                id: (*name).to_owned(),
                ok: true,
                message: words.to_owned(),
                places: places.map(|place| place.display().to_string()).collect(),
                ..State::default()
            };
            Post { source, board: watch::Sender::new(state) }
        });
        let intake = Intake::new(store, rules.clock.clone());
        Self { all: all.collect(), intake, stop: watch::Sender::new(false) }
    }

    /// Runs every source until all are stopped.
    pub async fn run(&self) {
        let running = self.all.iter().filter_map(|post| {
            let (source, board) = (post.source.clone()?, post.board.clone());
            board.send_modify(|state| state.running = true);
            let work = tokio::spawn({
                let (intake, board, stop) = (self.intake.clone(), board.clone(), self.stop.subscribe());
                async move { source.run(intake, board, stop).await }
            });
            Some(async move {
                let fault = work.await.is_err();
                board.send_modify(|state| {
                    state.running = false;
                    state.ok = !fault;
                    state.message =
                        if fault { "it had a fault; the log says more" } else { "has stopped" }.to_owned();
                });
            })
        });
        futures::future::join_all(running).await;
    }

    /// Tells every source to stop.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// How each does.
    pub fn states(&self) -> Vec<State> {
        self.all.iter().map(|post| post.board.borrow().clone()).collect()
    }
}
