//! The outlet: frames on their way to one client, in batches, and never for longer than it has patience.

use quarterdeck_shared::live::Frame;
use rocket::futures::{SinkExt as _, StreamExt as _};
use rocket_ws::{
    Message,
    frame::{CloseCode, CloseFrame},
    result::Error,
    stream::DuplexStream,
};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// How long a client may take to take leave.
const FAREWELL: Duration = Duration::from_millis(500);

/// Why a socket ends.
pub(super) enum End {
    /// The client is gone.
    Gone,
    /// We close, with this code and reason.
    Close(CloseCode, &'static str),
}

/// A step towards the client, or the end.
pub(super) type Step = Result<(), End>;

/// The server's end of a socket.
pub(super) struct Outlet {
    stream: DuplexStream,
    patience: Duration,
    behind_since: Option<Instant>,
}

impl Outlet {
    /// The outlet of a socket whose client may be behind for so long.
    pub(super) fn new(stream: DuplexStream, patience: Duration) -> Self {
        Self { stream, patience, behind_since: None }
    }

    /// The client's next message.
    pub(super) async fn next(&mut self) -> Option<Result<Message, Error>> {
        self.stream.next().await
    }

    /// Puts one frame into the buffer.
    pub(super) async fn put(&mut self, message: Message) -> Step {
        let deadline = self.deadline();
        in_time(deadline, self.stream.feed(message)).await
    }

    /// Empties the buffer.
    pub(super) async fn flush(&mut self) -> Step {
        let deadline = self.deadline();
        in_time(deadline, self.stream.flush()).await
    }

    /// Sends one frame at once.
    pub(super) async fn say(&mut self, frame: &Frame) -> Step {
        let text = serde_json::to_string(frame);
        let text = text.map_err(|_| End::Close(CloseCode::Error, "a frame cannot be written"))?;
        self.put(Message::Text(text)).await?;
        self.flush().await
    }

    /// Notes that the client lost frames; from here on its patience runs out.
    pub(super) fn falls_behind(&mut self) {
        self.behind_since = self.behind_since.or_else(|| Some(Instant::now()));
    }

    /// Notes that the client has all there is.
    pub(super) fn is_level(&mut self) {
        self.behind_since = None;
    }

    /// Whether the client was behind for too long.
    pub(super) fn lose_patience(&self) -> Step {
        match self.behind_since {
            Some(since) if since.elapsed() >= self.patience => Err(too_slow()),
            _ => Ok(()),
        }
    }

    /// Closes the socket with a code, and waits a moment for the client's.
    pub(super) async fn close(mut self, code: CloseCode, reason: &'static str) {
        let farewell = async {
            let frame = CloseFrame { code, reason: reason.into() };
            if self.stream.close(Some(frame)).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        // A client that does not answer is left without an answer.
        let _ = timeout(FAREWELL, farewell).await;
    }

    fn deadline(&self) -> Instant {
        self.behind_since.unwrap_or_else(Instant::now) + self.patience
    }
}

async fn in_time(deadline: Instant, sending: impl Future<Output = Result<(), Error>>) -> Step {
    match timeout_at(deadline, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(end_of(&error)),
        Err(_) => Err(too_slow()),
    }
}

fn too_slow() -> End {
    End::Close(CloseCode::Again, "this client reads too slowly; come again")
}

/// How a socket ends that broke.
pub(super) fn end_of(error: &Error) -> End {
    match error {
        Error::Capacity(_) | Error::WriteBufferFull(_) => {
            End::Close(CloseCode::Size, "the message is too large")
        }
        Error::Utf8 => End::Close(CloseCode::Invalid, "text is UTF-8"),
        Error::Protocol(_) => End::Close(CloseCode::Protocol, "this is no WebSocket frame"),
        _ => End::Gone,
    }
}
