//! The rows of the list: what was asked for page by page, with what the live socket knows better laid over it.

use std::collections::BTreeSet;
use std::rc::Rc;

use quarterdeck_shared::agents::{Agent, AgentStatus};
use quarterdeck_shared::usage::CostBasis;
use quarterdeck_shared::{AgentId, Timestamp, Usd};

use super::filter::Filter;
use crate::client::FleetState;

/// The listed agents as they are now, in their order: rows never change places by themselves.
pub fn merged(
    listed: &[Rc<Agent>],
    fleet: &FleetState,
    hidden: &BTreeSet<AgentId>,
    filter: &Filter,
) -> Vec<Rc<Agent>> {
    let wants_deleted = filter.status.split(',').any(|word| word == AgentStatus::Deleted.as_str());
    let newest = |row: &Rc<Agent>| match fleet.agents.get(&row.id) {
        Some(live) if live.updated_at >= row.updated_at => Rc::clone(live),
        _ => Rc::clone(row),
    };
    let gone =
        |row: &&Rc<Agent>| hidden.contains(&row.id) || (fleet.deleted.contains(&row.id) && !wants_deleted);
    listed.iter().filter(|row| !gone(row)).map(newest).collect()
}

/// How many agents came to be after `since` that belong to the list and are not in it.
pub fn fresh(listed: &[Rc<Agent>], fleet: &FleetState, filter: &Filter, since: Timestamp) -> usize {
    let known: BTreeSet<AgentId> = listed.iter().map(|row| row.id).collect();
    let newer = fleet.agents.values().filter(|agent| agent.created_at > since && !known.contains(&agent.id));
    newer.filter(|agent| filter.takes(agent)).count()
}

/// When the newest agent that is known came to be.
pub fn newest(fleet: &FleetState) -> Timestamp {
    fleet.agents.values().map(|agent| agent.created_at).max().unwrap_or_default()
}

/// The sums over some rows; recordings are in none.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    /// Their tokens.
    pub tokens: u64,
    /// Their cost.
    pub cost: Usd,
    /// How that is known.
    pub basis: Option<CostBasis>,
}

/// Adds rows up.
pub fn sums(rows: &[Rc<Agent>]) -> Sums {
    rows.iter().filter(|agent| agent.runtime != "replay").fold(Sums::default(), |sums, agent| Sums {
        tokens: sums.tokens + agent.total_tokens,
        cost: sums.cost + agent.cost_usd,
        basis: [sums.basis, agent.cost_basis].into_iter().flatten().reduce(CostBasis::weaker),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::agent;
    use serde_json::{Value, json};

    const OTHER: &str = "0192f0c1-2b3c-7d4e-8f50-0000000000aa";

    fn row(changes: Value) -> Rc<Agent> {
        Rc::new(agent(changes))
    }

    fn fleet(agents: Vec<Rc<Agent>>) -> FleetState {
        FleetState {
            agents: agents.into_iter().map(|agent| (agent.id, agent)).collect(),
            ..FleetState::default()
        }
    }

    #[test]
    fn the_newer_word_on_an_agent_holds() {
        let listed = [row(json!({"updated_at": "2026-11-22T10:00:05Z"}))];
        let live = |at: &str| fleet(vec![row(json!({"status": "completed", "updated_at": at}))]);
        let status = |at| merged(&listed, &live(at), &BTreeSet::new(), &Filter::default())[0].status;
        assert_eq!(status("2026-11-22T10:00:09Z"), AgentStatus::Completed);
        assert_eq!(status("2026-11-22T10:00:01Z"), AgentStatus::Running);
    }

    #[test]
    fn deleted_agents_leave_the_list_unless_one_looks_for_them() {
        let listed = [row(json!({}))];
        let gone = FleetState { deleted: [listed[0].id].into(), ..FleetState::default() };
        assert!(merged(&listed, &gone, &BTreeSet::new(), &Filter::default()).is_empty());
        let wanted = Filter { status: "deleted".into(), ..Filter::default() };
        assert_eq!(merged(&listed, &gone, &BTreeSet::new(), &wanted).len(), 1);
        assert!(merged(&listed, &fleet(vec![]), &[listed[0].id].into(), &Filter::default()).is_empty());
    }

    #[test]
    fn only_agents_that_came_later_and_belong_here_are_announced() {
        let later = row(json!({"id": OTHER, "created_at": "2026-11-22T10:00:07Z"}));
        let live = fleet(vec![row(json!({})), later]);
        let since = |text: &str| text.parse().unwrap();
        let listed = [row(json!({}))];
        assert_eq!(fresh(&listed, &live, &Filter::default(), since("2026-11-22T10:00:01Z")), 1);
        assert_eq!(fresh(&listed, &live, &Filter::default(), since("2026-11-22T10:00:07Z")), 0);
        let testers = Filter { role: "TESTER".into(), ..Filter::default() };
        assert_eq!(fresh(&listed, &live, &testers, since("2026-11-22T10:00:01Z")), 0);
    }

    #[test]
    fn recordings_are_in_no_sum() {
        let sums = sums(&[
            row(json!({})),
            row(json!({"runtime": "replay"})),
            row(json!({"cost_basis": "lower_bound"})),
        ]);
        assert_eq!((sums.cost.display().as_str(), sums.tokens), ("$6.72", 120));
        assert_eq!(sums.basis, Some(CostBasis::LowerBound));
    }
}
