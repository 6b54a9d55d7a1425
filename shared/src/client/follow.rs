//! Following a socket: frames as they come, across cuts of the connection, none lost and none twice.

use super::ClientError;
use crate::live::{Call, Frame};
use futures::{FutureExt, SinkExt, Stream, StreamExt, future::BoxFuture};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

/// What a wait gave, and who goes on waiting; nobody after an error.
type Step = (Option<Listener>, Option<Result<Frame, ClientError>>);
type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Pauses between attempts to connect, in seconds; the last one is repeated.
const PAUSES: [u64; 6] = [0, 1, 2, 5, 10, 30];

/// A stream of frames. While the connection is gone it waits and connects again, going on where it was; it ends
/// after an error, which comes only where the server refuses.
#[must_use = "a stream does nothing until it is listened to"]
pub struct Follow {
    step: BoxFuture<'static, Step>,
    ended: bool,
}

impl Follow {
    pub(super) fn new(base: String, key: String, path: String) -> Self {
        let listener = Listener { base, key, path, socket: None, last: None, failures: 0 };
        Self { step: listener.next().boxed(), ended: false }
    }
}

impl fmt::Debug for Follow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Follow(…)")
    }
}

impl Stream for Follow {
    type Item = Result<Frame, ClientError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let (listener, frame) = ready!(self.step.poll_unpin(context));
        match listener {
            Some(listener) => self.step = listener.next().boxed(),
            None => self.ended = true,
        }
        Poll::Ready(frame)
    }
}

/// A frame of a kind this client does not know.
#[derive(serde::Deserialize)]
struct Newer {
    seq: Option<i64>,
}

struct Listener {
    base: String,
    key: String,
    path: String,
    socket: Option<Socket>,
    /// The newest change that was passed on.
    last: Option<i64>,
    failures: usize,
}

impl Listener {
    /// Waits for the next frame.
    async fn next(mut self) -> Step {
        loop {
            match self.listen().await {
                Ok(Some(frame)) => return (Some(self), Some(Ok(frame))),
                Ok(None) => {}
                Err(refusal) => return (None, Some(Err(refusal))),
            }
        }
    }

    /// One message, where it is a frame that is new.
    async fn listen(&mut self) -> Result<Option<Frame>, ClientError> {
        let Some(socket) = &mut self.socket else {
            self.connect().await?;
            return Ok(None);
        };
        let text = match socket.next().await {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Close(_)) | Err(_)) | None => {
                self.socket = None;
                return Ok(None);
            }
            Some(Ok(_)) => return Ok(None),
        };
        self.failures = 0;
        let Ok(frame) = serde_json::from_str(&text) else {
            // A newer server tells of things this client has no word for: only their place counts.
            let newer: Newer =
                serde_json::from_str(&text).map_err(|error| self.strange(error.to_string()))?;
            self.last = newer.seq.or(self.last);
            return Ok(None);
        };
        match &frame {
            Frame::Snapshot { seq, .. } => self.last = Some(*seq),
            Frame::Event { seq, .. } if self.last.is_some_and(|last| *seq <= last) => return Ok(None),
            Frame::Event { seq, .. } => self.last = Some(*seq),
            Frame::Gap { .. } => {
                self.hello().await;
                return Ok(None);
            }
            Frame::Pong => return Ok(None),
        }
        Ok(Some(frame))
    }

    async fn connect(&mut self) -> Result<(), ClientError> {
        let pause = PAUSES[self.failures.min(PAUSES.len() - 1)];
        tokio::time::sleep(Duration::from_secs(pause)).await;
        self.failures += 1;
        let address = self.base.replacen("http", "ws", 1) + &self.path;
        let mut request = address.into_client_request().map_err(|error| self.unsayable(&error))?;
        let bearer =
            HeaderValue::from_str(&format!("Bearer {}", self.key)).map_err(|error| self.unsayable(&error))?;
        request.headers_mut().insert("Authorization", bearer);
        match connect_async(request).await {
            Ok((socket, _)) => {
                self.socket = Some(socket);
                self.hello().await;
                Ok(())
            }
            Err(Error::Http(answer)) if answer.status().is_client_error() && answer.status() != 429 => {
                let body = answer.body().as_deref().unwrap_or_default();
                let strange = |_| self.strange(format!("status {}", answer.status()));
                Err(serde_json::from_slice(body)
                    .map_or_else(strange, |refusal| ClientError::Refused(Box::new(refusal))))
            }
            Err(error @ (Error::Url(_) | Error::HttpFormat(_))) => Err(self.unsayable(&error)),
            Err(_) => Ok(()),
        }
    }

    /// Asks for everything behind the newest change; a socket that cannot take it is given up.
    async fn hello(&mut self) {
        let Some(socket) = &mut self.socket else { return };
        let hello = serde_json::to_string(&Call::Hello { after: self.last });
        let said = match hello {
            Ok(hello) => socket.send(Message::Text(hello)).await.is_ok(),
            Err(_) => false,
        };
        if !said {
            self.socket = None;
        }
    }

    fn strange(&self, reason: String) -> ClientError {
        ClientError::Strange { base: self.base.clone(), reason }
    }

    fn unsayable(&self, error: &dyn std::error::Error) -> ClientError {
        ClientError::Unsayable(format!("{}{}: {error}", self.base, self.path))
    }
}
