//! What the store says when it cannot do what it was asked.

/// Why the store did not do it. Each sentence names the thing, the reason and the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another server has the database.
    #[error("the database is in use by {by}; stop that server first, or choose another data directory")]
    InUse {
        /// Who has it: `process 4711`.
        by: String,
    },
    /// There is no database where one was to be read.
    #[error(
        "there is no database at {place}; `quarterdeck serve` makes one, `--data-dir` names another place"
    )]
    Missing {
        /// Where it was looked for.
        place: String,
    },
    /// The database was written by a newer program.
    #[error("the database's schema is {found}, newer than {known} of this program; run the newer program")]
    Newer {
        /// The migration this program does not know.
        found: String,
        /// The newest migration it knows.
        known: String,
    },
    /// The database was written by an older program and only a server or `migrate` may change that.
    #[error("the database's schema is {found}, this program needs {known}; run `quarterdeck migrate`")]
    Older {
        /// The newest migration the database has.
        found: String,
        /// The newest migration this program knows.
        known: String,
    },
    /// Nothing can be written now; reads go on, and writing goes on by itself once the cause is gone.
    #[error("nothing can be written now: {reason}; reads go on, and writing resumes by itself")]
    Unwritable {
        /// What the disk or database said.
        reason: String,
    },
    /// The database cannot be opened to write.
    #[error("the database cannot be opened: {reason}; mend that, or choose another database")]
    Unopened {
        /// What the disk or database said.
        reason: String,
    },
    /// The database does not answer.
    #[error("the database does not answer: {reason}")]
    Unreachable {
        /// What it said instead.
        reason: String,
    },
    /// The cursor was not made by this server for this list.
    #[error("the cursor was not made for this list, filter and order; start again without one")]
    BadCursor,
    /// A field of a query is wrong.
    #[error("{message}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it and what would do.
        message: String,
    },
    /// The batch itself cannot be written; others are not harmed.
    #[error("the change was refused by the database: {reason}")]
    Refused {
        /// What the database said.
        reason: String,
    },
    /// What the batch was made from has changed meanwhile; nothing of it was written.
    #[error("{what} has changed meanwhile; look at it again, then ask again")]
    Changed {
        /// What has.
        what: String,
    },
    /// A stored row cannot be read.
    #[error("a stored row is broken: {what}; `quarterdeck doctor` looks further")]
    Corrupt {
        /// Which row and what is wrong with it.
        what: String,
    },
}

impl StoreError {
    /// A stored text that is not what was written. What it says may be anybody's words, so only the place is told.
    pub fn unreadable(what: &str, error: &serde_json::Error) -> Self {
        Self::Corrupt { what: format!("{what} cannot be read from its letter {} on", error.column()) }
    }
}
