//! Whether a runtime can be used, and which version it is of.

use super::{
    deck::{Deck, Ground},
    processes::{INIT, RESULT, fake, new, rules},
};
use quarterdeck::fleet::{FleetError, runtime::Recordings};
use std::fs;

#[tokio::test]
async fn health_names_the_version_or_what_to_do() {
    let (_ground, deck) = fake(&format!("{INIT}{RESULT}")).await;
    let health = deck.fleet.runtimes().await;
    assert_eq!(health.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["claude_cli", "replay"]);
    assert_eq!((health[0].available, health[0].version.as_deref()), (true, Some("9.9.9 (Fake)")));
    assert_eq!(health.iter().map(|one| one.counts).collect::<Vec<_>>(), [true, false]);

    let ground = Ground::new();
    let mut rules = ground.rules(Recordings::Embedded);
    rules.runtimes.environment = vec![("PATH".into(), ground.folder().into())];
    let deck = ground.deck(rules).await;
    let health = deck.fleet.runtimes().await;
    assert!(!health[0].available && health[0].message.contains("npm install -g @anthropic-ai/claude-code"));
    let refused = deck.fleet.create(new("go")).await.unwrap_err();
    assert!(matches!(refused, FleetError::RuntimeUnavailable(_)), "{refused}");
}

#[tokio::test]
async fn a_version_that_is_told_late_is_not_waited_for_and_known_the_next_time() {
    let ground = Ground::new();
    let slow = ground.folder().join("claude");
    let may = ground.folder().join("may");
    let body =
        format!("#!/bin/sh\nwhile [ ! -e {} ]; do sleep 0.1; done\necho '9.9.9 (Slow)'\n", may.display());
    let rules = rules(&ground, "");
    fs::write(slow, body).unwrap();
    let deck = ground.deck(rules).await;
    let health = deck.fleet.runtimes().await;
    assert!(health[0].available && health[0].message.contains("its version was not told within 2 s"));
    fs::write(may, "").unwrap();
    let told = async {
        while deck.fleet.runtimes().await[0].version.as_deref() != Some("9.9.9 (Slow)") {
            tokio::task::yield_now().await;
        }
    };
    Deck::patiently("it says its version", told).await;
}
