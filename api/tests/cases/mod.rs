//! Behaviours the server is held to, kept as data: each names the tests that hold it, or says why ours is another.

use serde::Deserialize;
use std::{collections::BTreeSet, fs, path::Path};

/// One behaviour of the first orchestrator, or what it should have been.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    kind: Kind,
    promise: String,
    /// `folder/file::test`, below the tests of the server.
    #[serde(default)]
    held_by: Vec<String>,
    /// Why ours is another.
    otherwise: Option<String>,
    /// What it is about does not exist here, and what does instead.
    absent: Option<String>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Must,
    Improve,
    Compat,
}

/// Whether there is such a test.
fn exists(test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else { return false };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file).with_extension("rs");
    fs::read_to_string(path).is_ok_and(|text| {
        text.contains(&format!("async fn {name}(")) || text.contains(&format!("fn {name}()"))
    })
}

#[test]
fn every_case_is_held_by_a_test_or_has_its_reason() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("cases.json")).unwrap();
    let mut wrong = Vec::new();
    for Case { case, kind, promise, held_by, otherwise, absent } in &cases {
        let reasons = usize::from(!held_by.is_empty()) + otherwise.iter().chain(absent).count();
        if reasons != 1 || promise.is_empty() {
            wrong.push(format!("{case} is held by tests, or otherwise, or absent: one of them"));
        }
        if otherwise.is_some() && *kind != Kind::Compat {
            wrong.push(format!("{case} cannot be excused"));
        }
        wrong.extend(
            held_by
                .iter()
                .filter(|test| !exists(test))
                .map(|test| format!("{case}: there is no test {test}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let names: BTreeSet<_> = cases.iter().map(|case| &case.case).collect();
    assert_eq!((names.len(), cases.len()), (47, 47), "none is there twice, none was lost");
}
