//! History priced anew: on request alone, with what it cost before kept beside each record.

use super::{
    LATER, adds_up, append, databases, import, import_with, logs, prompt, records, response, totals,
};
use crate::both;
use quarterdeck::{
    fleet::clock::Clock,
    prices::Prices,
    sources::{Intake, Tense},
    store::Store,
};
use quarterdeck_shared::usage::CostBasis;
use serde_json::Value;
use std::{fs, path::Path};

/// Ten times dearer than what is in the program, and a price for what has none there.
const NEWER: &str = r#"{"version": "2030-01-01", "models": [
    {"id": "claude-sonnet-5-5", "window": 1000000,
        "rates": {"input": "20", "output": "100", "write_5m": "25", "write_1h": "40", "read": "1"}},
    {"id": "claude-future-9", "window": 1000000,
        "rates": {"input": "1", "output": "1", "write_5m": "1", "write_1h": "1", "read": "1"}}]}"#;

/// An intake to which the newer prices are known.
async fn with_newer(store: &Store, folder: &Path) -> Intake {
    let file = folder.join("newer.json");
    fs::write(&file, NEWER).unwrap();
    let prices = Prices::load(store, None).await.unwrap();
    prices.update(store, &file, "").await.unwrap();
    Intake::new(store.clone(), Clock::manual(LATER)).with_prices(prices)
}

/// A folder of an agent of this model whose turn does not say what it cost.
fn untold(root: &Path, name: &str, session: &str, model: &str) {
    let mut begin = logs::init(session);
    begin["message"] = begin["message"].as_str().unwrap().replace("claude-sonnet-5-5", model).into();
    let mut turn = logs::turn(session, 200, 12, 0.0);
    turn["total_cost_usd"] = Value::Null;
    append(&root.join("agent_logs/task-1").join(name).join("summary.jsonl"), &[begin, turn]);
}

both! {
    async fn what_the_table_gave_to_no_single_response_is_priced_anew_too_and_on_request_alone(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        untold(&root, "aaaaaaa1_Known_20261122_115900", "s1", "claude-sonnet-5-5");
        untold(&root, "aaaaaaa2_Future_20261122_115901", "s2", "claude-future-9");
        logs::take(&store, &root, Tense::History).await;
        let path = root.join("orchestrator.db");
        databases::make(&path, &databases::BY_LINE.replace("0.6, 300", "0, 300").replace("claude-sonnet-5-5", "claude-future-9")).await;
        databases::read(&store, &path).await.unwrap();
        let before = totals(&store).await;
        // 200 in at 2 dollars a million and 12 out at 10; of the others nobody knows.
        assert_eq!((before.cost_usd.to_string().as_str(), before.unpriced_records, before.records), ("0.00052", 2, 3));

        let intake = with_newer(&store, &root).await;
        for name in ["aaaaaaa1_Known_20261122_115900", "aaaaaaa2_Future_20261122_115901"] {
            fs::write(root.join("agent_logs/task-1").join(name).join("prompt.txt"), "Build it.").unwrap();
        }
        let again = logs::take_with(&intake, &root, Tense::History).await;
        assert_eq!((again.grown_records, again.known_records), (0, 2));
        assert_eq!(totals(&store).await, before, "nobody asked yet");

        let repriced = intake.reprice(|_| ()).await.unwrap();
        assert_eq!((repriced.records, repriced.changed_records), (3, 3));
        let after = totals(&store).await;
        assert_eq!((after.cost_usd, after.unpriced_records, after.tokens), (repriced.after_usd, 0, before.tokens));
        assert_eq!(after.cost_usd - before.cost_usd, repriced.after_usd - repriced.before_usd);
        assert_eq!(after.cost_usd.to_string(), "0.005712");
        for record in records(&store).await {
            assert!(record.is_remainder() && record.price_version.as_deref() == Some("2030-01-01"), "{record:?}");
            assert_eq!(record.former_prices.len(), 1, "{record:?}");
        }
        adds_up(&store).await;
        fs::write(root.join("agent_logs/task-1/aaaaaaa1_Known_20261122_115900/prompt.txt"), "Build it all.").unwrap();
        assert_eq!(logs::take(&store, &root, Tense::History).await.known_records, 1);
        databases::read(&store, &path).await.unwrap();
        assert_eq!(totals(&store).await, after);
        adds_up(&store).await;
        store.close().await;
    }

    async fn what_a_database_states_gives_way_to_new_prices_and_is_in_their_sum(place: &Place) {
        let store = place.open().await;
        let root = place.folder();
        logs::built(&root, "s1");
        logs::take(&store, &root, Tense::History).await;
        append(&root.join("projects/-home-dev-app/s1.jsonl"), &[response("s1", "m1", 7)]);
        import(&store, &root.join("projects"), Tense::History).await;
        let path = root.join("orchestrator.db");
        databases::make(&path, databases::BY_LINE).await;
        databases::read(&store, &path).await.unwrap();
        let before = totals(&store).await;
        assert_eq!(before.cost_usd.to_string(), "0.6", "as it states");
        let repriced = with_newer(&store, &root).await.reprice(|_| ()).await.unwrap();
        let after = totals(&store).await;
        assert_eq!((repriced.before_usd, repriced.after_usd), (before.cost_usd, after.cost_usd));
        assert_eq!((repriced.records, repriced.changed_records), (3, 2));
        let all = records(&store).await;
        let stated = all.iter().find(|record| record.message_id.contains("orchestrator_db:")).unwrap();
        assert_eq!(stated.former_prices.len(), 1, "what it was before the response cost more");
        adds_up(&store).await;
        store.close().await;
    }

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

    async fn beside_a_server_that_takes_in_live_lines_no_figure_is_lost(place: &Place) {
        let store = place.open().await;
        let folder = crate::support::database::folder();
        let file = folder.path().join("s1.jsonl");
        append(&file, &[prompt("s1", "go"), response("s1", "m0", 1_000)]);
        import(&store, folder.path(), Tense::Live).await;
        let beside = Store::open_reader(&place.location).await.unwrap();
        let bundled = Intake::new(beside.clone(), Clock::manual(LATER));
        let newer = with_newer(&beside, folder.path()).await;
        let live = async {
            for number in 1..30 {
                append(&file, &[response("s1", &format!("m{number}"), 1_000)]);
                import(&store, folder.path(), Tense::Live).await;
            }
        };
        let repricing = async {
            for _ in 0..15 {
                newer.reprice(|_| ()).await.unwrap();
                bundled.reprice(|_| ()).await.unwrap();
            }
        };
        tokio::join!(live, repricing);
        adds_up(&store).await;
        assert_eq!(totals(&store).await.tokens.output, 30_000);
        beside.close().await;
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
