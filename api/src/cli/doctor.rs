//! `quarterdeck doctor`: everything looked at, and what to do about whatever is wrong.

use super::{CliError, Common, End, connect};
use crate::{
    config::Config,
    fleet::runtime::RUNTIMES,
    http,
    store::{Store, StoreError},
};
use clap::Args;
use quarterdeck_shared::settings::Check;
use std::{fs, io, os::unix::fs::PermissionsExt as _, path::Path};

/// Looks for whatever is wrong and says what to do.
#[derive(Args, Debug)]
pub struct Doctor {
    #[command(flatten)]
    common: Common,
}

impl Doctor {
    pub(super) async fn run(self) -> Result<End, CliError> {
        let config = self.common.config()?;
        let mut checks = vec![check("settings", Ok("every setting is sound".into()))];
        checks.extend(places(&config));
        checks.push(check("open files", http::handles::look(config.max_sockets)));
        checks.extend(database(&config).await);
        checks.extend(runtimes(&config).await);
        let output = self.common.output();
        if output.json {
            output.value(&checks)?;
        } else {
            for Check { name, ok, message } in &checks {
                let mark = if *ok { output.paint("32", "ok ") } else { output.paint("31", "bad") };
                output.line(&format!("{mark}  {name:<18}  {message}"))?;
            }
        }
        Ok(if checks.iter().all(|check| check.ok) { End::Well } else { End::Ill })
    }
}

fn check(name: &str, verdict: Result<String, String>) -> Check {
    let ok = verdict.is_ok();
    Check { name: name.into(), ok, message: verdict.unwrap_or_else(|reason| reason) }
}

/// The data folder and the key's file, which are for their owner alone.
fn places(config: &Config) -> Vec<Check> {
    let key = config.data_dir.join("api_key");
    let made = "is not there yet; `quarterdeck serve` makes it";
    let key = match config.api_key {
        Some(_) => check("key", Ok("a key is configured".into())),
        None => check("key", private(&key, 0o600, made)),
    };
    let mut checks = vec![check("data directory", private(&config.data_dir, 0o700, made)), key];
    for root in &config.workspace_roots {
        let verdict = match root.is_dir() {
            true => Ok(format!("agents may work in {}", root.display())),
            false => Err(format!("{} is no folder; mend `workspace_roots`", root.display())),
        };
        checks.push(check("workspace root", verdict));
    }
    checks
}

fn private(path: &Path, mode: u32, missing: &str) -> Result<String, String> {
    let place = path.display();
    match fs::metadata(path) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            Err(format!("{place} can be read by others; run `chmod {mode:o} {place}`"))
        }
        Ok(_) => Ok(format!("{place} is for its owner alone")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(format!("{place} {missing}")),
        Err(error) => Err(format!("{place}: {error}")),
    }
}

async fn database(config: &Config) -> Vec<Check> {
    let store = match Store::open_reader(&http::location(config)).await {
        Ok(store) => store,
        Err(missing @ StoreError::Missing { .. }) => return vec![check("database", Ok(missing.to_string()))],
        Err(error) => return vec![check("database", Err(error.to_string()))],
    };
    let server =
        store.server().await.map(|server| server.map_or("none runs".into(), |by| format!("{by} runs")));
    let server = check("server", server.map_err(|error| error.to_string()));
    // Whether batches wait is known to the server alone.
    let outside = store.check().await.into_iter().filter(|check| check.name != "events");
    let keys = connect::keys(config, &store).await.unwrap_or_else(|error| vec![Err(error.to_string())]);
    let keys = keys.into_iter().map(|verdict| check("connect", verdict));
    [server].into_iter().chain(keys).chain(outside).chain(store.examine().await).collect()
}

/// What can run agents; a `claude` that is not there is a fault, with what to do about it.
async fn runtimes(config: &Config) -> Vec<Check> {
    let rules = http::fleet_rules(config).runtimes;
    let mut checks = Vec::new();
    for make in RUNTIMES {
        let health = make(&rules).health().await;
        let verdict = if health.available { Ok(health.message) } else { Err(health.message) };
        checks.push(check(&health.name, verdict));
    }
    checks
}
