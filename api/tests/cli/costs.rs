//! What was spent, said to people and to programs; and the import before it.

use crate::{
    both,
    sources::{append, prompt, response},
    support::server::{Ended, Home},
};
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _};
use std::path::PathBuf;

fn at(mut line: Value, at: &str) -> Value {
    line["timestamp"] = at.into();
    line
}

/// Three sessions: late on a Saturday in UTC, on a Sunday, and one of a model without a price.
fn sessions(home: &Home) -> PathBuf {
    let folder = home.data_dir().parent().unwrap().join(".claude/projects/-home-dev-app");
    append(
        &folder.join("s1.jsonl"),
        &[prompt("s1", "Mend the roof"), at(response("s1", "m1", 1_000), "2026-11-21T23:30:00.000Z")],
    );
    append(&folder.join("s2.jsonl"), &[at(response("s2", "m2", 500), "2026-11-22T12:00:00.000Z")]);
    let mut future = at(response("s3", "m3", 9), "2026-11-23T12:00:00.000Z");
    (future["message"]["model"], future["cwd"]) = (json!("claude-future-9"), json!("/home/dev/other"));
    append(&folder.join("s3.jsonl"), &[future]);
    folder
}

fn costs(home: &Home, arguments: &[&str]) -> Value {
    let all: Vec<_> = ["costs"].iter().chain(arguments).chain(&["--json"]).copied().collect();
    let ended: Ended = home.run(&all);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    serde_json::from_str(&ended.out).unwrap()
}

fn keys<'a>(answer: &'a Value, list: &str, key: &str) -> Vec<&'a str> {
    answer[list].as_array().unwrap().iter().map(|row| row[key].as_str().unwrap()).collect()
}

