//! What the fleet says when it will not do what it was asked: the thing, the reason, the way out.

use crate::store::StoreError;

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FleetError {
    /// There is no such agent, task or approval.
    #[error("there is no {what}")]
    NotFound {
        /// `agent 0192…`.
        what: String,
    },
    /// It was deleted, and takes no orders any more.
    #[error("{what} is deleted: it can be looked at, and nothing else")]
    Deleted {
        /// `agent 0192…`.
        what: String,
    },
    /// The thing is in no state for this.
    #[error("{0}")]
    Conflict(String),
    /// A field will not do.
    #[error("{message}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it and what would do.
        message: String,
    },
    /// The working directory is outside the permitted roots, or not there.
    #[error("{message}")]
    DirectoryRefused {
        /// What is wrong with it; the roots are named.
        message: String,
        /// The permitted roots.
        roots: Vec<String>,
    },
    /// The runtime asked for cannot run here.
    #[error("{0}")]
    RuntimeUnavailable(String),
    /// The plan cannot be carried out.
    #[error("{0}")]
    InvalidPlan(String),
    /// The server is stopping and takes no work.
    #[error("the server is stopping; ask again once it is back")]
    Stopping,
    /// The store did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FleetError {
    /// There is no such thing.
    pub fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::NotFound { what: format!("{what} {id}") }
    }

    /// It was deleted.
    pub fn deleted(what: &str, id: impl std::fmt::Display) -> Self {
        Self::Deleted { what: format!("{what} {id}") }
    }

    /// A field will not do.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field, message: message.into() }
    }
}
