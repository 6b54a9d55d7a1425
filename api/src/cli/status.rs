//! `quarterdeck status`: the fleet in figures.

use super::{CliError, Common, End, output::cost, say_if_left};
use crate::fleet::clock::Clock;
use clap::Args;
use orchestrator::figures;
use quarterdeck_shared::{agents::AgentStatus, usage::Totals};
use serde::Serialize;
use std::collections::BTreeMap;

/// Shows the fleet in figures.
#[derive(Args, Debug)]
pub struct Status {
    #[command(flatten)]
    common: Common,
}

#[derive(Serialize)]
struct Answer {
    version: &'static str,
    /// Which server has the database; null while none runs.
    server: Option<String>,
    database: &'static str,
    /// Every change up to this event is in the figures.
    seq: i64,
    totals: Totals,
}

impl Status {
    pub(super) async fn run(self) -> Result<End, CliError> {
        let (store, output) = (self.common.store().await?, self.common.output());
        let answer = Answer {
            version: env!("CARGO_PKG_VERSION"),
            server: store.server().await?,
            database: store.database(),
            seq: store.seq(),
            totals: store.totals(Clock::system().now()).await?,
        };
        let running = answer.totals.by_status.get(AgentStatus::Running.as_str());
        say_if_left(&store, running.is_some_and(|count| *count > 0)).await?;
        if output.json {
            output.value(&answer)?;
        } else {
            for (name, words) in lines(&answer) {
                output.line(&format!("{} {words}", output.paint("1", &format!("{name:<10}"))))?;
            }
        }
        Ok(End::Well)
    }
}

fn lines(Answer { version, server, database, seq, totals }: &Answer) -> Vec<(&'static str, String)> {
    let tokens = totals.tokens;
    let kinds = [
        ("input", tokens.input),
        ("output", tokens.output),
        ("cache writes", tokens.cache_creation),
        ("cache reads", tokens.cache_read),
    ];
    let kinds: Vec<_> =
        kinds.iter().map(|(kind, count)| format!("{} {kind}", figures::tokens(*count))).collect();
    let unpriced = match totals.unpriced_records {
        0 => String::new(),
        count => format!(", without {count} responses whose price is unknown"),
    };
    vec![
        ("Version", format!("{version}, {database}, event {seq}")),
        ("Server", server.clone().unwrap_or("none runs".into())),
        ("Agents", format!("{}{}", totals.agents, by_word(&totals.by_status))),
        ("Tasks", format!("{}{}", totals.tasks, by_word(&totals.tasks_by_status))),
        ("Approvals", format!("{} wait for an answer", totals.pending_approvals)),
        ("Tokens", kinds.join(", ")),
        (
            "Cost",
            format!(
                "{}, today {}{unpriced}",
                cost(totals.cost_usd, totals.cost_basis),
                cost(totals.cost_today_usd, totals.cost_today_basis)
            ),
        ),
    ]
}

fn by_word(counts: &BTreeMap<String, u64>) -> String {
    let some = counts.iter().filter(|(_, count)| **count > 0);
    let some: Vec<_> = some.map(|(word, count)| format!("{count} {word}")).collect();
    if some.is_empty() { String::new() } else { format!(": {}", some.join(", ")) }
}
