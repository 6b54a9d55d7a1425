//! The ledger: one usage record per response of the model's API, and an agent's figures as their sum.

mod sums;

pub use orchestrator::ledger::Grown;

use crate::prices::Prices;
use orchestrator::{
    ledger::{Owner, Telling, enter},
    pricing,
    transcripts::{Entry, ModelUse, TurnResult},
    usage::{Counter, Observed},
};
use quarterdeck_shared::{
    AgentId, RecordId, TaskId, Timestamp, Usd,
    agents::{Agent, Context, Role},
    usage::{CostBasis, Tokens, UsageRecord},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use sums::Sums;
use uuid::Uuid;

/// Counts what one agent takes.
pub struct Ledger {
    agent_id: AgentId,
    task_id: Option<TaskId>,
    role: Role,
    replayed: bool,
    counter: Counter,
    /// Every record of the agent, by message id.
    records: BTreeMap<String, UsageRecord>,
    /// The newest request of the main thread.
    newest: Option<String>,
    windows: BTreeMap<String, u64>,
    /// What the runtime said in all at the end of the turn before.
    said: Said,
    /// What was recorded when this process began.
    before: Sums,
    /// Of that, what belongs to responses that had ended.
    whole: Sums,
    /// Of what was recorded before, what is in this process' own figures; known once it said so or a turn ended.
    within: Option<Sums>,
    /// What no response of this process showed so far.
    unseen: Sums,
    line: u64,
    prices: Prices,
}

/// What the runtime said of itself so far; kept so that the next process of the session goes on from it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Its cost in all.
    pub cost: Option<Usd>,
}

impl Ledger {
    /// A ledger that goes on from what is stored.
    pub fn new(agent: &Agent, replayed: bool, records: Vec<UsageRecord>, said: Said, prices: Prices) -> Self {
        let mut ledger = Self {
            agent_id: agent.id,
            task_id: agent.task_id,
            role: agent.role,
            replayed,
            counter: Counter::default(),
            records: records.into_iter().map(|record| (record.message_id.clone(), record)).collect(),
            newest: None,
            windows: BTreeMap::new(),
            said,
            before: Sums::default(),
            whole: Sums::default(),
            within: None,
            unseen: Sums::default(),
            line: 0,
            prices,
        };
        ledger.relaunched();
        ledger
    }

    /// A new process of the same session begins.
    pub fn relaunched(&mut self) {
        let records = || self.records.values();
        self.before = Sums::of(records());
        self.whole = Sums::of(records().filter(|record| record.terms.complete));
        (self.within, self.unseen) = (None, Sums::default());
        self.counter = Counter::default();
        self.line = 0;
    }

    /// The runtime says what it had counted of the session when this process began: all of it, or only what an
    /// earlier process had the time to write down.
    pub fn goes_on_from(&mut self, cost: Option<Usd>, models: &BTreeMap<String, ModelUse>) {
        let told = Sums::told(models);
        self.within = Some(told.min(&self.before));
        self.said.cost = self.said.cost.map(|said| said.min(cost.unwrap_or_default()));
    }

    /// One more line was read.
    pub fn next_line(&mut self) {
        self.line += 1;
    }

    /// Takes an entry; returns the record it made or changed.
    pub fn observe(&mut self, entry: &Entry, now: Timestamp) -> Option<Grown> {
        let observed = self.counter.observe(entry)?;
        if !observed.sidechain {
            self.newest = Some(observed.message_id.clone());
        }
        let provenance = format!("stream line {}", self.line);
        self.put(observed, None, provenance, now)
    }

    /// The end of a turn: what the runtime counted and no response showed becomes a record of its own, one a model.
    pub fn turned(&mut self, result: &TurnResult, now: Timestamp) -> Vec<Grown> {
        for (model, used) in &result.models {
            if let Some(window) = used.context_window {
                self.windows.insert(model.clone(), window);
            }
        }
        let grown = self.unseen(result).into_iter().filter_map(|(observed, cost)| {
            let provenance =
                format!("stream line {}: counted by the runtime, shown by no response", self.line);
            self.put(observed, cost, provenance, now)
        });
        let grown: Vec<Grown> = grown.collect();
        grown.iter().for_each(|grown| self.unseen.record(&grown.record));
        grown
    }

    /// What the turn cost by the runtime's own word: the difference to its word before.
    pub fn reported(&mut self, result: &TurnResult) -> Option<Usd> {
        let cost = result.cost?;
        let before = self.said.cost.replace(cost).unwrap_or_default();
        // A session that lost its last word begins at nothing again.
        Some(if cost < before { cost } else { cost - before })
    }

