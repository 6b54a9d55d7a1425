//! Where settings come from: flag over environment over file over default.

use super::{
    ConfigError, checks,
    settings::{SETTINGS, Setting},
};
use std::{collections::BTreeMap, fs, path::PathBuf};

/// Everything said about settings, before any of it is believed.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// From the command line, by the setting's name.
    pub flags: BTreeMap<&'static str, String>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// The settings file, where there is one, and its text.
    pub file: Option<(PathBuf, String)>,
}

/// One setting's value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The value as text.
    pub value: String,
    /// `flag`, `environment`, `file` or `default`.
    pub origin: &'static str,
}

impl Sources {
    /// What this process was told: these flags, its environment and the file in the XDG config folder.
    pub fn of_process(flags: BTreeMap<&'static str, String>) -> Result<Self, ConfigError> {
        if flags.get("database_url").is_some_and(|url| checks::holds_password(url)) {
            return Err(ConfigError::Together(
                "other processes can read flags: keep a URL that holds a password in a file, and name that by \
                 DATABASE_URL_FILE"
                    .to_owned(),
            ));
        }
        let environment: BTreeMap<_, _> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let mut file = None;
        for path in candidates(&environment) {
            match fs::read_to_string(&path) {
                Ok(text) => {
                    file = Some((path, text));
                    break;
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(ConfigError::file(&path, error)),
            }
        }
        Ok(Self { flags, environment, file })
    }

    /// Every setting's value, checked.
    pub fn resolve(&self) -> Result<BTreeMap<&'static str, Resolved>, ConfigError> {
        self.refuse_near_misses()?;
        let file = self.file_values()?;
        let mut all = BTreeMap::new();
        for setting in SETTINGS {
            let resolved = self.one(setting, &file)?;
            (setting.check)(&resolved.value).map_err(|wanted| ConfigError::Wrong {
                name: setting.name,
                origin: resolved.origin,
                wanted,
                found: if setting.secret {
                    "the value given".to_owned()
                } else {
                    format!("`{}`", resolved.value)
                },
            })?;
            all.insert(setting.name, resolved);
        }
        Ok(all)
    }

    fn one(&self, setting: &Setting, file: &BTreeMap<&str, String>) -> Result<Resolved, ConfigError> {
        let resolved = |value: &str, origin| Ok(Resolved { value: value.to_owned(), origin });
        if let Some(value) = self.flags.get(setting.name) {
            return resolved(value, "flag");
        }
        let by_file = format!("{}_FILE", setting.variable);
        match (self.environment.get(setting.variable), self.environment.get(&by_file)) {
            (Some(_), Some(_)) => {
                return Err(ConfigError::Twice { variable: setting.variable, by_file });
            }
            (Some(value), None) => return resolved(value, "environment"),
            (None, Some(path)) => {
                let text =
                    fs::read_to_string(path).map_err(|error| ConfigError::file(path.as_ref(), error))?;
                return resolved(text.trim_end_matches(['\r', '\n']), "environment");
            }
            (None, None) => {}
        }
        match file.get(setting.name) {
            Some(value) => resolved(value, "file"),
            None => resolved(setting.default, "default"),
        }
    }

    fn file_values(&self) -> Result<BTreeMap<&'static str, String>, ConfigError> {
        let Some((path, text)) = &self.file else { return Ok(BTreeMap::new()) };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| ConfigError::Toml {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        let mut values = BTreeMap::new();
        for (key, value) in table {
            let Some(setting) = super::settings::setting(&key) else {
                return Err(ConfigError::Unknown {
                    suggestion: nearest(&key).map(|setting| setting.name),
                    key,
                    place: path.clone(),
                });
            };
            let text = text_of(&value).ok_or_else(|| ConfigError::Wrong {
                name: setting.name,
                origin: "file",
                wanted: "must be a text, a number, true, false or a list of these".to_owned(),
                found: format!("a {}", value.type_str()),
            })?;
            values.insert(setting.name, text);
        }
        Ok(values)
    }

    /// A variable that is nearly one of ours is a slip of the pen; others with our prefix are not our business.
    fn refuse_near_misses(&self) -> Result<(), ConfigError> {
        for name in self.environment.keys() {
            let bare = name.strip_suffix("_FILE").unwrap_or(name);
            let known = |variable: &str| SETTINGS.iter().any(|setting| setting.variable == variable);
            let Some(ours) = bare.strip_prefix("QUARTERDECK_").filter(|_| !known(bare) && !known(name))
            else {
                continue;
            };
            if let Some(near) = nearest(ours) {
                return Err(ConfigError::Unknown {
                    key: name.clone(),
                    place: PathBuf::from("the environment"),
                    suggestion: Some(near.variable),
                });
            }
        }
        Ok(())
    }
}

/// Where the settings file may lie.
fn candidates(environment: &BTreeMap<String, String>) -> Vec<PathBuf> {
    let folder = environment.get("XDG_CONFIG_HOME").filter(|path| path.starts_with('/')).map(PathBuf::from);
    let folder = folder.or_else(|| environment.get("HOME").map(|home| PathBuf::from(home).join(".config")));
    let folder = folder.into_iter();
    folder
        .flat_map(|folder| [folder.join("quarterdeck/quarterdeck.toml"), folder.join("quarterdeck.toml")])
        .collect()
}

fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Array(items) => {
            items.iter().map(text_of).collect::<Option<Vec<_>>>().map(|items| items.join(","))
        }
        toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

/// The setting whose name is most like this word, where it is like it.
fn nearest(word: &str) -> Option<&'static Setting> {
    let measured = SETTINGS.iter().map(|setting| (distance(word, setting.name), setting));
    let near = |(letters, setting): &(usize, &Setting)| *letters <= (setting.name.len() / 2).min(3);
    measured.filter(near).min_by_key(|(letters, _)| *letters).map(|(_, setting)| setting)
}

/// How many letters must change to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let changed = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