both! {
    async fn one_command_reads_what_is_there_and_adds_it_up_in_the_names_scripts_know(place: &Place) {
        let home = Home::with(place);
        sessions(&home);
        let answer = costs(&home, &["daily", "--timezone", "UTC"]);
        assert_eq!(keys(&answer, "daily", "date"), ["2026-11-21", "2026-11-22", "2026-11-23"]);
        let first = &answer["daily"][0];
        // 100 tokens in at 2 dollars a million, 1,000 out at 10.
        assert_eq!((&first["totalCost"], &first["exactCost"]), (&json!(0.0102), &json!("0.0102")));
        assert_eq!((&first["inputTokens"], &first["outputTokens"], &first["totalTokens"]), (&json!(100), &json!(1_000), &json!(1_100)));
        assert_eq!(first["modelsUsed"], json!(["claude-sonnet-5-5"]));
        assert_eq!(first["modelBreakdowns"][0]["cost"], json!(0.0102));
        let unknown = &answer["daily"][2];
        assert_eq!((&unknown["totalCost"], &unknown["costBasis"]), (&Value::Null, &json!("unknown")), "never nothing");
        assert_eq!(answer["totals"]["totalCost"], json!(0.0154));
        assert_eq!(answer["totals"]["unknownRecords"], json!(1));
    }

    async fn days_weeks_and_months_are_those_of_the_zone_asked_for(place: &Place) {
        let home = Home::with(place);
        sessions(&home);
        let daily = costs(&home, &["daily", "--timezone", "Europe/Berlin"]);
        assert_eq!(keys(&daily, "daily", "date"), ["2026-11-22", "2026-11-23"]);
        let weekly = costs(&home, &["weekly", "--timezone", "UTC"]);
        assert_eq!(keys(&weekly, "weekly", "week"), ["2026-11-15", "2026-11-22"], "from Sunday on");
        let weekly = costs(&home, &["weekly", "--timezone", "UTC", "--start-of-week", "monday"]);
        assert_eq!(keys(&weekly, "weekly", "week"), ["2026-11-16", "2026-11-23"]);
        let monthly = costs(&home, &["monthly", "--timezone", "UTC"]);
        assert_eq!(keys(&monthly, "monthly", "month"), ["2026-11"]);
        let sessions = costs(&home, &["session"]);
        assert_eq!(keys(&sessions, "sessions", "sessionId"), ["s1", "s2", "s3"]);
        assert_eq!(sessions["sessions"][0]["name"], json!("Mend the roof"));
    }

    async fn a_block_holds_what_came_within_five_hours_and_gaps_stand_between(place: &Place) {
        let home = Home::with(place);
        let folder = sessions(&home);
        let records = ["12:10:00.000", "17:00:00.000", "17:00:00.001", "21:59:59.999"].iter().enumerate();
        let records = records.map(|(number, time)| {
            at(response("s4", &format!("late{number}"), 1), &format!("2026-11-24T{time}Z"))
        });
        append(&folder.join("s4.jsonl"), &records.collect::<Vec<_>>());
        let answer = costs(&home, &["blocks"]);
        let blocks = answer["blocks"].as_array().unwrap();
        let told: Vec<_> = blocks.iter().map(|block| {
            let word = |name: &str| block[name].as_str().map_or("", |moment| &moment[8..16]);
            (word("startTime"), word("endTime"), word("actualEndTime"), block["entries"].as_u64().unwrap())
        }).collect();
        assert_eq!(told, [
            ("21T23:00", "22T04:00", "21T23:30", 1),
            ("22T04:30", "22T12:00", "", 0),
            ("22T12:00", "22T17:00", "22T12:00", 1),
            ("22T17:00", "23T12:00", "", 0),
            ("23T12:00", "23T17:00", "23T12:00", 1),
            ("23T17:00", "24T12:10", "", 0),
            ("24T12:00", "24T17:00", "24T17:00", 2),
            ("24T17:00", "24T22:00", "24T21:59", 2),
        ]);
        let gap = &blocks[1];
        assert_eq!(gap["id"], "gap-2026-11-22T04:30:00.000000Z");
        assert_eq!((&gap["isGap"], &gap["isActive"], &gap["costUSD"]), (&json!(true), &json!(false), &json!(0.0)));
        assert_eq!((&gap["models"], &gap["totalTokens"], &blocks[0]["isGap"]), (&json!([]), &json!(0), &json!(false)));
        let shown = home.run(&["costs", "blocks"]);
        assert!(shown.out.contains("gap of 7h 30m"), "{shown:?}");
    }

    async fn a_day_is_explained(place: &Place) {
        let home = Home::with(place);
        sessions(&home);
        let why = costs(&home, &["--why", "2026-11-22", "--timezone", "UTC"]);
        assert_eq!((&why["sum"]["records"], &why["lines"]["lines"]), (&json!(1), &json!(1)));
        let told = home.run(&["costs", "--why", "2026-11-22", "--timezone", "UTC"]);
        assert!(told.out.contains("every line added up") && told.words.contains("tell of 1 responses"), "{told:?}");
        assert_eq!(home.run(&["costs", "--why", "tomorrow"]).code, Some(2));
    }

    async fn filters_leave_the_rest_out(place: &Place) {
        let home = Home::with(place);
        sessions(&home);
        let until = costs(&home, &["daily", "--timezone", "UTC", "--since", "20261122", "--until", "2026-11-22"]);
        assert_eq!(keys(&until, "daily", "date"), ["2026-11-22"]);
        for project in ["other", "/home/dev/other"] {
            let other = costs(&home, &["daily", "--project", project]);
            assert_eq!(other["totals"]["outputTokens"], json!(9), "{project}");
        }
        let model = costs(&home, &["daily", "--model", "claude-sonnet-5-5"]);
        assert_eq!(model["totals"]["outputTokens"], json!(1_500));
    }

    async fn people_read_what_is_not_known_as_such(place: &Place) {
        let home = Home::with(place);
        let folder = sessions(&home);
        let mut cut = response("s4", "m4", 1);
        cut["message"]["stop_reason"] = Value::Null;
        append(&folder.join("s4.jsonl"), &[cut]);
        let said = home.run(&["costs", "model"]);
        let row = |name: &str| said.out.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        assert!(row("claude-future-9").contains("unknown"), "{said:?}");
        assert!(row("claude-sonnet-5-5").contains("≥ $0.02"), "{said:?}");
        assert!(said.words.contains("1 of 4 responses are of models without a known price"), "{said:?}");
        assert!(said.words.contains("1 of 4 responses cost at least what is shown"), "{said:?}");

        let agents = home.run(&["agents"]).out;
        let of = |id: &str| agents.lines().find(|line| line.ends_with(id)).unwrap_or_default();
        assert!(of("s3").contains("unknown") && of("s4").contains("≥ $0.00"), "{agents}");
        assert!(of("Mend the roof").contains(" $0.01") && !of("Mend the roof").contains('≥'), "{agents}");
        let status = home.run(&["status"]).out;
        let cost = status.lines().find(|line| line.starts_with("Cost")).unwrap_or_default();
        assert!(cost.contains("≥ $0.02, today ") && cost.contains("without 1 responses"), "{status}");
    }

    async fn an_import_reads_the_agent_logs_of_the_python_orchestrator_too(place: &Place) {
        let home = Home::with(place);
        let folder = home.data_dir().parent().unwrap().join("old/agent_logs/task-1/71258fdc_Builder_20261122_115900");
        let turn = json!({"timestamp": "2026-11-22T12:00:01", "type": "ResultMessage", "is_error": false, "result": "Done.",
            "session_id": "s1", "total_cost_usd": 0.5, "usage": {"input_tokens": 200, "output_tokens": 12}});
        append(&folder.join("summary.jsonl"), &[turn]);
        let root = home.data_dir().parent().unwrap().join("old");
        let ended = home.run(&["import", root.to_str().unwrap()]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.out.contains("1 responses are new"), "{ended:?}");
        assert!(ended.out.contains("1 folders of agent logs read"), "{ended:?}");
        let answer: Value = serde_json::from_str(&home.run(&["import", root.to_str().unwrap(), "--json"]).out).unwrap();
        assert_eq!((&answer["log_folders"], &answer["new_records"]), (&json!(0), &json!(0)));
        assert_eq!(costs(&home, &["daily", "--timezone", "UTC"])["totals"]["totalCost"], json!(0.5));
    }

    async fn an_import_reads_the_database_of_the_python_orchestrator_and_says_what_it_found(place: &Place) {
        let home = Home::with(place);
        let database = home.data_dir().parent().unwrap().join("old.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&database).create_if_missing(true);
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        let tables = "CREATE TABLE agents (agent_id TEXT, name TEXT, role TEXT, status TEXT, total_cost REAL);
            INSERT INTO agents VALUES ('a1', 'One', 'builder', 'completed', 0.25), ('a2', 'Two', 'tester', 'completed', 0)";
        connection.execute(sqlx::raw_sql(tables)).await.unwrap();
        connection.close().await.unwrap();
        let path = database.to_str().unwrap();
        let ended = home.run(&["import", path]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.out.contains("of the Python orchestrator's command line: 2 agents and 0 tasks"), "{ended:?}");
        assert!(ended.out.contains("what 1 of its agents cost is unknown: it does not say"), "{ended:?}");
        let answer: Value = serde_json::from_str(&home.run(&["import", path, "--json"]).out).unwrap();
        assert_eq!((&answer["databases"][0]["layout"], &answer["databases"][0]["agents"]), (&json!("command_line"), &json!(2)));
        assert_eq!((&answer["new_records"], &answer["known_records"]), (&json!(0), &json!(2)));
        std::fs::write(&database, b"SQLite format 3\0 and so on").unwrap();
        let ended = home.run(&["import", path]);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.words.contains("old.db cannot be read as a SQLite database"), "{ended:?}");
    }

    async fn an_import_says_what_came_of_it_beside_a_server_too(place: &Place) {
        let home = Home::with(place);
        let other = home.data_dir().parent().unwrap().join("elsewhere/s9.jsonl");
        append(&other, &[response("s9", "m9", 9), json!("no object")]);
        let path = other.display().to_string();
        let import = |expected: u64| {
            let ended = home.run(&["import", "--json", &path]);
            assert_eq!(ended.code, Some(0), "{ended:?}");
            let answer: Value = serde_json::from_str(&ended.out).unwrap();
            assert_eq!((&answer["new_records"], &answer["new_agents"]), (&json!(expected), &json!(expected)));
        };
        let server = home.serve(0);
        import(1);
        import(0);
        assert_eq!(costs(&home, &["daily"])["totals"]["outputTokens"], json!(9));
        drop(server);
        let missing = home.run(&["import", "/nowhere/at/all"]);
        assert_eq!(missing.code, Some(1));
        assert!(missing.words.contains("/nowhere/at/all"), "{missing:?}");
        assert_eq!(home.run(&["costs", "daily", "--timezone", "Mars"]).code, Some(2));
        let round = home.run(&["costs", "daily", "--since", "2026-03-01", "--until", "2026-02-28"]);
        assert_eq!(round.code, Some(2));
        assert!(round.words.contains("ends before it begins"), "{round:?}");
    }
}