    /// The runtime's word so far, to go on from.
    pub fn said(&self) -> &Said {
        &self.said
    }

    /// Puts the sums of the records into an agent.
    pub fn put_into(&self, agent: &mut Agent) {
        let mut tokens = Tokens::default();
        let (mut cost, mut basis) = (Usd::ZERO, None);
        for record in self.records.values() {
            tokens += record.tokens;
            cost += record.cost_usd;
            basis = Some(basis.map_or(record.cost_basis, |basis: CostBasis| basis.weaker(record.cost_basis)));
        }
        agent.input_tokens = tokens.input;
        agent.output_tokens = tokens.output;
        agent.cache_creation_tokens = tokens.cache_creation;
        agent.cache_read_tokens = tokens.cache_read;
        agent.total_tokens = tokens.total();
        agent.cost_usd = cost;
        agent.cost_basis = basis;
        agent.requests = self.records.len() as u64;
        agent.context = self.context().or(agent.context);
    }

    fn context(&self) -> Option<Context> {
        let newest = self.records.get(self.newest.as_ref()?)?;
        let said = self.windows.get(&newest.model).copied();
        let window = said.or_else(|| self.prices.current().window(&newest.model))?;
        Context::of(newest.tokens.prompt(), window)
    }

    fn put(
        &mut self,
        observed: Observed,
        cost: Option<Usd>,
        provenance: String,
        now: Timestamp,
    ) -> Option<Grown> {
        let before = self.records.get(&observed.message_id);
        let owner = Owner {
            agent_id: self.agent_id,
            task_id: self.task_id,
            role: self.role,
            replayed: self.replayed,
        };
        let telling = Telling { observed, cost, reported: None, provenance, at: now };
        let grown = enter(&self.prices.current(), before, owner, telling, RecordId(Uuid::now_v7()))?;
        self.records.insert(grown.record.message_id.clone(), UsageRecord::clone(&grown.record));
        Some(grown)
    }

    /// What the runtime counted and no record holds, with its own price where that is known.
    fn unseen(&mut self, result: &TurnResult) -> Vec<(Observed, Option<Usd>)> {
        if result.models.is_empty() {
            return Vec::new();
        }
        let within = self.within.take().unwrap_or_else(|| self.guess(result));
        let models: BTreeMap<_, _> = result
            .models
            .iter()
            .map(|(model, used)| {
                let (before, since) = (within.get(model), self.unseen.get(model));
                let tokens = used.tokens.less(before.tokens).less(since.tokens);
                let cost = used.cost.map(|all| all - before.cost - since.cost);
                (model.clone(), ModelUse { tokens, cost, ..used.clone() })
            })
            .collect();
        self.within = Some(within);
        let session = result.session_id.as_deref().unwrap_or("session");
        let unseen = self.counter.unseen(&models).into_iter().enumerate();
        unseen
            .map(|(nth, (model, tokens))| {
                let priced = models.get(&model).filter(|used| used.price_known);
                let cost = priced.and_then(|used| used.cost).and_then(|all| {
                    let shown = self.cost_shown(&model);
                    (all > shown).then(|| all - shown)
                });
                // What an earlier process left at the same line is another one.
                let nth = self.records.len() + nth;
                let observed = Observed {
                    message_id: format!("{}{session}:{nth}:{model}", UsageRecord::REMAINDER),
                    model,
                    tokens,
                    cache_5m: tokens.cache_creation,
                    complete: true,
                    sidechain: true,
                    ..Observed::default()
                };
                (observed, cost)
            })
            .collect()
    }

    /// What a process that does not say so goes on from: all responses that had ended before, where its figures hold
    /// that many beside its own; else it began at nothing.
    fn guess(&self, result: &TurnResult) -> Sums {
        let mut left = Sums::default();
        for (model, tokens) in self.counter.unseen(&result.models) {
            left.add(&model, tokens, Usd::ZERO);
        }
        if self.whole.fits_in(&left) { self.whole.clone() } else { Sums::default() }
    }

    /// What this process' responses by a model cost so far.
    fn cost_shown(&self, model: &str) -> Usd {
        let prices = self.prices.current();
        let responses = self.counter.responses().into_iter();
        let same = responses.filter(|response| pricing::plain(&response.model) == pricing::plain(model));
        same.map(|response| prices.price(&response.model, &response).cost).sum()
    }
}

#[cfg(test)]
mod tests;
