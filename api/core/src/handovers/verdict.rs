//! What a tester's and a reviewer's words say about the work: counts, errors, and whether it must be mended.

use crate::planner::words::{Word, is_one_of, words};
use std::fmt;

/// Errors that are kept.
const ERRORS: usize = 5;

/// What a run of tests counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tests {
    /// Tests that passed, where it said.
    pub passed: Option<u64>,
    /// Tests that failed, where it said.
    pub failed: Option<u64>,
}

impl fmt::Display for Tests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = [("passed", self.passed), ("failed", self.failed)];
        let said = said.iter().filter_map(|(word, count)| count.map(|count| format!("{count} {word}")));
        f.write_str(&said.collect::<Vec<_>>().join(", "))
    }
}

/// The first counts of passed and failed tests.
pub(super) fn tests(text: &str) -> Option<Tests> {
    let mut tests = Tests::default();
    let mut before = "";
    for word in words(text) {
        let count = match word.text {
            "passed" => Some(&mut tests.passed),
            "failed" => Some(&mut tests.failed),
            _ => None,
        };
        if let Some(count) = count
            && count.is_none()
        {
            *count = before.parse().ok();
        }
        before = word.text;
    }
    (tests != Tests::default()).then_some(tests)
}

/// What the lines of a failed run call an error or exception.
pub(super) fn errors(text: &str) -> Vec<String> {
    let error = |line: &str| {
        let (_, what) = line.split_once("Error: ").or_else(|| line.split_once("Exception: "))?;
        Some(what.trim().to_owned())
    };
    text.lines().filter_map(error).filter(|what| !what.is_empty()).take(ERRORS).collect()
}

/// The verdict where one is said outright: `Verdict: approved` or `Verdict: changes requested`. True: to be mended.
pub(super) fn said(text: &str) -> Option<bool> {
    let verdict = text.lines().rev().find_map(|line| {
        let line = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '_' | '>'));
        let (word, verdict) = line.split_once(':')?;
        word.trim_end_matches(['*', '_']).eq_ignore_ascii_case("verdict").then_some(verdict)
    })?;
    let mut verdict = words(verdict);
    verdict.find_map(|word| {
        let approved = is_one_of(word.text, &["approved", "approve", "accepted", "pass", "passed"]);
        let refused = is_one_of(word.text, &["changes", "rejected", "reject", "refused", "fail", "failed"]);
        (approved || refused).then_some(approved == word.negated)
    })
}

/// Whether a reviewer's words find fault, negations heeded: `nothing is missing` finds none.
pub(super) fn finds_fault(text: &str) -> bool {
    let none = Word { text: "", negated: false };
    let (mut second_last, mut last) = (none, none);
    words(text).any(|word| {
        let falls_short = is_one_of(word.text, &["meet"])
            && (is_one_of(last.text, &["doesn't", "doesn’t", "don't", "don’t"])
                || (is_one_of(last.text, &["not"]) && is_one_of(second_last.text, &["does", "do"])));
        let lacks = is_one_of(word.text, &["missing", "incorrect", "problems"]) && !word.negated;
        let found = is_one_of(word.text, &["found"]) && is_one_of(last.text, &["issues"]) && !last.negated;
        let revision =
            is_one_of(word.text, &["revision"]) && is_one_of(last.text, &["needs", "need"]) && !last.negated;
        (second_last, last) = (last, word);
        falls_short || lacks || found || revision
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_said_outright_counts() {
        assert_eq!(said("- **Verdict:** approved"), Some(false));
        assert_eq!(said("Verdict: changes requested\n"), Some(true));
        assert_eq!(said("verdict: not approved"), Some(true));
        assert_eq!(said("the verdict is out"), None);
    }

    #[test]
    fn fault_is_found_where_it_is_not_denied() {
        for text in
            ["It does not meet the plan", "A check is missing.", "Issues found", "This doesn't meet it"]
        {
            assert!(finds_fault(text), "{text}");
        }
        for text in ["Nothing is missing. No issues found.", "There are no problems", "All good", ""] {
            assert!(!finds_fault(text), "{text}");
        }
    }
}
