//! What the core promises, seen from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod any_run;
mod cases;
mod conversations;
mod counting;
mod hooks;
mod ledger;
mod observe;
mod runs;
mod samples;
mod story;
mod streams;
mod transcripts;
mod windows;
mod words;
