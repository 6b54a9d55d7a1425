//! Background: what goes on behind the requests.

use super::{live::hub::Hub, once, silence::Silence};
use crate::{
    config::Config,
    fleet::{Fleet, clock::Clock},
    jobs::Jobs,
    sources::Sources,
    store::{Batch, Row, Store},
};
use rocket::fairing::AdHoc;
use std::time::Duration;

/// How often what has run out is forgotten.
const SWEEP: Duration = Duration::from_secs(3600);

/// The live stream, silent connections, the sources, the jobs, and forgetting what has run out.
pub(super) fn fairing() -> AdHoc {
    AdHoc::on_liftoff("background", |rocket| {
        let parts = (rocket.state::<Fleet>().cloned(), rocket.state::<Hub>().cloned());
        let sources = (rocket.state::<Sources>().cloned(), rocket.state::<Jobs>().cloned());
        let silence = rocket.state::<Silence>().cloned();
        let patience = rocket.state::<Config>().map(|config| Duration::from_secs(config.stranger_seconds));
        let (port, shutdown) = (rocket.config().port, rocket.shutdown());
        Box::pin(async move {
            let ((Some(fleet), Some(hub)), (Some(sources), Some(jobs))) = (parts, sources) else { return };
            let (Some(silence), Some(patience)) = (silence, patience) else { return };
            let store = fleet.store().clone();
            let (running, at_work) = (sources.clone(), jobs.clone());
            let live = hub.run(store.clone());
            let prices = fleet.prices().clone();
            let work = async move {
                futures::join!(
                    live,
                    silence.watch(port, patience),
                    sweep(store.clone()),
                    prices.follow(&store),
                    running.run(),
                    at_work.run()
                )
            };
            tokio::spawn(async move {
                tokio::select! {
                    _ = work => {}
                    // Whoever waits for an answer is let go while there is time.
                    () = shutdown => {
                        sources.stop();
                        jobs.stop();
                    }
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
        let answers_before = now.plus_seconds(-once::KEPT_SECONDS);
        let forget = Row::Forget { sessions_before: now, answers_before };
        if let Err(error) = store.commit(Batch::new().row(forget)).await {
            tracing::warn!(error = %error, "what has run out could not be forgotten; it is tried again in an hour");
        }
    }
}
