//! The recorded sessions, where they are: imported whole, the sums are those of the independent script.

use super::{adds_up_in_sum, import, totals};
use crate::support::database::Place;
use quarterdeck::sources::Tense;
use quarterdeck_shared::usage::Tokens;
use serde_json::Value;
use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
};

fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    env::var_os("QUARTERDECK_SAMPLES").map(PathBuf::from).or_else(|| beside.is_dir().then_some(beside))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_folder_counts_each_request_once_however_often_it_is_imported() {
    let Some(folder) = folder() else { return };
    let place = Place::sqlite();
    let store = place.open().await;
    for _ in 0..2 {
        for part in ["transcripts", "transcripts-public"] {
            import(&store, &folder.join(part), Tense::History).await;
        }
    }
    let expected: Value =
        serde_json::from_str(&fs::read_to_string(folder.join("EXPECTED_transcripts.json")).unwrap()).unwrap();
    let mut keys: HashMap<(String, String), Tokens> = HashMap::new();
    for name in expected["files"].as_object().unwrap().keys() {
        let bytes = fs::read(folder.join(name)).unwrap();
        for line in bytes.split(|byte| *byte == b'\n') {
            for value in serde_json::Deserializer::from_slice(line).into_iter::<Value>().map_while(Result::ok)
            {
                note(&mut keys, &value);
            }
        }
    }
    let counted = totals(&store).await;
    let sum = keys.values().fold(Tokens::default(), |sum, tokens| sum + *tokens);
    assert_eq!((counted.records, counted.tokens), (keys.len() as u64, sum));
    adds_up_in_sum(&store).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_file_alone_has_the_expected_tokens_in_the_totals() {
    let Some(folder) = folder() else { return };
    let text = fs::read_to_string(folder.join("EXPECTED_transcripts.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    for (name, figures) in expected["files"].as_object().unwrap() {
        let place = Place::sqlite();
        let store = place.open().await;
        import(&store, &folder.join(name), Tense::History).await;
        let models = figures["tokens_by_model"].as_object().unwrap().values();
        let count = |key: &str| models.clone().map(|of| of[key].as_u64().unwrap_or_default()).sum::<u64>();
        let wanted = Tokens {
            input: count("input_tokens"),
            output: count("output_tokens"),
            cache_creation: count("cache_creation_input_tokens"),
            cache_read: count("cache_read_input_tokens"),
        };
        let counted = totals(&store).await;
        assert_eq!((counted.records, counted.tokens), (count("requests"), wanted), "{name}");
        store.close().await;
    }
}

fn note(keys: &mut HashMap<(String, String), Tokens>, value: &Value) {
    let message = &value["message"];
    let counts = value["type"] == "assistant" && message["usage"].is_object() && message["id"].is_string();
    if !counts || message["model"] == "<synthetic>" {
        return;
    }
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let count = |key: &str| message["usage"][key].as_u64().unwrap_or_default();
    let told = Tokens {
        input: count("input_tokens"),
        output: count("output_tokens"),
        cache_creation: count("cache_creation_input_tokens"),
        cache_read: count("cache_read_input_tokens"),
    };
    let known = keys.entry((word(&message["id"]), word(&value["requestId"]))).or_default();
    *known = known.max(told);
}
