//! Session files of the real CLI against figures that an independent script found in them.
//!
//! They are not part of the repository: `QUARTERDECK_SAMPLES` names their folder, else `shared/data` beside the
//! checkout is looked into. Without either there is nothing to read.

use crate::ledger::{enter, reading, sum};
use orchestrator::{
    ledger::Book,
    transcripts::{Entry, read},
    usage::Counter,
};
use quarterdeck_shared::usage::Tokens;
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    env, fs,
    path::{Path, PathBuf},
};

pub fn folder() -> Option<PathBuf> {
    let beside =
        || Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data")).filter(|it| it.is_dir());
    env::var_os("QUARTERDECK_SAMPLES").map(PathBuf::from).or_else(beside)
}

/// Every session file with what is expected of it.
fn expected() -> Vec<(String, Vec<u8>, Value)> {
    let Some(folder) = folder() else { return Vec::new() };
    let text = fs::read_to_string(folder.join("EXPECTED_transcripts.json")).expect("the expected figures");
    let all: Value = serde_json::from_str(&text).expect("JSON");
    let files = all["files"].as_object().expect("files");
    assert!(!files.is_empty());
    files
        .iter()
        .map(|(name, figures)| (name.clone(), fs::read(folder.join(name)).expect(name), figures.clone()))
        .collect()
}

fn tokens(of_model: &Value) -> Tokens {
    let count = |key: &str| of_model[key].as_u64().unwrap_or_default();
    Tokens {
        input: count("input_tokens"),
        output: count("output_tokens"),
        cache_creation: count("cache_creation_input_tokens"),
        cache_read: count("cache_read_input_tokens"),
    }
}

#[test]
fn each_file_alone_has_the_expected_tokens() {
    for (name, bytes, expected) in expected() {
        let mut book = Book::default();
        enter(&mut book, &reading(&bytes, &[1_000, 70_000]), 1);
        let mut models: BTreeMap<String, (u64, Tokens, u64, u64)> = BTreeMap::new();
        for record in book.records() {
            let (count, tokens, kept_5m, kept_1h) = models.entry(record.model.clone()).or_default();
            *count += 1;
            *tokens += record.tokens;
            *kept_5m += record.terms.cache_5m;
            *kept_1h += record.terms.cache_1h;
        }
        let wanted = expected["tokens_by_model"].as_object().expect("models").iter();
        let wanted: BTreeMap<_, _> = wanted
            .map(|(model, of)| {
                let count = |key: &str| of[key].as_u64().unwrap_or_default();
                (model.clone(), (count("requests"), tokens(of), count("cw5m"), count("cw1h")))
            })
            .collect();
        assert_eq!(models, wanted, "{name}");
    }
}

#[test]
fn all_files_together_count_each_request_once_in_any_order() {
    let files = expected();
    let read = |order: &mut dyn Iterator<Item = &(String, Vec<u8>, Value)>| {
        let mut book = Book::default();
        order.for_each(|(_, bytes, _)| enter(&mut book, &reading(bytes, &[4_096]), 1));
        sum(&book)
    };
    let forth = read(&mut files.iter());
    assert_eq!(forth, read(&mut files.iter().rev()));
    assert_eq!(forth, read(&mut files.iter().chain(&files)), "twice is once");
    // By an independent count: a map of all keys over all files.
    let mut keys: HashMap<(String, String), Tokens> = HashMap::new();
    for value in files.iter().flat_map(|(_, bytes, _)| values(bytes)) {
        let message = &value["message"];
        let of_response =
            value["type"] == "assistant" && message["usage"].is_object() && message["id"].is_string();
        if of_response && message["model"] != "<synthetic>" {
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let known = keys.entry((word(&message["id"]), word(&value["requestId"]))).or_default();
            *known = known.max(tokens(&message["usage"]));
        }
    }
    let all = keys.values().fold(Tokens::default(), |sum, tokens| sum + *tokens);
    assert_eq!((forth.0, forth.1), (keys.len(), all));
}

fn values(bytes: &[u8]) -> Vec<Value> {
    let lines = bytes.split(|byte| *byte == b'\n');
    lines
        .flat_map(|line| {
            serde_json::Deserializer::from_slice(line).into_iter::<Value>().map_while(Result::ok)
        })
        .collect()
}

#[test]
fn the_quick_reader_and_the_whole_one_find_the_same() {
    for (name, bytes, _) in expected() {
        let mut counter = Counter::default();
        for value in values(&bytes).iter().filter(|value| value["type"] != "progress") {
            read(value.to_string().as_bytes()).iter().for_each(|entry: &Entry| drop(counter.observe(entry)));
        }
        let mut book = Book::default();
        enter(&mut book, &reading(&bytes, &[]), 1);
        let whole = counter.responses();
        let all = whole.iter().fold(Tokens::default(), |sum, response| sum + response.tokens);
        assert_eq!((sum(&book).0, sum(&book).1), (whole.len(), all), "{name}");
    }
}
