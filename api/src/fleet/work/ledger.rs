//! The ledger: one usage record per response of the model's API, and an agent's figures as their sum.

pub use orchestrator::ledger::Grown;

use crate::prices::Prices;
use orchestrator::{
    ledger::{Owner, Telling, enter},
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
    /// What this process' responses took at the end of the turn before, by model.
    counted: BTreeMap<String, Counted>,
    line: u64,
    prices: Prices,
}

/// What the runtime said of itself so far; kept so that the next process of the session goes on from it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Its cost in all.
    pub cost: Option<Usd>,
    /// By model: tokens and cost.
    pub models: BTreeMap<String, (Tokens, Option<Usd>)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    tokens: Tokens,
    cost: Usd,
}

impl Ledger {
    /// A ledger that goes on from what is stored.
    pub fn new(agent: &Agent, replayed: bool, records: Vec<UsageRecord>, said: Said, prices: Prices) -> Self {
        Self {
            agent_id: agent.id,
            task_id: agent.task_id,
            role: agent.role,
            replayed,
            counter: Counter::default(),
            records: records.into_iter().map(|record| (record.message_id.clone(), record)).collect(),
            newest: None,
            windows: BTreeMap::new(),
            said,
            counted: BTreeMap::new(),
            line: 0,
            prices,
        }
    }

    /// A new process of the same session begins.
    pub fn relaunched(&mut self) {
        self.counter = Counter::default();
        self.counted = BTreeMap::new();
        self.line = 0;
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
        let grown = grown.collect();
        if !result.models.is_empty() {
            self.said.models =
                result.models.iter().map(|(model, used)| (model.clone(), (used.tokens, used.cost))).collect();
            self.counted = self.count();
        }
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
        self.records.insert(grown.record.message_id.clone(), grown.record.clone());
        Some(grown)
    }

    /// What the runtime counted since the turn before and no response showed, with its own price where that is known.
    fn unseen(&self, result: &TurnResult) -> Vec<(Observed, Option<Usd>)> {
        let models = result
            .models
            .iter()
            .map(|(model, used)| (model.clone(), self.since_before(model, used)))
            .collect();
        let counted = self.count();
        let session = result.session_id.as_deref().unwrap_or("session");
        let unseen = self.counter.unseen(&models).into_iter().filter(|(_, tokens)| tokens.total() > 0);
        unseen
            .map(|(model, tokens)| {
                let priced = models.get(&model).filter(|used| used.price_known);
                let cost = priced.and_then(|used| used.cost).and_then(|all| {
                    let shown = counted.get(&model).copied().unwrap_or_default().cost;
                    (all > shown).then(|| all - shown)
                });
                let observed = Observed {
                    message_id: format!("{}{session}:{}:{model}", UsageRecord::REMAINDER, self.line),
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

    /// What the runtime says of a model, without what it said before this process' responses began and what was
    /// made a record of its own at the end of an earlier turn.
    fn since_before(&self, model: &str, used: &ModelUse) -> ModelUse {
        let Some((tokens, cost)) = self.said.models.get(model) else { return used.clone() };
        let counted = self.counted.get(model).copied().unwrap_or_default();
        let less = |now: u64, before: u64, counted: u64| (now + counted).saturating_sub(before);
        let restarted = used.tokens.total() < tokens.total();
        if restarted {
            return used.clone();
        }
        ModelUse {
            tokens: Tokens {
                input: less(used.tokens.input, tokens.input, counted.tokens.input),
                output: less(used.tokens.output, tokens.output, counted.tokens.output),
                cache_creation: less(
                    used.tokens.cache_creation,
                    tokens.cache_creation,
                    counted.tokens.cache_creation,
                ),
                cache_read: less(used.tokens.cache_read, tokens.cache_read, counted.tokens.cache_read),
            },
            cost: used.cost.map(|now| now + counted.cost - cost.unwrap_or_default()),
            ..used.clone()
        }
    }

    /// What this process' responses took so far, by model.
    fn count(&self) -> BTreeMap<String, Counted> {
        let mut counted: BTreeMap<String, Counted> = BTreeMap::new();
        let prices = self.prices.current();
        for response in self.counter.responses() {
            let of_model = counted.entry(response.model.clone()).or_default();
            of_model.tokens += response.tokens;
            of_model.cost += prices.price(&response.model, &response).cost;
        }
        counted
    }
}

#[cfg(test)]
mod tests;
