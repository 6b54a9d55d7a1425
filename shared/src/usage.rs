//! Usage: one record per response of the model's API; every figure is a sum of such records.

use crate::{AgentId, RecordId, TaskId, Timestamp, Usd, agents::Role, words::words};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops};

/// Tokens by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Tokens {
    /// Uncached prompt tokens.
    pub input: u64,
    /// Tokens written by the model, thinking included.
    pub output: u64,
    /// Prompt tokens written to the cache.
    pub cache_creation: u64,
    /// Prompt tokens read from the cache.
    pub cache_read: u64,
}

impl Tokens {
    /// All of them.
    pub const fn total(self) -> u64 {
        self.input + self.output + self.cache_creation + self.cache_read
    }

    /// What the prompt held: everything but the output.
    pub const fn prompt(self) -> u64 {
        self.input + self.cache_creation + self.cache_read
    }

    /// The larger of each kind.
    pub fn max(self, other: Self) -> Self {
        Self {
            input: self.input.max(other.input),
            output: self.output.max(other.output),
            cache_creation: self.cache_creation.max(other.cache_creation),
            cache_read: self.cache_read.max(other.cache_read),
        }
    }

    /// The smaller of each kind.
    pub fn min(self, other: Self) -> Self {
        Self {
            input: self.input.min(other.input),
            output: self.output.min(other.output),
            cache_creation: self.cache_creation.min(other.cache_creation),
            cache_read: self.cache_read.min(other.cache_read),
        }
    }

    /// What is left of each kind without those of another; never less than nothing.
    pub fn less(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_sub(other.input),
            output: self.output.saturating_sub(other.output),
            cache_creation: self.cache_creation.saturating_sub(other.cache_creation),
            cache_read: self.cache_read.saturating_sub(other.cache_read),
        }
    }
}

impl ops::Add for Tokens {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input: self.input + other.input,
            output: self.output + other.output,
            cache_creation: self.cache_creation + other.cache_creation,
            cache_read: self.cache_read + other.cache_read,
        }
    }
}

impl ops::AddAssign for Tokens {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

words! {
    /// How a cost is known, best first.
    CostBasis: exact "cost basis" {
        /// The source said so.
        Reported = "reported",
        /// Tokens times the price table.
        Computed = "computed",
        /// At least this: the source did not say all.
        LowerBound = "lower_bound",
        /// No price is known; never shown as nothing.
        Unknown = "unknown",
    }
}

impl CostBasis {
    /// The basis of a sum of two costs: the weaker of both.
    pub fn weaker(self, other: Self) -> Self {
        self.max(other)
    }
}

/// What the price of a response depends on beside its tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Terms {
    /// Of the cache writes, those kept five minutes.
    pub cache_5m: u64,
    /// Of the cache writes, those kept an hour.
    pub cache_1h: u64,
    /// Searches of the web the API did.
    pub web_searches: u64,
    /// `standard`, `fast` or `batch`, where it was said.
    pub speed: Option<String>,
    /// The region it was priced for, where it was said.
    pub geo: Option<String>,
    /// Whether the figures are those of the end of the response.
    pub complete: bool,
}

/// One response of the model's API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageRecord {
    /// Its id here.
    pub id: RecordId,
    /// Whose request it was.
    pub agent_id: AgentId,
    /// For which task.
    pub task_id: Option<TaskId>,
    /// The agent's role.
    pub role: Role,
    /// The API's message id.
    pub message_id: String,
    /// The API's request id, where it was said.
    pub request_id: Option<String>,
    /// The model that answered.
    pub model: String,
    /// What it took.
    pub tokens: Tokens,
    /// What its price depends on beside them.
    #[serde(default)]
    pub terms: Terms,
    /// What it cost.
    pub cost_usd: Usd,
    /// How that is known.
    pub cost_basis: CostBasis,
    /// What a source itself said it cost, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_cost_usd: Option<Usd>,
    /// The date of the price table behind it; null where no price is known.
    pub price_version: Option<String>,
    /// Where it was read: `stream line 12`, or a file's path and `byte 4711`.
    pub provenance: String,
    /// Whether a sub-agent asked.
    pub sidechain: bool,
    /// Recorded by a replay: in no total.
    pub replayed: bool,
    /// When the response came.
    pub at: Timestamp,
    /// What it was priced at before, the newest first; said where records are listed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_prices: Vec<FormerPrice>,
}

