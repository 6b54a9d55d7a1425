//! `quarterdeck agents cleanup`: agents that have ended leave the lists, once they were shown.

use super::{COLUMNS, row};
use crate::{
    cli::{CliError, Common, End, output::say},
    config::checks::seconds_of,
    fleet::cleanup::{clean_up, cleanable},
    store::{Store, StoreError},
};
use clap::Args;
use quarterdeck_shared::{
    Timestamp,
    agents::{Agent, Cleanup as Cleaned, NewCleanup},
};

/// Takes agents that have ended out of the lists; they stay in the totals.
#[derive(Args, Debug)]
pub struct Cleanup {
    /// Only those of whom nothing changed for so long, such as 7d, 12h or 90m.
    #[arg(long, value_name = "AGE", value_parser = age)]
    older_than: Option<u64>,
    /// Show which ones would leave and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    common: Common,
}

impl Cleanup {
    pub(in crate::cli) async fn run(self) -> Result<End, CliError> {
        let store = self.common.store().await?;
        let new = NewCleanup { older_than_seconds: self.older_than.unwrap_or(0) };
        let (shown, more) = cleanable(&store, &new, self.common.now()).await?;
        self.show(&shown, more)?;
        if self.dry_run || shown.is_empty() || !self.is_agreed(&shown, more)? {
            let agent_ids = shown.iter().map(|agent| agent.id).collect();
            return self.done(&Cleaned { removed: 0, agent_ids, more });
        }
        let cleaned = all(&store, &new, self.common.now()).await?;
        store.close().await;
        self.done(&cleaned)
    }

    fn show(&self, agents: &[Agent], more: bool) -> Result<(), CliError> {
        if self.common.json || agents.is_empty() {
            return Ok(());
        }
        self.common.output().table(&COLUMNS, &agents.iter().map(row).collect::<Vec<_>>())?;
        if more {
            say(&format!(
                "these are the {} that changed last the longest ago; there are more",
                agents.len()
            ))?;
        }
        Ok(())
    }

    fn is_agreed(&self, agents: &[Agent], more: bool) -> Result<bool, CliError> {
        let which = if more { "these and all others".to_owned() } else { format!("these {}", agents.len()) };
        let question = format!("Take {which} out of the lists?");
        if self.yes { Ok(true) } else { self.common.output().agreed(&question, "remove them") }
    }

    fn done(&self, cleaned: &Cleaned) -> Result<End, CliError> {
        if self.common.json {
            self.common.output().value(cleaned)?;
        } else {
            match cleaned.removed {
                0 if cleaned.agent_ids.is_empty() => say("no agent that has ended is so old")?,
                0 => say("nothing was changed")?,
                removed => say(&format!(
                    "{removed} agents left the lists; `quarterdeck agents --status deleted` shows them"
                ))?,
            }
        }
        Ok(End::Well)
    }
}

/// Takes out all of them, a transaction after the other.
async fn all(store: &Store, new: &NewCleanup, now: Timestamp) -> Result<Cleaned, StoreError> {
    let mut all = Cleaned::default();
    loop {
        let Cleaned { removed, agent_ids, more } = clean_up(store, new, now).await?;
        all.removed += removed;
        all.agent_ids.extend(agent_ids);
        if !more {
            return Ok(all);
        }
    }
}

fn age(value: &str) -> Result<u64, String> {
    seconds_of(value).ok_or_else(|| "an age is such as `7d`, `12h` or `90m`".to_owned())
}
