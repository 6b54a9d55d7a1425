//! Figures as people read them: tokens, spans of time, texts cut to length.

use quarterdeck_shared::{Usd, usage::CostBasis};
use std::borrow::Cow;

/// Characters of a tool's answer that are kept for showing.
pub const TOOL_RESULT_CHARS: usize = 2_000;

/// Tokens: `999`, `1.0k`, `15.4k`, `1.2M`, `3.0B`; rounded half up, the form chosen by the rounded value.
pub fn tokens(count: u64) -> String {
    const UNITS: [(u64, char); 3] = [(1_000, 'k'), (1_000_000, 'M'), (1_000_000_000, 'B')];
    if count < 1_000 {
        return count.to_string();
    }
    let tenths = |unit: u64| (u128::from(count) * 10 + u128::from(unit) / 2) / u128::from(unit);
    let [.., largest] = UNITS;
    let (unit, sign) = UNITS.into_iter().find(|(unit, _)| tenths(*unit) < 10_000).unwrap_or(largest);
    format!("{}.{}{sign}", tenths(unit) / 10, tenths(unit) % 10)
}

/// A cost as it is known: a dash before the first record, these words where nothing has a price, `≥ $0.23` where it is
/// known from below, `$0.23`; never nothing where nobody knows.
pub fn cost(cost: Usd, basis: Option<CostBasis>, unpriced: &str) -> String {
    match basis {
        None if cost == Usd::ZERO => "–".to_owned(),
        Some(CostBasis::Unknown) if cost == Usd::ZERO => unpriced.to_owned(),
        Some(CostBasis::Unknown | CostBasis::LowerBound) => format!("≥ {}", cost.display()),
        _ => cost.display(),
    }
}

/// Seconds: `59s`, `1m 5s`, `2h 3m`, `1d 4h`; `N/A` where there are none.
pub fn duration(seconds: impl Into<Option<i64>>) -> String {
    let Some(seconds) = seconds.into() else { return "N/A".to_owned() };
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match () {
        () if days > 0 => format!("{days}d {}h", hours % 24),
        () if hours > 0 => format!("{hours}h {}m", minutes % 60),
        () if minutes > 0 => format!("{minutes}m {}s", seconds % 60),
        () => format!("{seconds}s"),
    }
}

/// A text of at most `limit` characters; where it was longer, a mark behind them says by how many.
pub fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some((at, _)) => {
            let (kept, rest) = text.split_at(at);
            Cow::Owned(format!("{kept}… ({} characters left out)", rest.chars().count()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_rounded_and_then_given_their_form() {
        for (count, shown) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1.0k"),
            (15_420, "15.4k"),
            (15_450, "15.5k"),
            (999_949, "999.9k"),
            (999_950, "1.0M"),
            (1_234_567, "1.2M"),
            (u64::MAX, "18446744073.7B"),
        ] {
            assert_eq!(tokens(count), shown, "{count}");
        }
    }

    #[test]
    fn durations_name_the_two_largest_units() {
        for (seconds, shown) in [
            (Some(-5), "0s"),
            (Some(59), "59s"),
            (Some(60), "1m 0s"),
            (Some(3_599), "59m 59s"),
            (Some(7_380), "2h 3m"),
            (Some(100_800), "1d 4h"),
            (None, "N/A"),
        ] {
            assert_eq!(duration(seconds), shown);
        }
    }

    #[test]
    fn a_text_is_cut_between_characters_and_says_so() {
        assert_eq!(cut("größe", 5), "größe");
        assert_eq!(cut("größer", 4), "größ… (2 characters left out)");
    }
}
