//! The calendar of a zone: which day, week and month a moment lies in, and where a date begins and ends.

use super::{moment, session};
use crate::store::{Cell, StoreError};
use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use quarterdeck_shared::{
    Timestamp,
    costs::{CostsBy, CostsQuery, WeekStart},
};

/// The calendar of a zone.
pub struct Calendar {
    zone: TimeZone,
    week_start: Weekday,
}

impl Calendar {
    /// The calendar a query asks for.
    pub fn of(query: &CostsQuery) -> Result<Self, StoreError> {
        let zone = match query.timezone.as_deref().filter(|name| !name.is_empty()) {
            None => TimeZone::UTC,
            Some("system" | "local") => TimeZone::system(),
            Some(name) => TimeZone::get(name).map_err(|_| {
                let name: String = name.chars().take(40).collect();
                let message = format!("`{name}` is no time zone; one looks like Europe/Berlin or UTC");
                StoreError::Invalid { field: "timezone", message }
            })?,
        };
        let week_start = match query.week_start.unwrap_or_default() {
            WeekStart::Monday => Weekday::Monday,
            WeekStart::Sunday => Weekday::Sunday,
        };
        Ok(Self { zone, week_start })
    }

    /// The zone's name.
    pub fn name(&self) -> String {
        self.zone.iana_name().unwrap_or("local").to_owned()
    }

    /// The group a cell belongs to.
    pub fn key(&self, by: CostsBy, cell: &Cell) -> String {
        let date = || moment(cell.at).to_zoned(self.zone.clone()).date();
        match by {
            CostsBy::Day | CostsBy::Block => date().to_string(),
            CostsBy::Week => {
                let date = date();
                let into = date.weekday().since(self.week_start);
                date.checked_sub(i32::from(into).days()).unwrap_or(date).to_string()
            }
            CostsBy::Month => date().strftime("%Y-%m").to_string(),
            CostsBy::Session => session(cell),
            CostsBy::Model => cell.model.clone(),
            CostsBy::Project | CostsBy::Role => cell.word.clone(),
        }
    }

    /// Where a date begins, or the moment itself.
    pub fn first_moment(&self, field: &'static str, text: &str) -> Result<Timestamp, StoreError> {
        match date(text) {
            Some(date) => self.begin(field, date),
            None => exact(field, text),
        }
    }

    /// Where the day after a date begins, or what follows the moment.
    pub fn moment_after(&self, field: &'static str, text: &str) -> Result<Timestamp, StoreError> {
        match date(text).map(|date| date.checked_add(1.day())) {
            Some(next) => self.begin(field, next.map_err(|_| wrong(field, text))?),
            None => exact(field, text).map(|at| Timestamp(at.0.saturating_add(1))),
        }
    }

    fn begin(&self, field: &'static str, date: Date) -> Result<Timestamp, StoreError> {
        let midnight = date.to_zoned(self.zone.clone()).map_err(|_| wrong(field, &date.to_string()))?;
        Ok(Timestamp(midnight.timestamp().as_microsecond()))
    }
}

/// A bare date, `2026-11-22` or `20261122`.
fn date(text: &str) -> Option<Date> {
    let is_short = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_short { Date::strptime("%Y%m%d", text).ok() } else { Date::strptime("%Y-%m-%d", text).ok() }
}

fn exact(field: &'static str, text: &str) -> Result<Timestamp, StoreError> {
    text.parse().map_err(|_| wrong(field, text))
}

fn wrong(field: &'static str, text: &str) -> StoreError {
    let text: String = text.chars().take(40).collect();
    let message = format!("`{text}` is no date; one looks like 2026-11-22, or 2026-11-22T14:30:00Z");
    StoreError::Invalid { field, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(zone: &str) -> Calendar {
        let query = CostsQuery { timezone: Some(zone.into()), ..CostsQuery::default() };
        Calendar::of(&query).unwrap()
    }

    #[test]
    fn a_date_begins_and_ends_where_its_zone_has_midnight() {
        let berlin = calendar("Europe/Berlin");
        let first = |text: &str| berlin.first_moment("from", text).unwrap().to_string();
        assert_eq!(first("2026-11-22"), "2026-11-21T23:00:00.000000Z");
        assert_eq!(first("20260722"), "2026-07-21T22:00:00.000000Z", "in summer");
        let after = |text: &str| berlin.moment_after("to", text).unwrap().to_string();
        assert_eq!(after("2026-10-25"), "2026-10-25T23:00:00.000000Z", "a day of 25 hours");
        assert_eq!(after("2026-10-25T10:00:00Z"), "2026-10-25T10:00:00.000001Z");
        assert_eq!(
            calendar("Asia/Kathmandu").begin("from", Date::constant(2026, 1, 1)).unwrap().0 % 900_000_000,
            0
        );
    }

    #[test]
    fn what_is_no_date_or_zone_is_refused_by_its_name() {
        let refused = |query: CostsQuery| Calendar::of(&query).err().unwrap().to_string();
        let named = |zone: &str| CostsQuery { timezone: Some(zone.into()), ..CostsQuery::default() };
        assert!(refused(named("Mars/Olympus")).contains("`Mars/Olympus` is no time zone"));
        assert!(
            calendar("UTC").first_moment("from", "2026-02-30").unwrap_err().to_string().contains("no date")
        );
    }
}
