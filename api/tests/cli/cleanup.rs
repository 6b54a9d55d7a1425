//! `quarterdeck agents cleanup`: first shown, then done.

use super::{filled, json};
use crate::{both, support::server::Home};
use quarterdeck_shared::agents::{AgentStatus, Cleanup};

both! {
    async fn agents_that_have_ended_are_shown_first_and_leave_when_that_is_said(place: &Place) {
        let store = filled(place).await;
        let home = Home::with(place);
        let ended = (0..30).filter(|number| number % 7 > 2).count();
        for runs in [true, false] {
            let shown = home.run(&["agents", "cleanup", "--dry-run"]);
            assert_eq!((shown.code, shown.out.lines().count()), (Some(0), ended + 1), "{shown:?}");
            let asks = home.run(&["agents", "cleanup"]);
            assert_eq!(asks.code, Some(2), "nobody can be asked: {asks:?}");
            assert!(asks.words.contains("--yes"), "{}", asks.words);
            let would: Cleanup = json(&home.run(&["agents", "cleanup", "--dry-run", "--json"]));
            assert_eq!((would.removed, would.agent_ids.len(), would.more), (0, ended, false));
            let young: Cleanup = json(&home.run(&["agents", "cleanup", "--older-than", "5000w", "--yes", "--json"]));
            assert_eq!(young, Cleanup::default());
            if runs {
                store.close().await;
            }
        }
        let cleaned: Cleanup = json(&home.run(&["agents", "cleanup", "--yes", "--json"]));
        assert_eq!(cleaned.removed, ended as u64);
        let store = place.open().await;
        for id in cleaned.agent_ids {
            assert_eq!(store.agent(id).await.unwrap().unwrap().agent.status, AgentStatus::Deleted);
        }
        let again = home.run(&["agents", "cleanup", "--yes"]);
        assert_eq!((again.code, again.out.as_str()), (Some(0), ""), "{again:?}");
        store.close().await;
    }
}
