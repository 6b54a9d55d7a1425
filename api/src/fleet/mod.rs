//! The fleet: carries out what core decides. Submit, cancel, approve; everything else follows by itself.

mod agents;
mod approvals;
mod case;
mod checks;
pub mod cleanup;
pub mod clock;
mod desks;
mod drive;
mod error;
pub mod outside;
mod restore;
mod rules;
pub mod runtime;
mod tasks;
mod work;
mod workspace;

pub use error::FleetError;
pub use outside::Outside;
pub use rules::FleetRules;
pub use workspace::Workspace;

use crate::{
    prices::Prices,
    store::{Batch, Store, StoreError},
};
use case::Case;
use clock::Clock;
use desks::{Desks, Mail, Registry};
use drive::Word;
use orchestrator::agents::OWN;
use quarterdeck_shared::{TaskId, agents::Agent, runtimes::Runtime as Health};
use runtime::{RUNTIMES, Runtime};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Semaphore, watch};
use work::{Ending, News};

/// How long the agents may take to end when the server stops. Their keepers end what is left.
const STOPPING: Duration = Duration::from_millis(1500);

/// How long before writing is tried again where nothing can be written.
const AGAIN: Duration = Duration::from_millis(250);

/// The fleet. Cheap to clone; every clone is the same fleet.
#[derive(Clone)]
pub struct Fleet {
    inner: Arc<Inner>,
}

/// What the fleet's parts share.
pub(crate) struct Inner {
    rules: FleetRules,
    store: Store,
    workspace: Workspace,
    runtimes: Vec<Arc<dyn Runtime>>,
    /// The places that agents at work share.
    places: Arc<Semaphore>,
    desks: Desks,
    outside: Outside,
    cases: Registry<TaskId, Case>,
    stopping: watch::Sender<bool>,
    /// Why nothing can be written now.
    trouble: watch::Sender<Option<StoreError>>,
}

impl Fleet {
    /// Starts the fleet: what an earlier server left unfinished is told truthfully before this returns, and goes
    /// on in the background.
    pub async fn start(rules: FleetRules, store: Store) -> Result<Self, FleetError> {
        let workspace = Workspace::open(&rules.workspace_roots, &rules.work_dir).map_err(|error| {
            let place = rules.work_dir.display();
            FleetError::Conflict(format!("{place} cannot be used for agents to work in: {error}"))
        })?;
        // What an earlier server's agents were told to read, its agents read long ago.
        let _ = std::fs::remove_dir_all(&rules.runtimes.private_dir);
        let runtimes = RUNTIMES.iter().map(|make| make(&rules.runtimes)).collect();
        let places = Arc::new(Semaphore::new(rules.max_agents.clamp(1, Semaphore::MAX_PERMITS)));
        let inner = Inner {
            rules,
            store,
            workspace,
            runtimes,
            places,
            desks: Desks::default(),
            outside: Outside::default(),
            cases: Registry::default(),
            stopping: watch::Sender::new(false),
            trouble: watch::Sender::new(None),
        };
        let fleet = Self { inner: Arc::new(inner) };
        fleet.restore().await?;
        Ok(fleet)
    }

    /// What the fleet remembers with.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// What sessions outside of the fleet ask.
    pub fn outside(&self) -> Outside {
        self.inner.outside.clone()
    }

    /// What responses cost.
    pub fn prices(&self) -> &Prices {
        &self.inner.rules.prices
    }

    /// Below which folders agents may work.
    pub fn roots(&self) -> Vec<String> {
        self.inner.workspace.roots()
    }

    /// What can run an agent here.
    pub async fn runtimes(&self) -> Vec<Health> {
        futures::future::join_all(self.inner.runtimes.iter().map(|runtime| runtime.health())).await
    }

    /// Takes no more work and ends every agent so that the next start resumes it.
    pub async fn stop(&self) {
        self.inner.stopping.send_replace(true);
        let cases = self.inner.cases.all();
        let live: Vec<_> = self.inner.desks.all().iter().filter_map(|desk| desk.live()).collect();
        let ends = live.into_iter().map(|live| async move {
            // One that has just ended needs no word.
            let _ = live.mail.send(Mail::Pause).await;
            live.wait().await;
        });
        let all = async {
            futures::future::join_all(ends).await;
            for case in cases.iter().filter(|case| case.tell(Word::Pause)) {
                case.wait().await;
            }
        };
        if tokio::time::timeout(STOPPING, all).await.is_err() {
            tracing::warn!("some agents did not end in time; their keepers end them");
        }
    }

    /// The fleet, unless it is stopping.
    fn working(&self) -> Result<&Arc<Inner>, FleetError> {
        if *self.inner.stopping.borrow() { Err(FleetError::Stopping) } else { Ok(&self.inner) }
    }
}

impl Inner {
    fn clock(&self) -> &Clock {
        &self.rules.runtimes.clock
    }

    /// The runtime of this name.
    fn runtime(&self, name: &str) -> Option<Arc<dyn Runtime>> {
        self.runtimes.iter().find(|runtime| runtime.name() == name).cloned()
    }

    /// The name of the runtime asked for, which can start agents now.
    async fn ready_runtime(&self, asked: Option<&str>) -> Result<String, FleetError> {
        let name = asked.unwrap_or(runtime::DEFAULT);
        let Some(runtime) = self.runtime(name) else {
            let known: Vec<_> = self.runtimes.iter().map(|runtime| runtime.name()).collect();
            let message = format!("there is no such runtime; one of {}", known.join(", "));
            return Err(FleetError::invalid("runtime", message));
        };
        runtime.ready().await.map_err(FleetError::RuntimeUnavailable)?;
        Ok(name.to_owned())
    }

    /// Makes a batch durable, waiting while nothing can be written. Only a batch that can never be written is refused.
    async fn persist(&self, batch: Batch) -> Result<Vec<i64>, StoreError> {
        self.insist(|| self.store.commit(batch.clone())).await
    }

    /// Asks the store until it answers, waiting while it cannot.
    async fn insist<T, F>(&self, ask: impl Fn() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        loop {
            match ask().await {
                Err(error @ (StoreError::Unwritable { .. } | StoreError::Unreachable { .. })) => {
                    self.trouble.send_replace(Some(error));
                    tokio::time::sleep(AGAIN).await;
                }
                done => {
                    self.trouble.send_if_modified(|trouble| trouble.take().is_some());
                    return done;
                }
            }
        }
    }

    /// Waits for something that the fleet does, unless the store cannot write: then it is done once it can.
    async fn unless_stuck(&self, done: impl Future<Output = ()>) -> Result<(), StoreError> {
        let mut trouble = self.trouble.subscribe();
        tokio::select! {
            () = done => Ok(()),
            Ok(error) = trouble.wait_for(Option::is_some) => {
                Err(error.clone().unwrap_or(StoreError::Unwritable { reason: "unknown".into() }))
            }
        }
    }

    /// Tells the driver of an agent's task how the agent ended.
    fn tell_driver(&self, agent: &Agent, ending: Ending) {
        if let (Some(task), Some(step)) = (agent.task_id, agent.step_id.clone()) {
            self.case(task).tell(Word::Agent { step, agent: agent.id, news: News::Ended(ending) });
        }
    }
}
