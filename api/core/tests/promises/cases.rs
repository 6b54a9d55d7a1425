//! Behaviours kept as data: each holds, or is listed with the reason why ours is another.

use crate::observe::observe;
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// One behaviour: in this area, given this, then that.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    case: String,
    /// `must`, `improve` (the first orchestrator had it wrong) or `compat` (may be another with a reason).
    kind: String,
    area: String,
    given: Value,
    then: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deviation {
    case: String,
    reason: String,
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What of the expectation is not so.
fn differences(case: &Case) -> Vec<String> {
    let seen = observe(&case.area, &case.given);
    let expected = case.then.as_object().expect("`then` is an object");
    let differs = expected.iter().filter(|(field, value)| seen.get(*field) != Some(*value));
    differs.map(|(field, value)| format!("{field}: {value} expected, {} seen", seen[field])).collect()
}

#[test]
fn every_case_holds_or_has_its_reason() {
    const FILES: [&str; 9] =
        ["complexity", "figures", "handovers", "metrics", "plans", "prompts", "roles", "runs", "workflows"];
    let deviations: Vec<Deviation> = read("deviations.json");
    let mut reasons: BTreeMap<String, String> =
        deviations.into_iter().map(|deviation| (deviation.case, deviation.reason)).collect();
    let (mut checked, mut wrong) = (0, Vec::new());
    for case in FILES.iter().flat_map(|file| read::<Vec<Case>>(&format!("{file}.json"))) {
        checked += 1;
        let differences = differences(&case);
        match reasons.remove(&case.case) {
            Some(reason) if case.kind != "compat" => {
                wrong.push(format!("{} is `{}` and cannot be excused: {reason}", case.case, case.kind));
            }
            Some(reason) if differences.is_empty() => {
                wrong.push(format!("{} holds; its excuse is stale: {reason}", case.case));
            }
            Some(reason) => assert!(!reason.is_empty(), "{} needs a reason", case.case),
            None if differences.is_empty() => {}
            None => wrong.push(format!("{} ({}): {}", case.case, case.kind, differences.join("; "))),
        }
    }
    wrong.extend(reasons.into_keys().map(|case| format!("{case} is excused and does not exist")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(checked, 132);
}
