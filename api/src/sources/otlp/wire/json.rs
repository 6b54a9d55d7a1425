//! Where OTLP's JSON says things otherwise than JSON would: numbers as words, one of several keys.

use super::{Amount, AnyKind, AnyValue, KeyValue, NumberPoint};
use serde::{Deserialize, Deserializer, de::Error as _};

/// A number, or words that are one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Figure {
    Whole(u64),
    Less(i64),
    Number(f64),
    Words(String),
}

impl Figure {
    fn whole(&self) -> Option<i64> {
        match self {
            Self::Whole(whole) => i64::try_from(*whole).ok(),
            Self::Less(whole) => Some(*whole),
            Self::Number(number) => (number.fract() == 0.0).then_some(*number as i64),
            Self::Words(words) => words.parse().ok(),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(whole) => Some(*whole as f64),
            Self::Less(whole) => Some(*whole as f64),
            Self::Number(number) => Some(*number),
            // `NaN` and `Infinity` are words, too.
            Self::Words(words) => words.parse().ok(),
        }
    }
}

/// Nanoseconds since 1970.
pub(super) fn nanos<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let figure = Option::<Figure>::deserialize(deserializer)?;
    let nanos = figure.map_or(Some(0), |figure| match figure {
        Figure::Whole(whole) => Some(whole),
        Figure::Words(words) => words.parse().ok(),
        Figure::Less(_) | Figure::Number(_) => None,
    });
    nanos.ok_or_else(|| D::Error::custom("a time is a whole number of nanoseconds"))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AnyJson {
    string_value: Option<String>,
    bool_value: Option<bool>,
    int_value: Option<Figure>,
    double_value: Option<Figure>,
}

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let AnyJson { string_value, bool_value, int_value, double_value } =
            AnyJson::deserialize(deserializer)?;
        let bad = |_: &Figure| D::Error::custom("a value is no number");
        let whole = int_value.map(|figure| figure.whole().ok_or_else(|| bad(&figure))).transpose()?;
        let number = double_value.map(|figure| figure.number().ok_or_else(|| bad(&figure))).transpose()?;
        let kind = string_value.map(AnyKind::Text).or(bool_value.map(AnyKind::Truth));
        let kind = kind.or(whole.map(AnyKind::Whole)).or(number.map(AnyKind::Number));
        Ok(Self { kind })
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PointJson {
    attributes: Vec<KeyValue>,
    #[serde(deserialize_with = "nanos")]
    start_time_unix_nano: u64,
    #[serde(deserialize_with = "nanos")]
    time_unix_nano: u64,
    as_double: Option<Figure>,
    as_int: Option<Figure>,
}

impl<'de> Deserialize<'de> for NumberPoint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let told = PointJson::deserialize(deserializer)?;
        let number = told.as_double.and_then(|figure| figure.number()).map(Amount::Number);
        let amount = number.or(told.as_int.and_then(|figure| figure.whole()).map(Amount::Whole));
        let (start_time_unix_nano, time_unix_nano) = (told.start_time_unix_nano, told.time_unix_nano);
        Ok(Self { attributes: told.attributes, start_time_unix_nano, time_unix_nano, amount })
    }
}
