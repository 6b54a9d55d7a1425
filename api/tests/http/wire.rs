//! A server on a real port, and a socket client that says what it was sent.

use super::desk::{KEY, config};
use crate::support::database::folder;
use futures::{SinkExt as _, StreamExt as _};
use quarterdeck::{
    fleet::{Fleet, clock::Clock},
    http::{self, access::Access, live::hub::Hub},
    store::{Batch, Draft, Store, WriterRules},
};
use quarterdeck_shared::{
    AgentId, Payload,
    event::{Activity, ActivityKind},
};
use rocket::{Shutdown, fairing::AdHoc};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::{net::TcpStream, sync::mpsc, task::JoinHandle};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message, client::IntoClientRequest as _, handshake::client::Response, http::HeaderValue,
    },
};

/// Longer than anything here takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that listens.
pub struct Wire {
    pub port: u16,
    pub store: Store,
    pub access: Arc<Access>,
    pub hub: Hub,
    pub shutdown: Shutdown,
    pub server: JoinHandle<()>,
    _folder: TempDir,
}

impl Wire {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(flags: &[(&'static str, &str)]) -> Self {
        Self::with_clock(flags, Clock::system()).await
    }

    /// A server whose access goes by this clock.
    pub async fn with_clock(flags: &[(&'static str, &str)], clock: Clock) -> Self {
        let folder = folder();
        let flags: Vec<_> = [("port", "0")].iter().chain(flags).copied().collect();
        let (said, mut heard) = mpsc::unbounded_channel();
        let ready = AdHoc::on_liftoff("ready", move |rocket| {
            let port = rocket.config().port;
            Box::pin(async move { said.send(port).expect("the test listens") })
        });
        let config = config(&folder, &flags);
        let store =
            Store::open(&http::location(&config), WriterRules::default()).await.expect("the database opens");
        let fleet = Fleet::start(http::fleet_rules(&config), store.clone()).await.expect("the fleet starts");
        let access = Arc::new(Access::new(KEY, store.clone(), clock));
        let rocket =
            http::build(config, access.clone(), fleet).attach(ready).ignite().await.expect("it ignites");
        let hub = rocket.state::<Hub>().cloned().expect("a hub");
        let shutdown = rocket.shutdown();
        let server = tokio::spawn(async move {
            // A connection that was cut is no failure of the test.
            let _ = rocket.launch().await.map_err(|error| error.kind().to_string());
        });
        let port = heard.recv().await.expect("a port");
        Self { port, store, access, hub, shutdown, server, _folder: folder }
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.host())
    }

    /// Tries to open a socket with these headers.
    pub async fn try_open(
        &self,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<(Socket, Response), u16> {
        let mut request = format!("ws://{}{path}", self.host()).into_client_request().expect("a request");
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).expect("a header"));
        }
        match connect_async(request).await {
            Ok((stream, response)) => Ok((Socket { stream, last: None }, response)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{path}: {error}"),
        }
    }

    /// A socket opened with the key.
    pub async fn open(&self, path: &str) -> Socket {
        let key = format!("Bearer {KEY}");
        self.try_open(path, &[("authorization", &key)]).await.expect("the socket opens").0
    }

    /// Makes an activity durable; activities are never merged.
    pub async fn say(&self, agent: AgentId, text: &str) -> i64 {
        self.say_all(agent, &[text]).await[0]
    }

    pub async fn say_all(&self, agent: AgentId, texts: &[&str]) -> Vec<i64> {
        let draft = |text: &&str| Draft {
            agent_id: Some(agent),
            task_id: None,
            payload: Payload::AgentActivity(Activity {
                kind: ActivityKind::Text,
                key: "m1/0".into(),
                text: (*text).to_owned(),
                tool: None,
                input: None,
                is_error: None,
                step_id: None,
            }),
        };
        let events = texts.iter().map(draft).collect();
        self.store.commit(Batch { rows: Vec::new(), events }).await.expect("the store commits")
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
    }
}

/// An open socket.
pub struct Socket {
    pub stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The place of the last frame.
    pub last: Option<i64>,
}

impl Socket {
    pub async fn hello(&mut self, after: Option<i64>) {
        let hello =
            after.map_or(json!({ "type": "hello" }), |after| json!({ "type": "hello", "after": after }));
        self.last = after;
        self.text(&hello.to_string()).await;
    }

    pub async fn text(&mut self, text: &str) {
        self.stream.send(Message::Text(text.to_owned())).await.expect("the server listens");
    }

    /// The next message but pings.
    pub async fn message(&mut self) -> Option<Message> {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("the server says something")
            {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return Some(message),
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// The next frame; its `after` must be the place of the frame before.
    pub async fn frame(&mut self) -> Value {
        let message = self.message().await.expect("a frame, not the end");
        let frame: Value = serde_json::from_str(message.to_text().expect("text")).expect("a frame");
        match frame["type"].as_str() {
            Some("event") => {
                assert_eq!(frame["after"].as_i64(), self.last, "{frame}");
                assert_eq!(frame["seq"], frame["event"]["seq"], "{frame}");
                assert!(frame["seq"].as_i64() > frame["after"].as_i64(), "{frame}");
                self.last = frame["seq"].as_i64();
            }
            Some("snapshot") => self.last = frame["seq"].as_i64(),
            Some("gap") => {
                assert_eq!(frame["from"].as_i64(), self.last, "{frame}");
                self.last = frame["to"].as_i64();
            }
            _ => {}
        }
        frame
    }

    /// Events up to this place, each once.
    pub async fn events_to(&mut self, seq: i64) -> Vec<Value> {
        let mut events = Vec::new();
        while self.last < Some(seq) {
            let frame = self.frame().await;
            assert_eq!(frame["type"], "event", "{frame}");
            events.push(frame["event"].clone());
        }
        events
    }

    /// How the server ends the socket: the code, or nothing where it just cuts it.
    pub async fn end(&mut self) -> Option<u16> {
        loop {
            match self.message().await {
                Some(Message::Close(frame)) => return frame.map(|frame| frame.code.into()),
                Some(_) => {}
                None => return None,
            }
        }
    }
}
