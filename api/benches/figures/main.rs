//! The server's figures, measured on the release binary and on data made from numbers.
//!
//! `cargo bench -p quarterdeck --bench figures -- [GROUP…]` prints what came of each as one JSON object a line;
//! `cargo xtask bench` knows the bars. Comparisons are medians of ratios of two things measured in turn.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod bare;
mod changes;
mod conversation;
mod events;
mod growth;
mod import;
mod list;
mod load;
mod memory;
mod otlp;
mod replay;
#[path = "../../tests/support/rows.rs"]
#[allow(dead_code)]
mod rows;
mod search;
mod seed;
mod server;
mod sockets;
mod start;

use serde_json::{Value, json};
use std::{fs::File, io::Write as _, path::Path, time::Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Pairs of which a comparison is the median: enough to outvote whatever else a shared machine does meanwhile.
pub const PAIRS: usize = 9;

type Measure = fn(&Runtime);

const GROUPS: &[(&str, Measure)] = &[
    ("list", list::measure),
    ("growth", growth::measure),
    ("events", events::measure),
    ("sockets", sockets::measure),
    ("memory", memory::measure),
    ("start", start::measure),
    ("import", import::measure),
    ("otlp", otlp::measure),
    ("search", search::measure),
    ("conversation", conversation::measure),
    ("replay", replay::measure),
];

fn main() {
    // Cargo adds a flag of its own.
    let words: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match &words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["seed", data_dir, agents] => {
            runtime.block_on(seed::agents(Path::new(data_dir), agents.parse().unwrap()))
        }
        [bare::WORD, page] => runtime.block_on(bare::serve(Path::new(page))),
        [search::WORD, data_dir] => runtime.block_on(search::index(Path::new(data_dir))),
        groups => {
            let known = |wanted: &&str| GROUPS.iter().any(|(name, _)| name == wanted);
            assert!(groups.iter().all(known), "there is no such group among {groups:?}");
            let wanted = GROUPS.iter().filter(|(name, _)| groups.is_empty() || groups.contains(name));
            wanted.for_each(|(_, measure)| measure(&runtime));
        }
    }
}

/// Says what came of a figure.
pub fn say(figure: &str, value: f64, detail: Value) {
    println!("{}", json!({"figure": figure, "value": value, "detail": detail}));
}

/// A folder on the disk that cargo builds on, gone when dropped.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    #[cfg(target_os = "linux")]
    {
        use nix::sys::statfs::{TMPFS_MAGIC, statfs};
        let kind = statfs(folder.path()).unwrap().filesystem_type();
        assert!(kind != TMPFS_MAGIC, "{} is in memory; figures are those of a disk", folder.path().display());
    }
    folder
}

/// What the disk takes to make a few bytes durable: the time that this share of the tries stays below.
pub fn fsync_ms(folder: &Path, share: f64) -> f64 {
    let mut file = File::create(folder.join("fsync")).unwrap();
    let mut took: Vec<f64> = (0..100)
        .map(|_| {
            let began = Instant::now();
            file.write_all(&[7; 512]).unwrap();
            file.sync_data().unwrap();
            began.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    rounded(quantile(&mut took, share))
}

/// The middle of some values.
pub fn median(values: &mut [f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value below which a share of all lies.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() as f64 * share) as usize).min(values.len() - 1)]
}

/// As many digits as say something.
pub fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
