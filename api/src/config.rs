//! Settings: flag over environment over file over default, checked once and then believed.

pub mod checks;
mod error;
mod folders;
pub mod settings;
pub mod sources;
#[cfg(test)]
mod tests;

use folders::absolute;
use quarterdeck_shared::settings::Setting as ShownSetting;
use sources::{Resolved, Sources};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

pub use error::ConfigError;
pub use settings::{SETTINGS, Setting};

/// What a secret looks like wherever settings are shown.
pub use orchestrator::secrets::MASK;

/// Every setting, parsed.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Config {
    pub host: IpAddr,
    pub port: u16,
    pub data_dir: PathBuf,
    pub database_url: Option<String>,
    pub api_key: Option<String>,
    pub claude_bin: String,
    pub workspace_roots: Vec<PathBuf>,
    pub allowed_hosts: Vec<String>,
    pub cors_origins: Vec<String>,
    pub tls: Option<Tls>,
    pub behind_proxy: bool,
    pub plain_http: bool,
    pub allow_bypass_permissions: bool,
    pub watch_sessions: bool,
    pub claude_folders: Vec<PathBuf>,
    pub log_folders: Vec<PathBuf>,
    pub hooks: bool,
    pub hook_hold_seconds: u64,
    pub hook_ask_tools: Vec<String>,
    pub otlp: bool,
    pub max_otlp_bytes: usize,
    pub own_prices: Option<PathBuf>,
    pub max_agents: usize,
    pub step_seconds: u64,
    pub max_attempts: u32,
    pub stall_seconds: u64,
    /// Never where missing.
    pub agent_cleanup_seconds: Option<u64>,
    pub pass_environment: Vec<String>,
    pub replay_speed: f64,
    pub read_rate: u32,
    pub command_rate: u32,
    pub stranger_rate: u32,
    pub stranger_seconds: u64,
    pub max_body_bytes: usize,
    pub max_sockets: usize,
    pub socket_message_bytes: usize,
    pub socket_hello_ms: u64,
    pub socket_patience_ms: u64,
    pub agent_window_ms: u64,
    pub cost_window_ms: u64,
    pub task_window_ms: u64,
    pub log_level: String,
    pub json_log: bool,
    resolved: BTreeMap<&'static str, Resolved>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.shown().iter().map(|shown| (&shown.name, &shown.value))).finish()
    }
}

/// A certificate and its key: each a path, or the PEM text itself.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct Tls {
    pub certificate: String,
    pub key: String,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls(…)")
    }
}

impl Config {
    /// The settings of this process.
    pub fn load(flags: BTreeMap<&'static str, String>) -> Result<Self, ConfigError> {
        Self::from_sources(&Sources::of_process(flags)?)
    }

