//! Sums that cannot be told by the difference: found anew from the records they are the sums of.

use super::{Changed, Intake};
use crate::{
    sources::{
        agent_logs::database,
        crew::{Crew, resum},
    },
    store::StoreError,
};
use orchestrator::{
    agent_logs::{left, stated_of},
    ledger::{Grown, emptied, is_emptied, shrink},
    otlp::Meters,
    pricing::PriceTable,
};
use quarterdeck_shared::{RecordId, usage::UsageRecord};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

impl Intake {
    /// Adds up anew what cannot be told by the difference: agents of our own, whose remainders shrink as responses
    /// show up, and those one of whose records became better known.
    pub(in crate::sources) async fn resum(
        &self,
        crew: &mut Crew,
        grown_of_own: &[Grown],
        changed: &mut Changed,
    ) -> Result<(), StoreError> {
        let again: Vec<_> =
            crew.members.values().filter(|member| member.resum).map(|member| member.me.agent.id).collect();
        let mut tasks = HashSet::new();
        for id in again {
            let mut records =
                overlaid(self.store.agent_usage(id).await?, &changed.records, |it| it.agent_id == id);
            for grown in grown_of_own.iter().filter(|grown| grown.record.agent_id == id) {
                let mut remainders: Vec<_> = records
                    .values()
                    .filter(|record| record.is_remainder() && stated_of(record).is_none())
                    .cloned()
                    .collect();
                remainders.sort_by(|a, b| a.message_id.cmp(&b.message_id));
                for less in shrink(&remainders, &grown.record.model, grown.tokens(), &crew.prices) {
                    changed.put(less.clone());
                    records.insert(less.id, less);
                }
            }
            if crew.members.get(&id).is_some_and(|member| member.meters_end) {
                for meter in records.values_mut().filter(|record| Meters::is_meter(record)) {
                    *meter = emptied(meter);
                    changed.put(meter.clone());
                }
            }
            records.retain(|_, record| !is_emptied(record));
            if let Some(stated) = self.restate(&records, changed, &crew.prices).await? {
                changed.put(stated.clone());
                records.insert(stated.id, stated);
            }
            let records: Vec<_> = records.into_values().filter(|record| !record.replayed).collect();
            if let Some(member) = crew.members.get_mut(&id) {
                resum(&mut member.me.agent, &records);
                tasks.extend(member.me.agent.task_id);
            }
        }
        crew.settle();
        for id in tasks {
            let records =
                overlaid(self.store.task_usage(id).await?, &changed.records, |it| it.task_id == Some(id));
            if let Some(charge) = crew.tasks.get_mut(&id) {
                charge.task.cost_basis = records.values().map(|record| record.cost_basis).max();
            }
        }
        Ok(())
    }

    /// What a database states of an agent as it is beside all of its other records, where that changes it.
    async fn restate(
        &self,
        records: &HashMap<RecordId, UsageRecord>,
        changed: &Changed,
        prices: &PriceTable,
    ) -> Result<Option<UsageRecord>, StoreError> {
        let stated = records.values().find_map(|record| Some((record, stated_of(record)?)));
        let Some((record, agent)) = stated else { return Ok(None) };
        let whole = match changed.stated.get(&record.message_id) {
            Some(whole) => *whole,
            None => {
                database::remembered(&self.store, agent).await?.map(|known| known.whole).unwrap_or_default()
            }
        };
        let rest = left(record, &whole, records.values(), prices);
        Ok(Some(rest).filter(|rest| rest != record))
    }
}

/// What is stored with what is about to be.
fn overlaid(
    stored: Vec<UsageRecord>,
    changed: &foldhash::HashMap<RecordId, Arc<UsageRecord>>,
    fits: impl Fn(&UsageRecord) -> bool,
) -> HashMap<RecordId, UsageRecord> {
    let fresh =
        changed.values().map(Arc::as_ref).filter(|record| fits(record) && !is_emptied(record)).cloned();
    // What moved on to somebody else is stored as it was.
    let stored = stored.into_iter().filter(|record| !changed.contains_key(&record.id));
    stored.chain(fresh).map(|record| (record.id, record)).collect()
}
