//! How much a browser fetches to have the whole page: every file of web/dist in brotli.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use super::Measured;
use crate::page;
use crate::places::Places;

/// Builds the page and weighs it.
pub fn measure(places: &Places) -> Result<Measured> {
    page::build(places)?;
    sum(&places.dist())
}

fn sum(dist: &Path) -> Result<Measured> {
    let mut bytes = BTreeMap::new();
    for file in page::files(dist)? {
        let twin = format!("{}.br", file.display());
        let size = fs::metadata(&twin).with_context(|| format!("{twin} is missing"))?.len();
        bytes.insert(file.strip_prefix(dist)?.display().to_string(), size);
    }
    let total: u64 = bytes.values().sum();
    let detail = json!({ "bytes": bytes });
    Ok(Measured { figure: "page_size".into(), value: total as f64 / 1000.0, detail })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compressed_twins_are_what_counts() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.wasm"), [0; 9000]).unwrap();
        fs::write(dir.path().join("a.wasm.br"), [0; 1500]).unwrap();
        fs::write(dir.path().join("a.wasm.gz"), [0; 2000]).unwrap();
        assert_eq!(sum(dir.path()).unwrap().value, 1.5);
        fs::write(dir.path().join("b.js"), "x").unwrap();
        assert!(sum(dir.path()).is_err(), "a file without its twin was not measured");
    }
}