/// What a record was priced at until its history was priced anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FormerPrice {
    /// What it cost then.
    pub cost_usd: Usd,
    /// How that was known.
    pub cost_basis: CostBasis,
    /// The date of the price table behind it; null where no price was known.
    pub price_version: Option<String>,
    /// When it was priced anew.
    pub until: Timestamp,
}

impl UsageRecord {
    /// How the message ids of remainders begin.
    pub const REMAINDER: &str = "unseen:";

    /// Whether it is no response but a remainder: what a runtime counted in all and no response showed. It shrinks
    /// where a response shows up later.
    pub fn is_remainder(&self) -> bool {
        self.message_id.starts_with(Self::REMAINDER)
    }
}

/// The fleet in figures; each a sum of records or rows that can be listed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    /// Agents that were ever made and are not deleted.
    pub agents: u64,
    /// Of them, running or waiting.
    pub active: u64,
    /// Agents by status.
    pub by_status: BTreeMap<String, u64>,
    /// Agents by role.
    pub by_role: BTreeMap<String, u64>,
    /// Tasks that are not removed.
    pub tasks: u64,
    /// Tasks by status.
    pub tasks_by_status: BTreeMap<String, u64>,
    /// Tasks with an ANALYST.
    pub with_analyst: u64,
    /// Tasks without one.
    pub without_analyst: u64,
    /// Approvals that wait for an answer.
    pub pending_approvals: u64,
    /// Tokens by kind, replays left out.
    pub tokens: Tokens,
    /// The sum of all records' costs, replays left out.
    pub cost_usd: Usd,
    /// How it is known: the weakest basis among them; null without a record.
    pub cost_basis: Option<CostBasis>,
    /// The cost since midnight UTC.
    pub cost_today_usd: Usd,
    /// How that is known.
    pub cost_today_basis: Option<CostBasis>,
    /// Records whose price is not known: their cost is in no sum.
    pub unpriced_records: u64,
    /// Records in all, replays left out.
    pub records: u64,
}

/// Which records, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct UsageQuery {
    /// Where the page before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Rows a page, 1 to 200; 50 where missing.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// One agent's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// One task's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// One model's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// One project's: its folder, or the folder's last part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// One role's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// At or after this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// At or before this moment; a bare date means all of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

words! {
    /// How wide a bucket of a series is.
    Bucket: exact "bucket" {
        /// An hour.
        Hour = "hour",
        /// A minute.
        Minute = "minute",
        /// A day in UTC.
        Day = "day",
    }
}

words! {
    /// What a series is parted by.
    SeriesBy: exact "grouping" {
        /// The agent's role.
        Role = "role",
        /// The model.
        Model = "model",
    }
}

/// Which stretch of time to add up, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct SeriesQuery {
    /// Width of a bucket; `hour` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<Bucket>,
    /// Parted by; `role` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<SeriesBy>,
    /// From this moment; 24 hours before `to` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// To this moment; to the end of this minute where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Cost and tokens over time. Buckets without a record are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Series {
    /// Width of a bucket in seconds.
    pub bucket_seconds: i64,
    /// The first moment looked at.
    pub from: Timestamp,
    /// The last moment looked at.
    pub to: Timestamp,
    /// One point per bucket and group, in time order.
    pub points: Vec<SeriesPoint>,
}

impl Series {
    /// What all of it cost, how well that is known, and its tokens.
    pub fn sum(&self) -> (Usd, Option<CostBasis>, Tokens) {
        self.points.iter().fold(Default::default(), |(cost, basis, tokens), point| {
            (cost + point.cost_usd, basis.max(point.cost_basis), tokens + point.tokens)
        })
    }
}

/// The records of one group in one bucket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeriesPoint {
    /// The bucket's first moment.
    pub at: Timestamp,
    /// The role or model.
    pub group: String,
    /// Their cost.
    pub cost_usd: Usd,
    /// How it is known: the weakest basis among them.
    pub cost_basis: Option<CostBasis>,
    /// Their tokens.
    pub tokens: Tokens,
    /// How many they are.
    pub records: u64,
}
