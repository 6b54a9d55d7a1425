//! Where the money went: an agent's cost by kind of token, as far as the price table can tell.

use crate::order;
use orchestrator::pricing::PriceTable;
use orchestrator::usage::Observed;
use quarterdeck_shared::Usd;
use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::usage::{CostBasis, Tokens};

/// The tokens of a kind and what they cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The kind: `Cache read`.
    pub name: &'static str,
    /// Its tokens.
    pub tokens: u64,
    /// Its cost, where the parts add up to the agent's own cost.
    pub cost: Option<Usd>,
}

/// The kinds with any token, the dearest first where their cost is known.
pub fn shares(agent: &Agent) -> Vec<Share> {
    let tokens = agent.tokens();
    let kinds = [
        ("Cache read", tokens.cache_read),
        ("Cache write", tokens.cache_creation),
        ("Output", tokens.output),
        ("Input", tokens.input),
    ];
    let costs = costs(agent);
    let share = |(at, (name, tokens)): (usize, (&'static str, u64))| Share {
        name,
        tokens,
        cost: costs.map(|costs| costs[at]),
    };
    let mut shares: Vec<_> =
        kinds.into_iter().enumerate().map(share).filter(|share| share.tokens > 0).collect();
    order::largest_first(&mut shares, |share| (share.cost, share.tokens));
    shares
}

/// The cost of each kind by the newest model's prices: only where their sum is the agent's cost, within a nano-dollar
/// for each request and kind. It is not where models were changed, or some requests had another tier.
fn costs(agent: &Agent) -> Option<[Usd; 4]> {
    let model = agent.model.as_deref()?;
    if agent.cost_basis != Some(CostBasis::Computed) {
        return None;
    }
    let t = agent.tokens();
    let kinds = [
        Tokens { cache_read: t.cache_read, ..Tokens::default() },
        Tokens { cache_creation: t.cache_creation, ..Tokens::default() },
        Tokens { output: t.output, ..Tokens::default() },
        Tokens { input: t.input, ..Tokens::default() },
    ];
    let slack = i64::try_from(agent.requests).ok()?.checked_mul(4)?;
    [false, true].into_iter().find_map(|hour| {
        let costs = kinds.map(|tokens| cost(model, tokens, hour));
        let sum: Usd = costs.into_iter().sum();
        ((sum - agent.cost_usd).nanos().abs() <= slack).then_some(costs)
    })
}

fn cost(model: &str, tokens: Tokens, hour: bool) -> Usd {
    let (cache_5m, cache_1h) = if hour { (0, tokens.cache_creation) } else { (tokens.cache_creation, 0) };
    let observed = Observed {
        model: model.to_owned(),
        tokens,
        cache_5m,
        cache_1h,
        complete: true,
        ..Observed::default()
    };
    PriceTable::bundled().price(model, &observed).cost
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::agent;
    use serde_json::json;

    #[test]
    fn the_parts_are_priced_only_where_they_add_up_to_the_whole() {
        let tokens = Tokens { input: 1_000, output: 2_000, cache_creation: 0, cache_read: 50_000 };
        let model = "claude-opus-5-5";
        let whole = cost(model, tokens, false);
        let with = |cost: Usd| {
            agent(
                json!({"input_tokens": 1_000, "output_tokens": 2_000, "cache_read_tokens": 50_000, "model": model,
                "cost_usd": cost.to_string(), "requests": 3}),
            )
        };
        let known = shares(&with(whole));
        assert_eq!(known.iter().filter_map(|share| share.cost).sum::<Usd>(), whole);
        assert_eq!(known.len(), 3, "a kind without tokens is left out");
        assert!(shares(&with(whole + whole)).iter().all(|share| share.cost.is_none()));
    }
}
