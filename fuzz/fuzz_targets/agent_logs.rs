//! Random bytes as `checks::agent_logs` takes them.
#![no_main]

#[path = "../checks/mod.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::agent_logs::check(bytes));
