//! The binary itself, in a world of its own: nothing of this machine's settings reaches it.

use crate::support::database::{Place, folder};
use quarterdeck::store::Location;
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

/// The key of every server here.
pub const KEY: &str = "canary-key-0123456789abcdef";

/// A home folder, and where its Quarterdeck keeps its data.
pub struct Home {
    folder: TempDir,
    database: Option<Location>,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: folder(), database: None }
    }

    /// A home whose Quarterdeck uses this database.
    pub fn with(place: &Place) -> Self {
        Self { folder: folder(), database: Some(place.location.clone()) }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quarterdeck"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("TZ", "UTC").args(arguments);
        command.env("HOME", self.folder.path()).env("QUARTERDECK_DATA_DIR", self.data_dir());
        command.env("QUARTERDECK_API_KEY", KEY).env("QUARTERDECK_REPLAY_SPEED", "10000");
        match &self.database {
            Some(Location::Sqlite(path)) => command.env("DATABASE_URL", format!("sqlite:{}", path.display())),
            Some(Location::Postgres(url)) => command.env("DATABASE_URL", url),
            None => &mut command,
        };
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command that ends by itself.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::from(self.command(arguments).output().expect("the binary runs"))
    }

    /// Starts a server; port 0 takes a free one.
    pub fn serve(&self, port: u16) -> Server {
        let port = port.to_string();
        let mut command = self.command(&["serve", "--port", &port]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let link =
            line.strip_prefix("Quarterdeck is ready: ").unwrap_or_else(|| panic!("no link in `{line}`"));
        let base = link.split("/login").next().expect("an address").to_owned();
        Server { child, base }
    }
}

/// How a command ended and what it wrote.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub words: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), words: text(output.stderr) }
    }
}

/// A server that runs until it is dropped.
pub struct Server {
    child: Child,
    pub base: String,
}

impl Server {
    pub fn port(&self) -> u16 {
        self.base.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).expect("a port")
    }

    /// Kills it with -9.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that was killed already needs no more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
