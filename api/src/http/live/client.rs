//! One client at its socket: hello, what it missed, then live events, at its own pace and at nobody else's cost.

use super::hub::Hub;
use crate::{
    http::access::{Access, Caller},
    store::{Channel, Committed, Store, StoreError},
};
use quarterdeck_shared::live::{Call, Frame};
use rocket::{Shutdown, futures::SinkExt as _, futures::StreamExt as _};
use rocket_ws::{
    Message,
    frame::{CloseCode, CloseFrame},
    result::Error,
    stream::DuplexStream,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError, error::TryRecvError},
    time::{Instant, timeout_at},
};

/// Events read from the table at a time.
const PAGE: u32 = 200;
/// Events sent before the buffer is emptied.
const BATCH: usize = 64;
/// A client that missed more than this, and for longer than [`RECENT_SECONDS`], gets a snapshot instead.
const FAR_BEHIND: i64 = 10_000;
const RECENT_SECONDS: i64 = 300;
/// How long a client may take to take leave.
const FAREWELL: Duration = Duration::from_millis(500);

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

/// Why a socket ends.
enum End {
    /// The client is gone.
    Gone,
    /// We close, with this code and reason.
    Close(CloseCode, &'static str),
}

type Step = Result<(), End>;

/// One client.
pub struct Client {
    channel: Channel,
    store: Store,
    hub: Hub,
    access: Arc<Access>,
    caller: Arc<Caller>,
    limits: Limits,
    events: Option<Receiver<Arc<Committed>>>,
    last: i64,
    behind_since: Option<Instant>,
    messages: (Option<Instant>, u32),
}

impl Client {
    /// A client that has not said hello.
    pub fn new(
        channel: Channel,
        store: Store,
        hub: Hub,
        access: Arc<Access>,
        caller: Arc<Caller>,
        limits: Limits,
    ) -> Self {
        let (events, last, behind_since, messages) = (None, 0, None, (None, 0));
        Self { channel, store, hub, access, caller, limits, events, last, behind_since, messages }
    }

    /// Serves the client until either side has enough, or the server stops.
    pub async fn serve(mut self, mut stream: DuplexStream, mut shutdown: Shutdown) {
        let end = tokio::select! {
            biased;
            () = &mut shutdown => End::Close(CloseCode::Away, "the server is stopping"),
            end = self.listen(&mut stream) => end,
        };
        if let End::Close(code, reason) = end {
            let farewell = async {
                let frame = CloseFrame { code, reason: reason.into() };
                if stream.close(Some(frame)).await.is_ok() {
                    while let Some(Ok(_)) = stream.next().await {}
                }
            };
            // A client that does not answer is left without an answer.
            let _ = tokio::time::timeout(FAREWELL, farewell).await;
        }
    }

