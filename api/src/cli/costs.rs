//! `quarterdeck costs`: what was spent, by day, week, month, session or block, in ccusage's words for programs.

mod json;
mod why;

use super::{
    CliError, Common, End, import,
    output::{
        Column::{Numbers, Words},
        Output, cost, plain, say,
    },
};
use crate::{
    costs::{self, BLOCK_SECONDS, gather},
    prices::Prices,
    store::{Store, StoreError},
};
use clap::{Args, ValueEnum};
use orchestrator::figures;
use quarterdeck_shared::{
    Timestamp,
    costs::{CostGroup, CostSum, Costs as Sums, CostsBy, CostsQuery, WeekStart, WhyQuery},
};

/// Shows what was spent.
#[derive(Args, Debug)]
pub struct Costs {
    #[command(flatten)]
    common: Common,
    /// By what records are added up.
    #[arg(value_enum, default_value = "daily")]
    by: By,
    /// From this date on, `2026-11-22` or `20261122`.
    #[arg(long, value_name = "DATE")]
    since: Option<String>,
    /// Up to this date, the whole day.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// The zone of days, such as Europe/Berlin; this machine's where unset.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// The day a week begins with.
    #[arg(long, value_name = "DAY", default_value = "sunday", value_parser = ["sunday", "monday"])]
    start_of_week: String,
    /// One project: its folder, or the folder's last part.
    #[arg(long, value_name = "FOLDER")]
    project: Option<String>,
    /// One model.
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,
    /// Show the models of each row.
    #[arg(long)]
    breakdown: bool,
    /// Rows at most, the latest.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Show why this day's sum is what it is, and what other ways of counting make of the same files.
    #[arg(long, value_name = "DATE", conflicts_with_all = ["since", "until", "project", "model", "breakdown"])]
    why: Option<String>,
    /// Show what is stored, without reading what is new in Claude Code's folders.
    #[arg(long)]
    no_import: bool,
}

/// By what records are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    Daily,
    Weekly,
    Monthly,
    Session,
    Blocks,
    Project,
    Model,
}

impl By {
    fn wire(self) -> CostsBy {
        match self {
            Self::Daily => CostsBy::Day,
            Self::Weekly => CostsBy::Week,
            Self::Monthly => CostsBy::Month,
            Self::Session => CostsBy::Session,
            Self::Blocks => CostsBy::Block,
            Self::Project => CostsBy::Project,
            Self::Model => CostsBy::Model,
        }
    }

    fn head(self) -> &'static str {
        match self {
            Self::Daily => "DATE",
            Self::Weekly => "WEEK FROM",
            Self::Monthly => "MONTH",
            Self::Session => "SESSION",
            Self::Blocks => "BLOCK FROM",
            Self::Project => "PROJECT",
            Self::Model => "MODEL",
        }
    }
}

impl Costs {
    pub(super) async fn run(self) -> Result<End, CliError> {
        let output = self.common.output();
        self.import().await?;
        let store = self.common.store().await?;
        if let Some(day) = &self.why {
            return self.explain(&store, day).await;
        }
        let costs = gather(&store, &self.query()).await?;
        if output.json {
            output.line(&serde_json::to_string_pretty(&json::of(self.by, &costs, self.common.now()))?)?;
        } else if costs.groups.is_empty() {
            say("nothing was spent; `quarterdeck import PATH` reads session files that lie elsewhere")?;
        } else {
            self.table(output, &costs)?;
        }
        Ok(End::Well)
    }

    async fn explain(&self, store: &Store, day: &str) -> Result<End, CliError> {
        let prices = Prices::load(store, self.common.config()?.own_prices.as_deref()).await?;
        let query = WhyQuery { day: day.to_owned(), timezone: Some(self.zone()) };
        let why = costs::why(store, &prices, &query).await?;
        let output = self.common.output();
        match output.json {
            true => output.value(&why)?,
            false => why::tell(output, &why)?,
        }
        Ok(End::Well)
    }

    fn zone(&self) -> String {
        self.timezone.clone().unwrap_or_else(|| "system".to_owned())
    }

