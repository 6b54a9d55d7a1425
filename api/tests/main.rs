//! The server's tests, one binary: each promise on a real database.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cases;
mod cli;
mod client;
mod fleet;
mod http;
mod search;
mod sources;
mod store;
mod support;
