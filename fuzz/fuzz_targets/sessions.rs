//! Random bytes as `checks::sessions` takes them.
#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::sessions::check(bytes));
