//! The hub: takes events as they become durable, merges them once per channel, and hands them to all who watch it.

use crate::store::{Channel, Committed, Snapshot, Store, StoreError};
use orchestrator::live::{Merger, Windows, subject};
use quarterdeck_shared::{TaskId, Timestamp, live::Frame};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::sync::{Notify, broadcast};

/// Events a channel keeps for clients that are a little behind.
const RING: usize = 2048;
/// Events read from the table at a time.
const PAGE: u32 = 500;
/// Events that a kept snapshot may be behind.
const FRESH: i64 = 200;

/// The hub. Cheap to clone; every clone is the same one.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    streams: Mutex<Streams>,
    windows: Windows,
    began: Instant,
    seq: AtomicI64,
    open: AtomicUsize,
    joined: Notify,
    snapshot: tokio::sync::Mutex<Option<(Channel, i64, Arc<str>)>>,
}

struct Streams {
    fleet: Stream,
    costs: Stream,
    tasks: HashMap<TaskId, Stream>,
}

struct Stream {
    merger: Merger,
    held: BTreeMap<i64, Arc<Committed>>,
    sender: broadcast::Sender<Arc<Committed>>,
}

/// A place among the sockets; free again once it is dropped.
pub struct Seat(Arc<Inner>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Hub {
    /// A hub that nobody watches yet.
    pub fn new(windows: Windows) -> Self {
        let streams =
            Streams { fleet: Stream::new(windows), costs: Stream::new(windows), tasks: HashMap::new() };
        Self(Arc::new(Inner {
            streams: Mutex::new(streams),
            windows,
            began: Instant::now(),
            seq: AtomicI64::new(0),
            open: AtomicUsize::new(0),
            joined: Notify::new(),
            snapshot: tokio::sync::Mutex::default(),
        }))
    }

    /// A place for one more socket, unless so many are taken.
    pub fn seat(&self, most: usize) -> Option<Seat> {
        let free = |open: usize| (open < most).then_some(open + 1);
        self.0.open.fetch_update(Ordering::AcqRel, Ordering::Acquire, free).ok()?;
        Some(Seat(self.0.clone()))
    }

    /// Sockets that are open.
    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::Acquire)
    }

    /// The newest event that went through.
    pub fn seq(&self) -> i64 {
        self.0.seq.load(Ordering::Acquire)
    }

    /// The events of a channel from now on.
    pub fn join(&self, channel: Channel) -> broadcast::Receiver<Arc<Committed>> {
        let mut streams = self.streams();
        let receiver = match channel {
            Channel::Fleet => streams.fleet.sender.subscribe(),
            Channel::Costs => streams.costs.sender.subscribe(),
            Channel::Task(id) => {
                streams.tasks.retain(|task, stream| *task == id || stream.is_watched());
                let windows = self.0.windows;
                streams.tasks.entry(id).or_insert_with(|| Stream::new(windows)).sender.subscribe()
            }
        };
        drop(streams);
        self.0.joined.notify_one();
        receiver
    }

    /// A snapshot frame of a channel and its place. One of a moment ago will do: what follows it is in the table.
    pub async fn snapshot(
        &self,
        store: &Store,
        channel: Channel,
        now: Timestamp,
    ) -> Result<(i64, Arc<str>), StoreError> {
        if matches!(channel, Channel::Task(_)) {
            return read_snapshot(store, channel, now).await;
        }
        let mut kept = self.0.snapshot.lock().await;
        if let Some((known, seq, text)) = &*kept
            && *known == channel
            && store.seq() - seq <= FRESH
        {
            return Ok((*seq, text.clone()));
        }
        let (seq, text) = read_snapshot(store, channel, now).await?;
        *kept = Some((channel, seq, text.clone()));
        Ok((seq, text))
    }

    /// Hands on whatever the store makes durable, until the store is gone.
    pub async fn run(self, store: Store) {
        let mut groups = store.watch();
        self.0.seq.store(store.seq(), Ordering::Release);
        loop {
            let wait = self.next_due().map(|due| Duration::from_millis(due.saturating_sub(self.now_ms())));
            tokio::select! {
                group = groups.recv() => match group {
                    // Another process has written beside this one: its events are in the table alone.
                    Ok(group) if group.first().is_some_and(|first| first.seq > self.seq() + 1) => {
                        self.read_up(&store).await;
                    }
                    Ok(group) => self.take(group.iter()),
                    Err(broadcast::error::RecvError::Lagged(_)) => self.read_up(&store).await,
                    Err(broadcast::error::RecvError::Closed) => return,
                },
                () = tokio::time::sleep(wait.unwrap_or(Duration::MAX)), if wait.is_some() => self.let_go(),
                () = self.0.joined.notified() => {}
            }
        }
    }

    /// Events that came faster than they were taken are read from the table.
    async fn read_up(&self, store: &Store) {
        loop {
            match store.events(self.seq(), Channel::Fleet, PAGE).await {
                Ok(page) => {
                    self.take(page.iter());
                    if page.len() < PAGE as usize {
                        return;
                    }
                }
                Err(error) => {
                    tracing::error!(error = %error, "the live stream cannot read the events it missed; it tries again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    fn take<'a>(&self, events: impl Iterator<Item = &'a Committed>) {
        let now = self.now_ms();
        let mut streams = self.streams();
        for event in events {
            if event.seq <= self.seq() {
                continue;
            }
            self.0.seq.store(event.seq, Ordering::Release);
            let event = Arc::new(event.clone());
            streams.fleet.offer(&event, now);
            if Channel::Costs.carries(&event) {
                streams.costs.offer(&event, now);
            }
            if let Some(stream) = event.task_id.and_then(|task| streams.tasks.get_mut(&task)) {
                stream.offer(&event, now);
            }
        }
    }

    fn let_go(&self) {
        let now = self.now_ms();
        let mut streams = self.streams();
        streams.each().for_each(|stream| stream.due(now));
    }

    fn next_due(&self) -> Option<u64> {
        self.streams().each().filter_map(|stream| stream.merger.next_due()).min()
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.0.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.0.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read_snapshot(
    store: &Store,
    channel: Channel,
    now: Timestamp,
) -> Result<(i64, Arc<str>), StoreError> {
    let Snapshot { seq, agents, tasks, approvals, totals } = store.snapshot(channel, now).await?;
    let frame = Frame::Snapshot { seq, agents, tasks, approvals, totals };
    let text = serde_json::to_string(&frame)
        .map_err(|error| StoreError::Corrupt { what: format!("a snapshot cannot be written: {error}") })?;
    Ok((seq, text.into()))
}

impl Streams {
    fn each(&mut self) -> impl Iterator<Item = &mut Stream> {
        [&mut self.fleet, &mut self.costs].into_iter().chain(self.tasks.values_mut())
    }
}

impl Stream {
    fn new(windows: Windows) -> Self {
        Self { merger: Merger::new(windows), held: BTreeMap::new(), sender: broadcast::Sender::new(RING) }
    }

    fn is_watched(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    fn offer(&mut self, event: &Arc<Committed>, now: u64) {
        if !self.is_watched() && self.held.is_empty() {
            return;
        }
        self.held.insert(event.seq, event.clone());
        let about = subject(&event.kind, event.agent_id, event.task_id, &event.json);
        let ready = self.merger.offer(event.seq, &event.kind, about, now);
        self.send(&ready);
    }

    fn due(&mut self, now: u64) {
        let ready = self.merger.due(now);
        self.send(&ready);
    }

    /// Sends what is ready; whatever is older and was not named has been merged away.
    fn send(&mut self, ready: &[i64]) {
        for seq in ready {
            if let Some(event) = self.held.remove(seq) {
                // Nobody watching is no failure.
                let _ = self.sender.send(event);
            }
        }
        match self.merger.next_due() {
            None => self.held.clear(),
            Some(_) => {
                if let Some(newest) = ready.last() {
                    self.held = self.held.split_off(newest);
                }
            }
        }
    }
}
