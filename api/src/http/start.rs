//! Starting and stopping: from settings to the line that says the server is ready, and out again within two seconds.

use super::{access::Access, health, keyfile, live::hub::Hub, pool};
use crate::{
    config::{Config, ConfigError},
    fleet::{Fleet, FleetError, FleetRules, clock::Clock},
    store::{Batch, Location, Row, Store, StoreError, WriterRules},
};
use orchestrator::live::Windows;
use rocket::{
    Build, Orbit, Rocket, Shutdown,
    config::{Ident, LogLevel, Shutdown as ShutdownSettings, TlsConfig},
    error::ErrorKind,
    fairing::AdHoc,
};
use std::{collections::HashSet, io::Write as _, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long stopping may take in all.
const FAREWELL: Duration = Duration::from_millis(1_800);
/// How often what has run out is forgotten.
const SWEEP: Duration = Duration::from_secs(3600);

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its settings.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Its key.
    #[error(transparent)]
    Key(#[from] keyfile::KeyError),
    /// Its database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its fleet.
    #[error(transparent)]
    Fleet(#[from] FleetError),
    /// Its login code.
    #[error(transparent)]
    Code(#[from] super::access::NoChance),
    /// Its address.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// Where it was to listen.
        address: String,
        /// What stands in the way, and what to do.
        reason: String,
    },
    /// Whatever else.
    #[error("the server failed: {0}")]
    Server(String),
}

/// What ended a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Somebody asked for it politely.
    Asked,
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// The server of these settings with everything behind it, put together and not started.
pub async fn assemble(config: Config) -> Result<Rocket<Build>, StartError> {
    config.refuse_exposed()?;
    keyfile::prepare(&config.data_dir)?;
    let key = keyfile::key(&config)?;
    let store = Store::open(&location(&config), WriterRules::default()).await?;
    let access = Arc::new(Access::new(&key, store.clone(), Clock::system()));
    let fleet = Fleet::start(fleet_rules(&config), store).await?;
    Ok(super::build(config, access, fleet))
}

/// Serves until somebody asks it to stop. `open` opens the login link in the browser.
pub async fn serve(config: Config, open: bool) -> Result<Ended, StartError> {
    let address = format!("{}:{}", config.host, config.port);
    let rocket = assemble(config).await?.attach(AdHoc::on_liftoff("ready", move |rocket| {
        Box::pin(async move {
            if let Err(error) = announce(rocket, open).await {
                tracing::error!(error = %error, "the login link could not be made");
            }
        })
    }));
    let rocket = rocket.ignite().await.map_err(|error| StartError::Server(reason(&error)))?;
    let fleet = rocket.state::<Fleet>().cloned();
    let shutdown = rocket.shutdown();
    // Heard from before anybody is told that the server is ready.
    let mut signals = Signals::new().map_err(|error| StartError::Server(error.to_string()))?;
    let mut server = tokio::spawn(rocket.launch());
    let ended = tokio::select! {
        ended = signals.next() => ended,
        launched = &mut server => return match launched {
            Ok(Ok(_)) => Ok(Ended::Asked),
            Ok(Err(error)) => Err(failed(&error, address)),
            Err(error) => Err(StartError::Server(error.to_string())),
        },
    };
    tracing::info!("stopping");
    stop(shutdown, fleet, server, signals).await;
    Ok(ended)
}

async fn stop(
    shutdown: Shutdown,
    fleet: Option<Fleet>,
    server: tokio::task::JoinHandle<Result<Rocket<rocket::Ignite>, rocket::Error>>,
    mut signals: Signals,
) {
    shutdown.notify();
    let all = async {
        let agents = async {
            if let Some(fleet) = fleet {
                fleet.stop().await;
            }
        };
        let (_, served) = tokio::join!(agents, server);
        if let Ok(Err(error)) = served {
            // Looked at, or Rocket complains: connections that did not end in time are no failure of ours.
            tracing::debug!(reason = %reason(&error), "connections were cut");
        }
    };
    tokio::select! {
        () = all => {}
        _ = signals.next() => tracing::warn!("stopped at once"),
        () = tokio::time::sleep(FAREWELL) => tracing::warn!("not everything ended in time"),
    }
}

/// The ways in which a process is asked to end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Ended {
        tokio::select! {
            _ = self.terminate.recv() => Ended::Asked,
            _ = self.hangup.recv() => Ended::Asked,
            _ = self.interrupt.recv() => Ended::Interrupted,
        }
    }
}

