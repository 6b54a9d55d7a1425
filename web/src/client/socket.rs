//! A live socket of the page: it says hello, passes frames on, and comes back by itself when it is lost.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::channel::oneshot;
use futures::future::{Either, FutureExt, Shared, select};
use futures::{SinkExt, StreamExt};
use gloo::net::websocket::{Message, futures::WebSocket};
use gloo::timers::future::TimeoutFuture;
use quarterdeck_shared::json;
use quarterdeck_shared::live::{Call, Frame};
use yew::Callback;

use super::retry::pause_ms;
use crate::dom;

/// How often a wait looks whether it was hurried or ended, in milliseconds.
const LOOK_MS: u32 = 200;

/// Where the live connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// The first hello is under way.
    #[default]
    Connecting,
    /// Frames come in.
    Live,
    /// Lost, and tried again at a known moment.
    Lost {
        /// When it was lost, µs.
        since_us: i64,
        /// When it is tried again, µs.
        at_us: i64,
    },
}

/// The hand on a kept socket: dropped orders have no effect, an ended socket stays ended.
#[derive(Debug)]
pub struct Kept {
    ended: Cell<bool>,
    hurried: Cell<bool>,
    /// Wakes whoever listens, so that an ended socket closes at once and not with its next frame.
    farewell: RefCell<Option<oneshot::Sender<()>>>,
}

impl Kept {
    /// Closes the socket for good.
    pub fn end(&self) {
        self.ended.set(true);
        if let Some(farewell) = self.farewell.borrow_mut().take() {
            // Nobody listens between two attempts; then the flag above is enough.
            let _ = farewell.send(());
        }
    }

    /// Tries a lost connection now.
    pub fn hurry(&self) {
        self.hurried.set(true);
    }
}

/// What the owner of the socket is told.
#[derive(Clone, PartialEq)]
pub struct Socket {
    /// Each frame in order.
    pub on_frame: Callback<Frame>,
    /// Each change of the connection.
    pub on_connection: Callback<Connection>,
    /// From where on events are wanted: `Some(0)` replays everything from the table and goes on from the last event
    /// after a gap; `None` begins, and begins again, with a snapshot.
    pub after: Option<i64>,
}

impl Socket {
    /// Keeps a socket to `path` until it is ended.
    pub fn keep(self, path: String) -> Rc<Kept> {
        let (farewell, leave) = oneshot::channel();
        let leave = leave.shared();
        let kept =
            Kept { ended: Cell::default(), hurried: Cell::default(), farewell: RefCell::new(Some(farewell)) };
        let kept = Rc::new(kept);
        let watch = Rc::clone(&kept);
        wasm_bindgen_futures::spawn_local(async move {
            let last_seq = RefCell::new(self.after);
            let (mut attempt, mut since_us) = (0, dom::now_us());
            while !watch.ended.get() {
                if self.listen(&path, &last_seq, leave.clone()).await {
                    (attempt, since_us) = (0, dom::now_us());
                }
                if !watch.ended.get() {
                    self.wait(since_us, pause_ms(attempt, js_sys::Math::random()), &watch).await;
                    attempt += 1;
                }
            }
        });
        kept
    }

    async fn wait(&self, since_us: i64, pause_ms: u32, kept: &Kept) {
        let at_us = dom::now_us() + i64::from(pause_ms) * 1_000;
        self.on_connection.emit(Connection::Lost { since_us, at_us });
        while dom::now_us() < at_us && !kept.ended.get() && !kept.hurried.take() {
            TimeoutFuture::new(LOOK_MS).await;
        }
    }

    /// Listens until the connection ends; says whether a frame came.
    async fn listen(
        &self,
        path: &str,
        last_seq: &RefCell<Option<i64>>,
        mut leave: Shared<oneshot::Receiver<()>>,
    ) -> bool {
        let Ok(socket) = WebSocket::open(path) else { return false };
        let (mut write, mut read) = socket.split();
        let hello = Call::Hello { after: *last_seq.borrow() };
        let Ok(hello) = serde_json::to_string(&hello) else { return false };
        if write.send(Message::Text(hello)).await.is_err() {
            return false;
        }
        let mut heard = false;
        while let Either::Left((Some(Ok(message)), _)) = select(read.next(), &mut leave).await {
            let Message::Text(text) = message else { continue };
            let Ok(frame) = json::read::<Frame>(&text) else { continue };
            if !heard {
                heard = true;
                self.on_connection.emit(Connection::Live);
            }
            match &frame {
                Frame::Snapshot { seq, .. } | Frame::Event { seq, .. } => *last_seq.borrow_mut() = Some(*seq),
                Frame::Gap { from, .. } => {
                    *last_seq.borrow_mut() = self.after.and(Some(*from));
                    break;
                }
                Frame::Pong => {}
            }
            self.on_frame.emit(frame);
        }
        heard
    }
}
