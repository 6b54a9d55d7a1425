//! Time on a ruler: which moments to mark, and what they are called.

const SECOND: i64 = 1_000_000;
const STEPS: [i64; 18] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400];

/// The marks of a span of so many µs, at most `most` of them: each as µs from the beginning. The beginning is one.
pub fn ticks(span_us: i64, most: i64) -> Vec<i64> {
    let most = most.max(1);
    let enough = |step: &&i64| **step * SECOND * most >= span_us;
    let days = span_us / (86_400 * SECOND * most) + 1;
    let step = STEPS.iter().find(enough).copied().unwrap_or(86_400 * days) * SECOND;
    (0..).map(|at| at * step).take_while(|at| *at == 0 || *at < span_us).collect()
}

/// A mark in words: `0:00`, `15:00`, `1:30:00`.
pub fn name(us: i64) -> String {
    let seconds = us / SECOND;
    match seconds / 3_600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// A place on the ruler: from `left` to `right` pixels over the span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruler {
    /// The first moment, in µs.
    pub from_us: i64,
    /// How long it is, in µs; at least one.
    pub span_us: i64,
    /// Where it begins.
    pub left: f64,
    /// Where it ends.
    pub right: f64,
}

impl Ruler {
    /// Where a moment lies; moments outside lie at the ends.
    pub fn at(&self, us: i64) -> f64 {
        let part = (us - self.from_us) as f64 / self.span_us.max(1) as f64;
        self.left + part.clamp(0.0, 1.0) * (self.right - self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: i64, most: i64, expected: &[&str]) {
        let names: Vec<_> = ticks(seconds * SECOND, most).into_iter().map(name).collect();
        assert_eq!(names, expected, "{seconds} s");
    }

    #[test]
    fn a_ruler_has_round_marks_and_few_of_them() {
        check(0, 5, &["0:00"]);
        check(4, 5, &["0:00", "0:01", "0:02", "0:03"]);
        check(1_569, 6, &["0:00", "5:00", "10:00", "15:00", "20:00", "25:00"]);
        check(9_000, 3, &["0:00", "1:00:00", "2:00:00"]);
        assert!(ticks(90 * 86_400 * SECOND, 5).len() <= 6);
    }

    #[test]
    fn a_moment_outside_lies_at_the_end() {
        let ruler = Ruler { from_us: 100, span_us: 100, left: 10.0, right: 110.0 };
        assert_eq!((ruler.at(0), ruler.at(150), ruler.at(900)), (10.0, 60.0, 110.0));
    }
}
