//! Sums: what Claude Code counts of a session, told as differences or as totals, each stretch of it counted once.

use super::Attributes;
use crate::bounds::{SESSION_TOKENS, SESSION_USD};
use quarterdeck_shared::{
    Usd,
    usage::{Tokens, UsageRecord},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

/// How the message ids begin, behind [`UsageRecord::REMAINDER`], of what is known from sums alone.
pub const METER: &str = "otlp:";

/// More than a session counts of anything: larger figures are cut to it.
const MOST: f64 = SESSION_TOKENS as f64;
/// Processes of a session whose running totals are told apart.
const PROCESSES: usize = 8;
/// Stretches that differences were told of which are remembered one by one.
const STRETCHES: usize = 16;
/// Series one session may have.
const SERIES: usize = 1_000;

/// A point of a sum as it came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SumPoint {
    /// The sum's name.
    pub name: String,
    /// Whether it says what came in addition; else the total since `from`.
    pub is_delta: bool,
    /// From when, in nanoseconds since 1970.
    pub from: u64,
    /// Until when.
    pub until: u64,
    /// How much; nothing where it says nothing.
    pub value: Option<f64>,
    /// Of what.
    pub attributes: Attributes,
}

/// A point that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Whose it is.
    pub session_id: String,
    series: String,
    is_delta: bool,
    from: u64,
    until: u64,
    value: f64,
}

/// Reads a point; says why where it cannot be taken.
pub fn point(point: &SumPoint, resource: &Attributes) -> Result<Point, &'static str> {
    if !point.name.starts_with("claude_code.") || point.name.contains('|') {
        return Err("it is no figure of Claude Code");
    }
    let fields = &point.attributes;
    let session_id = fields.session(resource)?;
    let value = point.value.filter(|value| value.is_finite() && *value >= 0.0);
    let value = value.ok_or("its value is no number, or less than nothing")?.min(MOST);
    let word = |key| fields.name(key).filter(|word| !word.contains('|')).unwrap_or_default();
    let series = format!("{}|{}|{}|{:016x}", point.name, word("model"), word("type"), mark(fields));
    let SumPoint { is_delta, from, until, .. } = *point;
    Ok(Point { session_id: session_id.to_owned(), series, is_delta, from, until, value })
}

/// A number that tells sets of attributes apart, in whatever order they come.
fn mark(fields: &Attributes) -> u64 {
    let mut all: Vec<_> = fields.0.iter().map(|(key, field)| format!("{key}={field:?};")).collect();
    all.sort();
    all.concat()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What a session's sums are by now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Meters(BTreeMap<String, Series>);

/// A session may have several processes at a time, each of which counts for itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Series {
    sum: f64,
    /// Running totals by when they began.
    totals: BTreeMap<u64, Total>,
    /// Stretches that differences were told of: until when, from when.
    heard: BTreeSet<(u64, u64)>,
    /// A difference that ends no later was heard, or comes too late to tell.
    until: u64,
    /// So with a running total that began no later and is not known any more.
    gone: Option<u64>,
    /// The one running total that older notes know.
    #[serde(skip_serializing)]
    from: u64,
    #[serde(skip_serializing)]
    last: f64,
}

/// A running total: what it was last, and until when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Total {
    last: f64,
    until: u64,
}

impl Series {
    /// How much a point says in addition; nothing where it was heard already. A point is known by the moments its
    /// sender's clock gave it, however far that is ahead of `now`; nothing else is held back until that moment comes.
    fn more(&mut self, point: &Point, now: u64) -> Option<f64> {
        if point.is_delta { self.difference(point, now) } else { self.growth(point, now) }
    }

    fn difference(&mut self, point: &Point, now: u64) -> Option<f64> {
        if point.until <= self.until || !self.heard.insert((point.until, point.from)) {
            return None;
        }
        if self.heard.len() > STRETCHES {
            let oldest = self.heard.pop_first();
            self.until = oldest.map_or(self.until, |(until, _)| until.min(now).max(self.until));
        }
        Some(point.value)
    }

