//! Moments as clocks and calendars show them: ISO 8601 in UTC for machines, the person's own zone for the eye.

use quarterdeck_shared::Timestamp;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::JsValue;

/// A moment taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Such as 2026.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
}

const DAY_US: i64 = 86_400_000_000;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment (µs since 1970) in UTC.
pub fn utc(us: i64) -> Parts {
    let seconds = us.div_euclid(1_000_000);
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as u32);
    // Days since 1 March of year 0, in eras of 400 years: leap days then stand at the end of each year.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = (day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100)) as u32;
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    Parts {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month,
        day: day_of_year - (153 * from_march + 2) / 5 + 1,
        hour: rest / 3_600,
        minute: rest % 3_600 / 60,
        second: rest % 60,
    }
}

/// A moment in the person's own zone.
pub fn local(us: i64) -> Parts {
    #[cfg(target_arch = "wasm32")]
    {
        let date = js_sys::Date::new(&JsValue::from_f64(us as f64 / 1000.0));
        Parts {
            year: i64::from(date.get_full_year()),
            month: date.get_month() + 1,
            day: date.get_date(),
            hour: date.get_hours(),
            minute: date.get_minutes(),
            second: date.get_seconds(),
        }
    }
    #[cfg(not(target_arch = "wasm32"))]
    utc(us)
}

/// `2026-11-22T13:32:07Z`, for `datetime` attributes.
pub fn iso(us: i64) -> String {
    let at = utc(us);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", at.year, at.month, at.day, at.hour, at.minute, at.second)
}

/// `14:32`, in the person's zone.
pub fn hour(us: i64) -> String {
    let at = local(us);
    format!("{:02}:{:02}", at.hour, at.minute)
}

/// `14:32:07`, in the person's zone.
pub fn clock(us: i64) -> String {
    let at = local(us);
    format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second)
}

/// `22 Nov`, in the person's zone.
pub fn day(us: i64) -> String {
    let at = local(us);
    format!("{} {}", at.day, month_name(at))
}

/// `22 Nov 2026, 14:32:07`, in the person's zone: what hovering shows.
pub fn full(us: i64) -> String {
    let at = local(us);
    format!("{} {} {}, {}", at.day, month_name(at), at.year, clock(us))
}

/// The time on the day of `now_us`, else the day: `14:32` or `22 Nov`.
pub fn short(us: i64, now_us: i64) -> String {
    let (at, now) = (local(us), local(now_us));
    if (at.year, at.month, at.day) == (now.year, now.month, now.day) { hour(us) } else { day(us) }
}

/// The first moment of the day of `us`, in the person's zone.
pub fn midnight(us: i64) -> i64 {
    let at = local(us);
    let seconds = i64::from(at.hour * 3_600 + at.minute * 60 + at.second);
    us - us.rem_euclid(1_000_000) - seconds * 1_000_000
}

/// What a filter by days begins with: of a bare date such as `2026-11-22` its first moment in the person's zone, else as
/// it stands.
pub fn from_day(text: &str) -> String {
    date(text).map_or_else(|| text.to_owned(), |day_us| Timestamp(begin(day_us)).to_string())
}

/// What a filter by days ends with: of a bare date its last moment in the person's zone, else as it stands.
pub fn to_day(text: &str) -> String {
    date(text).map_or_else(|| text.to_owned(), |day_us| Timestamp(begin(day_us + DAY_US) - 1).to_string())
}

/// A bare date as its first moment in UTC.
fn date(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().filter(|_| text.len() == "2026-11-22".len()).map(Timestamp::micros)
}

/// The first moment, in the person's zone, of the date that `us` has in UTC.
fn begin(us: i64) -> i64 {
    #[cfg(target_arch = "wasm32")]
    {
        let at = utc(us);
        let year = u32::try_from(at.year).unwrap_or_default();
        let date = js_sys::Date::new_with_year_month_day(year, at.month as i32 - 1, at.day as i32);
        date.get_time() as i64 * 1_000
    }
    #[cfg(not(target_arch = "wasm32"))]
    us
}

/// The person's zone, such as `Europe/Berlin`.
pub fn zone() -> String {
    #[cfg(target_arch = "wasm32")]
    {
        let options = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new())
            .resolved_options();
        let zone = js_sys::Reflect::get(&options, &JsValue::from_str("timeZone")).ok();
        zone.and_then(|zone| zone.as_string()).unwrap_or_else(|| "local time".into())
    }
    #[cfg(not(target_arch = "wasm32"))]
    "UTC".into()
}

fn month_name(at: Parts) -> &'static str {
    MONTHS.get(at.month as usize - 1).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_fall_on_their_days() {
        for (us, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1_000_000, "1969-12-31T23:59:59Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00Z"),
            (1_795_357_927_123_456, "2026-11-22T14:32:07Z"),
        ] {
            assert_eq!(iso(us), expected);
        }
    }

    #[test]
    fn today_shows_the_hour_and_other_days_the_day() {
        let now = 1_795_357_927_000_000;
        assert_eq!(short(now - 3_600_000_000, now), "13:32");
        assert_eq!(short(now - 86_400_000_000, now), "21 Nov");
        assert_eq!(full(now), "22 Nov 2026, 14:32:07");
    }

    #[test]
    fn a_day_goes_from_its_first_moment_to_its_last() {
        assert_eq!(from_day("2026-11-22"), "2026-11-22T00:00:00.000000Z");
        assert_eq!(to_day("2024-02-28"), "2024-02-28T23:59:59.999999Z");
        for text in ["2026-11-22T10:00:00Z", "2026-02-30", "soon", ""] {
            assert_eq!((from_day(text), to_day(text)), (text.to_owned(), text.to_owned()));
        }
    }
}
