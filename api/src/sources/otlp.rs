//! Telemetry: what Claude Code sends by OTLP over HTTP. Whoever hands it in waits until it is durable; what waits at
//! the same time is made durable together.

mod hearing;
mod overhear;
pub mod wire;

use super::{Intake, Source, SourceRules, State};
use crate::store::StoreError;
pub use hearing::Telemetry;
pub(super) use overhear::standing;
use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::interval,
};

/// Its name on the wire and in the settings.
pub const NAME: &str = "otlp";

/// The addresses it is handed in at.
pub const PLACES: [&str; 3] = ["/v1/logs", "/v1/metrics", "/v1/traces"];

/// Parcels that may wait; further ones make their senders wait.
const WAITING: usize = 256;
/// Records that are made durable together, about.
const GROUP: usize = 4_000;
/// How often those are looked at of whom nothing more is heard.
pub(super) const LOOK: Duration = Duration::from_secs(60);

/// Telemetry on its way.
struct Parcel {
    telemetry: Telemetry,
    bytes: u64,
    refused: u64,
    durable: oneshot::Sender<Result<(), StoreError>>,
}

/// Where telemetry is handed in. Every clone is the same one.
#[derive(Clone)]
pub struct Inbox {
    parcels: mpsc::Sender<Parcel>,
    waiting: Arc<Mutex<Option<mpsc::Receiver<Parcel>>>>,
    /// Bytes that are not durable yet.
    behind: Arc<AtomicU64>,
}

impl Default for Inbox {
    fn default() -> Self {
        let (parcels, waiting) = mpsc::channel(WAITING);
        Self { parcels, waiting: Arc::new(Mutex::new(Some(waiting))), behind: Arc::default() }
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inbox({} bytes)", self.behind.load(Ordering::Relaxed))
    }
}

impl Inbox {
    /// Hands in what came in so many bytes, of which so many records were refused; comes back when it is durable.
    /// Nothing where nobody takes it any more.
    pub async fn hand_in(
        &self,
        telemetry: Telemetry,
        bytes: u64,
        refused: u64,
    ) -> Option<Result<(), StoreError>> {
        let (durable, answer) = oneshot::channel();
        self.behind.fetch_add(bytes, Ordering::Relaxed);
        let sent = self.parcels.send(Parcel { telemetry, bytes, refused, durable }).await;
        let answer = if sent.is_ok() { answer.await.ok() } else { None };
        self.behind.fetch_sub(bytes, Ordering::Relaxed);
        answer
    }

    fn take(&self) -> Option<mpsc::Receiver<Parcel>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

struct Otlp {
    inbox: Inbox,
}

/// The source, where the settings want it.
pub fn make(rules: &SourceRules) -> Option<Arc<dyn Source>> {
    rules.take_telemetry.then(|| Arc::new(Otlp { inbox: rules.inbox.clone() }) as Arc<dyn Source>)
}

#[async_trait::async_trait]
impl Source for Otlp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn places(&self) -> Vec<PathBuf> {
        PLACES.map(PathBuf::from).to_vec()
    }

    async fn run(&self, intake: Intake, board: watch::Sender<State>, mut stop: watch::Receiver<bool>) {
        let Some(mut parcels) = self.inbox.take() else { return };
        board.send_modify(|state| state.message = "waits for telemetry".to_owned());
        tokio::select! {
            () = self.work(&mut parcels, &intake, &board) => {}
            // What is being written becomes durable all the same, and sent again it changes nothing.
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

impl Otlp {
    async fn work(
        &self,
        parcels: &mut mpsc::Receiver<Parcel>,
        intake: &Intake,
        board: &watch::Sender<State>,
    ) {
        let mut looks = interval(LOOK);
        loop {
            tokio::select! {
                _ = looks.tick() => {
                    if let Err(error) = intake.look_after_overheard().await {
                        trouble(board, &error);
                    }
                }
                parcel = parcels.recv() => {
                    let Some(first) = parcel else { return };
                    self.take_in(first, parcels, intake, board).await;
                }
            }
        }
    }

    /// Takes in a parcel and those that wait behind it.
    async fn take_in(
        &self,
        first: Parcel,
        parcels: &mut mpsc::Receiver<Parcel>,
        intake: &Intake,
        board: &watch::Sender<State>,
    ) {
        let (mut telemetry, mut waiting) = (Telemetry::default(), Vec::new());
        let (mut bytes, mut refused) = (0, 0);
        let mut next = Some(first);
        while let Some(parcel) = next {
            telemetry.add(parcel.telemetry);
            (bytes, refused) = (bytes + parcel.bytes, refused + parcel.refused);
            waiting.push(parcel.durable);
            next = if telemetry.len() < GROUP { parcels.try_recv().ok() } else { None };
        }
        let answer = if telemetry.is_empty() { Ok(()) } else { intake.hear(telemetry).await.map(drop) };
        let behind = self.inbox.behind.load(Ordering::Relaxed).saturating_sub(bytes);
        match &answer {
            Ok(()) => board.send_modify(|state| {
                (state.ok, state.behind_bytes) = (true, behind);
                state.read_bytes += bytes;
                state.unread_lines += refused;
                state.taken_at = Some(intake.now());
                state.message = "takes in telemetry".to_owned();
            }),
            Err(error) => trouble(board, error),
        }
        for durable in waiting {
            // Who has gone sends it again, if they want to.
            let _ = durable.send(answer.clone());
        }
    }
}

fn trouble(board: &watch::Sender<State>, error: &StoreError) {
    tracing::warn!(%error, "telemetry cannot be taken in; whoever sent it is told to send it again");
    board.send_modify(|state| (state.ok, state.message) = (false, error.to_string()));
}
