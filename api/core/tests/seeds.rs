//! The seeds of the fuzz targets, by the same checks, without a fuzzer.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

#[path = "../../../fuzz/checks/mod.rs"]
mod checks;

use std::{fs, path::Path};

/// Every seed of a target, whole, cut short, and with a byte of it turned.
fn hold(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let seeds: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(!seeds.is_empty(), "{target} has seeds");
    check(b"");
    for seed in seeds {
        check(&seed);
        let step = (seed.len() / 64).max(1);
        for at in (0..seed.len()).step_by(step) {
            check(&seed[..at]);
            let mut turned = seed.clone();
            turned[at] ^= 0x80;
            check(&turned);
        }
    }
}

#[test]
fn the_seeds_of_every_target_hold() {
    hold("sessions", checks::sessions::check);
    hold("conversations", checks::conversations::check);
    hold("stream", checks::stream::check);
    hold("agent_logs", checks::agent_logs::check);
    hold("hooks", checks::hooks::check);
    hold("prices", checks::prices::check);
    hold("questions", checks::questions::check);
}
