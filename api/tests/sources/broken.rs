//! What is stored and cannot be read: said with its name, never taken for nothing, and in nobody else's way.

use super::{
    agents,
    hooks::{hear, heard_by, hours, told},
    records,
    telemetry::{logs, request, send},
};
use crate::{both, support::rows::rows};
use quarterdeck::{
    fleet::outside::{STATES, instructions},
    sources::otlp::wire::Signal,
    store::{Row, Store, StoreError},
};
use serde_json::{Value, json};

async fn note(store: &Store, key: &str, json: &str) {
    store.commit(rows([Row::Note { key: key.into(), json: Some(json.into()) }])).await.unwrap();
}

both! {
    async fn a_hook_of_a_session_whose_note_is_broken_says_which_and_leaves_it(place: &Place) {
        let store = place.open().await;
        let (sources, _) = heard_by(&store, hours(), &[]);
        let hooks = sources.hooks().unwrap();
        let refused = async |input: Value, key: &str| {
            let hook = orchestrator::hooks::read(&input).unwrap();
            let error = hooks.hear(hook).await.unwrap_err();
            assert!(matches!(&error, StoreError::Corrupt { what } if what.contains(key)), "{error}");
            assert!(!error.to_string().contains("canary"), "{error}");
        };
        hear(hooks, told("UserPromptSubmit", json!({"prompt": "go"}))).await;
        let next = format!("{}1", instructions(agents(&store).await[0].id));
        note(&store, &next, "\"canary").await;
        refused(told("Stop", json!({})), &next).await;
        assert_eq!(store.note(&next).await.unwrap().as_deref(), Some("\"canary"));
        let state = format!("{STATES}s1");
        note(&store, &state, "{\"prompt\":\"canary\",").await;
        refused(told("Stop", json!({})), &state).await;
        assert_eq!(store.note(&state).await.unwrap().as_deref(), Some("{\"prompt\":\"canary\","));
        store.close().await;
    }

    async fn telemetry_of_a_session_whose_note_is_broken_does_not_stop_that_of_others(place: &Place) {
        let store = place.open().await;
        note(&store, "otlp/s1", "[\"canary\"").await;
        let both = logs(&[request("s1", "m1", 7), request("s2", "m2", 5)]);
        assert_eq!(send(&store, Signal::Logs, &both).await.new_records, 1);
        let [record] = &records(&store).await[..] else { panic!("one record") };
        assert_eq!(record.tokens.output, 5);
        assert_eq!(store.note("otlp/s1").await.unwrap().as_deref(), Some("[\"canary\""));
        store.close().await;
    }
}
