//! Repricing: history by the prices in effect now, on request. What it cost before stays with each record.

use super::{
    crew::Crew,
    intake::{Changed, Intake, Tense, write},
};
use crate::store::{Batch, Row, StoreError};
use orchestrator::ledger::{Book, reprice};
use quarterdeck_shared::{
    AgentId, Timestamp, Usd,
    usage::{FormerPrice, UsageRecord},
};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// Agents whose records are priced anew in one transaction.
const GROUP: u64 = 64;

/// What came of pricing history anew.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Repriced {
    /// Records that were looked at.
    pub records: u64,
    /// Those that cost something else now, or are priced by another table.
    pub changed_records: u64,
    /// How many of these each table prices, by its version; those without a price are in none.
    pub tables: BTreeMap<String, u64>,
    /// What all of them cost before.
    pub before_usd: Usd,
    /// What they cost now.
    pub after_usd: Usd,
    /// Agents at work now: their records are left as they are.
    pub left_out_agents: u64,
}

impl Repriced {
    /// Takes a record as it was; gives what it cost, where it costs something else now.
    fn note(&mut self, record: UsageRecord, changed: &Changed, now: Timestamp) -> Option<Row> {
        let anew = changed.records.get(&record.id).map_or(&record, Arc::as_ref);
        self.records += 1;
        self.before_usd += record.cost_usd;
        self.after_usd += anew.cost_usd;
        let price = |record: &UsageRecord| (record.cost_usd, record.cost_basis, record.price_version.clone());
        if price(anew) == price(&record) {
            return None;
        }
        self.changed_records += 1;
        if let Some(version) = &anew.price_version {
            *self.tables.entry(version.clone()).or_default() += 1;
        }
        let UsageRecord { id: record_id, cost_usd, cost_basis, price_version, .. } = record;
        let price = FormerPrice { cost_usd, cost_basis, price_version, until: now };
        Some(Row::FormerPrice { record_id, price })
    }
}

impl Intake {
    /// Prices every record anew, a group of agents at a time; says after each how far that is.
    pub async fn reprice(&self, mut say: impl FnMut(&Repriced)) -> Result<Repriced, StoreError> {
        let mut all = Repriced::default();
        let mut last = AgentId(Uuid::nil());
        loop {
            let agents = self.store().agents_with_usage(last, GROUP).await?;
            let Some(newest) = agents.last() else { return Ok(all) };
            last = *newest;
            self.reprice_these(&agents, &mut all).await?;
            say(&all);
        }
    }

    async fn reprice_these(&self, agents: &[AgentId], all: &mut Repriced) -> Result<(), StoreError> {
        let _turn = self.turn().await?;
        let prices = self.prices();
        let mut crew = self.crew(&[], &[], &Book::default()).await?;
        self.call_up(&mut crew, agents).await?;
        let (mut batch, mut changed) = (Batch::new(), Changed::default());
        let mut known = Vec::new();
        for id in agents {
            let Some(member) = crew.members.get(id) else { continue };
            // Its own work counts on from what it knows.
            if member.is_own() && member.me.agent.status.is_active() {
                all.left_out_agents += 1;
                continue;
            }
            for record in self.store().agent_usage(*id).await?.into_iter().filter(|it| !it.replayed) {
                if let Some(grown) = reprice(&prices, &record) {
                    crew.spend(&grown, Tense::History);
                    changed.note(grown);
                }
                known.push(record);
            }
        }
        crew.members.values_mut().filter(|member| member.touched).for_each(|member| member.resum = true);
        self.resum(&mut crew, &[], &mut changed).await?;
        // What a database states gives way to what the others cost now.
        let former: Vec<_> =
            known.into_iter().filter_map(|record| all.note(record, &changed, self.now())).collect();
        batch.rows.extend(changed.rows());
        batch.rows.extend(former);
        write(&mut crew, Tense::History, &mut batch);
        self.store().commit(batch).await.map(drop)
    }

    /// These agents and their tasks.
    async fn call_up(&self, crew: &mut Crew, agents: &[AgentId]) -> Result<(), StoreError> {
        let mut tasks = Vec::new();
        for me in self.store().agents_of(agents).await? {
            tasks.extend(me.agent.task_id);
            crew.know(me);
        }
        self.store().tasks_of(&tasks).await?.into_iter().for_each(|task| crew.know_task(task));
        Ok(())
    }
}
