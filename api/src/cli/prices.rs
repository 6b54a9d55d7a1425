//! `quarterdeck prices`: what responses cost, newer tables taken over, and history priced anew.

use super::{
    CliError, Common, End,
    output::{
        Column::{self, Numbers, Words},
        moment, say,
    },
};
use crate::{
    fleet::clock::Clock,
    prices,
    sources::{Intake, Repriced},
    store::Store,
};
use clap::{Args, Subcommand};
use quarterdeck_shared::Timestamp;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What the table tells of each model.
const COLUMNS: [Column; 8] = [
    Words("MODEL"),
    Numbers("IN"),
    Numbers("OUT"),
    Numbers("WRITE 5M"),
    Numbers("WRITE 1H"),
    Numbers("READ"),
    Words("TABLE"),
    Words(""),
];

/// Shows the prices in effect, takes over newer ones, prices history anew.
#[derive(Args, Debug)]
pub struct Prices {
    #[command(subcommand)]
    order: Order,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Show the prices in effect.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Take over a newer table: Quarterdeck's own form, or LiteLLM's model_prices_and_context_window.json.
    ///
    /// What is counted from now on is priced by it; history keeps its prices until `prices reprice`.
    Update {
        /// The file.
        file: PathBuf,
        /// The table's date, where the file says none; the day the file was written where unset.
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
        dated: Option<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Price every record anew; what it cost before stays with it.
    Reprice {
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Serialize)]
struct Listed {
    version: String,
    models: Vec<orchestrator::pricing::ModelPrice>,
}

impl Prices {
    pub(super) async fn run(self) -> Result<End, CliError> {
        match self.order {
            Order::List { common } => list(&common).await?,
            Order::Update { file, dated, common } => update(&common, &file, dated).await?,
            Order::Reprice { common } => reprice(&common).await?,
        }
        Ok(End::Well)
    }
}

async fn in_effect(common: &Common, store: &Store) -> Result<prices::Prices, CliError> {
    Ok(prices::Prices::load(store, common.config()?.own_prices.as_deref()).await?)
}

async fn list(common: &Common) -> Result<(), CliError> {
    let store = common.writing_store().await?;
    let table = in_effect(common, &store).await?.current();
    store.close().await;
    let listed = Listed { version: table.version().to_owned(), models: table.models().collect() };
    let output = common.output();
    if output.json {
        return output.value(&listed);
    }
    let rows: Vec<_> = listed
        .models
        .iter()
        .map(|price| {
            let above = price.above.map_or_else(String::new, |tokens| format!("more above {tokens} tokens"));
            let rates = [price.input, price.output, price.write_5m, price.write_1h, price.read];
            let rates = rates.iter().map(|rate| rate.to_string());
            std::iter::once(price.model.clone()).chain(rates).chain([price.version.clone(), above]).collect()
        })
        .collect();
    output.table(&COLUMNS, &rows)?;
    say("dollars for a million tokens")
}

async fn update(common: &Common, file: &Path, dated: Option<String>) -> Result<(), CliError> {
    let dated = dated.unwrap_or_else(|| written_on(file));
    let store = common.writing_store().await?;
    let prices = in_effect(common, &store).await?;
    let before = prices.current().version().to_owned();
    let updated = prices.update(&store, file, &dated).await;
    store.close().await;
    updated?;
    let version = prices.current().version().to_owned();
    let output = common.output();
    if output.json {
        return output.value(&serde_json::json!({ "version": version, "before": before }));
    }
    output.line(&format!("the prices of {version} are in effect, before it were those of {before}"))?;
    say("history keeps its prices; `quarterdeck prices reprice` prices it anew")
}

async fn reprice(common: &Common) -> Result<(), CliError> {
    let store = common.writing_store().await?;
    let prices = in_effect(common, &store).await?;
    let intake = Intake::new(store.clone(), Clock::system()).with_prices(prices);
    let repriced = intake.reprice(|_| ()).await;
    store.close().await;
    let repriced = repriced?;
    let output = common.output();
    if output.json {
        return output.value(&repriced);
    }
    let Repriced { records, changed_records, tables, before_usd, after_usd, left_out_agents } = repriced;
    let tables: String =
        tables.iter().map(|(version, count)| format!(", {count} by the prices of {version}")).collect();
    output.line(&format!(
        "{changed_records} of {records} records are priced anew{tables}: {} became {}",
        before_usd.display(),
        after_usd.display()
    ))?;
    if left_out_agents > 0 {
        say(&format!("{left_out_agents} agents are at work; price anew again when they have ended"))?;
    }
    Ok(())
}

fn date(text: &str) -> Result<String, String> {
    let date = jiff::civil::Date::strptime("%Y-%m-%d", text).ok().filter(|_| text.len() == 10);
    date.map(|_| text.to_owned()).ok_or_else(|| "a date is written 2026-11-22".to_owned())
}

/// The day a file was written, in the zone of whoever asks.
fn written_on(file: &Path) -> String {
    let modified = std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok();
    let since = modified.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
    let day = moment(Timestamp(i64::try_from(since.as_micros()).unwrap_or_default()));
    day.chars().take(10).collect()
}
