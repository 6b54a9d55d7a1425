//! Random bytes as `checks::conversations` takes them.
#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::conversations::check(bytes));