    /// The settings these sources give.
    pub fn from_sources(sources: &Sources) -> Result<Self, ConfigError> {
        let mut resolved = sources.resolve()?;
        let home = sources.environment.get("HOME").filter(|home| home.starts_with('/')).map(PathBuf::from);
        folders::fill(&mut resolved, sources, home.as_deref())?;
        let values = Values(&resolved);
        let roots = checks::paths(values.text("workspace_roots"));
        let folders = checks::paths(values.text("claude_folders"));
        let logs = checks::paths(values.text("agent_logs"));
        let config = Self {
            host: match values.text("host") {
                "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
                host => host.parse().map_err(|_| values.wrong("host"))?,
            },
            port: values.number("port")?,
            data_dir: absolute(values.text("data_dir"), home.as_deref()),
            database_url: values.unless_empty("database_url"),
            api_key: values.unless_empty("api_key"),
            claude_bin: values.text("claude_bin").to_owned(),
            workspace_roots: roots.iter().map(|root| absolute(root, home.as_deref())).collect(),
            allowed_hosts: checks::list(values.text("allowed_hosts")),
            cors_origins: checks::list(values.text("cors_origins")),
            tls: tls(&values)?,
            behind_proxy: values.truth("behind_proxy"),
            plain_http: values.truth("plain_http"),
            allow_bypass_permissions: values.truth("allow_bypass_permissions"),
            watch_sessions: values.truth("watch_sessions"),
            claude_folders: folders.iter().map(|folder| absolute(folder, home.as_deref())).collect(),
            log_folders: logs.iter().map(|folder| absolute(folder, home.as_deref())).collect(),
            hooks: values.truth("hooks"),
            hook_hold_seconds: values.number("hook_hold_seconds")?,
            hook_ask_tools: checks::list(values.text("hook_ask_tools")),
            otlp: values.truth("otlp"),
            max_otlp_bytes: values.number("max_otlp_bytes")?,
            own_prices: values.unless_empty("own_prices").map(|path| absolute(&path, home.as_deref())),
            max_agents: values.number("max_agents")?,
            step_seconds: values.number("step_seconds")?,
            max_attempts: values.number("max_attempts")?,
            stall_seconds: values.number("stall_seconds")?,
            agent_cleanup_seconds: checks::seconds_of(values.text("agent_cleanup")),
            pass_environment: checks::list(values.text("pass_environment")),
            replay_speed: values.number("replay_speed")?,
            read_rate: values.number("read_rate")?,
            command_rate: values.number("command_rate")?,
            stranger_rate: values.number("stranger_rate")?,
            stranger_seconds: values.number("stranger_seconds")?,
            max_body_bytes: values.number("max_body_bytes")?,
            max_sockets: values.number("max_sockets")?,
            socket_message_bytes: values.number("socket_message_bytes")?,
            socket_hello_ms: values.number("socket_hello_ms")?,
            socket_patience_ms: values.number("socket_patience_ms")?,
            agent_window_ms: values.number("agent_window_ms")?,
            cost_window_ms: values.number("cost_window_ms")?,
            task_window_ms: values.number("task_window_ms")?,
            log_level: values.text("log_level").to_owned(),
            json_log: values.text("log_format") == "json",
            resolved: BTreeMap::new(),
        };
        Ok(Self { resolved, ..config })
    }

    /// Refuses to listen where others can reach unless the way there is protected or the danger accepted.
    pub fn refuse_exposed(&self) -> Result<(), ConfigError> {
        if self.host.is_loopback() || self.tls.is_some() || self.behind_proxy || self.plain_http {
            return Ok(());
        }
        Err(ConfigError::Together(format!(
            "{} can be reached from other machines, and without TLS keys would cross the network unprotected: set \
             `tls_cert` and `tls_key`, or `behind_proxy` where a proxy ends TLS, or `plain_http` to accept it",
            self.host
        )))
    }

    /// Whether browsers reach this server by https.
    pub fn is_https(&self) -> bool {
        self.tls.is_some() || self.behind_proxy
    }

    /// Every setting as it may be shown: secrets masked.
    pub fn shown(&self) -> Vec<ShownSetting> {
        let shown = |setting: &Setting| {
            let resolved = self.resolved.get(setting.name);
            let value = resolved.map_or("", |resolved| resolved.value.as_str());
            let hidden = (setting.secret && !value.is_empty()) || value.contains("-----BEGIN");
            ShownSetting {
                name: setting.name.to_owned(),
                variable: setting.variable.to_owned(),
                value: if hidden { MASK.to_owned() } else { value.to_owned() },
                origin: resolved.map_or("default", |resolved| resolved.origin).to_owned(),
                help: setting.help.to_owned(),
            }
        };
        SETTINGS.iter().map(shown).collect()
    }
}

struct Values<'a>(&'a BTreeMap<&'static str, Resolved>);

impl Values<'_> {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |resolved| resolved.value.as_str())
    }

    fn unless_empty(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn number<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, ConfigError> {
        self.text(name).parse().map_err(|_| self.wrong(name))
    }

    fn truth(&self, name: &str) -> bool {
        checks::truth_of(self.text(name)).unwrap_or(false)
    }

    fn wrong(&self, name: &'static str) -> ConfigError {
        let origin = self.0.get(name).map_or("default", |resolved| resolved.origin);
        ConfigError::Wrong {
            name,
            origin,
            wanted: "must be readable".into(),
            found: format!("`{}`", self.text(name)),
        }
    }
}

fn tls(values: &Values<'_>) -> Result<Option<Tls>, ConfigError> {
    match (values.unless_empty("tls_cert"), values.unless_empty("tls_key")) {
        (Some(certificate), Some(key)) => Ok(Some(Tls { certificate, key })),
        (None, None) => Ok(None),
        _ => Err(ConfigError::Together(
            "`tls_cert` and `tls_key` belong together: set both or neither".to_owned(),
        )),
    }
}
