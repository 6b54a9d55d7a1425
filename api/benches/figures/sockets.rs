//! From an event to a hundred sockets, commit included; a thousand sockets without loss; one stuck client among them.

use super::{PAIRS, folder, fsync_ms, load::Connection, median, quantile, rounded, say, server::Server};
use futures::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::json;
use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpSocket, TcpStream},
    runtime::Runtime,
    task::JoinSet,
    time::{interval_at, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

const PER_SECOND: u32 = 100;
const EVENTS: usize = 300;
/// Those who order the events, side by side, so that a slow answer holds up no other order.
const WRITERS: u32 = 4;
/// Silence after which what has not come counts as lost.
const SILENCE: Duration = Duration::from_secs(10);
/// What the system may hold for a client that does not read.
const NARROW: u32 = 4_096;

type Socket = WebSocketStream<TcpStream>;
/// The events of one round: what their names begin with, and when each was due.
struct Orders {
    name: String,
    due: [OnceLock<Instant>; EVENTS],
}

impl Orders {
    fn new() -> Self {
        static ROUNDS: AtomicUsize = AtomicUsize::new(0);
        let name = format!("round {} event ", ROUNDS.fetch_add(1, Ordering::Relaxed));
        Self { name, due: [const { OnceLock::new() }; EVENTS] }
    }
}

pub fn measure(runtime: &Runtime) {
    let folder = folder();
    let server = Server::start(folder.path(), &[]);
    runtime.block_on(async {
        let (mut p50, mut p99, mut stuck) = (Vec::new(), Vec::new(), Vec::new());
        let (mut ratios, mut fsync_p99) = (Vec::new(), Vec::new());
        for _ in 0..PAIRS {
            fsync_p99.push(fsync_ms(folder.path(), 0.99));
            let mut free = round(&server, 100, 0).await.took_ms;
            let mut beside = round(&server, 100, 1).await.took_ms;
            p50.push(median(&mut free));
            p99.push(rounded(quantile(&mut free, 0.99)));
            stuck.push(rounded(quantile(&mut beside, 0.99)));
        }
        ratios.extend(stuck.iter().zip(&p99).map(|(stuck, free)| rounded(stuck / free)));
        let detail = json!({
            "events_per_second": PER_SECOND, "events": EVENTS, "rounds_p99_ms": p99,
            "fsync_p99_ms_before_each": fsync_p99, "p50_ms": rounded(median(&mut p50)),
        });
        let (free, beside) = (p99.clone(), stuck);
        say("event_to_100_sockets_p99", median(&mut p99), detail);
        let mut thousand = round(&server, 1_000, 0).await;
        let detail = json!({
            "sockets": 1_000, "events": EVENTS, "events_per_second": PER_SECOND,
            "p99_ms": rounded(quantile(&mut thousand.took_ms, 0.99)),
        });
        say("lost_on_1000_sockets", thousand.lost as f64, detail);
        let detail = json!({"sockets": 100, "pairs": PAIRS, "ratios": ratios, "p99_ms": free, "beside_p99_ms": beside});
        say("p99_beside_a_stuck_client", median(&mut ratios), detail);
    });
}

struct Heard {
    took_ms: Vec<f64>,
    lost: usize,
}

async fn round(server: &Server, sockets: usize, stuck: usize) -> Heard {
    let orders = Arc::new(Orders::new());
    let mut silent = Vec::new();
    for _ in 0..stuck {
        silent.push(open(server, Some(NARROW)).await);
    }
    let mut listeners = JoinSet::new();
    for _ in 0..sockets {
        let mut socket = open(server, None).await;
        // The answer to the hello: from here on nothing may be missing.
        let level = frame(&mut socket).await.expect("a snapshot").seq;
        listeners.spawn(listen(socket, level, Arc::clone(&orders)));
    }
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let connection = Connection::open(&server.address).await;
        let requests = (0..EVENTS).map(|number| {
            server.new_agent(
                &json!({"role": "CUSTOM", "name": format!("{}{number}", orders.name), "runtime": "replay"})
                    .to_string(),
            )
        });
        let requests = requests.enumerate().skip(writer as usize).step_by(WRITERS as usize).collect();
        writers.spawn(order(
            connection,
            requests,
            Duration::from_secs(1) * writer / PER_SECOND,
            Arc::clone(&orders),
        ));
    }
    writers.join_all().await;
    let heard: Vec<_> = listeners.join_all().await;
    drop(silent);
    let lost = heard.iter().map(|took_ms| EVENTS - took_ms.len()).sum();
    Heard { took_ms: heard.concat(), lost }
}

/// Orders each event at its time, whether or not the one before was answered in time.
async fn order(
    mut connection: Connection,
    requests: Vec<(usize, Vec<u8>)>,
    wait: Duration,
    orders: Arc<Orders>,
) {
    let each = Duration::from_secs(1) * WRITERS / PER_SECOND;
    let mut tick = interval_at(tokio::time::Instant::now() + wait, each);
    for (number, request) in requests {
        orders.due[number].set(tick.tick().await.into_std()).expect("each is ordered once");
        assert_eq!(connection.ask(&request).await.0, 201);
    }
}

async fn open(server: &Server, receive_buffer: Option<u32>) -> Socket {
    let address: SocketAddr = server.address.parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    if let Some(bytes) = receive_buffer {
        socket.set_recv_buffer_size(bytes).unwrap();
    }
    let stream = socket.connect(address).await.unwrap();
    let mut request = format!("ws://{address}/ws/fleet").into_client_request().unwrap();
    request.headers_mut().insert("Authorization", format!("Bearer {}", server.key).parse().unwrap());
    let (mut socket, _) = client_async(request, stream).await.unwrap();
    socket.send(Message::Text(r#"{"type":"hello"}"#.into())).await.unwrap();
    socket
}

#[derive(Deserialize)]
struct Frame {
    #[serde(default)]
    after: i64,
    seq: i64,
    event: Option<Event>,
}

#[derive(Deserialize)]
struct Event {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    agent: Option<Named>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// The next frame with a place in the order; none where there is silence, a gap or an end.
async fn frame(socket: &mut Socket) -> Option<Frame> {
    loop {
        match timeout(SILENCE, socket.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => return serde_json::from_str(&text).ok(),
            Ok(Some(Ok(_))) => {}
            _ => return None,
        }
    }
}

/// Milliseconds from when each event was due until it was here; ends with the last one, or where the chain breaks.
async fn listen(mut socket: Socket, mut level: i64, orders: Arc<Orders>) -> Vec<f64> {
    let mut took_ms = Vec::new();
    while took_ms.len() < EVENTS {
        let Some(frame) = frame(&mut socket).await.filter(|frame| frame.after == level) else { break };
        level = frame.seq;
        let Some(agent) = frame.event.and_then(|event| event.data.agent) else { continue };
        let number = agent.name.strip_prefix(&orders.name).and_then(|number| number.parse::<usize>().ok());
        if let Some(since) = number.and_then(|number| orders.due[number].get()) {
            took_ms.push(since.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    took_ms
}
