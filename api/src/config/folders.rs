//! Folders that are found out where nobody named them.

use super::{
    ConfigError,
    sources::{Resolved, Sources},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The folders that are found out where nobody named them.
pub(super) fn fill(
    resolved: &mut BTreeMap<&'static str, Resolved>,
    sources: &Sources,
    home: Option<&Path>,
) -> Result<(), ConfigError> {
    let data_home = sources.environment.get("XDG_DATA_HOME").filter(|path| path.starts_with('/'));
    let data_home = data_home.map(PathBuf::from).or_else(|| home.map(|home| home.join(".local/share")));
    let claude = sources.environment.get("CLAUDE_CONFIG_DIR").filter(|path| path.starts_with('/'));
    let claude = claude.map(PathBuf::from).or_else(|| home.map(|home| home.join(".claude")));
    let found = [
        ("claude_folders", claude),
        ("data_dir", data_home.map(|folder| folder.join("quarterdeck"))),
        ("workspace_roots", home.map(Path::to_owned)),
    ];
    for (name, folder) in found {
        let Some(value) = resolved.get_mut(name).filter(|value| value.value.is_empty()) else { continue };
        match folder {
            Some(folder) => value.value = folder.display().to_string(),
            None if name == "data_dir" => {
                return Err(ConfigError::Together(
                    "there is no HOME to keep data in; name a `--data-dir`".to_owned(),
                ));
            }
            None => {}
        }
    }
    Ok(())
}

/// A path with `~` and the current folder filled in.
pub(super) fn absolute(path: &str, home: Option<&Path>) -> PathBuf {
    let path = match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    };
    std::path::absolute(&path).unwrap_or(path)
}
