//! Errors have one shape everywhere: what happened, why, and what to do next.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $wire:literal, $status:literal;)*) => {
        /// What went wrong, as a word for programs. The list only grows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Code {$(
            $(#[$doc])*
            #[serde(rename = $wire)]
            $name,
        )*}

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$name => $wire),*}
            }

            /// The HTTP status it travels with.
            pub const fn status(self) -> u16 {
                match self {$(Self::$name => $status),*}
            }
        }
    };
}

codes! {
    /// The body is no JSON, or is nested deeper than allowed.
    MalformedJson = "MALFORMED_JSON", 400;
    /// The cursor was not made by this server for this list.
    BadCursor = "BAD_CURSOR", 400;
    /// The request itself is broken.
    BadRequest = "BAD_REQUEST", 400;
    /// No key, no session, or one that does not hold.
    Unauthorized = "UNAUTHORIZED", 401;
    /// Known, but not allowed: origin, host or rank.
    Forbidden = "FORBIDDEN", 403;
    /// Nothing lives at this address.
    NotFound = "NOT_FOUND", 404;
    /// The address exists, the method does not.
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405;
    /// The thing is in no state for this.
    Conflict = "CONFLICT", 409;
    /// The idempotency key was used with another body.
    IdempotencyConflict = "IDEMPOTENCY_CONFLICT", 409;
    /// The body is larger than allowed.
    TooLarge = "PAYLOAD_TOO_LARGE", 413;
    /// Bodies are JSON only.
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", 415;
    /// Well-formed, but a field or parameter is wrong or unknown.
    Invalid = "VALIDATION_ERROR", 422;
    /// The working directory is outside the permitted roots, or not there.
    DirectoryRefused = "DIRECTORY_REFUSED", 422;
    /// The runtime asked for cannot run here.
    RuntimeUnavailable = "RUNTIME_UNAVAILABLE", 422;
    /// The plan cannot be carried out: empty, in a circle, or naming what is not there.
    InvalidPlan = "INVALID_PLAN", 422;
    /// Too many requests.
    RateLimited = "RATE_LIMITED", 429;
    /// A fault of ours; the request id finds it in the log.
    Internal = "INTERNAL", 500;
    /// The server cannot serve this now.
    Unavailable = "UNAVAILABLE", 503;
    /// The disk or database refuses writes; reads go on.
    StorageUnavailable = "STORAGE_UNAVAILABLE", 503;
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Code {}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Code {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        crate::openapi::closed_set("code", Self::ALL.iter().map(|code| code.as_str()))
    }
}

/// The body of every refusal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// The word for programs.
    pub code: Code,
    /// The sentence for people: the thing, the reason, the way out.
    pub message: String,
    /// More for programs, such as the field at fault; null where there is none.
    #[serde(default)]
    pub details: Value,
    /// The request's id, also in the `X-Request-Id` header and in the log.
    pub request_id: String,
    /// When it happened.
    pub timestamp: Timestamp,
}
