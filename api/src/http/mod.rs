//! HTTP: the only folder that says `rocket`. The door settles who may come in, one file per term speaks of it, and
//! refusals have one shape.

pub mod access;
mod agents;
mod answer;
mod approvals;
mod ask;
mod auth;
mod background;
mod body;
mod cache;
pub mod caller;
mod conversations;
mod costs;
mod docs;
pub mod door;
mod files;
pub mod handles;
pub mod headers;
pub mod health;
mod hooks;
pub mod keyfile;
pub mod live;
mod logs;
mod metrics;
mod once;
pub mod origin;
mod otlp;
pub mod pool;
mod prometheus;
mod prompts;
mod query;
mod rates;
mod refusal;
mod replay;
mod rules;
mod runtimes;
mod search;
pub mod secret;
mod seen;
mod settings;
mod signals;
pub mod silence;
mod sources;
pub mod spa;
mod start;
mod tasks;
mod usage;
mod workflows;

use crate::{config::Config, fleet::Fleet, jobs::Jobs, sources::Sources};
use access::Access;
use rocket::{Build, Rocket, Route};
use std::sync::Arc;

pub use rules::{fleet_rules, location};
pub use start::{Ended, StartError, assemble, serve};

/// Where the API lives.
pub const API: &str = "/api/v1";

/// Every route below [`API`].
fn api() -> Vec<Route> {
    let terms = [agents::routes, approvals::routes, auth::routes, conversations::routes, costs::routes];
    let more = [
        files::routes,
        hooks::routes,
        logs::routes,
        metrics::routes,
        prompts::routes,
        replay::routes,
        runtimes::routes,
        search::routes,
        settings::routes,
        sources::routes,
        tasks::routes,
        usage::routes,
        workflows::routes,
    ];
    terms.into_iter().chain(more).flat_map(|routes| routes()).collect()
}

/// The server, put together and not started.
pub fn build(config: Config, access: Arc<Access>, fleet: Fleet) -> Rocket<Build> {
    let windows = rules::windows(&config);
    let sources = rules::source_rules(&config, fleet.prices().clone());
    rocket::custom(rules::rocket_settings(&config))
        .attach(rocket::shield::Shield::new())
        .attach(door::Door)
        .attach(headers::Headers)
        .attach(background::fairing())
        .manage(pool::Db::of(fleet.store().clone()))
        .manage(rates::Rates::new(&config))
        .manage(silence::Silence::default())
        .manage(live::hub::Hub::new(windows))
        .manage(prometheus::Metrics::default())
        .manage(cache::Cache::default())
        .manage(once::Once::default())
        .manage(health::Started::now())
        .manage(access)
        .manage(Sources::beside(&sources, fleet.store().clone(), fleet.outside()))
        .manage(Jobs::new(&rules::job_rules(&config), fleet.store().clone()))
        .manage(fleet)
        .manage(config)
        .mount(API, api())
        .mount("/ws", live::routes())
        .mount("/", otlp::routes())
        .mount("/", health::routes())
        .mount("/", docs::routes())
        .mount("/", spa::routes())
        .register("/", refusal::catchers())
}
