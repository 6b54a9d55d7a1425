//! What the core promises, seen from outside.

mod cases;
mod counting;
mod observe;
mod runs;
mod samples;
mod story;
mod streams;
