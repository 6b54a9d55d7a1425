//! Costs: usage records added up by day, session, project and more; every figure says how it is known.

use crate::{
    AgentId, TaskId, Timestamp, Usd,
    usage::{CostBasis, Tokens},
    words::words,
};
use serde::{Deserialize, Serialize};

words! {
    /// What records are added up by.
    CostsBy: exact "grouping" {
        /// The day, in the zone asked for.
        Day = "day",
        /// The week.
        Week = "week",
        /// The month.
        Month = "month",
        /// The session: what it and its sub-agents took.
        Session = "session",
        /// The folder worked in.
        Project = "project",
        /// The model.
        Model = "model",
        /// The agent's role.
        Role = "role",
        /// Five hours from the first response on, as subscriptions count them.
        Block = "block",
    }
}

words! {
    /// The day a week begins with.
    WeekStart: exact "day" {
        /// As ISO 8601 has it.
        Monday = "monday",
        /// As others have it.
        Sunday = "sunday",
    }
}

/// Which records to add up, and by what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct CostsQuery {
    /// Added up by; `day` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<CostsBy>,
    /// At or after this moment; a bare date begins in the zone asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// At or before this moment; a bare date means all of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The zone of days, weeks and months, such as `Europe/Berlin`; UTC where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// The day a week begins with; `monday` where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week_start: Option<WeekStart>,
    /// One project: its folder, or the folder's last part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// One model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Where the page of later groups began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Groups at most, 1 to 1000; 400 where missing. Of more, the latest are kept.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// The sum of some records, and how well it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CostSum {
    /// How many records.
    pub records: u64,
    /// Their tokens.
    pub tokens: Tokens,
    /// Their cost, as far as it is known.
    pub cost_usd: Usd,
    /// How it is known: the weakest basis among them; null without a record.
    pub cost_basis: Option<CostBasis>,
    /// Records that cost at least what they say.
    pub lower_bound_records: u64,
    /// Records whose price is not known: they are in no sum of costs.
    pub unknown_records: u64,
}

impl CostSum {
    /// Takes another sum in.
    pub fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.tokens += other.tokens;
        self.cost_usd += other.cost_usd;
        self.cost_basis = self.cost_basis.into_iter().chain(other.cost_basis).max();
        self.lower_bound_records += other.lower_bound_records;
        self.unknown_records += other.unknown_records;
    }
}

/// One model's share of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelCost {
    /// The model.
    pub model: String,
    /// What it took.
    pub sum: CostSum,
}

/// One day, session, project or whatever was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CostGroup {
    /// What it is: a date (of a week its first day, of a month `2026-11`), a session's id, a folder, a model, a role,
    /// or the first moment of a block; of a gap that with `gap-` before it.
    pub key: String,
    /// Between two blocks: a time in which nothing was asked, from five hours after the last record on. It holds none.
    #[serde(default)]
    pub is_gap: bool,
    /// What it took.
    pub sum: CostSum,
    /// The same by model, the dearest first.
    pub models: Vec<ModelCost>,
    /// The first record's moment, to a quarter of an hour where days are added up; a gap's first moment.
    pub first_at: Timestamp,
    /// The last record's moment; the one that ends a gap.
    pub last_at: Timestamp,
    /// Of a session: its agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// Of a session: its task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// Of a session: what people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of a session: the folder it works in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// Records added up. Replays are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Costs {
    /// The zone of days, weeks and months.
    pub timezone: String,
    /// The groups, in the order of their keys; sessions and projects by their last record.
    pub groups: Vec<CostGroup>,
    /// Groups before these that are left out.
    pub left_out: u64,
    /// Asks for those; null where there are none.
    #[serde(default)]
    pub next_cursor: Option<String>,
    /// All records, those of groups left out too.
    pub total: CostSum,
}

/// Which day to account for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct WhyQuery {
    /// The day, such as `2026-11-22`.
    pub day: String,
    /// The day's zone, such as `Europe/Berlin`; UTC where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

/// Why a day's sum is what it is, and not what others make of the same files: how many lines, repetitions, partial
/// values and unknown prices stand behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Why {
    /// The day.
    pub day: String,
    /// Its zone.
    pub timezone: String,
    /// The day's sum: each response once, priced by itself.
    pub sum: CostSum,
    /// The lines of session files behind it.
    pub lines: WhyLines,
    /// The same lines, each added up as it stands.
    pub every_line: Reckoning,
    /// The same lines, of each response the first alone.
    pub first_line: Reckoning,
    /// Records that were read in no session file: of agents run here, of telemetry.
    pub elsewhere_records: u64,
    /// What those took; it is in the sum.
    pub elsewhere: Reckoning,
    /// Responses of sub-agents that stand in their parents' files alone, and are in no sum.
    pub left_out_responses: u64,
    /// What those took.
    pub left_out: Reckoning,
    /// What sources themselves said the day's records cost, of those that said so.
    pub reported_usd: Usd,
    /// How many records that is of.
    pub reported_records: u64,
    /// Session files that are gone, or could not be read now.
    pub missing_files: u64,
}

/// Lines that told of responses, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhyLines {
    /// Files that were looked through.
    pub files: u64,
    /// Lines that told of a response that day.
    pub lines: u64,
    /// The responses they told of.
    pub responses: u64,
    /// Lines that told once more of a response of the same file: one line is written for each block of it.
    pub repeated_lines: u64,
    /// Lines that told once more of a response of another file: what a resumed or forked session copies.
    pub copied_lines: u64,
    /// Responses that stand in several files.
    pub copied_responses: u64,
    /// Lines written before the response had ended, with fewer tokens than it took.
    pub partial_lines: u64,
    /// Pieces in which a parent repeats what its sub-agent was answered.
    pub echoes: u64,
    /// Lines that name the day and cannot be read, or are too long.
    pub unread_lines: u64,
}

/// A sum by another way of counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reckoning {
    /// Tokens.
    pub tokens: Tokens,
    /// Cost by the prices in effect, as far as they are known.
    pub cost_usd: Usd,
    /// How many have no price.
    pub unpriced: u64,
    /// How many cost at least what is in the sum: what they took is not known to its end.
    pub lower_bound: u64,
}

impl Reckoning {
    /// How its cost is known; not at all where nothing was used.
    pub const fn cost_basis(&self) -> Option<CostBasis> {
        match (self.unpriced, self.lower_bound) {
            (1.., _) => Some(CostBasis::Unknown),
            (0, 1..) => Some(CostBasis::LowerBound),
            (0, 0) if self.tokens.total() == 0 && self.cost_usd.nanos() == 0 => None,
            (0, 0) => Some(CostBasis::Computed),
        }
    }
}
