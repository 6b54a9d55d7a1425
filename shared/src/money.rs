//! Money: whole nano-dollars, because one cached token costs a fraction of a micro-dollar.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, iter::Sum, ops, str::FromStr};

const NANOS: i64 = 1_000_000_000;

/// An exact amount in US dollars, held as nano-dollars. On the wire it is a decimal string such as `"0.0012"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = "decimal"))]
pub struct Usd(i64);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of nano-dollars.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// The amount in nano-dollars.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// The amount in dollars, for drawing only: it rounds.
    pub fn approximate(self) -> f64 {
        self.0 as f64 / NANOS as f64
    }

    /// The nearest amount to a float that a report gave; `None` where it is no finite amount.
    pub fn from_reported(dollars: f64) -> Option<Self> {
        let nanos = (dollars * NANOS as f64).round();
        (nanos.is_finite() && nanos.abs() < i64::MAX as f64).then_some(Self(nanos as i64))
    }

    /// What a person reads: `$0.0012`, `$0.23`, `$12.34`; below a twentieth of a milli-dollar `<$0.0001`.
    ///
    /// Rounded half up to the places of its form, and the form chosen by the rounded value.
    pub fn display(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let nanos = self.0.unsigned_abs();
        let places = |unit: u64| nanos.saturating_add(unit / 2) / unit;
        let (tenths_of_milli, cents) = (places(100_000), places(10_000_000));
        match () {
            () if nanos == 0 => "$0.00".to_owned(),
            () if nanos < 50_000 => format!("{sign}<$0.0001"),
            () if tenths_of_milli < 100 => format!("{sign}$0.{tenths_of_milli:04}"),
            () => format!("{sign}${}.{:02}", cents / 100, cents % 100),
        }
    }

    /// What a person reads of an amount that decides: to the last place that is not zero, cents at least.
    pub fn exactly(self) -> String {
        let plain = self.to_string();
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |digits| ("-", digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        format!("{sign}${whole}.{part:0<2}")
    }
}

impl fmt::Display for Usd {
    /// The exact amount without trailing zeros: `0`, `0.0012`, `12.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / NANOS as u64, self.0.unsigned_abs() % NANOS as u64);
        if part == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{part:09}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAmount;

impl fmt::Display for NotAnAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount is a decimal number of dollars with at most nine places, such as \"1.50\"")
    }
}

impl std::error::Error for NotAnAmount {}

impl FromStr for Usd {
    type Err = NotAnAmount;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let decimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || part.len() > 9 || !decimal(whole) || !decimal(part) {
            return Err(NotAnAmount);
        }
        let whole: i64 = whole.parse().map_err(|_| NotAnAmount)?;
        let part: i64 = format!("{part:0<9}").parse().map_err(|_| NotAnAmount)?;
        let nanos = whole.checked_mul(NANOS).and_then(|nanos| nanos.checked_add(part)).ok_or(NotAnAmount)?;
        Ok(Self(if negative { -nanos } else { nanos }))
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl ops::Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl ops::AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl ops::Sub for Usd {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, ops::Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(amount: &str, expected: &str) {
        assert_eq!(amount.parse::<Usd>().unwrap().display(), expected, "{amount}");
    }

    #[test]
    fn an_amount_is_rounded_half_up_and_then_given_its_form() {
        shows("0.0012", "$0.0012");
        shows("0.00004", "<$0.0001");
        shows("0.00005", "$0.0001");
        shows("0.00996", "$0.01");
        shows("0.23", "$0.23");
        shows("0.995", "$1.00");
        shows("12.344", "$12.34");
        shows("12.345", "$12.35");
        shows("0", "$0.00");
    }

    #[test]
    fn an_amount_that_decides_is_not_rounded() {
        for (amount, expected) in
            [("0.017", "$0.017"), ("0.5", "$0.50"), ("12", "$12.00"), ("-1.5", "-$1.50")]
        {
            assert_eq!(amount.parse::<Usd>().unwrap().exactly(), expected);
        }
    }

    #[test]
    fn an_amount_survives_the_wire_to_the_nano() {
        for text in ["0", "0.000000001", "12.5", "-3.25", "9000000000.000000001"] {
            assert_eq!(text.parse::<Usd>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".5", "1e3", "1.0000000001", "NaN", "+1", "99999999999999999999"] {
            assert_eq!(text.parse::<Usd>(), Err(NotAnAmount), "{text}");
        }
    }
}
