//! What the address says about the list of agents: which ones, in which order, which are ticked.

use std::collections::BTreeSet;

use quarterdeck_shared::agents::{Agent, AgentQuery};
use quarterdeck_shared::endpoints::ListAgents;
use quarterdeck_shared::{AgentId, NoBody, Timestamp};

use crate::calendar;
use crate::components::Sort;
use crate::hooks::Query;

/// The order without a word in the address: the newest first.
const NEWEST: &str = "-created_at";

/// Rows a page.
const LIMIT: u32 = 100;

const DAY_US: i64 = 86_400_000_000;

/// Which agents, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Statuses, parted by commas; empty means all but deleted.
    pub status: String,
    /// One role; empty means all.
    pub role: String,
    /// A part of the name.
    pub q: String,
    /// Created at or after this moment.
    pub from: Option<Timestamp>,
    /// The order, such as `-cost`; empty means the newest first.
    pub sort: String,
}

impl Filter {
    /// Reads the address. `now_us` tells which day is today.
    pub fn read(query: &Query, now_us: i64) -> Self {
        let from = match query.get("created") {
            "today" => Some(calendar::midnight(now_us)),
            "week" => Some(calendar::midnight(now_us) - 6 * DAY_US),
            _ => None,
        };
        Self {
            status: query.get("status").to_owned(),
            role: query.get("role").to_owned(),
            q: query.get("q").trim().to_owned(),
            from: from.map(Timestamp),
            sort: query.get("sort").to_owned(),
        }
    }

    /// The order in force.
    pub fn order(&self) -> Sort {
        Sort::parse(if self.sort.is_empty() { NEWEST } else { &self.sort })
    }

    /// Whether it leaves anything out.
    pub fn narrows(&self) -> bool {
        let words = [&self.status, &self.role, &self.q];
        words.iter().any(|word| !word.is_empty()) || self.from.is_some()
    }

    /// The call for a page.
    pub fn call(self, cursor: Option<String>) -> ListAgents {
        let some = |word: String| (!word.is_empty()).then_some(word);
        let query = AgentQuery {
            cursor,
            limit: Some(LIMIT),
            sort: some(self.sort),
            status: some(self.status),
            role: some(self.role),
            q: some(self.q),
            from: self.from.map(|from| from.to_string()),
            ..AgentQuery::default()
        };
        ListAgents { query, body: NoBody }
    }

    /// Whether an agent belongs to the list, by the same rules as the server's.
    pub fn takes(&self, agent: &Agent) -> bool {
        let among = |words: &str, word: &str| words.is_empty() || words.split(',').any(|other| other == word);
        among(&self.status, agent.status.as_str())
            && among(&self.role, agent.role.as_str())
            && agent.name.to_lowercase().contains(&self.q.to_lowercase())
            && self.from.is_none_or(|from| agent.created_at >= from)
    }
}

/// The ticked agents.
pub fn picked(query: &Query) -> BTreeSet<AgentId> {
    query.get("picked").split('.').filter_map(|id| id.parse().ok()).collect()
}

/// The same as they stand in the address.
pub fn written(picked: &BTreeSet<AgentId>) -> String {
    picked.iter().map(|id| id.0.simple().to_string()).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::agent;
    use quarterdeck_shared::Endpoint;
    use serde_json::json;

    fn filter(address: &str) -> Filter {
        Filter::read(&Query::parse(address), 1_795_357_921_000_000)
    }

    #[test]
    fn the_address_becomes_the_call() {
        let call = filter("?status=running,waiting&role=BUILDER&q=a%20b&sort=-cost&tab=files")
            .call(Some("c".into()));
        let expected =
            "/api/v1/agents?cursor=c&limit=100&sort=-cost&status=running%2Cwaiting&role=BUILDER&q=a+b";
        assert_eq!(call.url(), expected);
        assert_eq!(filter("").call(None).url(), "/api/v1/agents?limit=100");
    }

    #[test]
    fn today_begins_at_midnight_whatever_the_hour() {
        let from = filter("?created=today").from.map(|from| from.to_string());
        assert_eq!(from.as_deref(), Some("2026-11-22T00:00:00.000000Z"));
        let from = filter("?created=week").from.map(|from| from.to_string());
        assert_eq!(from.as_deref(), Some("2026-11-16T00:00:00.000000Z"));
    }

    #[test]
    fn a_new_agent_is_judged_as_the_server_would() {
        let builder = agent(json!({}));
        for (address, expected) in [
            ("", true),
            ("?status=running,waiting", true),
            ("?status=failed", false),
            ("?role=TESTER", false),
            ("?q=BUIL", true),
            ("?q=tester", false),
            ("?created=today", true),
        ] {
            assert_eq!(filter(address).takes(&builder), expected, "{address}");
        }
    }

    #[test]
    fn ticks_survive_the_address() {
        let ids: BTreeSet<_> = [agent(json!({})).id].into();
        let query = Query::default().with("picked", &written(&ids));
        assert_eq!(picked(&query), ids);
    }
}