/// Says that the server is ready, once it is, with a link that logs in once.
async fn announce(rocket: &Rocket<Orbit>, open: bool) -> Result<(), StartError> {
    let (Some(config), Some(access), Some(fleet)) =
        (rocket.state::<Config>(), rocket.state::<Arc<Access>>(), rocket.state::<Fleet>())
    else {
        return Err(StartError::Server("the state is not in place".to_owned()));
    };
    let store = fleet.store().clone();
    let base = base_url(config, rocket.config().port);
    let code = access.make_code()?;
    tokio::spawn(async move {
        loop {
            let checks = health::look(&store, None).await;
            let Some(check) = checks.iter().find(|check| !check.ok) else { break };
            tracing::warn!(check.name = %check.name, "not ready yet: {}", check.message);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let link = format!("{base}/login#{code}");
        let mut out = std::io::stdout();
        if let Err(error) = writeln!(out, "Quarterdeck is ready: {link}").and_then(|()| out.flush()) {
            tracing::warn!(error = %error, "nobody reads the standard output");
        }
        if open {
            show(&link).await;
        }
    });
    Ok(())
}

async fn show(link: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let child = tokio::process::Command::new(program)
        .arg(link)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status();
    match child.await {
        Ok(status) if status.success() => {}
        _ => tracing::warn!("{program} could not open a browser; open the link yourself"),
    }
}

/// How a browser on this machine, or the first configured name, reaches the server.
fn base_url(config: &Config, port: u16) -> String {
    let scheme = if config.is_https() { "https" } else { "http" };
    if let Some(name) = config.allowed_hosts.first().filter(|_| config.is_https()) {
        let port = if name.contains(':') || config.behind_proxy { String::new() } else { format!(":{port}") };
        return format!("{scheme}://{name}{port}");
    }
    let host = match config.host {
        host if host.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V4(host) => host.to_string(),
        IpAddr::V6(host) => format!("[{host}]"),
    };
    format!("{scheme}://{host}:{port}")
}

/// What goes on behind the requests: the live stream, and forgetting what has run out.
pub(super) fn background() -> AdHoc {
    AdHoc::on_liftoff("background", |rocket| {
        let parts = (rocket.state::<Fleet>().cloned(), rocket.state::<Hub>().cloned());
        let shutdown = rocket.shutdown();
        Box::pin(async move {
            let (Some(fleet), Some(hub)) = parts else { return };
            let store = fleet.store().clone();
            let live = hub.run(store.clone());
            let work = async { futures::future::join(live, sweep(store)).await };
            tokio::spawn(async move {
                tokio::select! {
                    _ = work => {}
                    () = shutdown => {}
                }
            });
        })
    })
}

async fn sweep(store: Store) {
    let mut hours = tokio::time::interval(SWEEP);
    loop {
        hours.tick().await;
        let now = Clock::system().now();
        let answers_before = now.plus_seconds(-super::once::KEPT_SECONDS);
        let forget = Row::Forget { sessions_before: now, answers_before };
        if let Err(error) = store.commit(Batch::new().row(forget)).await {
            tracing::warn!(error = %error, "what has run out could not be forgotten; it is tried again in an hour");
        }
    }
}

/// Rocket's own settings: nothing of its defaults that trusts or prints more than we do.
pub(super) fn settings(config: &Config) -> rocket::Config {
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

fn failed(error: &rocket::Error, address: String) -> StartError {
    match error.kind() {
        ErrorKind::Bind(error) | ErrorKind::Io(error) => {
            let reason = match error.kind() {
                std::io::ErrorKind::AddrInUse => {
                    "another program has the port; choose another with --port".to_owned()
                }
                std::io::ErrorKind::PermissionDenied => {
                    "ports below 1024 need more rights; choose another".to_owned()
                }
                _ => error.to_string(),
            };
            StartError::Listen { address, reason }
        }
        _ => StartError::Server(reason(error)),
    }
}

fn reason(error: &rocket::Error) -> String {
    error.kind().to_string()
}
