//! The nouns Quarterdeck speaks on the wire, and every route of the product in one list.
//!
//! The same types serve the server, the page and other people's Rust programs. Shapes are snake_case JSON;
//! a reply may gain fields, so readers ignore what they do not know, while requests refuse unknown fields.

pub mod agents;
pub mod approvals;
pub mod auth;
#[cfg(feature = "client")]
pub mod client;
pub mod conversations;
pub mod costs;
pub mod endpoint;
pub mod endpoints;
pub mod error;
pub mod event;
pub mod files;
pub mod hooks;
pub mod id;
pub mod json;
pub mod live;
pub mod logs;
pub mod metrics;
pub mod money;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod prompts;
pub mod replay;
pub mod runtimes;
pub mod search;
pub mod settings;
pub mod sources;
pub mod tasks;
pub mod time;
pub mod usage;
pub mod words;
pub mod workflows;

pub use endpoint::{Endpoint, Method, NoBody, NoQuery, Page, Paged, Route, Total};
pub use endpoints::ENDPOINTS;
pub use error::{Code, ErrorBody};
pub use event::{Event, Payload};
pub use id::{AgentId, ApprovalId, RecordId, StepId, TaskId, TokenId};
pub use money::Usd;
pub use time::Timestamp;
