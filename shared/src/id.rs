//! Identifiers: a UUIDv7 each, one type per kind, so that an agent's id never lands in a task's place.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl $name {
            /// The last six hexadecimal digits: enough to recognise it by, never to address it by.
            pub fn short(&self) -> String {
                self.0.simple().to_string().split_off(26)
            }
        }
    )*};
}

ids! {
    /// One worker: a role, a session, a life.
    AgentId
    /// One piece of work that somebody submitted.
    TaskId
    /// One question an agent asked before using a tool.
    ApprovalId
    /// One usage record: one response of the model's API.
    RecordId
    /// One access token.
    TokenId
}

/// A step's name within its task, such as `s2`; unique there only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(transparent)]
pub struct StepId(pub String);

impl StepId {
    /// The name of the step at this place, counted from zero: `s1`, `s2`, …
    pub fn at(index: usize) -> Self {
        Self(format!("s{}", index + 1))
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
