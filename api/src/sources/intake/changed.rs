//! The records of one take that are new or grew.

use crate::store::Row;
use foldhash::HashMap;
use orchestrator::{
    agent_logs::database::Whole,
    ledger::{Grown, is_emptied},
};
use quarterdeck_shared::{RecordId, usage::UsageRecord};
use std::{collections::BTreeMap, sync::Arc};

/// Records that are new or grew, to be written once.
#[derive(Debug, Default)]
pub struct Changed {
    pub records: HashMap<RecordId, Arc<UsageRecord>>,
    /// What databases state in all, by message id, where that is new.
    pub stated: HashMap<String, Whole>,
    /// What stood for message ids that were not known.
    stood_for: BTreeMap<RecordId, String>,
    /// Those of responses that were looked for in vain, among so many records.
    pub(super) unknown: HashMap<RecordId, u64>,
}

impl Changed {
    pub fn note(&mut self, Grown { before, record }: Grown) {
        let was = before.map(|before| before.message_id);
        if let Some(was) = was.filter(|was| *was != record.message_id) {
            self.stood_for.entry(record.id).or_insert(was);
        }
        self.put(record);
    }

    /// A record as it is from now on.
    pub fn put(&mut self, record: impl Into<Arc<UsageRecord>>) {
        let record = record.into();
        self.records.insert(record.id, record);
    }

    pub fn rows(mut self) -> impl Iterator<Item = Row> {
        self.records.into_values().map(move |record| match self.stood_for.remove(&record.id) {
            _ if is_emptied(&record) => Row::UsageGone(record),
            Some(was) => Row::UsageNamed { was, record },
            None => match self.unknown.remove(&record.id) {
                Some(among) => Row::UsageUnknown { among, record },
                None => Row::Usage(record),
            },
        })
    }
}
