//! Starting and stopping: from settings to the line that says the server is ready, and out again within two seconds.

use super::{
    access::Access,
    handles, health, keyfile,
    rules::{fleet_rules, location},
    secret::NoChance,
    signals::Signals,
};
use crate::{
    config::{Config, ConfigError},
    fleet::{Fleet, FleetError, clock::Clock},
    pace::Pace,
    prices::{Prices, PricesError},
    store::{Store, StoreError, WriterRules},
};
use rocket::{Build, Orbit, Rocket, Shutdown, error::ErrorKind, fairing::AdHoc};
use std::{
    io::{self, Write as _},
    net::{IpAddr, TcpListener},
    sync::Arc,
    time::{Duration, Instant},
};

/// How long stopping may take in all.
const FAREWELL: Duration = Duration::from_millis(1_800);

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
    /// Its prices.
    #[error(transparent)]
    Prices(#[from] PricesError),
    /// Its fleet.
    #[error(transparent)]
    Fleet(#[from] FleetError),
    /// Its login code.
    #[error(transparent)]
    Code(#[from] NoChance),
    /// Its certificate or key.
    #[error("TLS cannot be used: {reason}; look at `tls_cert` and `tls_key`")]
    Tls {
        /// What is wrong with them.
        reason: String,
    },
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
    let mut rules = fleet_rules(&config);
    rules.prices = Prices::load(&store, config.own_prices.as_deref()).await?;
    let fleet = Fleet::start(rules, store).await?;
    Ok(super::build(config, access, fleet))
}

/// Serves until somebody asks it to stop. `open` opens the login link in the browser.
pub async fn serve(mut config: Config, open: bool) -> Result<Ended, StartError> {
    let (address, has_tls) = (format!("{}:{}", config.host, config.port), config.tls.is_some());
    config.refuse_exposed()?;
    // Before anything is resumed that would have to stop again.
    if let Err(error) = TcpListener::bind((config.host, config.port)) {
        return Err(not_listening(&error, address));
    }
    config.max_sockets = handles::raise(config.max_sockets);
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
            Ok(Err(error)) => Err(failed(&error, address, has_tls)),
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
        let mut pace = Pace::default();
        loop {
            let checks = health::look(&store, None).await;
            let Some(check) = checks.iter().find(|check| !check.ok) else { break };
            if pace.is_due(Instant::now()) {
                tracing::warn!(check.name = %check.name, "not ready yet: {}", check.message);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let link = format!("{base}/login#{code}");
        let mut out = io::stdout();
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
        // The name that certificates for this machine alone are made for.
        host if host.is_loopback() && config.is_https() => "localhost".to_owned(),
        host if host.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V4(host) => host.to_string(),
        IpAddr::V6(host) => format!("[{host}]"),
    };
    format!("{scheme}://{host}:{port}")
}

fn failed(error: &rocket::Error, address: String, has_tls: bool) -> StartError {
    match error.kind() {
        // What the system itself says is of the address.
        ErrorKind::Bind(error) | ErrorKind::Io(error) if has_tls && error.raw_os_error().is_none() => {
            StartError::Tls { reason: error.to_string() }
        }
        ErrorKind::Bind(error) | ErrorKind::Io(error) => not_listening(error, address),
        _ => StartError::Server(reason(error)),
    }
}

fn not_listening(error: &io::Error, address: String) -> StartError {
    let reason = match error.kind() {
        io::ErrorKind::AddrInUse => "another program has the port; choose another with --port".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 need more rights; choose another with --port".to_owned()
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have the address; choose another --host".to_owned()
        }
        _ => error.to_string(),
    };
    StartError::Listen { address, reason }
}

fn reason(error: &rocket::Error) -> String {
    error.kind().to_string()
}
