//! Random bytes as bodies of telemetry. How those are read lies in the server; only that part of it is built here.
#![no_main]
#![allow(dead_code)]

#[path = "../../api/src/sources"]
mod sources {
    pub mod otlp {
        pub mod wire;

        /// What a body holds, as the server has it.
        #[derive(Debug, Default)]
        pub struct Telemetry {
            /// What log records tell.
            pub told: Vec<orchestrator::otlp::Told>,
            /// Points of sums.
            pub points: Vec<orchestrator::otlp::Point>,
        }
    }
}
use sources::otlp::wire;

#[path = "../checks/otlp.rs"]
mod otlp;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| otlp::check(bytes));