    fn growth(&mut self, point: &Point, now: u64) -> Option<f64> {
        if self.last > 0.0 {
            let (from, last) = (mem::take(&mut self.from), mem::take(&mut self.last));
            self.totals.insert(from, Total { last, until: self.until });
        }
        let Some(total) = self.totals.get_mut(&point.from) else {
            return self.begin(point);
        };
        // Of a total that came from the future what is more came later, whatever its moment.
        if point.until <= total.until && (total.until <= now || point.value <= total.last) {
            return None;
        }
        // A total that fell counts from nothing again.
        let before = if point.value >= total.last { total.last } else { 0.0 };
        *total = Total { last: point.value, until: point.until.max(total.until) };
        Some(point.value - before)
    }

    /// A process begins to count.
    fn begin(&mut self, point: &Point) -> Option<f64> {
        if self.gone.is_some_and(|gone| point.from <= gone) {
            return None;
        }
        self.totals.insert(point.from, Total { last: point.value, until: point.until });
        if self.totals.len() > PROCESSES {
            let oldest = self.totals.iter().min_by_key(|(_, total)| total.until).map(|(from, _)| *from);
            oldest.and_then(|from| self.totals.remove(&from));
            self.gone = self.gone.max(oldest);
        }
        Some(point.value)
    }
}

/// A session's own figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Figures {
    pub lines_added: u64,
    pub lines_removed: u64,
    pub active_seconds: f64,
    pub commits: u64,
    pub pull_requests: u64,
}

impl Meters {
    /// Takes a point by `now`, in nanoseconds since 1970; whether it said anything new.
    pub fn take(&mut self, point: &Point, now: u64) -> bool {
        if !self.0.contains_key(&point.series) && self.0.len() >= SERIES {
            return false;
        }
        let series = self.0.entry(point.series.clone()).or_default();
        let Some(more) = series.more(point, now) else { return false };
        series.sum = (series.sum + more).min(MOST);
        true
    }

    /// The session's own figures.
    pub fn figures(&self) -> Figures {
        let mut figures = Figures::default();
        for (name, _, kind, sum) in self.sums() {
            match (name, kind) {
                ("claude_code.lines_of_code.count", "added") => figures.lines_added += sum as u64,
                ("claude_code.lines_of_code.count", "removed") => figures.lines_removed += sum as u64,
                ("claude_code.active_time.total", _) => figures.active_seconds += sum,
                ("claude_code.commit.count", _) => figures.commits += sum as u64,
                ("claude_code.pull_request.count", _) => figures.pull_requests += sum as u64,
                _ => {}
            }
        }
        figures
    }

    /// What each model took, and what it cost where that is told.
    pub fn models(&self) -> BTreeMap<&str, (Tokens, Option<Usd>)> {
        let mut models: BTreeMap<&str, (Tokens, Option<Usd>)> = BTreeMap::new();
        for (name, model, kind, sum) in self.sums().filter(|(_, model, ..)| !model.is_empty()) {
            match name {
                "claude_code.token.usage" => {
                    let (tokens, _) = models.entry(model).or_default();
                    let count = sum as u64;
                    let of_kind = match kind {
                        "input" => &mut tokens.input,
                        "output" => &mut tokens.output,
                        "cacheRead" => &mut tokens.cache_read,
                        "cacheCreation" => &mut tokens.cache_creation,
                        _ => continue,
                    };
                    *of_kind = (*of_kind + count).min(SESSION_TOKENS);
                }
                "claude_code.cost.usage" => {
                    let (_, cost) = models.entry(model).or_default();
                    let more = Usd::from_reported(sum).unwrap_or(SESSION_USD);
                    *cost = Some((cost.unwrap_or_default() + more).min(SESSION_USD));
                }
                _ => {}
            }
        }
        models
    }

    fn sums(&self) -> impl Iterator<Item = (&str, &str, &str, f64)> {
        self.0.iter().map(|(key, series)| {
            let mut parts = key.splitn(4, '|');
            let mut part = || parts.next().unwrap_or_default();
            (part(), part(), part(), series.sum)
        })
    }

    /// The message id of what is known of a session's model from sums alone: a remainder, which gives way to
    /// responses.
    pub fn message_id(session_id: &str, model: &str) -> String {
        format!("{}{METER}{session_id}:{model}", UsageRecord::REMAINDER)
    }

    /// Whether a record is such a remainder.
    pub fn is_meter(record: &UsageRecord) -> bool {
        record.message_id.strip_prefix(UsageRecord::REMAINDER).is_some_and(|rest| rest.starts_with(METER))
    }
}
