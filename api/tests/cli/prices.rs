//! What responses cost: shown, taken over from a file, and history priced anew.

use crate::{
    both,
    sources::{append, response},
    support::server::Home,
};
use serde_json::{Value, json};
use std::fs;

const LITELLM: &str = r#"{"claude-sonnet-5-5": {"litellm_provider": "anthropic", "max_input_tokens": 1000000,
    "input_cost_per_token": 2e-5, "output_cost_per_token": 1e-4, "cache_read_input_token_cost": 1e-6}}"#;

fn answer(home: &Home, arguments: &[&str]) -> Value {
    let ended = home.run(arguments);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    serde_json::from_str(&ended.out).unwrap()
}

both! {
    async fn a_newer_table_is_taken_over_and_history_follows_on_request(place: &Place) {
        let home = Home::with(place);
        let folder = home.data_dir().parent().unwrap().join(".claude/projects/-home-dev-app");
        append(&folder.join("s1.jsonl"), &[response("s1", "m1", 1_000)]);
        let cost = |home: &Home| answer(home, &["costs", "daily", "--json"])["totals"]["totalCost"].clone();
        assert_eq!(cost(&home), json!(0.0102));

        let file = folder.join("litellm.json");
        fs::write(&file, LITELLM).unwrap();
        let path = file.to_str().unwrap();
        let updated = answer(&home, &["prices", "update", path, "--dated", "2030-02-03", "--json"]);
        assert_eq!(updated, json!({"version": "2030-02-03", "before": "2026-11-22"}));
        assert_eq!(cost(&home), json!(0.0102), "history keeps its price");
        let repriced = answer(&home, &["prices", "reprice", "--json"]);
        assert_eq!((&repriced["changed_records"], &repriced["after_usd"]), (&json!(1), &json!("0.102")));
        assert_eq!(cost(&home), json!(0.102));

        let listed = answer(&home, &["prices", "list", "--json"]);
        assert_eq!(listed["version"], "2030-02-03");
        let models = listed["models"].as_array().unwrap();
        let sonnet = models.iter().find(|model| model["model"] == "claude-sonnet-5-5").unwrap();
        assert_eq!((&sonnet["output"], &sonnet["read"]), (&json!("100"), &json!("1")));

        let older = home.run(&["prices", "update", path, "--dated", "2029-01-01"]);
        assert_eq!(older.code, Some(1));
        assert!(older.words.contains("2029-01-01") && older.words.contains("--dated"), "{older:?}");
        fs::write(&file, "prices!").unwrap();
        let broken = home.run(&["prices", "update", path]);
        assert!(broken.code == Some(1) && broken.words.contains("no table of prices"), "{broken:?}");
    }
}