    /// Reads what is new in Claude Code's folders and in agent logs, unless a server follows them anyway.
    async fn import(&self) -> Result<(), CliError> {
        let config = self.common.config()?;
        if self.no_import || !config.watch_sessions {
            return Ok(());
        }
        let places = import::usual(&config);
        match self.common.open().await {
            Err(CliError::Store(StoreError::InUse { .. })) => Ok(()),
            Err(error) => Err(error),
            Ok(store) => {
                import::take_in(&config, &store, &places).await?;
                store.close().await;
                Ok(())
            }
        }
    }

    fn query(&self) -> CostsQuery {
        CostsQuery {
            by: Some(self.by.wire()),
            from: self.since.clone(),
            to: self.until.clone(),
            timezone: Some(self.zone()),
            week_start: Some(if self.start_of_week == "monday" {
                WeekStart::Monday
            } else {
                WeekStart::Sunday
            }),
            project: self.project.clone(),
            model: self.model.clone(),
            limit: Some(self.limit),
            cursor: None,
        }
    }

    fn table(&self, output: Output, costs: &Sums) -> Result<(), CliError> {
        let numbers = ["INPUT", "OUTPUT", "CACHE WRITES", "CACHE READS", "TOTAL", "COST"].map(Numbers);
        let columns: Vec<_> =
            [Words(self.by.head())].into_iter().chain(numbers).chain([Words("MODELS")]).collect();
        let mut rows = Vec::new();
        for group in &costs.groups {
            if group.is_gap {
                rows.push(gap(group));
                continue;
            }
            let models = if self.by == By::Model { String::new() } else { models(group) };
            rows.push(row(label(self.by, group), &group.sum, models));
            let each = group.models.iter().filter(|_| self.breakdown);
            rows.extend(each.map(|of| row(format!("  {}", plain(&of.model)), &of.sum, String::new())));
        }
        rows.push(row("in all".to_owned(), &costs.total, String::new()));
        output.table(&columns, &rows)?;
        if costs.left_out > 0 {
            say(&format!("{} earlier rows are left out; --limit shows more", costs.left_out))?;
        }
        for words in doubts(&costs.total) {
            say(&words)?;
        }
        Ok(())
    }
}

fn label(by: By, group: &CostGroup) -> String {
    match (by, &group.name) {
        (By::Session, Some(name)) => {
            let id: String = group.key.chars().take(8).collect();
            format!("{id} {}", figures::cut(&plain(name), 40))
        }
        _ => plain(&group.key),
    }
}

fn models(group: &CostGroup) -> String {
    let names: Vec<_> = group.models.iter().map(|of| plain(&of.model)).collect();
    names.iter().map(|name| name.trim_start_matches("claude-")).collect::<Vec<_>>().join(", ")
}

fn row(label: String, sum: &CostSum, models: String) -> Vec<String> {
    let tokens = sum.tokens;
    let counts = [tokens.input, tokens.output, tokens.cache_creation, tokens.cache_read, tokens.total()];
    let counts = counts.map(figures::tokens);
    [label].into_iter().chain(counts).chain([cost(sum.cost_usd, sum.cost_basis), models]).collect()
}

/// A gap's row: no figure, and how long it was.
fn gap(group: &CostGroup) -> Vec<String> {
    let length = figures::duration(group.last_at.seconds_since(group.first_at));
    let blanks = std::iter::repeat_n(String::new(), 6);
    [begin(group).to_string()].into_iter().chain(blanks).chain([format!("gap of {length}")]).collect()
}

fn doubts(sum: &CostSum) -> Vec<String> {
    let count = |count: u64, words: &str| {
        (count > 0).then(|| format!("{count} of {} responses {words}", sum.records))
    };
    [
        count(sum.lower_bound_records, "cost at least what is shown: their sources do not say all of it"),
        count(sum.unknown_records, "are of models without a known price: their cost is in no sum"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The moment a block or a gap begins with.
fn begin(group: &CostGroup) -> Timestamp {
    group.key.parse().unwrap_or(group.first_at)
}

/// Whether a block may still grow.
fn is_open(group: &CostGroup, now: Timestamp) -> bool {
    let has_time = |from: Timestamp| now.seconds_since(from) < BLOCK_SECONDS;
    !group.is_gap && has_time(begin(group)) && has_time(group.last_at)
}
