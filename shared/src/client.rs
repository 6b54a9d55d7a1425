//! A typed client over the same endpoints, for Rust programs.
//!
//! ```no_run
//! # async fn run() -> Result<(), quarterdeck_shared::client::ClientError> {
//! use quarterdeck_shared::{NoQuery, client::Client, endpoints::CreateTask, tasks::NewTask};
//!
//! let client = Client::new("http://127.0.0.1:8000", "the key in DATA_DIR/api_key");
//! let body = NewTask { prompt: "Fix the failing test".into(), ..NewTask::default() };
//! let task = client.call(CreateTask { query: NoQuery {}, body }).await?;
//! println!("{} is {}", task.id, task.status);
//! # Ok(())
//! # }
//! ```

mod follow;

pub use follow::Follow;

use crate::{
    ErrorBody, TaskId,
    endpoint::{Endpoint, Method},
};
use std::{fmt, time::Duration};

/// A call that takes longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why a call did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The server said no, and why.
    #[error("{}", .0.message)]
    Refused(Box<ErrorBody>),
    /// The server cannot be reached.
    #[error("{base} cannot be reached: {reason}")]
    Unreachable {
        /// The server's address.
        base: String,
        /// What the network said.
        reason: String,
    },
    /// What answered is no Quarterdeck that this client knows.
    #[error("{base} gave an answer this client does not understand: {reason}")]
    Strange {
        /// The server's address.
        base: String,
        /// What was wrong with the answer.
        reason: String,
    },
    /// The call cannot be put into words.
    #[error("the call cannot be sent: {0}")]
    Unsayable(String),
}

/// A server and the key to it. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    base: String,
    key: String,
    http: reqwest::Client,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.base)
    }
}

impl Client {
    /// A client of the server at an address such as `http://127.0.0.1:8000`, with a key or an access token.
    pub fn new(base: impl Into<String>, key: impl Into<String>) -> Self {
        let base = base.into().trim_end_matches('/').to_owned();
        Self { base, key: key.into(), http: reqwest::Client::new() }
    }

    /// Calls an endpoint.
    pub async fn call<E: Endpoint>(&self, endpoint: E) -> Result<E::Reply, ClientError> {
        let method = match E::ROUTE.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let url = format!("{}{}", self.base, endpoint.url());
        let mut request = self.http.request(method, url).timeout(PATIENCE).bearer_auth(&self.key);
        if let Some(json) = endpoint.json().map_err(|error| ClientError::Unsayable(error.to_string()))? {
            request = request.header("Content-Type", "application/json").body(json);
        }
        let answer = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|error| self.unreachable(&error))?;
        if !status.is_success() {
            return Err(match serde_json::from_slice(&body) {
                Ok(refusal) => ClientError::Refused(Box::new(refusal)),
                Err(_) => self.strange(format!("status {status} without an error this client knows")),
            });
        }
        let json = if body.is_empty() { b"null" } else { &body[..] };
        serde_json::from_slice(json).map_err(|error| self.strange(error.to_string()))
    }

    /// Follows one task: a snapshot first, then every change. It ends only where the server refuses, so stop
    /// listening when you have seen enough.
    pub fn follow(&self, task: TaskId) -> Follow {
        self.listen(format!("/ws/tasks/{task}"))
    }

    /// Follows the whole fleet.
    pub fn follow_fleet(&self) -> Follow {
        self.listen("/ws/fleet".into())
    }

    /// Follows usage alone.
    pub fn follow_costs(&self) -> Follow {
        self.listen("/ws/costs".into())
    }

    fn listen(&self, path: String) -> Follow {
        Follow::new(self.base.clone(), self.key.clone(), path)
    }

    fn unreachable(&self, error: &reqwest::Error) -> ClientError {
        ClientError::Unreachable { base: self.base.clone(), reason: innermost(error) }
    }

    fn strange(&self, reason: String) -> ClientError {
        ClientError::Strange { base: self.base.clone(), reason }
    }
}

/// The cause at the bottom, which says most: `Connection refused`.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}
