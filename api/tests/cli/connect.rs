//! `connect`: what it shows, writes, keeps and takes back.

use super::json;
use crate::support::server::Home;
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

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

const BEFORE: &str = "{\n\t\"model\" : \"opus\"\n}\n";

#[test]
fn it_shows_then_writes_and_undo_leaves_the_file_as_it_was() {
    let home = Home::new();
    let path = settings(&home);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, BEFORE).unwrap();

    let shown = home.run(&["connect", "--dry-run"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    assert!(
        shown.out.contains("+    \"PermissionRequest\"") || shown.out.contains("PermissionRequest"),
        "{shown:?}"
    );
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
    assert!(!home.data_dir().join("connect.json").exists());
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
    record["token_id"] = json!(wide.token.id);
    fs::write(&place, record.to_string()).unwrap();
    let (ok, message) = key().unwrap();
    assert!(!ok && message.contains("a key to everything"), "{message}");
    assert_eq!(home.run(&["token", "revoke", &wide.token.id.to_string()]).code, Some(0));
    let (ok, message) = key().unwrap();
    assert!(!ok && message.contains("was revoked") && message.contains("--undo"), "{message}");
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
