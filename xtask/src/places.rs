//! Where things are: the repository, cargo's output, and the cache of tools that outlives both.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folders every command needs.
pub struct Places {
    /// The repository.
    pub root: PathBuf,
    /// Cargo's output, `target` unless the environment says otherwise.
    pub target: PathBuf,
    /// `quarterdeck` in the user's cache folder: outside the repository, so that a fresh clone finds the tools again.
    pub cache: PathBuf,
}

impl Places {
    /// Finds them from the environment; refuses where neither a cache folder nor a home is known.
    pub fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&manifest).parent().context("xtask lies in no repository")?.to_path_buf();
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        let caches = match env::var_os("XDG_CACHE_HOME").filter(|dir| Path::new(dir).is_absolute()) {
            Some(dir) => PathBuf::from(dir),
            None => env::home_dir().context("neither XDG_CACHE_HOME nor HOME is set")?.join(".cache"),
        };
        Ok(Self { root, target, cache: caches.join("quarterdeck") })
    }

    /// The built page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("web/dist")
    }

    /// Tools installed by `setup`: `bin` from cargo, `node_modules/.bin` from npm.
    pub fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }
}
