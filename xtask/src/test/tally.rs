//! Counting: what each runner's report says was passed, failed and left out.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The counts of one suite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    /// A suite that is one check, and held.
    pub fn one() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    /// A suite that did not come to an end.
    pub fn failure() -> Self {
        Self { failed: 1, ..Self::default() }
    }

    /// Tests that really ran.
    pub fn executed(&self) -> u64 {
        self.passed + self.failed
    }

    /// All ran and all passed.
    pub fn holds(&self) -> bool {
        self.failed == 0 && self.skipped == 0
    }

    /// Both together.
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }

    /// A runner that failed without a failing test (a test that does not compile, say) has still failed.
    fn judged(self, succeeded: bool) -> Self {
        if succeeded || self.failed > 0 { self } else { self.plus(&Self::failure()) }
    }
}

/// From nextest's closing line, `Summary [ 3.2s] 41 tests run: 40 passed (1 slow), 1 failed, 2 skipped`.
pub fn nextest(succeeded: bool, lines: &[String]) -> Result<Tally> {
    let closing = lines.iter().rev().find(|line| line.trim_start().starts_with("Summary ["));
    let closing = closing.context("nextest ended without a summary: the tests were not run")?;
    let (_, counts) =
        closing.split_once("run:").context("nextest's summary has another form than expected")?;
    let mut tally = Tally::default();
    for part in counts.split(',') {
        let mut words = part.split_whitespace();
        let count: u64 = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
        match words.next() {
            Some("passed") => tally.passed += count,
            Some("skipped") => tally.skipped += count,
            Some(_) => tally.failed += count,
            None => bail!("nextest's summary has another form than expected: {closing}"),
        }
    }
    Ok(tally.judged(succeeded))
}

/// From cargo's `test result: ok. 3 passed; 0 failed; 1 ignored; …`, one line a crate.
pub fn cargo_test(succeeded: bool, lines: &[String]) -> Result<Tally> {
    let mut tally = Tally::default();
    for counts in lines.iter().filter_map(|line| line.trim_start().strip_prefix("test result: ")) {
        for part in counts.split(['.', ';']) {
            match part.trim().split_once(' ') {
                Some((count, "passed")) => tally.passed += count.parse::<u64>()?,
                Some((count, "failed")) => tally.failed += count.parse::<u64>()?,
                Some((count, "ignored")) => tally.skipped += count.parse::<u64>()?,
                _ => {}
            }
        }
    }
    Ok(tally.judged(succeeded))
}

/// From `node --test`: lines such as `# pass 12`, marked by `#` or `ℹ` depending on the reporter.
pub fn node(succeeded: bool, lines: &[String]) -> Result<Tally> {
    let count = |word: &str| -> u64 {
        let numbers = lines.iter().filter_map(|line| {
            let text = line.trim_start().strip_prefix(['#', 'ℹ'])?.trim_start();
            text.strip_prefix(word)?.strip_prefix(' ')?.trim().parse::<u64>().ok()
        });
        numbers.sum()
    };
    let failed = count("fail") + count("cancelled");
    Ok(Tally { passed: count("pass"), failed, skipped: count("skipped") + count("todo") }.judged(succeeded))
}

/// From Playwright's JSON report. A journey that passed only when tried again has failed.
pub fn playwright(succeeded: bool, report: &Value) -> Result<Tally> {
    let stats = report.get("stats").context("Playwright's report has no stats")?;
    let count = |name: &str| stats.get(name).and_then(Value::as_u64).unwrap_or(0);
    let failed = count("unexpected") + count("flaky");
    Ok(Tally { passed: count("expected"), failed, skipped: count("skipped") }.judged(succeeded))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64, skipped: u64) -> Tally {
        Tally { passed, failed, skipped }
    }

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_string).collect()
    }

    #[test]
    fn nextest_is_counted() {
        let check = |succeeded, text: &str| nextest(succeeded, &lines(text)).unwrap();
        let slow = "x\n     Summary [   3.2s] 41 tests run: 41 passed (2 slow), 0 skipped\n";
        assert_eq!(check(true, slow), tally(41, 0, 0));
        let mixed = "     Summary [   3.2s] 5 tests run: 2 passed, 2 failed, 1 timed out, 3 skipped";
        assert_eq!(check(false, mixed), tally(2, 3, 3));
        let cut = "     Summary [   3.2s] 3/5 tests run: 3 passed, 1 skipped";
        assert_eq!(check(false, cut), tally(3, 1, 1));
        assert!(nextest(false, &lines("error: could not compile")).is_err());
    }

    #[test]
    fn doc_tests_are_summed_over_crates() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                    test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(cargo_test(false, &lines(text)).unwrap(), tally(4, 2, 1));
        assert_eq!(cargo_test(false, &[]).unwrap(), tally(0, 1, 0));
    }

    #[test]
    fn node_is_counted_under_both_reporters() {
        assert_eq!(node(true, &lines("# tests 3\n# pass 3\n# fail 0\n# skipped 0")).unwrap(), tally(3, 0, 0));
        assert_eq!(node(false, &lines("ℹ pass 3\nℹ fail 1\nℹ skipped 2\nℹ todo 1")).unwrap(), tally(3, 1, 3));
    }

    #[test]
    fn a_flaky_journey_has_failed() {
        let report = serde_json::json!({"stats": {"expected": 4, "unexpected": 0, "flaky": 1, "skipped": 0}});
        assert_eq!(playwright(true, &report).unwrap(), tally(4, 1, 0));
    }
}
