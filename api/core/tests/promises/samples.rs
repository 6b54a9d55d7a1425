//! Recorded streams of the real CLI, where `QUARTERDECK_SAMPLES` names a folder of them: `stream-json/<version>/*.jsonl`
//! and `control/<version>/*.jsonl`. They are not part of the repository; without the variable there is nothing to read.

use orchestrator::{
    pricing::{ModelPrice, PriceTable},
    transcripts::{Entry, TurnResult, read},
    usage::Counter,
};
use quarterdeck_shared::{Usd, usage::Tokens};
use serde_json::Value;
use std::{env, fs, path::PathBuf};

/// The recorded files below a folder, with their entries.
fn recorded(folder: &str) -> Vec<(PathBuf, Vec<Entry>)> {
    let Some(root) = env::var_os("QUARTERDECK_SAMPLES") else { return Vec::new() };
    let root = PathBuf::from(root).join(folder);
    let list = |path: &PathBuf| -> Vec<PathBuf> {
        let read = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        read.map(|entry| entry.unwrap().path()).collect()
    };
    let files = list(&root).iter().flat_map(list).collect::<Vec<_>>();
    let lines = |path: &PathBuf| -> Vec<Entry> {
        let text = fs::read_to_string(path).unwrap();
        text.lines().flat_map(|line| read(message(line).as_bytes())).collect()
    };
    let samples: Vec<_> = files.into_iter().map(|path| (path.clone(), lines(&path))).collect();
    assert!(!samples.is_empty(), "no samples in {}", root.display());
    samples
}

/// What the CLI said: a control recording wraps each line and keeps both directions.
fn message(line: &str) -> String {
    let value: Value = serde_json::from_str(line).unwrap();
    match (value["dir"].as_str(), value.get("msg")) {
        (Some("cli_to_client"), Some(message)) => message.to_string(),
        (Some(_), _) => String::new(),
        _ => line.to_owned(),
    }
}

fn results(entries: &[Entry]) -> Vec<&TurnResult> {
    let mut results = Vec::new();
    for entry in entries {
        if let Entry::Finished(result) = entry {
            results.push(result);
        }
    }
    results
}

#[test]
fn every_recorded_line_is_understood() {
    for (path, entries) in recorded("stream-json").into_iter().chain(recorded("control")) {
        let name = path.display();
        assert!(!entries.iter().any(|entry| matches!(entry, Entry::Broken { .. })), "{name}");
        for entry in &entries {
            if let Entry::Other { kind, subtype } = entry {
                let known = ["system", "user", "stream_event"].contains(&kind.as_str());
                assert!(known && subtype.as_deref() != Some("init"), "{name}: {kind} {subtype:?}");
            }
        }
    }
}

#[test]
fn a_recorded_streams_tokens_are_those_the_cli_says() {
    let streamed = |(path, _): &(PathBuf, Vec<Entry>)| path.ends_with("2.1.197/partial.jsonl");
    for (_, entries) in recorded("stream-json").iter().filter(|sample| streamed(sample)) {
        let mut counter = Counter::default();
        entries.iter().for_each(|entry| drop(counter.observe(entry)));
        let responses = counter.responses();
        assert!(responses.iter().all(|response| response.complete));
        let models = &results(entries)[0].models;
        let said = models.values().fold(Tokens::default(), |sum, used| sum + used.tokens);
        let counted = responses.iter().fold(Tokens::default(), |sum, response| sum + response.tokens);
        assert_eq!(counted, said);
        assert!(counter.unseen(models).is_empty());
        let price =
            |model: &str| responses.iter().map(|it| PriceTable::bundled().price(model, it).cost).sum::<Usd>();
        assert_eq!(models.keys().map(|model| price(model)).sum::<Usd>(), results(entries)[0].cost.unwrap());
    }
}

#[test]
fn a_recorded_cost_is_what_the_table_says() {
    let newest = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "2.1.330");
    for (path, entries) in recorded("stream-json").into_iter().filter(|(path, _)| newest(path)) {
        for result in results(&entries) {
            let single = result.num_turns == 1 && result.models.len() == 1;
            for (model, used) in result.models.iter().filter(|(_, used)| single && used.price_known) {
                let mut observed = orchestrator::usage::Observed { complete: true, ..Default::default() };
                observed.tokens = used.tokens;
                observed.cache_5m = used.tokens.cache_creation;
                let priced = PriceTable::bundled().price(model, &observed);
                assert_eq!(Some(priced.cost), used.cost, "{} {model}", path.display());
            }
        }
    }
}

#[test]
fn a_recorded_question_is_asked() {
    for (path, entries) in recorded("control") {
        if path.ends_with("ctl_permission.jsonl") {
            let tools = entries.iter().filter_map(|entry| match entry {
                Entry::Asked { tool, .. } => Some(tool.as_str()),
                _ => None,
            });
            assert_eq!(tools.collect::<Vec<_>>(), ["Bash", "Write"], "{}", path.display());
        }
    }
}

#[test]
fn litellms_own_file_agrees_with_the_table_in_the_program() {
    let Some(root) = env::var_os("QUARTERDECK_SAMPLES") else { return };
    let text = fs::read_to_string(PathBuf::from(root).join("pricing/litellm_claude.json")).unwrap();
    let bundled = PriceTable::bundled();
    let table = bundled.updated(&text, bundled.version()).unwrap();
    // The price that Sonnet 4 and 4.5 once had above their own window is no longer listed there.
    let listed = |price: ModelPrice| ModelPrice { above: price.above.filter(|it| *it != 200_000), ..price };
    for before in bundled.models() {
        let after = table.models().find(|after| after.model == before.model);
        assert_eq!(after.map(listed), Some(listed(before)));
    }
}
