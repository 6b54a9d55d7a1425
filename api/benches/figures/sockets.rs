//! From an event to a hundred sockets, commit included; a thousand sockets without loss; one stuck client among them.

use super::{Bar, Outcome, load, median, quantile, server::Server};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::{net::TcpStream, runtime::Runtime, task::JoinSet};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

const PER_SECOND: u64 = 100;
const EVENTS: u64 = 300;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub fn measure(runtime: &Runtime) -> Vec<Outcome> {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    runtime.block_on(async {
        let mut hundred = round(&server, 100, 0).await;
        let alone = quantile(&mut hundred.took_ms, 0.99);
        let mut ratios = Vec::new();
        for _ in 0..5 {
            let mut free = round(&server, 100, 0).await;
            let mut with_stuck = round(&server, 100, 1).await;
            ratios.push(quantile(&mut with_stuck.took_ms, 0.99) / quantile(&mut free.took_ms, 0.99));
        }
        let thousand = round(&server, 1_000, 0).await;
        vec![
            Outcome {
                figure: "event_to_100_sockets_p99",
                value: alone,
                unit: "ms",
                bar: Bar::AtMost(25.0),
                detail: json!({"events_per_second": PER_SECOND, "events": EVENTS, "p50_ms": median(&mut hundred.took_ms)}),
            },
            Outcome {
                figure: "lost_on_1000_sockets",
                value: thousand.lost as f64,
                unit: "frames",
                bar: Bar::AtMost(0.0),
                detail: json!({"sockets": 1_000, "events": EVENTS}),
            },
            Outcome {
                figure: "stuck_client_on_others_p99",
                value: median(&mut ratios),
                unit: "times",
                bar: Bar::AtMost(1.3),
                detail: json!({"pairs": 5}),
            },
        ]
    })
}

struct Heard {
    took_ms: Vec<f64>,
    lost: u64,
}

async fn round(server: &Server, sockets: usize, stuck: usize) -> Heard {
    let sent: Arc<Mutex<HashMap<String, Instant>>> = Arc::default();
    let mut silent = Vec::new();
    for _ in 0..stuck {
        silent.push(open(server).await);
    }
    let mut listeners = JoinSet::new();
    for _ in 0..sockets {
        let socket = open(server).await;
        listeners.spawn(listen(socket, Arc::clone(&sent)));
    }
    let mut connection = load::Connection::open(&server.address).await;
    let mut tick = tokio::time::interval(Duration::from_micros(1_000_000 / PER_SECOND));
    for number in 0..EVENTS {
        tick.tick().await;
        let name = format!("bench {number}");
        let body = json!({"role": "CUSTOM", "name": name, "runtime": "replay"}).to_string();
        let request = load::post(&server.address, "/api/v1/agents", &server.key, &body);
        sent.lock().unwrap().insert(name, Instant::now());
        assert_eq!(connection.ask(&request).await.0, 201);
    }
    let mut heard = Heard { took_ms: Vec::new(), lost: 0 };
    while let Some(took_ms) = listeners.join_next().await {
        let took_ms = took_ms.unwrap();
        heard.lost += EVENTS - took_ms.len() as u64;
        heard.took_ms.extend(took_ms);
    }
    drop(silent);
    heard
}

async fn open(server: &Server) -> Socket {
    let mut request = format!("ws://{}/ws/fleet", server.address).into_client_request().unwrap();
    request.headers_mut().insert("Authorization", format!("Bearer {}", server.key).parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    socket.send(Message::Text(r#"{"type":"hello"}"#.into())).await.unwrap();
    socket
}

/// Milliseconds from the sending of each order to its event; ends with the last event or after a while of silence.
async fn listen(mut socket: Socket, sent: Arc<Mutex<HashMap<String, Instant>>>) -> Vec<f64> {
    let mut took_ms = Vec::new();
    while took_ms.len() < EVENTS as usize {
        let Ok(Some(Ok(message))) = tokio::time::timeout(Duration::from_secs(10), socket.next()).await else {
            break;
        };
        let Message::Text(text) = message else { continue };
        let frame: Value = serde_json::from_str(&text).unwrap();
        let Some(name) = frame["event"]["data"]["agent"]["name"].as_str() else { continue };
        if let Some(since) = sent.lock().unwrap().get(name) {
            took_ms.push(since.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    took_ms
}
