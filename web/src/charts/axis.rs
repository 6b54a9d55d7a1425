//! Axes: round steps, few lines, words as the page writes them.

use crate::{calendar, format};

/// What a value counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Plain numbers and tokens.
    #[default]
    Count,
    /// Nano-dollars.
    Usd,
    /// Seconds.
    Seconds,
    /// Parts of one.
    Percent,
}

impl Unit {
    /// A value in words.
    pub fn words(self, value: f64) -> String {
        match self {
            Self::Count => format::count(value.max(0.0).round() as u64),
            Self::Usd => format::usd(value.round() as i64),
            Self::Seconds => format::lasting((value * 1e6) as i64),
            Self::Percent => format::percent(value),
        }
    }

    /// A round value in words, for an axis: `$20` rather than `$20.00`.
    pub fn tick(self, value: f64) -> String {
        let words = self.words(value);
        match self {
            Self::Usd => words.strip_suffix(".00").map_or(words.clone(), str::to_owned),
            Self::Count if value >= 1_000.0 => trim_zeros(&words),
            _ => words,
        }
    }
}

/// `1.00k` as `1k`, `2.50M` as `2.5M`.
fn trim_zeros(words: &str) -> String {
    let Some(letter) = words.chars().last().filter(|c| c.is_alphabetic()) else { return words.to_owned() };
    let number = &words[..words.len() - letter.len_utf8()];
    if !number.contains('.') {
        return words.to_owned();
    }
    format!("{}{letter}", number.trim_end_matches('0').trim_end_matches('.'))
}

/// A step of 1, 2 or 5 times a power of ten, so that at most `most` steps reach `top`.
pub fn step(top: f64, most: usize) -> f64 {
    if top <= 0.0 || !top.is_finite() {
        return 1.0;
    }
    let rough = top / most.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= rough).unwrap_or(10.0);
    factor * power
}

/// The values with a line: from one step up to the top.
pub fn ticks(top: f64, most: usize) -> Vec<f64> {
    let step = step(top, most);
    (1..=most + 1).map(|n| n as f64 * step).take_while(|&value| value <= top * 1.000_001).collect()
}

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const STEPS: [i64; 18] = [
    1_000_000,
    5_000_000,
    15_000_000,
    30_000_000,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
];

/// Moments with a label between two moments: at most `most`, on round times of the person's zone.
pub fn moments(from_us: i64, to_us: i64, most: usize) -> Vec<(i64, String)> {
    let span = to_us - from_us;
    if span <= 0 || most == 0 {
        return Vec::new();
    }
    let step = STEPS.into_iter().find(|step| span / step <= most as i64).unwrap_or(span / most as i64);
    // How far the zone's round times stand from those of UTC.
    let (local, utc) = (calendar::local(from_us), calendar::utc(from_us));
    let shift = i64::from(local.hour) * HOUR + i64::from(local.minute) * MINUTE
        - i64::from(utc.hour) * HOUR
        - i64::from(utc.minute) * MINUTE;
    let first = (from_us + shift).div_euclid(step) * step + step - shift;
    let label = |at: i64| match step {
        _ if step >= DAY => calendar::day(at),
        _ if step < MINUTE => calendar::clock(at),
        _ => calendar::hour(at),
    };
    (0..most as i64 + 1)
        .map(|n| first + n * step)
        .take_while(|&at| at < to_us)
        .map(|at| (at, label(at)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_on_round_values() {
        assert_eq!(ticks(78.4, 4), [20.0, 40.0, 60.0]);
        assert_eq!(ticks(9.0, 4), [5.0]);
        assert_eq!(ticks(0.0, 4), Vec::<f64>::new());
    }

    #[test]
    fn an_axis_says_no_more_than_it_must() {
        assert_eq!(Unit::Usd.tick(20e9), "$20");
        assert_eq!(Unit::Usd.tick(0.5e9), "$0.50");
        assert_eq!(Unit::Count.tick(250_000.0), "250k");
        assert_eq!(Unit::Count.tick(1_500.0), "1.5k");
    }

    #[test]
    fn moments_stand_on_round_times() {
        let noon = 1_795_348_800_000_000;
        let told: Vec<String> =
            moments(noon - HOUR / 2, noon + HOUR, 4).into_iter().map(|(_, label)| label).collect();
        assert_eq!(told, ["12:00", "12:30"]);
        assert_eq!(moments(noon, noon + 14 * DAY, 4).len(), 2);
        assert!(moments(noon, noon, 4).is_empty());
    }
}
