//! Sources: work this program did not start. Each finds what others wrote, core reads it, the intake takes it in.

pub mod agent_logs;
mod claude_sessions;
mod crew;
pub(crate) mod files;
mod hints;
mod hooks;
pub mod import;
mod intake;
pub mod otlp;
mod repricing;

pub use hooks::{HookRules, Hooks};
pub use intake::{Intake, Taken, Tense};
pub use repricing::Repriced;

use crate::{
    fleet::{Outside, clock::Clock},
    prices::Prices,
    store::Store,
};
use jiff::tz::TimeZone;
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
    /// Folders of agent logs.
    pub log_folders: Vec<PathBuf>,
    /// The zone of the clock by which they were written.
    pub zone: TimeZone,
    /// Whether telemetry is taken in.
    pub take_telemetry: bool,
    /// Where telemetry is handed in.
    pub inbox: otlp::Inbox,
    /// How often everything is looked at where the system gives no hints.
    pub poll: Duration,
    /// How often it is looked at all the same.
    pub look: Duration,
    /// Whether hooks are heard.
    pub hear_hooks: bool,
    /// How they are answered.
    pub hooks: HookRules,
    /// Tells the time.
    pub clock: Clock,
    /// What responses cost.
    pub prices: Prices,
}

impl SourceRules {
    /// Of these folders, by the machine's clock.
    pub fn new(claude_folders: Vec<PathBuf>) -> Self {
        Self {
            watch_sessions: true,
            take_telemetry: true,
            hear_hooks: true,
            inbox: otlp::Inbox::default(),
            claude_folders,
            log_folders: Vec::new(),
            zone: TimeZone::system(),
            poll: Duration::from_secs(2),
            look: Duration::from_secs(30),
            hooks: HookRules::default(),
            clock: Clock::system(),
            prices: Prices::default(),
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

/// Every source that looks for itself or keeps a box for what is sent, by name; hooks are answered at once.
pub const SOURCES: &[(&str, Make)] = &[
    (claude_sessions::NAME, claude_sessions::make),
    (agent_logs::NAME, agent_logs::make),
    (otlp::NAME, otlp::make),
];

/// A source, where there is something for it to do, and the board it writes on.
struct Post {
    source: Option<Arc<dyn Source>>,
    board: watch::Sender<State>,
    /// Whether the settings want it; one they do not want only ends what it began, and its board says nothing else.
    is_wanted: bool,
}

/// The sources of a server. Cheap to clone; every clone is the same ones.
#[derive(Clone)]
pub struct Sources {
    all: Arc<[Post]>,
    intake: Intake,
    hooks: Option<Hooks>,
    inbox: Option<otlp::Inbox>,
    stop: watch::Sender<bool>,
}

impl Sources {
    /// The sources these rules want; none runs yet.
    pub fn new(rules: &SourceRules, store: Store) -> Self {
        Self::beside(rules, store, Outside::default())
    }

    /// The same, beside a fleet that answers for sessions outside of it.
    pub fn beside(rules: &SourceRules, store: Store, outside: Outside) -> Self {
        let intake = Intake::new(store, rules.clock.clone()).with_prices(rules.prices.clone());
        let stop = watch::Sender::new(false);
        let found = SOURCES.iter().map(|(name, make)| {
            let source = make(rules);
            let places = source.iter().flat_map(|source| source.places()).collect();
            let is_wanted = source.is_some();
            Post { source, board: board(name, is_wanted, places), is_wanted }
        });
        let mut all: Vec<_> = found.collect();
        let heard = board(hooks::NAME, rules.hear_hooks, Vec::new());
        let hooks = Hooks::new(intake.clone(), rules.hooks.clone(), outside, heard.clone(), stop.subscribe());
        // Whoever was told of by hooks before is looked after, whether more are heard or not.
        let source = Some(Arc::new(hooks.clone()) as Arc<dyn Source>);
        all.push(Post { source, board: heard, is_wanted: rules.hear_hooks });
        let hooks = rules.hear_hooks.then_some(hooks);
        let inbox = rules.take_telemetry.then(|| rules.inbox.clone());
        Self { all: all.into(), intake, hooks, inbox, stop }
    }

    /// What hears Claude Code's hooks; none where the settings want it off.
    pub fn hooks(&self) -> Option<&Hooks> {
        self.hooks.as_ref()
    }

    /// Runs every source until all are stopped.
    pub async fn run(&self) {
        let running = self.all.iter().filter_map(|post| {
            let (source, board) = (post.source.clone()?, post.board.clone());
            let is_wanted = post.is_wanted;
            board.send_modify(|state| state.running = is_wanted);
            let work = tokio::spawn({
                let (intake, board, stop) = (self.intake.clone(), board.clone(), self.stop.subscribe());
                async move { source.run(intake, board, stop).await }
            });
            Some(async move {
                let fault = work.await.is_err();
                board.send_if_modified(|state| {
                    if !is_wanted && !fault {
                        return false;
                    }
                    state.running = false;
                    state.ok = !fault;
                    state.message =
                        if fault { "it had a fault; the log says more" } else { "has stopped" }.to_owned();
                    true
                });
            })
        });
        futures::future::join_all(running).await;
    }

    /// Where telemetry is handed in; none where the settings want it off.
    pub fn inbox(&self) -> Option<&otlp::Inbox> {
        self.inbox.as_ref()
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

/// Where a source says how it does.
fn board(name: &str, wanted: bool, places: Vec<PathBuf>) -> watch::Sender<State> {
    watch::Sender::new(State {
        id: name.to_owned(),
        ok: true,
        message: if wanted { "has not begun" } else { "the settings want it off" }.to_owned(),
        places: places.iter().map(|place| place.display().to_string()).collect(),
        ..State::default()
    })
}
