//! A typed client over the same endpoints, for Rust programs.
