//! The only map from failure to status and code.

use crate::{fleet::FleetError, store::StoreError};
use quarterdeck_shared::Code;
use serde_json::{Value, json};

/// A refusal on its way to the caller. What the caller reads and what the log needs are two texts.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// The word for programs; it decides the status.
    pub code: Code,
    /// The sentence for people: the thing, the reason, the way out.
    pub message: Box<str>,
    /// More for programs; null where there is none.
    pub details: Value,
    /// Seconds after which trying again may help.
    pub retry_after: Option<u32>,
    /// The methods that would do, for 405.
    pub allow: Option<Box<str>>,
    /// What only the log may know.
    pub cause: Option<Box<str>>,
}

impl ApiError {
    /// A refusal with its sentence.
    pub fn new(code: Code, message: impl Into<Box<str>>) -> Self {
        let message = message.into();
        Self { code, message, details: Value::Null, retry_after: None, allow: None, cause: None }
    }

    /// A field or parameter that is wrong.
    pub fn invalid(field: &str, message: impl Into<Box<str>>) -> Self {
        Self::new(Code::Invalid, message).with_details(json!({ "field": field }))
    }

    /// A fault of ours: the caller learns nothing but that, the log everything.
    pub fn internal(cause: impl ToString) -> Self {
        let message = "something went wrong inside Quarterdeck; the log says what, under this request_id";
        Self { cause: Some(cause.to_string().into()), ..Self::new(Code::Internal, message) }
    }

    /// Nobody proved who they are.
    pub fn unauthorized() -> Self {
        let message = "a key is needed: send `Authorization: Bearer …`, or log in on /login";
        Self::new(Code::Unauthorized, message)
    }

    /// The key is good, but not for this.
    pub fn beyond_scope() -> Self {
        let message = "this token may only hand in hooks and telemetry; for anything else use another key";
        Self::new(Code::Forbidden, message)
    }

    /// Something that is not there.
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(Code::NotFound, format!("there is no {what}; a list shows what there is"))
    }

    /// Nothing answers at this address.
    pub fn no_address(path: &str) -> Self {
        Self::new(
            Code::NotFound,
            format!("there is no such address: {path}; /api/docs lists those there are"),
        )
    }

    /// The refusal with more for programs.
    #[must_use]
    pub fn with_details(self, details: Value) -> Self {
        Self { details, ..self }
    }

    /// The refusal with the seconds after which trying again may help.
    #[must_use]
    pub fn after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// The refusal with what only the log may know.
    #[must_use]
    pub fn because(self, cause: impl ToString) -> Self {
        Self { cause: Some(cause.to_string().into()), ..self }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::BadCursor => Self::new(Code::BadCursor, error.to_string()),
            StoreError::Invalid { field, message } => Self::invalid(field, message),
            StoreError::Changed { .. } => Self::new(Code::Conflict, error.to_string()),
            StoreError::Unwritable { .. } => {
                let message = "nothing can be written now; reads go on, and writing resumes by itself";
                Self::new(Code::StorageUnavailable, message).after(5).because(error)
            }
            StoreError::Unreachable { .. } | StoreError::InUse { .. } | StoreError::Missing { .. } => {
                Self::new(Code::Unavailable, "the database does not answer now; try again")
                    .after(2)
                    .because(error)
            }
            StoreError::Newer { .. }
            | StoreError::Older { .. }
            | StoreError::Unopened { .. }
            | StoreError::Refused { .. }
            | StoreError::Corrupt { .. } => Self::internal(error),
        }
    }
}

impl From<FleetError> for ApiError {
    fn from(error: FleetError) -> Self {
        let message = error.to_string();
        match error {
            FleetError::NotFound { .. } | FleetError::Deleted { .. } => Self::new(Code::NotFound, message),
            FleetError::Conflict(_) => Self::new(Code::Conflict, message),
            FleetError::Invalid { field, message } => Self::invalid(field, message),
            FleetError::DirectoryRefused { roots, .. } => {
                let details = json!({ "field": "working_directory", "roots": roots });
                Self::new(Code::DirectoryRefused, message).with_details(details)
            }
            FleetError::RuntimeUnavailable(_) => {
                Self::new(Code::RuntimeUnavailable, message).with_details(json!({ "field": "runtime" }))
            }
            FleetError::InvalidPlan(_) => Self::new(Code::InvalidPlan, message),
            FleetError::Stopping => Self::new(Code::Unavailable, message).after(2),
            FleetError::Store(error) => error.into(),
        }
    }
}
