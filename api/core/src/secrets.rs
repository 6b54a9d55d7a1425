//! Secrets in words of others: found by their look or by their value, and masked.

/// What stands in the place of a secret.
pub const MASK: &str = "********";

/// How keys and tokens begin.
const BEGINNINGS: &[&str] = &[
    "sk-ant-",
    "sk-",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "AKIA",
    "ASIA",
    "AIza",
    "xoxa-",
    "xoxb-",
    "xoxp-",
    "xoxr-",
    "xoxs-",
    "qd_",
];
/// How names of secrets end.
const NAMES: &[&str] = &["key", "token", "secret", "password", "passwd"];
/// Fewer characters behind a beginning are a word.
const SHORTEST: usize = 12;

/// The words without secrets: `known` values, what looks like a key, what follows `Bearer`, and values of names such
/// as `api_key=`.
pub fn masked(words: &str, known: &[String]) -> String {
    let mut known: Vec<&str> = known.iter().map(String::as_str).filter(|value| is_long(value)).collect();
    known.sort_unstable_by_key(|value| std::cmp::Reverse(value.len()));
    let words = known.iter().fold(words.to_owned(), |words, value| words.replace(value, MASK));
    let mut masked = String::with_capacity(words.len());
    let mut rest = words.as_str();
    while let Some(begin) = rest.find(is_part) {
        let end = rest[begin..].find(|one| !is_part(one)).map_or(rest.len(), |length| begin + length);
        masked.push_str(&rest[..begin]);
        let part = &rest[begin..end];
        if is_introduced(&masked, part) {
            masked.push_str(MASK);
        } else {
            masked.push_str(&part.split('/').map(in_place_of).collect::<Vec<_>>().join("/"));
        }
        rest = &rest[end..];
    }
    masked + rest
}

/// Whether a value is long enough to be a secret and not a word that stands everywhere.
fn is_long(value: &str) -> bool {
    value.len() >= 8
}

/// Whether a secret may hold this character.
fn is_part(one: char) -> bool {
    one.is_ascii_alphanumeric() || "-_.~+/".contains(one)
}

/// Whether the words before say that this is a secret.
fn is_introduced(before: &str, part: &str) -> bool {
    let tail: String = before.chars().rev().take(40).collect();
    let before: String = tail.chars().rev().collect::<String>().to_ascii_lowercase();
    let before = before.trim_end_matches(['"', '\'']);
    if before.ends_with("bearer ") {
        return is_long(part);
    }
    let name = before.strip_suffix('=').or_else(|| before.trim_end().strip_suffix("\":"));
    name.is_some_and(|name| NAMES.iter().any(|known| name.ends_with(known)))
}

fn in_place_of(part: &str) -> String {
    let begins =
        |beginning: &&&str| part.strip_prefix(**beginning).is_some_and(|rest| rest.len() >= SHORTEST);
    let beginning = BEGINNINGS.iter().find(begins);
    beginning.map_or_else(|| part.to_owned(), |beginning| format!("{beginning}{MASK}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &str, expected: &str) {
        assert_eq!(masked(words, &[]), expected, "{words}");
    }

    #[test]
    fn keys_are_known_by_how_they_begin() {
        check("boom secret sk-ant-api03-AAAABBBBCCCCDDDD", "boom secret sk-ant-********");
        check("(ghp_0123456789abcdefABCDEF)", "(ghp_********)");
        check("AKIAIOSFODNN7EXAMPLE, xoxb-12345678-abcdefgh", "AKIA********, xoxb-********");
        check("qd_0123456789abcdef: refused", "qd_********: refused");
    }

    #[test]
    fn values_are_known_by_their_names() {
        check("Authorization: Bearer abc.def.ghi", "Authorization: Bearer ********");
        check("GET /v1?api_key=abc&page=2", "GET /v1?api_key=********&page=2");
        check("password='hunter2'", "password='********'");
        check(r#"{"x-api-key": "abc", "model": "opus"}"#, r#"{"x-api-key": "********", "model": "opus"}"#);
    }

    #[test]
    fn values_are_known_that_were_passed_on() {
        let known = ["a b/c-12345".to_owned(), "a b/c-12345678".to_owned(), "opus".to_owned()];
        assert_eq!(masked("a b/c-12345678 opus a b/c-12345", &known), "******** opus ********");
    }

    #[test]
    fn other_words_stay_as_they_are() {
        for words in [
            "exit code 3: out of ink",
            "the API refused the key (401); check ANTHROPIC_API_KEY, or log in with `claude` once",
            "no such file: /srv/sk-notes/src/task-runner-of-tomorrow.rs — ünïcode",
            "key: none, max_tokens=4096, a bearer of news",
            "",
        ] {
            check(words, words);
        }
    }
}
