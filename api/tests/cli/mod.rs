//! The commands: data on stdout, words on stderr, and an exit code that says how it went.

mod cleanup;
mod connect;
mod costs;
mod prices;

use crate::{
    both,
    support::{
        database::Place,
        rows,
        server::{Ended, Home},
    },
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use quarterdeck::store::{Batch, Row, Store, WriterRules};
use quarterdeck_shared::{
    Event, Page,
    agents::Agent,
    auth::{MadeToken, Token, TokenScope},
    settings::Check,
    tasks::Task,
    usage::Totals,
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

#[derive(Deserialize)]
struct Status {
    server: Option<String>,
    seq: i64,
    totals: Totals,
}

fn json<T: DeserializeOwned>(ended: &Ended) -> T {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}", ended.out))
}

/// A fleet of thirty agents and tasks and one event each.
async fn filled(place: &Place) -> Store {
    let store = Store::open(&place.location, WriterRules::default()).await.unwrap();
    let batch = (0..30).fold(Batch::new(), |batch, number| {
        let batch = batch.row(Row::Agent(Box::new(rows::agent(number))));
        batch
            .row(Row::Task(Box::new(rows::task(number))))
            .event(rows::activity(number, format!("word {number}")))
    });
    store.commit(batch).await.unwrap();
    store
}

both! {
    async fn every_question_is_answered_beside_a_server_and_without_one(place: &Place) {
        let store = filled(place).await;
        let home = Home::with(place);
        for runs in [true, false] {
            let status: Status = json(&home.run(&["status", "--json"]));
            assert_eq!((status.seq, status.totals.agents, status.server.is_some()), (30, 30, runs));
            let agents: Page<Agent> = json(&home.run(&["agents", "--json", "--sort", "-cost", "--limit", "7"]));
            assert_eq!((agents.items.len(), agents.total.value()), (7, 30));
            let cursor = agents.next_cursor.unwrap();
            let more: Page<Agent> = json(&home.run(&["agents", "--json", "--sort", "-cost", "--cursor", &cursor]));
            assert_eq!(more.items.len(), 23);
            let running: Page<Agent> = json(&home.run(&["agents", "--json", "--status", "running"]));
            assert_eq!(running.items.len(), 5);
            let tasks: Page<Task> = json(&home.run(&["tasks", "--json", "--type", "bug_fix"]));
            assert!(tasks.items.iter().all(|task| task.task_type.as_str() == "bug_fix"));
            let words = home.run(&["agents"]).words;
            assert_eq!(words.contains("no server runs"), !runs, "{words}");
            let tail = home.run(&["tail", "--json", "-n", "3"]);
            let events = tail.out.lines().map(|line| serde_json::from_str::<Event>(line).unwrap().seq);
            assert_eq!(events.collect::<Vec<_>>(), [28, 29, 30]);
            let all = home.run(&["tail", "--after", "10"]);
            assert_eq!((all.code, all.out.lines().count()), (Some(0), 20));
            let nobodys = home.run(&["tail", "--task", "0192f0c1-2b3c-7d4e-8f50-123456789abc"]);
            assert_eq!(nobodys.code, Some(1));
            assert!(nobodys.words.contains("there is no task 0192f0c1"), "{nobodys:?}");
            for list in ["tasks", "agents"] {
                let none = home.run(&[list, "--status", "deleted"]);
                assert!(none.words.contains("is like that"), "{none:?}");
            }
            if runs {
                store.close().await;
            }
        }
    }

    async fn a_token_made_by_command_holds_until_it_is_revoked(place: &Place) {
        let store = filled(place).await;
        let home = Home::with(place);
        let made: MadeToken = json(&home.run(&["token", "create", "laptop", "--days", "3", "--json"]));
        assert!(made.secret.starts_with("qd_"));
        assert_eq!(made.token.scope, TokenScope::All);
        let narrow: MadeToken = json(&home.run(&["token", "create", "otlp", "--ingest", "--json"]));
        assert_eq!(narrow.token.scope, TokenScope::Ingest);
        assert_eq!(home.run(&["token", "revoke", &narrow.token.id.to_string()]).code, Some(0));
        let listed: Vec<Token> = json(&home.run(&["token", "list", "--json"]));
        assert_eq!(listed, store.tokens().await.unwrap());
        assert_eq!(listed, std::slice::from_ref(&made.token));
        let id = made.token.id.to_string();
        assert_eq!(home.run(&["token", "revoke", &id]).code, Some(0));
        assert_eq!(store.tokens().await.unwrap(), []);
        let again = home.run(&["token", "revoke", &id]);
        assert_eq!(again.code, Some(1));
        assert!(again.words.contains("token list"), "{}", again.words);
        let secret = home.run(&["token", "create", "plain"]);
        assert_eq!(secret.out.lines().count(), 1, "the secret alone is data: {}", secret.out);
        store.close().await;
    }

    async fn migrate_says_what_it_did(place: &Place) {
        let home = Home::with(place);
        let first = home.run(&["migrate"]);
        assert_eq!((first.code, first.out.trim()), (Some(0), Store::schema().as_str()), "{first:?}");
        let second = home.run(&["migrate"]);
        assert!(second.words.contains("up to date"), "{second:?}");
        let store = filled(place).await;
        assert_eq!(home.run(&["migrate", "--json"]).code, Some(0), "a server that runs is no hindrance to nothing");
        store.close().await;
    }

    async fn a_database_of_a_newer_program_is_said_to_be_one(place: &Place) {
        filled(place).await.close().await;
        let look = place.look().await;
        let future = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_future', 0)";
        sea_orm::ConnectionTrait::execute_unprepared(&look, future).await.unwrap();
        look.close().await.unwrap();
        let home = Home::with(place);
        for command in [&["serve", "--port", "0"][..], &["status"], &["agents"], &["tail"], &["migrate"], &["token", "list"]] {
            let ended = home.run(command);
            assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{command:?} {}", ended.words);
            assert!(ended.words.contains("m29990101_000001_future, newer than"), "{command:?} {}", ended.words);
        }
    }

    async fn the_doctor_finds_what_is_wrong(place: &Place) {
        let store = filled(place).await;
        store.close().await;
        let home = Home::with(place);
        let checks = |ended: &Ended| serde_json::from_str::<Vec<Check>>(&ended.out).unwrap();
        let sound = checks(&home.run(&["doctor", "--json"]));
        let ill: Vec<_> = sound.iter().filter(|check| !check.ok).map(|check| check.name.as_str()).collect();
        assert_eq!(ill, ["claude_cli"], "there is no claude in this test's PATH: {sound:?}");
        let look = place.look().await;
        sea_orm::ConnectionTrait::execute_unprepared(&look, "DELETE FROM events WHERE seq = 7").await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(&look, "DELETE FROM agents WHERE name = 'Agent 3'").await.unwrap();
        look.close().await.unwrap();
        let ended = home.run(&["doctor", "--json"]);
        assert_eq!(ended.code, Some(1));
        for name in ["events", "totals"] {
            assert!(checks(&ended).iter().any(|check| check.name == name && !check.ok), "{name}: {}", ended.out);
        }
    }
}

#[test]
fn wrong_words_are_a_usage_error_and_say_what_would_do() {
    let home = Home::new();
    assert_eq!(home.run(&["migrate"]).code, Some(0));
    let cases: [(&[&str], &str); 12] = [
        (&["frobnicate"], "unrecognized subcommand"),
        (&["agents", "--frobnicate"], "unexpected argument"),
        (&["agents", "--sort", "colour"], "created_at"),
        (&["agents", "--status", "asleep"], "running"),
        (&["agents", "--limit", "201"], "1 to 200"),
        (&["agents", "--cursor", "xyz"], "without one"),
        (&["tasks", "--type", "dance"], "bug_fix"),
        (&["token", "create", ""], "1 to 80"),
        (&["agents", "cleanup", "--older-than", "7"], "7d"),
        (&["prices", "update", "x.json", "--dated", "2026-13-01"], "2026-11-22"),
        (&["costs", "--no-import", "--since", "soon"], "2026-11-22"),
        (&["serve", "--json"], "--print-config"),
    ];
    for (arguments, words) in cases {
        let ended = home.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.words.contains(words), "{arguments:?}: {}", ended.words);
    }
}

