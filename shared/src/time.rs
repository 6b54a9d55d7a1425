//! Time: microseconds since 1970 in UTC; on the wire ISO 8601 with its zone.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, str::FromStr};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400;

/// A moment, as microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = "date-time"))]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds from `earlier` to this moment; negative where it lies before.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / SECOND
    }

    /// This moment moved by so many seconds.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }
}

/// Year, month and day of a day number counted from 1970-01-01, in the proleptic Gregorian calendar.
fn civil(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * month_index + 2) / 5 + 1) as u32;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 } as u32;
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The day number of a date, counted from 1970-01-01.
fn days(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_index = i64::from((month + 9) % 12);
    let of_year = (153 * month_index + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.div_euclid(SECOND);
        let (year, month, day) = civil(seconds.div_euclid(DAY));
        let (clock, micros) = (seconds.rem_euclid(DAY), self.0.rem_euclid(SECOND));
        let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
    }
}

/// Why a text is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATime;

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time is ISO 8601, such as 2026-11-22T14:30:00Z, or a date such as 2026-11-22")
    }
}

impl std::error::Error for NotATime {}

impl FromStr for Timestamp {
    type Err = NotATime;

    /// Reads RFC 3339 with any offset, and a bare date as its first moment in UTC.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or(NotATime)
    }
}

/// Reads a text from left to right.
struct Rest<'text>(&'text [u8]);

impl Rest<'_> {
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number
            .iter()
            .try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    }

    /// Steps over one of these marks, and says which.
    fn mark(&mut self, marks: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first().filter(|(first, _)| marks.contains(first))?;
        self.0 = rest;
        Some(*first)
    }

    /// `2026-11-22` as a day number.
    fn day(&mut self) -> Option<i64> {
        let year = self.number(4)?;
        self.mark(b"-")?;
        let month = self.number(2)? as u32;
        self.mark(b"-")?;
        let day = self.number(2)? as u32;
        ((1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day))
            .then(|| days(year, month, day))
    }

    /// `14:30:00.25`, seconds and fraction may be missing, as microseconds.
    fn clock(&mut self) -> Option<i64> {
        let hour = self.number(2)?;
        self.mark(b":")?;
        let minute = self.number(2)?;
        let second = if self.mark(b":").is_some() { self.number(2)? } else { 0 };
        let micros = if self.mark(b".").is_some() { self.fraction()? } else { 0 };
        (hour <= 23 && minute <= 59 && second <= 60)
            .then(|| (hour * 3600 + minute * 60 + second) * SECOND + micros)
    }

    /// What follows the point of a second, in microseconds.
    fn fraction(&mut self) -> Option<i64> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let scale = 10_i64.pow(9_u32.checked_sub(digits as u32)?);
        if digits == 0 { None } else { Some(self.number(digits)? * scale / 1_000) }
    }

    /// `Z` or `+01:00`, as microseconds by which the clock is ahead of UTC.
    fn zone(&mut self) -> Option<i64> {
        let sign = match self.mark(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.number(2)?;
        self.mark(b":")?;
        let minutes = self.number(2)?;
        (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60) * SECOND)
    }
}

fn month_length(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let mut rest = Rest(text.as_bytes());
    let midnight = rest.day()? * DAY * SECOND;
    if rest.0.is_empty() {
        return Some(Timestamp(midnight));
    }
    rest.mark(b"Tt ")?;
    let of_day = rest.clock()? - rest.zone()?;
    rest.0.is_empty().then_some(Timestamp(midnight + of_day))
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_the_wire() {
        for text in
            ["1970-01-01T00:00:00.000000Z", "2026-11-22T14:43:04.123456Z", "2024-02-29T23:59:59.999999Z"]
        {
            assert_eq!(text.parse::<Timestamp>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn offsets_dates_and_short_fractions_are_read() {
        let moment = |text: &str| text.parse::<Timestamp>().unwrap().to_string();
        assert_eq!(moment("2026-11-22T15:30:00.5+01:00"), "2026-11-22T14:30:00.500000Z");
        assert_eq!(moment("2026-11-22"), "2026-11-22T00:00:00.000000Z");
        assert_eq!(moment("2000-02-29 23:30-01:00"), "2000-03-01T00:30:00.000000Z");
        assert_eq!(moment("2026-11-22t10:00:00.123456789z"), "2026-11-22T10:00:00.123456Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let dates =
            ["zzz", "", "2026-1-1", "2026-02-30", "2026-13-01", "2026-00-01", "2026-01-00", "1900-02-29"];
        let clocks =
            ["25:00:00Z", "10:00:00", "10:60Z", "10:00:61Z", "1:00Z", "10:00:00.Z", "10:00:00.1234567890Z"];
        let zones =
            ["10:00+1:00", "10:00+24:00", "10:00-00:60", "10:00ZZ", "10:00:00 Z", "10:00+0100", "10:00é"];
        let clocks = clocks.iter().chain(&zones).map(|clock| format!("2026-11-22T{clock}"));
        for text in dates.into_iter().map(str::to_owned).chain(clocks) {
            assert_eq!(text.parse::<Timestamp>(), Err(NotATime), "{text}");
        }
    }
}
