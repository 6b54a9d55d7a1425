//! One client at its socket: hello, what it missed, then live events, at its own pace and at nobody else's cost.

use super::{
    hub::Hub,
    outlet::{End, Outlet, Step, end_of},
};
use crate::{
    http::{access::Access, caller::Caller},
    store::{Channel, Committed, Store, StoreError},
};
use quarterdeck_shared::live::{Call, Frame};
use rocket::Shutdown;
use rocket_ws::{Message, frame::CloseCode, result::Error, stream::DuplexStream};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError, error::TryRecvError},
    time::{Instant, interval_at, sleep_until},
};

/// Events read from the table at a time.
const PAGE: u32 = 200;
/// Events sent before the buffer is emptied.
const BATCH: usize = 64;
/// A client that missed more than this, and for longer than [`RECENT_SECONDS`], gets a snapshot instead.
const FAR_BEHIND: i64 = 10_000;
const RECENT_SECONDS: i64 = 300;
/// How often a client is asked whether it is there; one that has said nothing since the last time is gone.
const PING: Duration = Duration::from_secs(30);

/// What one client may do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of its largest message.
    pub message_bytes: usize,
    /// Messages it may send in a second.
    pub messages_per_second: u32,
    /// How long it may take to say hello.
    pub hello: Duration,
    /// How long it may be behind.
    pub patience: Duration,
    /// How often it is looked up whether it may still be here.
    pub recheck: Duration,
}

/// What a client's socket is connected to.
pub struct Wiring {
    /// Which events it gets.
    pub channel: Channel,
    /// Where missed ones are.
    pub store: Store,
    /// Where live ones come from.
    pub hub: Hub,
    /// Who says whether it may stay.
    pub access: Arc<Access>,
    /// Who it is.
    pub caller: Arc<Caller>,
}

/// One client.
pub struct Client {
    wiring: Wiring,
    limits: Limits,
    events: Option<Receiver<Arc<Committed>>>,
    last: i64,
    messages: (Option<Instant>, u32),
    ping_at: Instant,
    heard: bool,
}

impl Client {
    /// A client that has not said hello.
    pub fn new(wiring: Wiring, limits: Limits) -> Self {
        let ping_at = Instant::now() + PING;
        Self { wiring, limits, events: None, last: 0, messages: (None, 0), ping_at, heard: true }
    }

    /// Serves the client until either side has enough, or the server stops.
    pub async fn serve(mut self, stream: DuplexStream, mut shutdown: Shutdown) {
        let mut out = Outlet::new(stream, self.limits.patience);
        let end = tokio::select! {
            biased;
            () = &mut shutdown => End::Close(CloseCode::Away, "the server is stopping"),
            end = self.listen(&mut out) => end,
        };
        if let End::Close(code, reason) = end {
            out.close(code, reason).await;
        }
    }

