//! `connect`: what it shows, writes, keeps and takes back.

use super::json;
use crate::support::server::{Ended, Home};
use quarterdeck_shared::{
    auth::{MadeToken, Token, TokenScope},
    settings::Check,
};
use serde_json::{Value, json};
use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

fn settings(home: &Home) -> PathBuf {
    home.data_dir().parent().unwrap().join(".claude/settings.json")
}

/// The same, with what stands in them before.
fn settings_before(home: &Home) -> PathBuf {
    let path = settings(home);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, BEFORE).unwrap();
    path
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

const BEFORE: &str = "{\n\t\"model\" : \"opus\"\n}\n";

#[test]
fn it_shows_then_writes_and_undo_leaves_the_file_as_it_was() {
    let home = Home::new();
    let path = settings_before(&home);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();

    let shown = home.run(&["connect", "--dry-run"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    let line = "+\t\t\"PermissionRequest\": [";
    assert!(shown.out.lines().any(|shown| shown == line), "as it is set in: {shown:?}");
    let told: Value = json(&home.run(&["connect", "--dry-run", "--json"]));
    assert!(
        told["written"] == false && told["diff"].as_str().unwrap().contains("PermissionRequest"),
        "{told}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), BEFORE);
    // Without a terminal nobody can agree.
    assert_eq!(home.run(&["connect"]).code, Some(2));
    assert_eq!(fs::read_to_string(&path).unwrap(), BEFORE);

    let written = home.run(&["connect", "--yes"]);
    assert_eq!(written.code, Some(0), "{written:?}");
    let value: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let call = &value["hooks"]["Stop"][0]["hooks"][0];
    assert_eq!(call["url"], "http://127.0.0.1:8000/api/v1/ingest/hooks");
    let bearer = call["headers"]["Authorization"].as_str().unwrap();
    let secret = bearer.strip_prefix("Bearer ").unwrap();
    assert!(secret.starts_with("qd_"));
    assert!(!written.out.contains(secret) && !written.words.contains(secret), "the key is masked");
    assert_eq!(value["env"]["OTEL_EXPORTER_OTLP_HEADERS"], format!("Authorization=Bearer {secret}"));
    assert_eq!((mode(&path), mode(&home.data_dir().join("connect.json"))), (0o600, 0o600));
    assert_eq!(fs::read_to_string(path.with_extension("json.before-quarterdeck")).unwrap(), BEFORE);
    let tokens: Vec<Token> = json(&home.run(&["token", "list", "--json"]));
    assert_eq!((tokens.len(), tokens[0].name.as_str(), tokens[0].scope), (1, "connect", TokenScope::Ingest));

    // A second time it finds all as it shall be, with the same key.
    assert_eq!(home.run(&["connect", "--yes"]).code, Some(0));
    assert_eq!(serde_json::from_str::<Value>(&fs::read_to_string(&path).unwrap()).unwrap(), value);

    // To another server, the copy is still the file as it was.
    assert_eq!(home.run(&["connect", "--yes", "--url", "http://127.0.0.1:9000"]).code, Some(0));
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("127.0.0.1:9000") && !text.contains("127.0.0.1:8000"));
    assert_eq!(fs::read_to_string(path.with_extension("json.before-quarterdeck")).unwrap(), BEFORE);

    let undone = home.run(&["connect", "--undo", "--yes"]);
    assert_eq!(undone.code, Some(0), "{undone:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), BEFORE);
    assert_eq!(mode(&path), 0o644);
    for gone in [home.data_dir().join("connect.json"), path.with_extension("json.before-quarterdeck")] {
        assert!(!gone.exists(), "{}", gone.display());
    }
    let tokens: Vec<Token> = json(&home.run(&["token", "list", "--json"]));
    assert_eq!(tokens.len(), 0);
    assert_eq!(home.run(&["connect", "--undo", "--yes"]).code, Some(0));
}

#[test]
fn the_doctor_looks_at_the_key_that_sessions_have() {
    let home = Home::new();
    let key = || {
        let checks: Vec<Check> = serde_json::from_str(&home.run(&["doctor", "--json"]).out).unwrap();
        checks.into_iter().find(|check| check.name == "connect").map(|check| (check.ok, check.message))
    };
    assert_eq!(home.run(&["migrate"]).code, Some(0));
    // Who calls a token of one's own by that name means something else.
    let wide: MadeToken = json(&home.run(&["token", "create", "connect", "--json"]));
    assert_eq!(key(), None);
    assert_eq!(home.run(&["connect", "--yes"]).code, Some(0));
    assert!(key().unwrap().0);
    let place = home.data_dir().join("connect.json");
    let mut record: Value = serde_json::from_str(&fs::read_to_string(&place).unwrap()).unwrap();
    record[0]["token_id"] = json!(wide.token.id);
    fs::write(&place, record.to_string()).unwrap();
    let (ok, message) = key().unwrap();
    assert!(!ok && message.contains("a key to everything"), "{message}");
    assert_eq!(home.run(&["token", "revoke", &wide.token.id.to_string()]).code, Some(0));
    let (ok, message) = key().unwrap();
    assert!(!ok && message.contains("was revoked") && message.contains("--undo"), "{message}");
}

/// Every key that is in the settings.
fn keys(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let keys = text.split("Bearer ").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    keys.collect()
}

/// Whether the key at the end of these is the living one, of which there are so many.
fn living(home: &Home, keys: &[String], count: usize) -> bool {
    let tokens: Vec<Token> = json(&home.run(&["token", "list", "--json"]));
    tokens.len() == count && keys.iter().all(|key| key.ends_with(&tokens[count - 1].ends_with))
}

#[test]
fn a_key_that_opens_nothing_gives_way_to_one_that_does() {
    let home = Home::new();
    let path = settings(&home);
    assert_eq!(home.run(&["connect", "--yes"]).code, Some(0));
    for is_lost in [false, true] {
        let tokens: Vec<Token> = json(&home.run(&["token", "list", "--json"]));
        assert_eq!(home.run(&["token", "revoke", &tokens[0].id.to_string()]).code, Some(0));
        if is_lost {
            fs::remove_file(&path).unwrap();
        }
        let again = home.run(&["connect", "--yes"]);
        assert!(again.words.contains("tells Quarterdeck now"), "{again:?}");
        let keys = keys(&path);
        assert!(keys.len() == 14 && living(&home, &keys, 1), "{keys:?}");
        assert!(again.out.contains("Bearer ********") && !again.out.contains("qd_"), "{}", again.out);
    }
    assert_eq!(home.run(&["connect", "--undo", "--yes"]).code, Some(0));
    assert!(!path.exists());
}

#[test]
fn a_new_data_directory_takes_over_what_led_here_already() {
    let home = Home::new();
    let path = settings_before(&home);
    assert_eq!(home.run(&["connect", "--yes"]).code, Some(0));
    fs::remove_dir_all(home.data_dir()).unwrap();
    let again = home.run(&["connect", "--yes"]);
    assert!(again.code == Some(0) && !again.words.contains("stays as it is"), "{again:?}");
    assert!(again.out.contains("Bearer ********") && !again.out.contains("qd_"), "{}", again.out);
    let keys = keys(&path);
    assert!(keys.len() == 14 && living(&home, &keys, 1), "{keys:?}");
    assert_eq!(home.run(&["connect", "--undo", "--yes"]).code, Some(0));
    let value: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(value, json!({"model": "opus"}));
}

#[test]
fn each_settings_file_has_a_key_of_its_own() {
    let home = Home::new();
    let other = home.data_dir().parent().unwrap().join("other");
    let of_other = |arguments: &[&str]| {
        let mut command = home.command(arguments);
        Ended::from(command.env("CLAUDE_CONFIG_DIR", &other).output().unwrap())
    };
    assert_eq!(home.run(&["connect", "--yes"]).code, Some(0));
    assert!(of_other(&["connect", "--undo", "--yes"]).words.contains("is not connected"));
    assert_eq!(of_other(&["connect", "--yes"]).code, Some(0));
    let (first, second) = (keys(&settings(&home)), keys(&other.join("settings.json")));
    assert_ne!(first[0], second[0]);
    assert!(living(&home, &second, 2));
    assert_eq!(of_other(&["connect", "--undo", "--yes"]).code, Some(0));
    assert!(!other.join("settings.json").exists());
    assert!(living(&home, &first, 1));
    assert_eq!(home.run(&["connect", "--undo", "--yes"]).code, Some(0));
    assert!(living(&home, &[], 0) && !settings(&home).exists());
}

#[test]
fn a_record_that_names_no_settings_is_of_those_that_hold_its_key() {
    let home = Home::new();
    assert_eq!(home.run(&["connect", "--yes"]).code, Some(0));
    let place = home.data_dir().join("connect.json");
    let mut record: Value = serde_json::from_str(&fs::read_to_string(&place).unwrap()).unwrap();
    let mut record = record[0].take();
    record.as_object_mut().unwrap().remove("settings");
    fs::write(&place, record.to_string()).unwrap();
    assert_eq!(home.run(&["connect", "--undo", "--yes"]).code, Some(0));
    assert!(!settings(&home).exists() && !place.exists());
}

#[test]
fn what_was_changed_since_stays_and_the_copy_with_it() {
    let home = Home::new();
    let path = settings_before(&home);
    assert_eq!(home.run(&["connect", "--yes"]).code, Some(0));
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("opus", "sonnet", 1)).unwrap();
    let undone = home.run(&["connect", "--undo", "--yes"]);
    assert!(undone.words.contains("holds nothing of Quarterdeck any more"), "{undone:?}");
    assert!(undone.words.contains("settings.json.before-quarterdeck is the file as it was"), "{undone:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), BEFORE.replace("opus", "sonnet"));
    assert_eq!(fs::read_to_string(path.with_extension("json.before-quarterdeck")).unwrap(), BEFORE);
}

#[test]
fn where_there_were_no_settings_there_are_none_again() {
    let home = Home::new();
    assert_eq!(home.run(&["connect", "--yes", "--url", "http://127.0.0.1:9000/"]).code, Some(0));
    let text = fs::read_to_string(settings(&home)).unwrap();
    assert!(text.contains("http://127.0.0.1:9000/api/v1/ingest/hooks"));
    assert_eq!(home.run(&["connect", "--undo", "--yes"]).code, Some(0));
    assert!(!settings(&home).exists());
}

#[test]
fn broken_settings_are_refused_and_left_alone() {
    let home = Home::new();
    let path = settings(&home);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "{ \"model\": ").unwrap();
    let refused = home.run(&["connect", "--yes"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.words.contains("is no JSON") && refused.words.contains("settings.json"), "{refused:?}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "{ \"model\": ");
}
