//! `cargo xtask generate`: data made from a number, for measuring and for trying things out.

pub mod transcripts;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Subcommand;

/// What can be made.
#[derive(Subcommand)]
pub enum Data {
    /// Session files as Claude Code writes them; the same number makes the same files
    Transcripts {
        /// About so many bytes in all
        #[arg(long, default_value_t = 1_000_000_000)]
        bytes: u64,
        /// The number they are made from
        #[arg(long, default_value_t = 7)]
        seed: u64,
        /// Where they go; made where it is missing
        folder: PathBuf,
    },
}

/// Makes it, and says what is true of it.
pub fn run(data: &Data) -> Result<()> {
    let Data::Transcripts { bytes, seed, folder } = data;
    let truth = transcripts::write(folder, *bytes, *seed)
        .with_context(|| format!("cannot write below {}", folder.display()))?;
    println!(
        "{}",
        serde_json::json!({
            "files": truth.files, "bytes": truth.bytes, "lines": truth.lines, "requests": truth.requests,
            "input_tokens": truth.input_tokens, "output_tokens": truth.output_tokens,
            "cache_creation_tokens": truth.cache_creation_tokens, "cache_read_tokens": truth.cache_read_tokens,
        })
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_makes_the_same_sessions_and_every_line_is_json() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let truth = transcripts::write(one.path(), 2_000_000, 7).unwrap();
        assert_eq!(transcripts::write(two.path(), 2_000_000, 7).unwrap(), truth);
        assert!(truth.bytes >= 2_000_000 && truth.requests > 50, "{truth:?}");
        let mut lines = 0;
        let mut folders = vec![one.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                for line in std::fs::read_to_string(&path).unwrap().lines() {
                    serde_json::from_str::<serde_json::Value>(line).unwrap();
                    lines += 1;
                }
            }
        }
        assert_eq!(lines, truth.lines);
    }
}
