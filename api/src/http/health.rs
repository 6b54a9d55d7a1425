//! Health over HTTP: alive, ready, which version, and figures for Prometheus.

use super::{
    access::Access,
    answer::{Answer, Reply},
    ask::{Ask, Known},
    live::hub::Hub,
    pool::Db,
    prometheus::Metrics,
};
use crate::{error::ApiError, jobs::Jobs, sources::Sources, store::Store};
use quarterdeck_shared::{
    endpoints::{GetHealth, GetReadiness, GetVersion},
    settings::{Check, Health, Readiness, Version},
    sources::Source,
};
use rocket::{Route, State, get, http::ContentType, routes};
use rocket_db_pools::Connection;
use std::{sync::Arc, time::Instant};

/// When the server started.
#[derive(Clone, Copy, Debug)]
pub struct Started(Instant);

impl Started {
    /// Now.
    pub fn now() -> Self {
        Self(Instant::now())
    }

    /// Seconds since then.
    pub fn seconds(self) -> i64 {
        i64::try_from(self.0.elapsed().as_secs()).unwrap_or(i64::MAX)
    }
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![health, ready, version, metrics]
}

#[get("/health")]
async fn health(_ask: Ask<GetHealth>) -> Reply<GetHealth> {
    Answer::of(&Health { status: "alive".to_owned() })
}

#[get("/ready")]
async fn ready(
    ask: Ask<GetReadiness>,
    db: Connection<Db>,
    hub: &State<Hub>,
    sources: &State<Sources>,
    jobs: &State<Jobs>,
    shutdown: rocket::Shutdown,
) -> Reply<GetReadiness> {
    let mut checks = look(&db, Some(hub)).await;
    checks.extend(sources.states().into_iter().map(check));
    // A job that has trouble keeps nobody from being given work.
    checks.extend(jobs.states().into_iter().map(|job| Check { ok: true, ..check(job) }));
    if futures::FutureExt::now_or_never(shutdown).is_some() {
        checks.push(Check { name: "server".to_owned(), ok: false, message: "is stopping".to_owned() });
    }
    let holds = checks.iter().all(|check| check.ok);
    let status = if holds { "ready" } else { "unavailable" }.to_owned();
    let readiness = Readiness { status, checks: if ask.caller.is_some() { checks } else { Vec::new() } };
    let answer = Answer::of(&readiness)?;
    Ok(if holds { answer } else { answer.with_status(503).with_header("Retry-After", "2") })
}

#[get("/version")]
async fn version(_ask: Ask<GetVersion>) -> Reply<GetVersion> {
    Answer::of(&Version {
        name: "Quarterdeck".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        schema: Store::schema(),
    })
}

#[get("/metrics")]
async fn metrics(
    _known: Known,
    db: Connection<Db>,
    access: &State<Arc<Access>>,
    metrics: &State<Metrics>,
    hub: &State<Hub>,
    started: &State<Started>,
) -> Result<(ContentType, String), ApiError> {
    let totals = db.totals(access.now()).await?;
    let kind = ContentType::new("text", "plain").with_params([("version", "0.0.4"), ("charset", "utf-8")]);
    Ok((kind, metrics.text(&totals, db.seq(), hub.open(), started.seconds())))
}

/// A source that lags or is off keeps nobody from being given work; one with a fault does.
fn check(source: Source) -> Check {
    let lag = match source.behind_bytes {
        0 => String::new(),
        bytes => format!("; {bytes} bytes are not read yet"),
    };
    Check { name: source.id, ok: source.ok, message: format!("{}{lag}", source.message) }
}

/// Every part that must hold before the server may be given work.
pub async fn look(store: &Store, hub: Option<&Hub>) -> Vec<Check> {
    let mut checks = store.check().await;
    if let Some(hub) = hub {
        let behind = store.seq().saturating_sub(hub.seq()).max(0);
        let message = format!("the live stream is {behind} events behind");
        checks.push(Check { name: "live".to_owned(), ok: behind < 10_000, message });
    }
    checks
}
