//! Secrets: seeded as canaries, looked for in everything that comes out.

use super::desk::{Desk, KEY, Reply, bearer, config, places};
use crate::support::database::folder;
use quarterdeck::{config::MASK, http::keyfile};
use rocket::http::{Header, Method};
use std::{fs, os::unix::fs::PermissionsExt as _};

#[rocket::async_test]
async fn no_answer_holds_a_secret() {
    let desk = Desk::new().await;
    let (session, _) = desk.access().open_session("test").await.unwrap();
    let token =
        desk.post("/api/v1/tokens", r#"{"name":"ci"}"#).await.json()["secret"].as_str().unwrap().to_owned();
    let code = desk.access().make_code().unwrap();
    let secrets = [KEY, session.as_str(), token.as_str(), code.as_str()];
    for (method, path, _) in places() {
        for secret in [KEY, token.as_str()] {
            let request = desk
                .bare(method, &path)
                .header(bearer(secret))
                .header(Header::new("Origin", "https://evil.example"));
            let refused = Reply::of(request.dispatch().await).await;
            let answered = Reply::of(desk.bare(method, &path).header(bearer(secret)).dispatch().await).await;
            for reply in [refused, answered] {
                let all = format!("{reply:?}");
                assert!(secrets.iter().all(|secret| !all.contains(secret)), "{method} {path}: {all}");
            }
        }
    }
    let settings = desk.get("/api/v1/settings").await.json();
    let shown = settings["settings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|setting| setting["name"] == "api_key")
        .unwrap()
        .clone();
    assert_eq!(shown["value"], MASK);
}

#[rocket::async_test]
async fn nothing_on_the_disk_holds_a_secret_but_the_keys_own_file() {
    let desk = Desk::new().await;
    let (session, _) = desk.access().open_session("test").await.unwrap();
    let token =
        desk.post("/api/v1/tokens", r#"{"name":"ci"}"#).await.json()["secret"].as_str().unwrap().to_owned();
    let request = desk.bare(Method::Get, "/api/v1/session").header(bearer(&token));
    assert_eq!(request.dispatch().await.status().code, 200);
    for entry in fs::read_dir(desk.folder.path()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            let bytes = fs::read(entry.path()).unwrap();
            for secret in [KEY, &session, &token] {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "{} holds a secret", entry.path().display());
            }
            assert_eq!(
                entry.metadata().unwrap().permissions().mode() & 0o077,
                0,
                "{}",
                entry.path().display()
            );
        }
    }
}

#[test]
fn the_first_start_makes_a_key_for_its_owner_alone() {
    let folder = folder();
    let place = folder.path().join("new/data");
    let mut config = config(&folder, &[("data_dir", place.to_str().unwrap())]);
    config.api_key = None;
    keyfile::prepare(&config.data_dir).unwrap();
    let key = keyfile::key(&config).unwrap();
    assert_eq!(key.len(), 43);
    assert_eq!(keyfile::key(&config).unwrap(), key);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&place), mode(&place.join("api_key"))), (0o700, 0o600));

    fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(place.join("api_key"), fs::Permissions::from_mode(0o644)).unwrap();
    keyfile::prepare(&config.data_dir).unwrap();
    keyfile::key(&config).unwrap();
    assert_eq!((mode(&place), mode(&place.join("api_key"))), (0o700, 0o600));

    fs::write(place.join("api_key"), "short").unwrap();
    assert!(keyfile::key(&config).unwrap_err().to_string().contains("holds no key"));
}
