//! Rules: what the settings say to each part of the server.

use super::pool;
use crate::{
    config::Config,
    fleet::FleetRules,
    jobs::JobRules,
    prices::Prices,
    sources::{HookRules, SourceRules},
    store::Location,
};
use orchestrator::live::Windows;
use rocket::config::{Ident, LogLevel, Shutdown as ShutdownSettings, TlsConfig};
use std::{collections::HashSet, path::PathBuf, time::Duration};

/// Rocket's own settings: nothing of its defaults that trusts or prints more than we do.
pub(super) fn rocket_settings(config: &Config) -> rocket::Config {
    let pem = |text: &str| text.contains("-----BEGIN");
    let tls = config.tls.as_ref().map(|tls| match pem(&tls.certificate) && pem(&tls.key) {
        true => TlsConfig::from_bytes(tls.certificate.as_bytes(), tls.key.as_bytes()),
        false => TlsConfig::from_paths(&tls.certificate, &tls.key),
    });
    rocket::Config {
        address: config.host,
        port: config.port,
        tls,
        // Nobody in front is believed about addresses.
        ip_header: None,
        ident: Ident::none(),
        log_level: LogLevel::Off,
        cli_colors: false,
        shutdown: ShutdownSettings {
            ctrlc: false,
            signals: HashSet::new(),
            grace: 1,
            mercy: 0,
            ..Default::default()
        },
        ..rocket::Config::release_default()
    }
}

/// The live stream's windows.
pub(super) fn windows(config: &Config) -> Windows {
    Windows {
        status_ms: config.agent_window_ms,
        usage_ms: config.cost_window_ms,
        task_ms: config.task_window_ms,
    }
}

/// Where the database is.
pub fn location(config: &Config) -> Location {
    match &config.database_url {
        Some(url) => pool::location(url),
        None => Location::Sqlite(config.data_dir.join("quarterdeck.db")),
    }
}

/// The sources' share of the settings.
pub fn source_rules(config: &Config, prices: Prices) -> SourceRules {
    let rules = SourceRules::new(config.claude_folders.clone());
    let hooks = HookRules {
        hold: Duration::from_secs(config.hook_hold_seconds),
        ask_tools: config.hook_ask_tools.clone(),
    };
    SourceRules {
        watch_sessions: config.watch_sessions,
        log_folders: config.log_folders.clone(),
        take_telemetry: config.otlp,
        hear_hooks: config.hooks,
        hooks,
        prices,
        ..rules
    }
}

/// The jobs' share of the settings.
pub(super) fn job_rules(config: &Config) -> JobRules {
    JobRules { cleanup_after_seconds: config.agent_cleanup_seconds, ..JobRules::default() }
}

/// The fleet's share of the settings.
pub fn fleet_rules(config: &Config) -> FleetRules {
    let mut rules = FleetRules::new(config.data_dir.clone());
    rules.workspace_roots = config.workspace_roots.clone();
    rules.allow_bypass_permissions = config.allow_bypass_permissions;
    rules.max_agents = config.max_agents;
    rules.step_seconds = config.step_seconds;
    rules.max_attempts = config.max_attempts;
    rules.stall_seconds = config.stall_seconds;
    rules.runtimes.claude_bin = (config.claude_bin != "claude").then(|| PathBuf::from(&config.claude_bin));
    rules.runtimes.pass_environment = config.pass_environment.clone();
    rules.runtimes.replay_speed = config.replay_speed;
    rules
}
