//! What of this process's environment an agent may see: an allow list, never Quarterdeck's own.

use std::ffi::{OsStr, OsString};

const NAMES: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TERM",
    "TMPDIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
    "CLOUD_ML_REGION",
];

const PREFIXES: &[&str] =
    &["LC_", "CLAUDE_", "ANTHROPIC_", "AWS_", "GOOGLE_", "GCLOUD_", "CLOUDSDK_", "VERTEX_", "AZURE_"];

/// What names of secrets hold.
const SECRETS: &[&str] = &["KEY", "TOKEN", "SECRET", "PASSWORD"];

/// What every agent sees, unless the environment says otherwise: no updates while it works, and sub-agents that
/// are finished when the turn is.
const GIVEN: &[(&str, &str)] = &[
    ("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "1"),
    ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
    ("DISABLE_AUTOUPDATER", "1"),
];

/// The part of `environment` that agents see, with `more` names passed on at the administrator's wish.
pub fn allowed(environment: &[(OsString, OsString)], more: &[String]) -> Vec<(OsString, OsString)> {
    let mut seen: Vec<_> = environment.iter().filter(|(name, _)| passes(name, more)).cloned().collect();
    for (name, value) in GIVEN {
        if !seen.iter().any(|(known, _)| known == name) {
            seen.push((name.into(), value.into()));
        }
    }
    seen
}

/// The values of those an agent sees that are secret by their names.
pub fn secrets(environment: &[(OsString, OsString)], more: &[String]) -> Vec<String> {
    let is_secret = |name: &OsStr| {
        let name = name.to_string_lossy().to_ascii_uppercase();
        SECRETS.iter().any(|part| name.contains(part)) && !name.ends_with("_FILE")
    };
    let seen = environment.iter().filter(|(name, _)| is_secret(name) && passes(name, more));
    seen.filter_map(|(_, value)| value.to_str().map(str::to_owned)).collect()
}

fn passes(name: &OsStr, more: &[String]) -> bool {
    let Some(name) = name.to_str() else { return false };
    !name.starts_with("QUARTERDECK_")
        && name != "DATABASE_URL"
        && (NAMES.contains(&name)
            || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            || more.iter().any(|wanted| wanted == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(environment: &[&str], more: &[&str]) -> Vec<String> {
        let environment: Vec<_> = environment.iter().map(|name| (name.into(), "x".into())).collect();
        let more: Vec<_> = more.iter().map(|&name| name.to_owned()).collect();
        let seen = allowed(&environment, &more);
        let given = |name: &str| GIVEN.iter().any(|(known, _)| *known == name);
        seen.iter()
            .filter_map(|(name, _)| name.to_str())
            .filter(|name| !given(name))
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn an_agent_sees_the_allow_list_and_nothing_else() {
        let all = [
            "PATH",
            "HOME",
            "LC_ALL",
            "ANTHROPIC_API_KEY",
            "AWS_REGION",
            "https_proxy",
            "GITHUB_TOKEN",
            "SECRET",
        ];
        assert_eq!(
            names(&all, &[]),
            ["PATH", "HOME", "LC_ALL", "ANTHROPIC_API_KEY", "AWS_REGION", "https_proxy"]
        );
    }

    #[test]
    fn an_administrator_may_pass_more_but_never_what_is_ours() {
        let all = ["GITHUB_TOKEN", "QUARTERDECK_API_KEY", "DATABASE_URL"];
        assert_eq!(names(&all, &["GITHUB_TOKEN", "QUARTERDECK_API_KEY", "DATABASE_URL"]), ["GITHUB_TOKEN"]);
    }

    #[test]
    fn the_secrets_among_them_are_known_by_their_names() {
        let environment = [
            ("ANTHROPIC_API_KEY", "one"),
            ("AWS_SECRET_ACCESS_KEY", "two"),
            ("AWS_REGION", "eu"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/run/token"),
            ("GITHUB_TOKEN", "three"),
            ("OTHER_TOKEN", "unseen"),
        ];
        let environment = environment.map(|(name, value)| (name.into(), value.into()));
        assert_eq!(secrets(&environment, &["GITHUB_TOKEN".into()]), ["one", "two", "three"]);
    }

    #[test]
    fn what_the_environment_says_of_the_client_is_kept() {
        let name = OsString::from("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS");
        let seen = allowed(&[(name.clone(), "0".into())], &[]);
        assert_eq!(
            seen.iter().filter(|(known, _)| *known == name).collect::<Vec<_>>(),
            [&(name.clone(), "0".into())]
        );
    }
}
