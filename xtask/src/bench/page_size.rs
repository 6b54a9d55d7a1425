//! How much a browser fetches to have the whole page: every file of web/dist in brotli.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use super::{Bar, Figure, Measured, Subject};
use crate::page;

/// The size of the page.
pub struct PageSize;

impl Figure for PageSize {
    fn name(&self) -> &'static str {
        "page_size"
    }

    fn unit(&self) -> &'static str {
        "kB"
    }

    fn bar(&self) -> Bar {
        Bar::AtMost(400.0)
    }

    fn measure(&self, subject: &Subject) -> Result<Measured> {
        sum(&subject.places.dist())
    }
}

fn sum(dist: &Path) -> Result<Measured> {
    let mut bytes = BTreeMap::new();
    for file in page::files(dist)? {
        let twin = format!("{}.br", file.display());
        let size = fs::metadata(&twin).with_context(|| format!("{twin} is missing"))?.len();
        bytes.insert(file.strip_prefix(dist)?.display().to_string(), size);
    }
    let total: u64 = bytes.values().sum();
    Ok(Measured { value: total as f64 / 1000.0, detail: json!({ "bytes": bytes }) })
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
