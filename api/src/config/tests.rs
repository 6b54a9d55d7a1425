//! What the settings promise.

use super::{Config, ConfigError, MASK, SETTINGS, Setting, sources::Sources};
use std::{collections::BTreeMap, path::PathBuf};

fn sources(flags: &[(&'static str, &str)], environment: &[(&str, &str)], file: &str) -> Sources {
    let mut all = BTreeMap::from([("HOME".to_owned(), "/home/ada".to_owned())]);
    all.extend(environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Sources {
        flags: flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        environment: all,
        file: (!file.is_empty()).then(|| (PathBuf::from("quarterdeck.toml"), file.to_owned())),
    }
}

fn config(
    flags: &[(&'static str, &str)],
    environment: &[(&str, &str)],
    file: &str,
) -> Result<Config, ConfigError> {
    Config::from_sources(&sources(flags, environment, file))
}

fn refusal(flags: &[(&'static str, &str)], environment: &[(&str, &str)], file: &str) -> String {
    config(flags, environment, file).unwrap_err().to_string()
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let port = |flags: &[(&'static str, &str)], environment: &[(&str, &str)], file: &str| {
        config(flags, environment, file).unwrap().port
    };
    let (flag, variable, file) = (("port", "1"), ("QUARTERDECK_PORT", "2"), "port = 3");
    assert_eq!(port(&[flag], &[variable], file), 1);
    assert_eq!(port(&[], &[variable], file), 2);
    assert_eq!(port(&[], &[], file), 3);
    assert_eq!(port(&[], &[], ""), 8000);
}

#[test]
fn agents_that_have_ended_stay_unless_an_age_is_said() {
    let after = |age: &str| config(&[("agent_cleanup", age)], &[], "").unwrap().agent_cleanup_seconds;
    assert_eq!(config(&[], &[], "").unwrap().agent_cleanup_seconds, None);
    assert_eq!((after("manual"), after("7d"), after("90m")), (None, Some(604_800), Some(5_400)));
}

#[test]
fn folders_are_found_where_nobody_named_them() {
    let found = config(&[], &[], "").unwrap();
    assert_eq!(found.data_dir, PathBuf::from("/home/ada/.local/share/quarterdeck"));
    assert_eq!(found.workspace_roots, [PathBuf::from("/home/ada")]);
    let named =
        config(&[], &[("XDG_DATA_HOME", "/data"), ("QUARTERDECK_WORKSPACE_ROOTS", "/a:~/b")], "").unwrap();
    assert_eq!(named.data_dir, PathBuf::from("/data/quarterdeck"));
    assert_eq!(named.workspace_roots, [PathBuf::from("/a"), PathBuf::from("/home/ada/b")]);
}

#[test]
fn a_file_holds_a_value_for_its_variable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "0123456789abcdef\n").unwrap();
    let path = path.to_str().unwrap();
    let key = config(&[], &[("QUARTERDECK_API_KEY_FILE", path)], "").unwrap().api_key;
    assert_eq!(key.as_deref(), Some("0123456789abcdef"));
    let both = refusal(&[], &[("QUARTERDECK_API_KEY_FILE", path), ("QUARTERDECK_API_KEY", "0123456789")], "");
    assert!(both.contains("both QUARTERDECK_API_KEY and QUARTERDECK_API_KEY_FILE"), "{both}");
    let missing = refusal(&[], &[("QUARTERDECK_API_KEY_FILE", "/not/there")], "");
    assert!(missing.contains("cannot read /not/there"), "{missing}");
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest() {
    assert!(refusal(&[], &[], "prot = 1").contains("did you mean `port`?"));
    assert!(refusal(&[], &[("QUARTERDECK_PROT", "1")], "").contains("did you mean `QUARTERDECK_PORT`?"));
    let database = refusal(&[], &[("QUARTERDECK_DATABASE_URL", "sqlite:x")], "");
    assert!(database.contains("did you mean `DATABASE_URL`?"), "{database}");
    for far in ["xyzzy = 1", "db = 1", "foo = 1"] {
        assert!(!refusal(&[], &[], far).contains("did you mean"), "{far}");
    }
    assert!(config(&[], &[("QUARTERDECK_FOO", "1")], "").is_ok());
    assert!(config(&[], &[("QUARTERDECK_SOMEBODY_ELSES_BUSINESS", "1")], "").is_ok());
}

#[test]
fn a_wrong_value_names_the_setting_its_source_and_what_would_do() {
    let wrong = refusal(&[("port", "eighty")], &[], "");
    assert_eq!(wrong, "setting `port` (from flag) must be a number from 0 to 65535, but is `eighty`");
    for (name, value) in [
        ("host", "example"),
        ("max_agents", "0"),
        ("replay_speed", "nan"),
        ("cors_origins", "https://a.example/path"),
        ("allowed_hosts", "https://a.example"),
        ("pass_environment", "QUARTERDECK_API_KEY"),
        ("log_format", "xml"),
        ("agent_cleanup", "7"),
        ("agent_cleanup", "0d"),
        ("agent_cleanup", "-7d"),
        ("agent_cleanup", "7ü"),
        ("agent_cleanup", ""),
        ("behind_proxy", "perhaps"),
        ("database_url", "mysql://x"),
    ] {
        assert!(matches!(config(&[(name, value)], &[], ""), Err(ConfigError::Wrong { .. })), "{name}");
    }
}

#[test]
fn a_secret_is_never_shown() {
    let environment =
        [("QUARTERDECK_API_KEY", "canary-key-1"), ("DATABASE_URL", "postgres://u:canary-2@h/d")];
    let shown = config(&[], &environment, "").unwrap().shown();
    let value = |name: &str| shown.iter().find(|setting| setting.name == name).unwrap().value.clone();
    assert_eq!((value("api_key"), value("database_url")), (MASK.to_owned(), MASK.to_owned()));
    let wrong = refusal(&[], &[("QUARTERDECK_API_KEY", "canary\u{e9}canary")], "");
    assert!(!wrong.contains("canary"), "{wrong}");
    let key = config(&[], &[("QUARTERDECK_TLS_KEY", "-----BEGIN canary"), ("QUARTERDECK_TLS_CERT", "c")], "")
        .unwrap();
    assert!(!format!("{:?}", (key.shown(), key.tls)).contains("canary"));
}

#[test]
fn a_password_is_told_by_no_flag() {
    let told = |url: &str| Config::load(BTreeMap::from([("database_url", url.to_owned())]));
    for url in ["postgres://ada:canary@db/deck", "postgres://db/deck?a=b&password=canary"] {
        let refused = told(url).unwrap_err().to_string();
        assert!(refused.contains("DATABASE_URL_FILE") && !refused.contains("canary"), "{refused}");
    }
    for url in ["postgres://ada@db:5432/deck", "postgres://db:5432/deck?host=/run", "sqlite:/a:b@c.db"] {
        assert!(!super::checks::holds_password(url), "{url}");
    }
}

#[test]
fn an_address_others_can_reach_needs_protection() {
    let exposed = |more: &[(&'static str, &str)]| {
        let mut flags = vec![("host", "0.0.0.0")];
        flags.extend(more);
        config(&flags, &[], "").unwrap().refuse_exposed()
    };
    assert!(exposed(&[]).unwrap_err().to_string().contains("tls_cert"));
    assert!(exposed(&[("plain_http", "true")]).is_ok());
    assert!(exposed(&[("behind_proxy", "true")]).is_ok());
    assert!(exposed(&[("tls_cert", "c.pem"), ("tls_key", "k.pem")]).is_ok());
    assert!(config(&[("host", "localhost")], &[], "").unwrap().refuse_exposed().is_ok());
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    assert!(refusal(&[("tls_cert", "c.pem")], &[], "").contains("belong together"));
}

#[test]
fn every_setting_is_described_for_people() {
    let page = include_str!("../../../docs/settings.md");
    for Setting { name, variable, default, help, .. } in SETTINGS {
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        let line = format!("| `{name}` | `{variable}` | {default} | {help} |");
        assert!(page.lines().any(|found| found == line), "docs/settings.md lacks: {line}");
    }
}
