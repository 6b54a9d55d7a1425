//! The release binary as a process of its own, on a free port and a data folder on disk.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A running server; stopped when dropped.
pub struct Server {
    child: Child,
    pub address: String,
    pub key: String,
    /// From the start of the process to its ready line.
    pub started: Duration,
}

impl Server {
    /// Starts it on a data folder, with rates lifted so that the load is the limit.
    pub fn start(data_dir: &Path) -> Self {
        let began = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_quarterdeck"))
            .args(["serve", "--port", "0", "--read-rate", "0", "--command-rate", "0", "--stranger-rate", "0"])
            .args(["--log-level", "error", "--data-dir"])
            .arg(data_dir)
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let started = began.elapsed();
        let url = line.split("http://").nth(1).unwrap_or_else(|| panic!("no ready line: {line}"));
        let address = url.split('/').next().unwrap().to_owned();
        let key = std::fs::read_to_string(data_dir.join("api_key")).unwrap().trim().to_owned();
        Self { child, address, key, started }
    }

    /// Resident memory in megabytes.
    pub fn memory_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1_024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
