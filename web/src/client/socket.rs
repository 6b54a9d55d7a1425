//! A live socket of the page: it says hello, passes frames on, and comes back by itself when it is lost.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::{SinkExt, StreamExt};
use gloo::net::websocket::{Message, futures::WebSocket};
use gloo::timers::future::TimeoutFuture;
use quarterdeck_shared::live::{Call, Frame};
use yew::Callback;

use super::retry::pause_ms;

/// Where the live connection stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// The first hello is under way.
    #[default]
    Connecting,
    /// Frames come in.
    Live,
    /// Lost; tried again in so many seconds.
    Waiting {
        /// Seconds to the next attempt.
        seconds: u32,
    },
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
    /// Keeps a socket to `path` until the returned flag is set.
    pub fn keep(self, path: String) -> Rc<Cell<bool>> {
        let ended = Rc::new(Cell::new(false));
        let watch = Rc::clone(&ended);
        wasm_bindgen_futures::spawn_local(async move {
            let last_seq = RefCell::new(self.after);
            let mut attempt = 0;
            while !watch.get() {
                if self.listen(&path, &last_seq, &watch).await {
                    attempt = 0;
                }
                if !watch.get() {
                    self.wait(pause_ms(attempt, js_sys::Math::random()), &watch).await;
                    attempt += 1;
                }
            }
        });
        ended
    }

    async fn wait(&self, pause_ms: u32, ended: &Cell<bool>) {
        for seconds in (1..=pause_ms.div_ceil(1_000)).rev() {
            if ended.get() {
                return;
            }
            self.on_connection.emit(Connection::Waiting { seconds });
            TimeoutFuture::new(pause_ms.min(1_000)).await;
        }
    }

    /// Listens until the connection ends; says whether a frame came.
    async fn listen(&self, path: &str, last_seq: &RefCell<Option<i64>>, ended: &Cell<bool>) -> bool {
        let Ok(socket) = WebSocket::open(path) else { return false };
        let (mut write, mut read) = socket.split();
        let hello = Call::Hello { after: *last_seq.borrow() };
        let Ok(hello) = serde_json::to_string(&hello) else { return false };
        if write.send(Message::Text(hello)).await.is_err() {
            return false;
        }
        let mut heard = false;
        while let Some(Ok(message)) = read.next().await {
            let Message::Text(text) = message else { continue };
            let Ok(frame) = serde_json::from_str::<Frame>(&text) else { continue };
            if ended.get() {
                break;
            }
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
