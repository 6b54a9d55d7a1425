//! Why settings cannot be used.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key nobody knows.
    #[error("unknown setting `{key}` in {}{}", place.display(), suggested(suggestion))]
    Unknown {
        /// The key.
        key: String,
        /// Where it stands.
        place: PathBuf,
        /// The known key that is most like it.
        suggestion: Option<&'static str>,
    },
    /// A value that will not do.
    #[error("setting `{name}` (from {origin}) {wanted}, but is {found}")]
    Wrong {
        /// The setting.
        name: &'static str,
        /// Where the value came from.
        origin: &'static str,
        /// What would do.
        wanted: String,
        /// What came.
        found: String,
    },
    /// A variable and its file variant at once.
    #[error("both {variable} and {by_file} are set; keep one of them")]
    Twice {
        /// The variable.
        variable: &'static str,
        /// Its file variant.
        by_file: String,
    },
    /// The settings file is no TOML.
    #[error("{} is no valid TOML: {reason}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        reason: String,
    },
    /// A file that was named cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Settings that do not go together.
    #[error("{0}")]
    Together(String),
}

fn suggested(suggestion: &Option<&'static str>) -> String {
    suggestion.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

impl ConfigError {
    /// A file that cannot be read.
    pub(super) fn file(path: &Path, error: io::Error) -> Self {
        Self::File { path: path.to_owned(), reason: error.to_string() }
    }
}