    async fn listen(&mut self, stream: &mut DuplexStream) -> End {
        let hello_by = Instant::now() + self.limits.hello;
        let mut taken_away = self.access.taken_away();
        let mut recheck = tokio::time::interval_at(Instant::now() + self.limits.recheck, self.limits.recheck);
        loop {
            let step = tokio::select! {
                message = stream.next() => match message {
                    Some(message) => self.hear(stream, message).await,
                    None => Err(End::Gone),
                },
                event = receive(&mut self.events) => self.pass_on(stream, event).await,
                _ = recheck.tick() => self.recheck(stream).await,
                Ok(()) = taken_away.changed() => self.recheck(stream).await,
                () = tokio::time::sleep_until(hello_by), if self.events.is_none() => {
                    Err(End::Close(CloseCode::Policy, "say hello first"))
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    async fn hear(&mut self, stream: &mut DuplexStream, message: Result<Message, Error>) -> Step {
        self.count_message()?;
        let text = match message {
            Ok(Message::Text(text)) => text,
            Ok(Message::Binary(_)) => return Err(End::Close(CloseCode::Unsupported, "text alone")),
            Ok(Message::Close(_)) => return Err(End::Gone),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => return Ok(()),
            Err(error) => return Err(end_of(&error)),
        };
        match serde_json::from_str(&text) {
            Ok(Call::Hello { after }) => self.hello(stream, after).await,
            Ok(Call::Ping) => self.say(stream, &Frame::Pong).await,
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
    async fn recheck(&mut self, stream: &mut DuplexStream) -> Step {
        match self.access.still_holds(&self.caller).await {
            Ok(true) => {}
            Ok(false) => return Err(End::Close(CloseCode::Policy, "the session ended")),
            Err(error) => {
                tracing::warn!(error = %error, "whether a socket's session holds could not be looked up")
            }
        }
        self.put(stream, Message::Ping(Vec::new())).await?;
        self.flush(stream).await
    }

    /// With `after` what was missed, without it everything as it stands; then whatever follows.
    async fn hello(&mut self, stream: &mut DuplexStream, after: Option<i64>) -> Step {
        self.behind_since = None;
        match after {
            Some(after) if self.can_be_told(after).await? => self.last = after.max(0),
            _ => {
                let (seq, snapshot) =
                    self.hub.snapshot(&self.store, self.channel, self.access.now()).await.map_err(broken)?;
                self.put(stream, Message::Text(snapshot.to_string())).await?;
                self.flush(stream).await?;
                self.last = seq;
            }
        }
        self.catch_up(stream).await
    }

    /// Whether all that was missed since then can be told one by one.
    async fn can_be_told(&self, after: i64) -> Result<bool, End> {
        let newest = self.store.seq();
        if after > newest {
            return Ok(false);
        }
        if newest - after <= FAR_BEHIND || matches!(self.channel, Channel::Task(_)) {
            return Ok(true);
        }
        let first = self.store.events(after.max(0), self.channel, 1).await.map_err(broken)?;
        let now = self.access.now();
        Ok(first.first().is_none_or(|event| now.seconds_since(event.at) <= RECENT_SECONDS))
    }

    /// Sends what the table has, then goes over to the live events without a seam.
    async fn catch_up(&mut self, stream: &mut DuplexStream) -> Step {
        loop {
            let events = self.hub.join(self.channel);
            let page = self.store.events(self.last, self.channel, PAGE).await.map_err(broken)?;
            for event in &page {
                self.tell(stream, event).await?;
            }
            self.flush(stream).await?;
            if page.len() < PAGE as usize {
                self.events = Some(events);
                return Ok(());
            }
        }
    }

    async fn pass_on(&mut self, stream: &mut DuplexStream, event: Result<Arc<Committed>, RecvError>) -> Step {
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
                        self.gap(stream, event.seq).await?;
                    }
                    self.tell(stream, &event).await?;
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
        self.flush(stream).await?;
        self.lose_patience()
    }

    /// Frames were dropped because this client is too slow: it is told which.
    async fn gap(&mut self, stream: &mut DuplexStream, next: i64) -> Step {
        let frame = Frame::Gap { from: self.last, to: next - 1 };
        self.last = next - 1;
        self.behind_since = self.behind_since.or_else(|| Some(Instant::now()));
        self.say(stream, &frame).await
    }

    fn lose_patience(&mut self) -> Step {
        if self.events.as_ref().is_none_or(Receiver::is_empty) {
            self.behind_since = None;
        }
        match self.behind_since {
            Some(since) if since.elapsed() >= self.limits.patience => Err(too_slow()),
            _ => Ok(()),
        }
    }

    /// One event, unless the client has it.
    async fn tell(&mut self, stream: &mut DuplexStream, event: &Committed) -> Step {
        if event.seq <= self.last {
            return Ok(());
        }
        let (after, seq, json) = (self.last, event.seq, &event.json);
        self.last = seq;
        let frame = format!("{{\"type\":\"event\",\"after\":{after},\"seq\":{seq},\"event\":{json}}}");
        self.put(stream, Message::Text(frame)).await
    }

    async fn say(&mut self, stream: &mut DuplexStream, frame: &Frame) -> Step {
        let text = serde_json::to_string(frame)
            .map_err(|_| End::Close(CloseCode::Error, "a frame cannot be written"))?;
        self.put(stream, Message::Text(text)).await?;
        self.flush(stream).await
    }

    async fn put(&mut self, stream: &mut DuplexStream, message: Message) -> Step {
        self.in_time(stream.feed(message)).await
    }

    async fn flush(&mut self, stream: &mut DuplexStream) -> Step {
        self.in_time(stream.flush()).await
    }

    async fn in_time(&self, sending: impl Future<Output = Result<(), Error>>) -> Step {
        let deadline = self.behind_since.unwrap_or_else(Instant::now) + self.limits.patience;
        match timeout_at(deadline, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(end_of(&error)),
            Err(_) => Err(too_slow()),
        }
    }
}

/// The next event; never anything before the hello.
async fn receive(events: &mut Option<Receiver<Arc<Committed>>>) -> Result<Arc<Committed>, RecvError> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

fn too_slow() -> End {
    End::Close(CloseCode::Again, "this client reads too slowly; come again")
}

fn broken(error: StoreError) -> End {
    tracing::error!(error = %error, "a socket ends because the database did not answer");
    End::Close(CloseCode::Error, "the database does not answer; come again")
}

fn end_of(error: &Error) -> End {
    match error {
        Error::Capacity(_) | Error::WriteBufferFull(_) => {
            End::Close(CloseCode::Size, "the message is too large")
        }
        Error::Utf8 => End::Close(CloseCode::Invalid, "text is UTF-8"),
        Error::Protocol(_) => End::Close(CloseCode::Protocol, "this is no WebSocket frame"),
        _ => End::Gone,
    }
}
