//! Runtimes: what can run an agent. One trait, one list; the fleet knows none of them by name.

pub mod claude_cli;
pub mod environment;
pub mod keeper;
pub mod lines;
pub mod recordings;
pub mod replay;
mod words;

use crate::fleet::clock::Clock;
use async_trait::async_trait;
use quarterdeck_shared::{AgentId, agents::Role, runtimes::Runtime as Health, tasks::PermissionMode};
use serde_json::Value;
use std::{ffi::OsString, fmt, os::fd::OwnedFd, path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::mpsc;
use uuid::Uuid;

pub use recordings::Recordings;

/// The name of the runtime that is taken where none is named.
pub const DEFAULT: &str = claude_cli::NAME;

/// Every runtime there is. A new one is its file and one line here.
pub const RUNTIMES: &[Make] = &[claude_cli::make, replay::make];

/// Makes a runtime by the server's rules.
pub type Make = fn(&RuntimeRules) -> Arc<dyn Runtime>;

/// Something that can run an agent.
#[async_trait]
pub trait Runtime: Send + Sync {
    /// Its name on the wire.
    fn name(&self) -> &'static str;
    /// Whether its usage counts: a recording's does not.
    fn counts(&self) -> bool;
    /// Whether it can start an agent here and now, and if not, what to do. Quick: asked before each command.
    async fn ready(&self) -> Result<(), String>;
    /// The same with its version and a sentence, for people.
    async fn health(&self) -> Health;
    /// Starts an agent. Everything it does from then on comes as signals.
    async fn launch(&self, launch: Launch) -> Result<Session, LaunchError>;
    /// Resolves once no process of an earlier server works on this session any more.
    async fn settled(&self, session_id: &str);
}

/// What runtimes need to know of this server.
#[derive(Clone)]
pub struct RuntimeRules {
    /// The `claude` to run; looked up on the PATH where missing.
    pub claude_bin: Option<PathBuf>,
    /// The program that has the hidden `keeper` command.
    pub keeper: PathBuf,
    /// The environment the allow list is applied to.
    pub environment: Vec<(OsString, OsString)>,
    /// Further names of variables that agents may see.
    pub pass_environment: Vec<String>,
    /// Where files that only agents read are written, for its owner alone.
    pub private_dir: PathBuf,
    /// How long a process tree may take to end by itself before it is killed.
    pub grace: Duration,
    /// How fast recordings play: 1 as recorded, 2 twice as fast, 0 without any waiting.
    pub replay_speed: f64,
    /// What replays play.
    pub recordings: Recordings,
    /// The time.
    pub clock: Clock,
}

impl RuntimeRules {
    /// The rules of a server whose private files lie in `private_dir`.
    pub fn new(private_dir: PathBuf) -> Self {
        Self {
            claude_bin: None,
            keeper: PathBuf::from("/proc/self/exe"),
            environment: std::env::vars_os().collect(),
            pass_environment: Vec::new(),
            private_dir,
            grace: Duration::from_secs(3),
            replay_speed: 1.0,
            recordings: Recordings::Embedded,
            clock: Clock::system(),
        }
    }
}

/// What to start.
#[derive(Debug)]
pub struct Launch {
    /// Which agent it is for.
    pub agent_id: AgentId,
    /// Its role.
    pub role: Role,
    /// The first thing it is told.
    pub prompt: Message,
    /// What is added to the system prompt.
    pub system_prompt: String,
    /// The model; the runtime's default where missing.
    pub model: Option<String>,
    /// The tools it may use; the runtime's default where missing.
    pub tools: Option<Vec<String>>,
    /// What it may do unasked.
    pub permission_mode: PermissionMode,
    /// Where it works: opened below a permitted root, so that no link can lead it elsewhere any more.
    pub directory: OwnedFd,
    /// A new conversation or an old one.
    pub conversation: Conversation,
}

/// What an agent is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// By which the runtime says when it takes it up.
    pub id: Uuid,
    /// The words.
    pub text: String,
}

/// Which conversation a launch is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Conversation {
    /// A new one under this id.
    New(String),
    /// An old one goes on.
    Resumed {
        /// Its id.
        session_id: String,
        /// Requests to the model it has made so far.
        requests: u64,
        /// Whether it was cut off in the middle, as against having ended its turn.
        cut_off: bool,
    },
}

impl Conversation {
    /// The session's id.
    pub fn session_id(&self) -> &str {
        match self {
            Self::New(id) | Self::Resumed { session_id: id, .. } => id,
        }
    }
}

/// Both ends of a running agent. Dropping `orders` ends it.
#[derive(Debug)]
pub struct Session {
    /// What it does. The last signal is [`Signal::Exited`].
    pub signals: mpsc::Receiver<Signal>,
    /// What it is to do.
    pub orders: mpsc::Sender<Order>,
}

/// What a running agent does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Its process has this id.
    Process(u32),
    /// It said a line.
    Line(Vec<u8>),
    /// It said a line of so many bytes, too long to keep.
    Oversize(u64),
    /// It is gone, and all its descendants with it.
    Exited(Exit),
}

/// How a running agent ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code, where it had one.
    pub code: Option<i32>,
    /// The signal that ended it, where one did.
    pub signal: Option<i32>,
    /// The last of what it wrote to standard error.
    pub stderr: String,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.signal) {
            (_, Some(signal)) => write!(f, "ended by signal {signal}")?,
            (Some(code), None) => write!(f, "exit code {code}")?,
            (None, None) => f.write_str("ended")?,
        }
        match self.stderr.trim() {
            "" => Ok(()),
            words => write!(f, ": {words}"),
        }
    }
}

/// What a running agent is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Hear this, after what it is at or in the middle of it.
    Say(Message),
    /// Know the answer to what it asked.
    Answer {
        /// Which question.
        request_id: String,
        /// The answer.
        verdict: Verdict,
    },
    /// Know that nobody here can do what it wants.
    Decline {
        /// Which request of its own.
        request_id: String,
        /// Why not.
        reason: String,
    },
    /// Stop what it is at and end the turn.
    Interrupt,
    /// Finish the turn and end.
    Close,
    /// End now: the whole tree is asked to, then killed.
    Stop,
}

/// The answer to a question for permission.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It may, with this input in place of its own where one is given.
    Allow(Option<Value>),
    /// It may not, for this reason.
    Deny(String),
}

/// Why an agent could not be started, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LaunchError(pub String);
