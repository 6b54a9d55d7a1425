//! The release binary as a process of its own, on a free port and a data folder on disk; a bare Rocket likewise.

use super::{bare, load};
use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    pub address: String,
    pub key: String,
    /// From the start of the process to its line that says it is ready.
    pub started: Duration,
}

impl Server {
    /// Starts it on a data folder, with rates lifted so that the load is the limit.
    pub fn start(data_dir: &Path, more: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quarterdeck"));
        command
            .args(["serve", "--port", "0", "--log-level", "error", "--watch-sessions", "false", "--data-dir"])
            .arg(data_dir);
        command.args(["--read-rate", "0", "--command-rate", "0", "--stranger-rate", "0"]).args(more);
        let mut server = Self::launch(command);
        std::fs::read_to_string(data_dir.join("api_key")).unwrap().trim().clone_into(&mut server.key);
        server
    }

    /// Starts a bare Rocket on the page in a file.
    pub fn bare(page: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(bare::WORD).arg(page);
        Self::launch(command)
    }

    fn launch(mut command: Command) -> Self {
        let began = Instant::now();
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let started = began.elapsed();
        let url = line.split("http://").nth(1).unwrap_or_else(|| panic!("no ready line: {line}"));
        let address = url.split('/').next().unwrap().to_owned();
        Self { child, address, key: String::new(), started }
    }

    /// The bytes of a GET.
    pub fn get(&self, path: &str) -> Vec<u8> {
        load::get(&self.address, path, &self.key)
    }

    /// The bytes of a GET of agents with this query.
    pub fn agents(&self, query: &str) -> Vec<u8> {
        self.get(&format!("/api/v1/agents?{query}"))
    }

    /// The bytes of a POST that makes an agent.
    pub fn new_agent(&self, json: &str) -> Vec<u8> {
        load::post(&self.address, "/api/v1/agents", &self.key, json)
    }

    /// Resident memory in megabytes.
    pub fn memory_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1_024.0 / 1_000_000.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
