//! `cargo xtask fuzz`: random bytes for every reader, guided by what they reach.
//!
//! The compiler's own coverage pass and libFuzzer are all it takes: the tree forbids unsafe code, so no sanitizer is
//! needed, and with it no nightly compiler. What a target asserts lies in `fuzz/checks`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::places::Places;
use crate::shell::{command, output, run, say};

/// What makes the compiler count what is reached, as libFuzzer wants it.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing";

/// Seconds after which one input counts as one that never ends.
const PATIENCE: u32 = 10;
/// Megabytes that one target may take.
const MEMORY: u32 = 2_048;

/// Runs these targets, or all, for so many seconds each; what breaks one is kept and named.
pub fn all(places: &Places, seconds: u32, targets: &[String]) -> Result<ExitCode> {
    let folder = places.root.join("fuzz");
    let known = known(&folder)?;
    if let Some(unknown) = targets.iter().find(|target| !known.contains(target)) {
        anyhow::bail!("there is no target {unknown}; there are {}", known.join(", "));
    }
    let binaries = build(places, &folder)?;
    let mut broken = Vec::new();
    for target in known.iter().filter(|target| targets.is_empty() || targets.contains(target)) {
        let corpus = places.target.join("fuzz/corpus").join(target);
        let finds = places.target.join("fuzz/finds");
        for folder in [&corpus, &finds] {
            fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        }
        let mut fuzzer = command(places, binaries.join(target));
        fuzzer
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-timeout={PATIENCE}"))
            .arg(format!("-rss_limit_mb={MEMORY}"))
            .arg(format!("-artifact_prefix={}/{target}-", finds.display()))
            .args(["-print_final_stats=1", "-verbosity=1"])
            .arg(&corpus)
            .arg(folder.join("seeds").join(target));
        if let Err(error) = run(&mut fuzzer) {
            broken.push(format!("{error:#}"));
        }
    }
    for error in &broken {
        say(error);
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The targets, by their files.
fn known(folder: &Path) -> Result<Vec<String>> {
    let files = fs::read_dir(folder.join("fuzz_targets")).context("fuzz/fuzz_targets cannot be read")?;
    let names = files.flatten().filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<_> = names.collect();
    names.sort();
    Ok(names)
}

/// Builds every target; gives where they are.
fn build(places: &Places, folder: &Path) -> Result<PathBuf> {
    let told = output(command(places, "rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let target = places.target.join("fuzz");
    let mut cargo = command(places, "cargo");
    cargo
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        // With a target named, build scripts are built without these flags.
        .args(["--target", host, "--target-dir"])
        .arg(&target)
        .env("RUSTFLAGS", FLAGS);
    run(&mut cargo)?;
    Ok(target.join(host).join("release"))
}
