//! What responses cost: shown, taken over from a file, and history priced anew.

use crate::{
    both,
    sources::{append, response},
    support::server::{Ended, Home},
};
use serde_json::{Value, json};
use std::fs;

const LITELLM: &str = r#"{"claude-sonnet-5-5": {"litellm_provider": "anthropic", "max_input_tokens": 1000000,
    "input_cost_per_token": 2e-5, "output_cost_per_token": 1e-4, "cache_read_input_token_cost": 1e-6}}"#;

const OWN: &str = r#"{"version": "2020-01-01", "models": [{"id": "claude-sonnet-5-5", "window": 1000000, "rates":
    {"input": "60", "output": "300", "write_5m": "60", "write_1h": "60", "read": "60"}}]}"#;

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
        append(&folder.join("s2.jsonl"), &[response("s2", "m2", 1_000)]);
        assert_eq!(cost(&home), json!(0.1122), "what comes now has the new one");
        let repriced = answer(&home, &["prices", "reprice", "--json"]);
        assert_eq!((&repriced["changed_records"], &repriced["after_usd"]), (&json!(1), &json!("0.204")));
        assert_eq!(cost(&home), json!(0.204));

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

    async fn own_prices_are_those_of_what_a_command_takes_in(place: &Place) {
        let home = Home::with(place);
        let folder = home.data_dir().parent().unwrap().join("elsewhere");
        let file = folder.join("own.json");
        let with_own = |arguments: &[&str]| {
            let mut command = home.command(arguments);
            let ended = Ended::from(command.env("QUARTERDECK_OWN_PRICES", &file).output().unwrap());
            assert_eq!(ended.code, Some(0), "{ended:?}");
            serde_json::from_str::<Value>(&ended.out).unwrap()
        };
        append(&folder.join("s1.jsonl"), &[response("s1", "m1", 1_000)]);
        fs::write(&file, OWN).unwrap();
        assert_eq!(with_own(&["import", folder.to_str().unwrap(), "--json"])["new_records"], json!(1));
        assert_eq!(with_own(&["costs", "daily", "--json"])["totals"]["totalCost"], json!(0.306));
    }

    async fn what_was_priced_anew_names_the_tables_that_price_it(place: &Place) {
        let home = Home::with(place);
        let folder = home.data_dir().parent().unwrap().join("elsewhere");
        let file = folder.join("own.json");
        append(&folder.join("s1.jsonl"), &[response("s1", "m1", 1_000)]);
        assert_eq!(answer(&home, &["import", folder.to_str().unwrap(), "--json"])["new_records"], json!(1));
        fs::write(&file, OWN).unwrap();
        let reprice = |arguments: &[&str]| {
            let mut command = home.command(&[&["prices", "reprice"], arguments].concat());
            Ended::from(command.env("QUARTERDECK_OWN_PRICES", &file).output().unwrap()).out
        };
        let told = reprice(&[]);
        assert_eq!(told, "1 of 1 records are priced anew, 1 by the prices of own 2020-01-01: $0.01 became $0.31\n");
        assert_eq!(reprice(&[]), "0 of 1 records are priced anew: $0.31 became $0.31\n");
        fs::write(&file, OWN.replace("2020-01-01", "2021-01-01")).unwrap();
        let again: Value = serde_json::from_str(&reprice(&["--json"])).unwrap();
        assert_eq!(again["tables"], json!({"own 2021-01-01": 1}));
    }
}