#[test]
fn an_empty_fleet_says_what_to_do_next() {
    let home = Home::new();
    assert_eq!(home.run(&["migrate"]).code, Some(0));
    for command in ["agents", "tasks"] {
        let ended = home.run(&[command]);
        assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{command}");
        assert!(ended.words.contains("quarterdeck serve"), "{command}: {}", ended.words);
        let page: Page<serde_json::Value> = json(&home.run(&[command, "--json"]));
        assert_eq!((page.items.len(), page.total.value()), (0, 0));
    }
}

#[test]
fn without_a_database_a_command_fails_and_says_where_it_looked() {
    let home = Home::new();
    for command in [&["status"][..], &["agents"], &["tasks"], &["tail"], &["token", "list"]] {
        let ended = home.run(command);
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{command:?}");
        assert!(ended.words.contains("quarterdeck.db") && ended.words.contains("serve"), "{}", ended.words);
    }
    assert!(!home.data_dir().exists(), "looking makes nothing");
}

#[tokio::test]
async fn words_of_agents_cannot_order_the_terminal_about() {
    let place = Place::sqlite();
    let store = Store::open(&place.location, WriterRules::default()).await.unwrap();
    let mut agent = rows::agent(1);
    agent.name = "evil \u{1b}]52;c;aGk=\u{7} name".into();
    let batch =
        Batch::new().row(Row::Agent(Box::new(agent))).event(rows::activity(1, "a\u{1b}[2Jb\u{9b}31m"));
    store.commit(batch).await.unwrap();
    store.close().await;
    let home = Home::with(&place);
    for command in ["agents", "tail"] {
        let ended = home.run(&[command]);
        assert_eq!(ended.code, Some(0));
        assert!(!ended.out.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{command}: {:?}", ended.out);
    }
}

#[tokio::test]
async fn tail_follows_what_happens_until_it_is_interrupted() {
    let place = Place::sqlite();
    let store = filled(&place).await;
    let mut command = Home::with(&place).command(&["tail", "--follow", "--json", "-n", "1"]);
    let mut tail = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    let mut seq = || serde_json::from_str::<Event>(&lines.next().unwrap().unwrap()).unwrap().seq;
    assert_eq!(seq(), 30);
    store.commit(Batch::new().event(rows::activity(1, "new"))).await.unwrap();
    store.commit(Batch::new().event(rows::activity(2, "newer"))).await.unwrap();
    assert_eq!((seq(), seq()), (31, 32));
    kill(Pid::from_raw(tail.id() as i32), Signal::SIGINT).unwrap();
    assert_eq!(tail.wait().unwrap().code(), Some(130));
    store.close().await;
}

/// Every command by its words, and whatever help it gives.
fn helps(home: &Home, path: &[String]) -> Vec<(String, String)> {
    let arguments: Vec<_> = path.iter().map(String::as_str).chain(["--help"]).collect();
    let help = home.run(&arguments).out;
    let listed = help.split_once("Commands:\n").map_or("", |(_, listed)| listed);
    let listed = listed.lines().take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    let names: Vec<_> = names.filter(|name| *name != "help").map(str::to_owned).collect();
    let mut all: Vec<_> =
        names.iter().flat_map(|name| helps(home, &[path, std::slice::from_ref(name)].concat())).collect();
    if names.is_empty() || help.contains("--json") {
        all.push((path.join(" "), help));
    }
    all
}

#[test]
fn every_command_takes_a_data_directory_and_answers_programs() {
    let all = helps(&Home::new(), &[]);
    let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
    for name in ["serve", "agents", "agents cleanup", "token list", "prices update", "completions"] {
        assert!(names.contains(&name), "{name} is none of {names:?}");
    }
    for (name, help) in all {
        for flag in ["--json", "--data-dir"] {
            assert!(help.contains(flag), "{name} has no {flag}: {help}");
        }
    }
}

#[test]
fn completions_name_every_command() {
    let home = Home::new();
    let script: serde_json::Value = json(&home.run(&["completions", "bash", "--json"]));
    assert!(
        script["shell"] == "bash"
            && script["script"].as_str().is_some_and(|script| script.contains("agents"))
    );
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = home.run(&["completions", shell]);
        assert_eq!(ended.code, Some(0));
        for command in ["serve", "status", "agents", "tasks", "tail", "token", "migrate", "doctor"] {
            assert!(ended.out.contains(command), "{shell} does not know {command}");
        }
    }
}
