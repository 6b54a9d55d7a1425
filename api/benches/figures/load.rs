//! Load over kept connections: as many requests as come back within a time, and how long each took.

use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    task::JoinSet,
};

/// What came back.
#[derive(Default)]
pub struct Answers {
    pub count: usize,
    /// Milliseconds of each.
    pub took_ms: Vec<f64>,
    pub seconds: f64,
}

impl Answers {
    pub fn per_second(&self) -> f64 {
        self.count as f64 / self.seconds
    }
}

/// One kept connection.
pub struct Connection {
    stream: BufReader<TcpStream>,
    line: String,
    body: Vec<u8>,
}

impl Connection {
    pub async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::with_capacity(64 * 1_024, stream), line: String::new(), body: Vec::new() }
    }

    /// Sends a request whole and reads its answer; the status and the body.
    pub async fn ask(&mut self, request: &[u8]) -> (u16, &[u8]) {
        self.stream.get_mut().write_all(request).await.unwrap();
        self.read_line().await;
        let status = self.line.split(' ').nth(1).unwrap().parse().unwrap();
        let (mut length, mut chunked) = (0, false);
        loop {
            self.read_line().await;
            let line = self.line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            chunked |= line.starts_with("transfer-encoding:") && line.contains("chunked");
        }
        self.body.clear();
        if chunked {
            loop {
                self.read_line().await;
                let size = usize::from_str_radix(self.line.trim(), 16).unwrap();
                self.read_exact(size).await;
                self.read_line().await;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.read_exact(length).await;
        }
        (status, &self.body)
    }

    /// Asks what is answered well: after how many milliseconds, and the body.
    pub async fn timed(&mut self, request: &[u8]) -> (f64, &[u8]) {
        let began = Instant::now();
        let (status, body) = self.ask(request).await;
        let took = began.elapsed().as_secs_f64() * 1_000.0;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(body));
        (took, body)
    }

    async fn read_line(&mut self) {
        self.line.clear();
        assert!(self.stream.read_line(&mut self.line).await.unwrap() > 0, "the server closed the connection");
    }

    async fn read_exact(&mut self, size: usize) {
        let from = self.body.len();
        self.body.resize(from + size, 0);
        self.stream.read_exact(&mut self.body[from..]).await.unwrap();
    }
}

/// The bytes of a GET.
pub fn get(address: &str, path: &str, key: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nAccept: application/json\r\n\r\n")
        .into_bytes()
}

/// The bytes of a POST with JSON.
pub fn post(address: &str, path: &str, key: &str, json: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{json}",
        json.len()
    )
    .into_bytes()
}

/// The bytes of a DELETE.
pub fn delete(address: &str, path: &str, key: &str) -> Vec<u8> {
    format!("DELETE {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\r\n").into_bytes()
}

/// Asks over so many connections for so long.
pub async fn hammer(address: &str, request: &[u8], connections: usize, time: Duration) -> Answers {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (address, request) = (address.to_owned(), request.to_vec());
        tasks.spawn(async move {
            let mut connection = Connection::open(&address).await;
            let mut took_ms = Vec::new();
            while began.elapsed() < time {
                let asked = Instant::now();
                let (status, _) = connection.ask(&request).await;
                assert_eq!(status, 200);
                took_ms.push(asked.elapsed().as_secs_f64() * 1_000.0);
            }
            took_ms
        });
    }
    let mut answers = Answers::default();
    while let Some(took_ms) = tasks.join_next().await {
        answers.took_ms.extend(took_ms.unwrap());
    }
    answers.seconds = began.elapsed().as_secs_f64();
    answers.count = answers.took_ms.len();
    answers
}