    async fn listen(&mut self, out: &mut Outlet) -> End {
        let hello_by = Instant::now() + self.limits.hello;
        let mut taken_away = self.wiring.access.taken_away();
        let mut recheck = interval_at(Instant::now() + self.limits.recheck, self.limits.recheck);
        loop {
            let step = tokio::select! {
                message = out.next() => match message {
                    Some(message) => self.hear(out, message).await,
                    None => Err(End::Gone),
                },
                event = receive(&mut self.events) => self.pass_on(out, event).await,
                _ = recheck.tick() => self.recheck(out).await,
                Ok(()) = taken_away.changed() => self.recheck(out).await,
                () = sleep_until(hello_by), if self.events.is_none() => {
                    Err(End::Close(CloseCode::Policy, "say hello first"))
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn hear(&mut self, out: &mut Outlet, message: Result<Message, Error>) -> Step {
        self.heard = true;
        self.count_message()?;
        let text = match message {
            Ok(Message::Text(text)) => text,
            Ok(Message::Binary(_)) => return Err(End::Close(CloseCode::Unsupported, "text alone")),
            Ok(Message::Close(_)) => return Err(End::Gone),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => return Ok(()),
            Err(error) => return Err(end_of(&error)),
        };
        match serde_json::from_str(&text) {
            Ok(Call::Hello { after }) => self.hello(out, after).await,
            Ok(Call::Ping) => out.say(&Frame::Pong).await,
            Err(_) => Err(End::Close(CloseCode::Policy, "say {\"type\":\"hello\"} or {\"type\":\"ping\"}")),
        }
    }

    fn count_message(&mut self) -> Step {
        let now = Instant::now();
        let (since, count) = &mut self.messages;
        if since.is_none_or(|since| now - since >= Duration::from_secs(1)) {
            (*since, *count) = (Some(now), 0);
        }
        *count += 1;
        if *count > self.limits.messages_per_second {
            return Err(End::Close(CloseCode::Policy, "too many messages"));
        }
        Ok(())
    }

    /// Whoever lost the right to be here leaves; whoever is silently gone is found out by a ping.
    async fn recheck(&mut self, out: &mut Outlet) -> Step {
        match self.wiring.access.still_holds(&self.wiring.caller).await {
            Ok(true) => {}
            Ok(false) => return Err(End::Close(CloseCode::Policy, "the session ended")),
            Err(error) => {
                tracing::warn!(error = %error, "whether a socket's session holds could not be looked up")
            }
        }
        if Instant::now() < self.ping_at {
            return Ok(());
        }
        if !std::mem::take(&mut self.heard) {
            return Err(End::Gone);
        }
        self.ping_at = Instant::now() + PING;
        out.put(Message::Ping(Vec::new())).await?;
        out.flush().await
    }

    /// With `after` what was missed, without it everything as it stands; then whatever follows.
    async fn hello(&mut self, out: &mut Outlet, after: Option<i64>) -> Step {
        let Wiring { channel, store, hub, access, .. } = &self.wiring;
        match after {
            Some(after) if self.can_be_told(after).await? => self.last = after.max(0),
            _ => {
                let (seq, snapshot) = hub.snapshot(store, *channel, access.now()).await.map_err(broken)?;
                out.put(Message::Text(snapshot.to_string())).await?;
                out.flush().await?;
                self.last = seq;
            }
        }
        self.catch_up(out).await
    }

    /// Whether all that was missed since then can be told one by one.
    async fn can_be_told(&self, after: i64) -> Result<bool, End> {
        let Wiring { channel, store, access, .. } = &self.wiring;
        let newest = store.seq();
        if after > newest {
            return Ok(false);
        }
        if newest - after <= FAR_BEHIND || matches!(channel, Channel::Task(_)) {
            return Ok(true);
        }
        let first = store.events(after.max(0), *channel, 1).await.map_err(broken)?;
        Ok(first.first().is_none_or(|event| access.now().seconds_since(event.at) <= RECENT_SECONDS))
    }

    /// Sends what the table has, then goes over to the live events without a seam.
    async fn catch_up(&mut self, out: &mut Outlet) -> Step {
        loop {
            let events = self.wiring.hub.join(self.wiring.channel);
            let page =
                self.wiring.store.events(self.last, self.wiring.channel, PAGE).await.map_err(broken)?;
            for event in &page {
                self.tell(out, event).await?;
            }
            out.flush().await?;
            if page.len() < PAGE as usize {
                self.events = Some(events);
                out.is_level();
                return Ok(());
            }
        }
    }

    /// Passes on what has come, as much as there is up to a batch.
    async fn pass_on(&mut self, out: &mut Outlet, event: Result<Arc<Committed>, RecvError>) -> Step {
        let mut next = match event {
            Ok(event) => Some(Ok(event)),
            Err(RecvError::Lagged(_)) => Some(Err(())),
            Err(RecvError::Closed) => return Err(End::Close(CloseCode::Away, "the server is stopping")),
        };
        let (mut sent, mut dropped) = (0, false);
        while let Some(event) = next.take() {
            match event {
                Ok(event) => {
                    if std::mem::take(&mut dropped) {
                        self.gap(out, event.seq).await?;
                    }
                    self.tell(out, &event).await?;
                    sent += 1;
                }
                Err(()) => dropped = true,
            }
            if sent >= BATCH {
                break;
            }
            next = match self.events.as_mut().map(Receiver::try_recv) {
                Some(Ok(event)) => Some(Ok(event)),
                Some(Err(TryRecvError::Lagged(_))) => Some(Err(())),
                Some(Err(TryRecvError::Empty | TryRecvError::Closed)) | None => None,
            };
        }
        out.flush().await?;
        if self.events.as_ref().is_none_or(Receiver::is_empty) {
            out.is_level();
        }
        out.lose_patience()
    }

    /// Frames were dropped because this client is too slow: it is told which.
    async fn gap(&mut self, out: &mut Outlet, next: i64) -> Step {
        let frame = Frame::Gap { from: self.last, to: next - 1 };
        self.last = next - 1;
        out.falls_behind();
        out.say(&frame).await
    }

    /// One event, unless the client has it.
    async fn tell(&mut self, out: &mut Outlet, event: &Committed) -> Step {
        if event.seq <= self.last {
            return Ok(());
        }
        let (after, seq, json) = (self.last, event.seq, &event.json);
        self.last = seq;
        out.put(Message::Text(format!(
            "{{\"type\":\"event\",\"after\":{after},\"seq\":{seq},\"event\":{json}}}"
        )))
        .await
    }
}

/// The next event; never anything before the hello.
async fn receive(events: &mut Option<Receiver<Arc<Committed>>>) -> Result<Arc<Committed>, RecvError> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

fn broken(error: StoreError) -> End {
    tracing::error!(error = %error, "a socket ends because the database did not answer");
    End::Close(CloseCode::Error, "the database does not answer; come again")
}
