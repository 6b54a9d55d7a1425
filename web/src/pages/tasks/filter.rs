//! What the address says about the list of tasks: which ones, and in which order.

use quarterdeck_shared::endpoints::ListTasks;
use quarterdeck_shared::tasks::{Analyst, Task, TaskQuery, TaskStatus, TaskType};
use quarterdeck_shared::{NoBody, Timestamp};

use crate::calendar;
use crate::components::Sort;
use crate::hooks::Query;

/// The order without a word in the address: the newest first.
const NEWEST: &str = "-created_at";

/// What tasks can be sorted by.
const SORTS: [&str; 6] = ["created_at", "updated_at", "cost", "tokens", "status", "title"];

/// Rows a page.
const LIMIT: u32 = 50;

/// Which tasks, in which order. Words of the address that mean nothing are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The statuses wanted; none means all.
    pub statuses: Vec<TaskStatus>,
    /// One kind of work.
    pub kind: Option<TaskType>,
    /// With or without an ANALYST.
    pub analyst: Option<Analyst>,
    /// A part of the prompt.
    pub q: String,
    /// The first day, such as `2026-11-22`.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The order; empty means the newest first.
    pub sort: String,
}

impl Filter {
    /// Reads the address.
    pub fn read(query: &Query) -> Self {
        let day = |name: &str| {
            Some(query.get(name))
                .filter(|day| day.parse::<Timestamp>().is_ok())
                .unwrap_or_default()
                .to_owned()
        };
        let sort = Some(query.get("sort")).filter(|sort| SORTS.contains(&sort.trim_start_matches('-')));
        Self {
            statuses: query.get("status").split(',').filter_map(|word| word.parse().ok()).collect(),
            kind: query.get("type").parse().ok(),
            analyst: query.get("analyst").parse().ok(),
            q: query.get("q").trim().to_owned(),
            from: day("from"),
            to: day("to"),
            sort: sort.unwrap_or_default().to_owned(),
        }
    }

    /// The order in force.
    pub fn order(&self) -> Sort {
        Sort::parse(if self.sort.is_empty() { NEWEST } else { &self.sort })
    }

    /// Whether it leaves anything out.
    pub fn narrows(&self) -> bool {
        *self != Self { sort: self.sort.clone(), ..Self::default() }
    }

    /// The call for a page.
    pub fn call(self, cursor: Option<String>) -> ListTasks {
        let some = |word: String| (!word.is_empty()).then_some(word);
        let statuses = self.statuses.iter().map(|status| status.as_str()).collect::<Vec<_>>().join(",");
        let query = TaskQuery {
            cursor,
            limit: Some(LIMIT),
            sort: some(self.sort),
            status: some(statuses),
            task_type: self.kind,
            analyst: self.analyst,
            from: some(calendar::from_day(&self.from)),
            to: some(calendar::to_day(&self.to)),
            q: some(self.q),
            ..TaskQuery::default()
        };
        ListTasks { query, body: NoBody }
    }

    /// Whether a task that came to be just now belongs to the list, by the same rules as the server's.
    pub fn takes(&self, task: &Task) -> bool {
        let with = if task.include_analyst { Analyst::With } else { Analyst::Without };
        (self.statuses.is_empty() || self.statuses.contains(&task.status))
            && self.kind.is_none_or(|kind| kind == task.task_type)
            && self.analyst.is_none_or(|analyst| analyst == with)
            && task.prompt.to_lowercase().contains(&self.q.to_lowercase())
            && calendar::from_day(&self.from).parse().map_or(true, |from: Timestamp| task.created_at >= from)
            && calendar::to_day(&self.to).parse().map_or(true, |to: Timestamp| task.created_at <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::task;
    use quarterdeck_shared::Endpoint;
    use serde_json::json;

    fn filter(address: &str) -> Filter {
        Filter::read(&Query::parse(address))
    }

    #[test]
    fn the_address_becomes_the_call() {
        let call = filter("?status=running,waiting&type=bug_fix&analyst=without&q=a%20b&from=2026-11-01&to=2026-11-22&sort=-cost").call(Some("c".into()));
        let expected = "/api/v1/tasks?cursor=c&limit=50&sort=-cost&status=running%2Cwaiting&type=bug_fix&analyst=without&from=2026-11-01T00%3A00%3A00.000000Z&to=2026-11-22T23%3A59%3A59.999999Z&q=a+b";
        assert_eq!(call.url(), expected);
        assert_eq!(filter("").call(None).url(), "/api/v1/tasks?limit=50");
    }

    #[test]
    fn words_that_mean_nothing_are_left_out() {
        let filter = filter("?status=zz&type=zz&analyst=zz&from=zz&sort=zz");
        assert_eq!(filter, Filter::default());
        assert!(!filter.narrows());
    }

    #[test]
    fn a_new_task_is_judged_as_the_server_would() {
        for (address, expected) in [
            ("", true),
            ("?status=running", true),
            ("?status=failed", false),
            ("?type=bug_fix", false),
            ("?analyst=without", true),
            ("?analyst=with", false),
            ("?q=IDEMPOTENCY", true),
            ("?q=tides", false),
            ("?from=2026-11-22&to=2026-11-22", true),
            ("?from=2026-11-23", false),
            ("?to=2026-11-21", false),
        ] {
            assert_eq!(filter(address).takes(&task(json!({}))), expected, "{address}");
        }
    }
}
