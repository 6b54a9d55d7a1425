//! What was seen of a request at the door: its id, who sent it, and whether it goes any further.

use super::caller::Caller;
use crate::error::ApiError;
use rocket::{Request, http::Method};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

/// One request as the door saw it.
#[derive(Debug)]
pub struct Seen {
    /// Its id: the client's where that is valid, else one of ours.
    pub id: String,
    /// Whether it came to the door: one that the server cannot read does not.
    pub at_door: bool,
    /// Its method as it came.
    pub method: Method,
    /// When it came.
    pub began: Instant,
    /// Who sent it, where they proved it.
    pub caller: Option<Arc<Caller>>,
    /// The listed foreign origin it came from, to be named in the answer.
    pub listed_origin: Option<String>,
    /// Whether it only asks if a request from another origin would be allowed.
    pub is_preflight: bool,
    /// Why it is refused, once it is.
    fault: Mutex<Option<ApiError>>,
}

impl Seen {
    /// A request of which nothing is known yet but its id and method.
    pub fn new(id: String, method: Method) -> Self {
        Self {
            id,
            at_door: false,
            method,
            began: Instant::now(),
            caller: None,
            listed_origin: None,
            is_preflight: false,
            fault: Mutex::new(None),
        }
    }

    /// What the door saw of this request. One that the server itself could not read never came to the door.
    pub fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| Self::new(new_id(), request.method()))
    }

    /// Remembers why the request is refused, for the catcher to say.
    pub fn refuse(&self, error: ApiError) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
    }

    /// Why the request is refused, where somebody said so.
    pub fn take_fault(&self) -> Option<ApiError> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether somebody said that the request is refused.
    pub fn is_refused(&self) -> bool {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

/// An id for a request that brings none.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// Whether a client's id may stand in headers and logs.
pub fn is_valid_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}
