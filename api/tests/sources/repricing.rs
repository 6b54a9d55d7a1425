//! History priced anew: on request alone, with what it cost before kept beside each record.

use super::{LATER, adds_up, append, import, import_with, logs, prompt, records, response, totals};
use crate::both;
use quarterdeck::{
    fleet::clock::Clock,
    prices::Prices,
    sources::{Intake, Tense},
};
use quarterdeck_shared::usage::CostBasis;
use std::fs;

/// Ten times dearer than what is in the program, and a price for what has none there.
const NEWER: &str = r#"{"version": "2030-01-01", "models": [
    {"id": "claude-sonnet-5-5", "window": 1000000,
        "rates": {"input": "20", "output": "100", "write_5m": "25", "write_1h": "40", "read": "1"}},
    {"id": "claude-future-9", "window": 1000000,
        "rates": {"input": "1", "output": "1", "write_5m": "1", "write_1h": "1", "read": "1"}}]}"#;

both! {
    async fn history_is_priced_anew_when_somebody_asks_and_remembers_what_it_cost(place: &Place) {
        let store = place.open().await;
        let folder = crate::support::database::folder();
        let mut future = response("s2", "m2", 100);
        future["message"]["model"] = "claude-future-9".into();
        append(&folder.path().join("s1.jsonl"), &[prompt("s1", "go"), response("s1", "m1", 1_000)]);
        append(&folder.path().join("s2.jsonl"), &[future]);
        import(&store, folder.path(), Tense::History).await;
        let before = totals(&store).await;
        assert_eq!((before.cost_usd.to_string().as_str(), before.unpriced_records), ("0.0102", 1));

        let file = folder.path().join("newer.json");
        fs::write(&file, NEWER).unwrap();
        let prices = Prices::load(&store, None).await.unwrap();
        prices.update(&store, &file, "").await.unwrap();
        let intake = Intake::new(store.clone(), Clock::manual(LATER)).with_prices(prices.clone());
        assert_eq!(totals(&store).await, before, "nobody asked yet");

        let repriced = intake.reprice(|_| ()).await.unwrap();
        assert_eq!((repriced.records, repriced.changed_records), (2, 2));
        assert_eq!((repriced.before_usd.to_string(), repriced.after_usd.to_string()), ("0.0102".into(), "0.1022".into()));
        let after = totals(&store).await;
        assert_eq!((after.cost_usd, after.unpriced_records, after.tokens), (repriced.after_usd, 0, before.tokens));
        for record in records(&store).await {
            assert_eq!((record.cost_basis, record.price_version.as_deref()), (CostBasis::Computed, Some("2030-01-01")));
            let [former] = &record.former_prices[..] else { panic!("what it cost before: {record:?}") };
            let was = if record.message_id == "m1" { ("0.0102", Some("2026-11-22")) } else { ("0", None) };
            assert_eq!((former.cost_usd.to_string().as_str(), former.price_version.as_deref()), was);
            assert_eq!(former.until, LATER);
        }
        adds_up(&store).await;
        let again = intake.reprice(|_| ()).await.unwrap();
        assert_eq!((again.changed_records, again.after_usd), (0, repriced.after_usd));

        // Another process has them too; the same file once more is no newer.
        assert_eq!(Prices::load(&store, None).await.unwrap().current().version(), "2030-01-01");
        let refused = prices.update(&store, &file, "").await.unwrap_err().to_string();
        assert!(refused.contains("--dated"), "{refused}");
        store.close().await;
    }

    async fn what_no_response_showed_keeps_its_worth_when_history_is_priced_anew(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        logs::built(&root, "s1");
        logs::take(&store, &root, Tense::History).await;
        append(&root.join("projects/-home-dev-app/s1.jsonl"), &[response("s1", "m1", 7)]);
        import(&store, &root.join("projects"), Tense::History).await;
        let rest = async || {
            let kept = records(&store).await.into_iter().find(|record| record.is_remainder()).unwrap();
            (kept.id, kept.tokens, kept.cost_usd, kept.cost_basis, kept.former_prices.len())
        };
        let (before, was) = (rest().await, totals(&store).await);
        let file = root.join("newer.json");
        fs::write(&file, NEWER).unwrap();
        let prices = Prices::load(&store, None).await.unwrap();
        prices.update(&store, &file, "").await.unwrap();
        let intake = Intake::new(store.clone(), Clock::manual(LATER)).with_prices(prices);
        let repriced = intake.reprice(|_| ()).await.unwrap();
        assert_eq!((repriced.records, repriced.changed_records), (2, 1));
        assert_eq!(rest().await, before);
        let now = totals(&store).await;
        assert_eq!(now.tokens, was.tokens);
        assert_eq!(now.cost_usd - was.cost_usd, repriced.after_usd - repriced.before_usd);
        adds_up(&store).await;
        // The folder once more, by the prices of today, takes nothing back and adds nothing.
        fs::write(root.join(logs::BUILDER).join("prompt.txt"), "Build it.").unwrap();
        logs::take(&store, &root, Tense::History).await;
        assert_eq!(totals(&store).await.tokens, was.tokens);
        assert_eq!(totals(&store).await.cost_usd, now.cost_usd);
        adds_up(&store).await;
        store.close().await;
    }

    async fn own_prices_go_before_all_others(place: &Place) {
        let store = place.open().await;
        let folder = crate::support::database::folder();
        let file = folder.path().join("own.json");
        fs::write(&file, NEWER.replace("2030", "2020")).unwrap();
        let prices = Prices::load(&store, Some(&file)).await.unwrap();
        append(&folder.path().join("s1.jsonl"), &[response("s1", "m1", 1_000)]);
        let intake = Intake::new(store.clone(), Clock::manual(LATER)).with_prices(prices);
        import_with(&intake, folder.path(), Tense::History).await;
        let [record] = &records(&store).await[..] else { panic!("one record") };
        assert_eq!((record.cost_usd.to_string().as_str(), record.price_version.as_deref()), ("0.102", Some("own 2020-01-01")));
        fs::write(&file, "{}").unwrap();
        let refused = Prices::load(&store, Some(&file)).await.unwrap_err().to_string();
        assert!(refused.contains("own.json") && refused.contains("version"), "{refused}");
        store.close().await;
    }
}
