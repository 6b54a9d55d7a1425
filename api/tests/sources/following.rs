//! The source at work: it finds, follows and stops.

use super::{agents, append, prompt, response, totals};
use crate::both;
use quarterdeck::{
    sources::{SourceRules, Sources},
    store::Store,
};
use std::time::Duration;

/// Waits until something of this kind is durable.
async fn told(
    groups: &mut tokio::sync::broadcast::Receiver<std::sync::Arc<[quarterdeck::store::Committed]>>,
    kind: &str,
) {
    loop {
        let group = groups.recv().await.expect("the store goes on");
        if group.iter().any(|event| event.kind == kind) {
            return;
        }
    }
}

fn rules(folder: &std::path::Path) -> SourceRules {
    // Looked at in turn only after a minute: what comes sooner comes by a hint.
    let rules = SourceRules::new(vec![folder.to_owned()]);
    SourceRules { look: Duration::from_secs(60), take_telemetry: false, ..rules }
}

async fn read_all(sources: &Sources, files: u64) {
    while sources.states().first().is_none_or(|state| state.files < files || state.behind_bytes > 0) {
        tokio::task::yield_now().await;
    }
}

fn start(rules: &SourceRules, store: &Store) -> (Sources, tokio::task::JoinHandle<()>) {
    let sources = Sources::new(rules, store.clone());
    let running = sources.clone();
    (sources, tokio::spawn(async move { running.run().await }))
}

both! {
    async fn what_is_written_while_it_follows_is_told_and_its_stop_ends_it(place: &Place) {
        let store = place.open().await;
        let folder = place.folder();
        let session = folder.join("projects/-home-dev-app/s1.jsonl");
        append(&session, &[prompt("s1", "go"), response("s1", "m1", 7)]);
        let (sources, running) = start(&rules(&folder), &store);
        read_all(&sources, 1).await;
        let mut groups = store.watch();
        append(&session, &[response("s1", "m2", 5)]);
        told(&mut groups, "usage.recorded").await;
        append(&session, &[prompt("s1", "go on")]);
        told(&mut groups, "agent.changed").await;
        append(&folder.join("projects/-home-dev-other/s2.jsonl"), &[prompt("s2", "more"), response("s2", "m3", 1)]);
        told(&mut groups, "task.created").await;
        assert_eq!(totals(&store).await.tokens.output, 13);
        assert_eq!(agents(&store).await.len(), 2);
        sources.stop();
        running.await.unwrap();
        let state = sources.states().remove(0);
        assert_eq!((state.id.as_str(), state.running, state.ok), ("claude_sessions", false, true));
        store.close().await;
    }

    async fn without_hints_everything_is_looked_at_in_turn(place: &Place) {
        let store = place.open().await;
        let folder = place.folder();
        let polled = SourceRules { poll: Duration::from_millis(5), ..rules(&folder) };
        // A folder that is not there yet gives no hints.
        let (sources, running) = start(&polled, &store);
        append(&folder.join("projects/-home-dev-app/s1.jsonl"), &[prompt("s1", "go"), response("s1", "m1", 7)]);
        read_all(&sources, 1).await;
        assert_eq!(totals(&store).await.records, 1);
        sources.stop();
        running.await.unwrap();
        store.close().await;
    }

    async fn settings_keep_it_off(place: &Place) {
        let store = place.open().await;
        let off = SourceRules { watch_sessions: false, ..rules(&place.folder()) };
        let (sources, running) = start(&off, &store);
        let runs = |name: &str| sources.states().iter().any(|state| state.id == name && state.running);
        while !runs("hooks") {
            tokio::task::yield_now().await;
        }
        assert!(!runs("claude_sessions") && !runs("otlp"));
        sources.stop();
        running.await.unwrap();
        store.close().await;
    }
}
