//! The seeds of the fuzz target for telemetry, by the same checks, without a fuzzer.

use quarterdeck::sources::otlp::wire;
use std::{fs, path::Path};

#[path = "../../../fuzz/checks/otlp.rs"]
mod otlp;

#[test]
fn the_seeds_of_telemetry_hold_whole_cut_short_and_turned() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds/otlp");
    let seeds: Vec<_> =
        fs::read_dir(seeds).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(!seeds.is_empty());
    for seed in seeds {
        otlp::check(&seed);
        assert!((0..3).any(|kind| {
            let signal = [wire::Signal::Logs, wire::Signal::Metrics, wire::Signal::Traces][kind];
            [wire::Encoding::Json, wire::Encoding::Protobuf]
                .iter()
                .any(|encoding| wire::parse(signal, *encoding, &seed[1..]).is_ok())
        }));
        for at in 0..seed.len() {
            otlp::check(&seed[..at]);
            let mut turned = seed.clone();
            turned[at] ^= 0x80;
            otlp::check(&turned);
        }
    }
}
