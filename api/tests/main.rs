//! The server's tests, one binary: each promise on a real database.

mod store;
mod support;
