//! Lists: while a fleet changes, rows that do not are on exactly one page, whatever the order.

use crate::{
    both,
    support::{database::Place, rows},
};
use quarterdeck::store::{Row, Store, StoreError};
use quarterdeck_shared::{
    Page, Timestamp, Total, Usd,
    agents::{Agent, AgentQuery, AgentStatus, Role},
    approvals::{ApprovalQuery, ApprovalStatus},
    tasks::{Analyst, Task, TaskQuery, TaskStatus, TaskType},
};
use std::{cmp::Ordering, collections::HashSet};

const AGENTS: u64 = 400;
/// Every fifth agent changes while the pages are read.
const RESTLESS: u64 = 5;

async fn filled(place: &Place) -> Store {
    let store = place.open().await;
    let agents = (0..AGENTS).map(|number| Row::Agent(Box::new(rows::agent(number))));
    store.commit(rows::rows(agents)).await.unwrap();
    let tasks = (0..AGENTS).map(|number| Row::Task(Box::new(rows::task(number))));
    store.commit(rows::rows(tasks)).await.unwrap();
    store
}

/// Moves every restless agent to other places in every order.
async fn stir(store: &Store, round: u64) {
    let restless = (0..AGENTS).filter(|number| number.is_multiple_of(RESTLESS)).map(|number| {
        let mut agent = rows::agent(number);
        agent.status = AgentStatus::ALL[(number + round) as usize % 7];
        agent.cost_usd = Usd::from_nanos(((number * 31 + round * 7_919) % 97) as i64 * 1_000);
        agent.total_tokens = (number * 17 + round * 13) % 120;
        agent.updated_at = rows::MORNING.plus_seconds(((number + round * 61) % 600) as i64);
        agent.name = format!("Agent {}", (number + round * 37) % 251);
        Row::Agent(Box::new(agent))
    });
    store.commit(rows::rows(restless)).await.unwrap();
}

async fn pages(store: &Store, query: AgentQuery) -> Vec<Vec<Agent>> {
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.agents(&AgentQuery { cursor, ..query.clone() }).await.unwrap();
        pages.push(page.items);
        stir(store, pages.len() as u64).await;
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return pages,
        }
    }
}

fn by_sort(word: &str, one: &Agent, other: &Agent) -> Ordering {
    match word {
        "created_at" => one.created_at.cmp(&other.created_at),
        "updated_at" => one.updated_at.cmp(&other.updated_at),
        "cost" => one.cost_usd.cmp(&other.cost_usd),
        "tokens" => one.total_tokens.cmp(&other.total_tokens),
        "status" => one.status.as_str().cmp(other.status.as_str()),
        "role" => one.role.as_str().cmp(other.role.as_str()),
        "name" => one.name.to_lowercase().cmp(&other.name.to_lowercase()),
        other => panic!("{other} is no order"),
    }
}

fn refused<T: std::fmt::Debug>(result: Result<Page<T>, StoreError>) -> StoreError {
    result.expect_err("this query is refused")
}

both! {
    async fn rows_that_stay_are_on_exactly_one_page_under_every_order_and_filter(place: &Place) {
        let store = filled(place).await;
        let filters = [
            AgentQuery::default(),
            AgentQuery { status: Some("running".into()), ..AgentQuery::default() },
            AgentQuery { role: Some("builder,TESTER".into()), ..AgentQuery::default() },
            AgentQuery { status: Some("running,failed".into()), role: Some("ANALYST".into()), ..AgentQuery::default() },
        ];
        for word in ["created_at", "updated_at", "cost", "tokens", "status", "role", "name"] {
            for (way, filter) in filters.iter().enumerate() {
                let descending = (way + word.len()) % 2 == 0;
                let sort = Some(if descending { format!("-{word}") } else { word.to_owned() });
                let pages = pages(&store, AgentQuery { sort, limit: Some(23), ..filter.clone() }).await;
                for page in &pages {
                    let ordered = |one: &Agent, other: &Agent| {
                        let order = by_sort(word, one, other).then(one.id.cmp(&other.id));
                        if descending { order.is_ge() } else { order.is_le() }
                    };
                    assert!(page.is_sorted_by(ordered), "{word}");
                }
                let seen: Vec<_> = pages.concat().iter().map(|agent| agent.id).collect();
                let quiet = (0..AGENTS).filter(|number| !number.is_multiple_of(RESTLESS)).map(rows::agent);
                let wanted = quiet.filter(|agent| {
                    let status = filter.status.as_deref().is_none_or(|words| words.contains(agent.status.as_str()));
                    let roles = filter.role.as_deref().map(str::to_uppercase);
                    status && roles.is_none_or(|words| words.contains(agent.role.as_str()))
                });
                for agent in wanted {
                    let times = seen.iter().filter(|id| **id == agent.id).count();
                    assert_eq!(times, 1, "agent {} under {word} and filter {way}", agent.id);
                }
            }
        }
        store.close().await;
    }

    async fn tasks_are_paged_in_every_order_and_filter(place: &Place) {
        let store = filled(place).await;
        let all: Vec<Task> = (0..AGENTS).map(rows::task).collect();
        let filters = [
            TaskQuery::default(),
            TaskQuery { status: Some("running,waiting".into()), ..TaskQuery::default() },
            TaskQuery { task_type: Some(TaskType::BugFix), analyst: Some(Analyst::With), ..TaskQuery::default() },
            TaskQuery { cost_min: Usd::from_reported(1e-5), cost_max: Usd::from_reported(2e-5), ..TaskQuery::default() },
            TaskQuery { q: Some("fix the tÜR".into()), from: Some("2026-11-22".into()), ..TaskQuery::default() },
        ];
        for sort in ["created_at", "-updated_at", "cost", "-tokens", "status", "-title"] {
            for filter in &filters {
                let wanted: HashSet<_> = all.iter().filter(|task| matches(filter, task)).map(|task| task.id).collect();
                let (mut seen, mut cursor) = (Vec::new(), None);
                loop {
                    let query = TaskQuery { cursor, sort: Some(sort.into()), limit: Some(37), ..filter.clone() };
                    let page = store.tasks(&query).await.unwrap();
                    assert_eq!(page.total, Total::Exact(wanted.len() as u64), "{query:?}");
                    seen.extend(page.items.iter().map(|task| task.id));
                    cursor = page.next_cursor;
                    if cursor.is_none() {
                        break;
                    }
                }
                assert_eq!(seen.len(), wanted.len(), "{sort} {filter:?}");
                assert_eq!(seen.into_iter().collect::<HashSet<_>>(), wanted);
            }
        }
        assert_eq!(store.task(rows::task_id(7)).await.unwrap(), Some(rows::task(7)));
        store.close().await;
    }

    async fn a_cursor_holds_for_its_own_list_filter_and_order(place: &Place) {
        let store = filled(place).await;
        let query = AgentQuery { limit: Some(10), sort: Some("cost".into()), ..AgentQuery::default() };
        let cursor = store.agents(&query).await.unwrap().next_cursor;
        let with = |query: AgentQuery| AgentQuery { cursor: cursor.clone(), ..query };
        for other in [
            AgentQuery { sort: Some("-cost".into()), ..query.clone() },
            AgentQuery { sort: Some("name".into()), ..query.clone() },
            AgentQuery { status: Some("running".into()), ..query.clone() },
            AgentQuery { q: Some("a".into()), ..query.clone() },
        ] {
            assert_eq!(refused(store.agents(&with(other)).await), StoreError::BadCursor);
        }
        let task_query = TaskQuery { cursor: cursor.clone(), sort: query.sort.clone(), ..TaskQuery::default() };
        assert_eq!(refused(store.tasks(&task_query).await), StoreError::BadCursor);
        for broken in ["x", "%%%", "AAAA", &"A".repeat(4_000)] {
            let query = AgentQuery { cursor: Some(broken.into()), ..query.clone() };
            assert_eq!(refused(store.agents(&query).await), StoreError::BadCursor);
        }
        let other_limit = store.agents(&with(AgentQuery { limit: Some(3), ..query })).await.unwrap();
        assert_eq!(other_limit.items.len(), 3, "another page size goes on with the same cursor");
        store.close().await;
    }

    async fn a_wrong_word_names_its_field_and_what_would_do(place: &Place) {
        let store = place.open().await;
        let check = |query: AgentQuery, field: &'static str, part: &'static str| {
            let store = store.clone();
            async move {
                match refused(store.agents(&query).await) {
                    StoreError::Invalid { field: at, message } => {
                        assert_eq!(at, field);
                        assert!(message.contains(part), "{message}");
                    }
                    other => panic!("{other}"),
                }
            }
        };
        let query = AgentQuery::default;
        check(AgentQuery { sort: Some("colour".into()), ..query() }, "sort", "created_at").await;
        check(AgentQuery { limit: Some(0), ..query() }, "limit", "1 to 200").await;
        check(AgentQuery { limit: Some(201), ..query() }, "limit", "1 to 200").await;
        check(AgentQuery { status: Some("asleep".into()), ..query() }, "status", "running").await;
        check(AgentQuery { role: Some("CHEF".into()), ..query() }, "role", "BUILDER").await;
        check(AgentQuery { from: Some("soon".into()), ..query() }, "from", "ISO 8601").await;
        check(AgentQuery { to: Some("2026-02-30".into()), ..query() }, "to", "ISO 8601").await;
        check(AgentQuery { q: Some("x".repeat(201)), ..query() }, "q", "200").await;
        store.close().await;
    }

    async fn moments_and_parts_of_names_narrow_a_list(place: &Place) {
        let store = filled(place).await;
        let count = |query: AgentQuery| {
            let store = store.clone();
            async move {
                let page = store.agents(&AgentQuery { limit: Some(200), ..query }).await.unwrap();
                assert_eq!(page.total, Total::Exact(page.items.len() as u64));
                page.items.len()
            }
        };
        let query = AgentQuery::default;
        let at = |seconds: i64| Some(rows::MORNING.plus_seconds(seconds).to_string());
        assert_eq!(count(AgentQuery { from: at(390), ..query() }).await, 10);
        assert_eq!(count(AgentQuery { to: at(9), ..query() }).await, 10);
        assert_eq!(count(AgentQuery { from: at(5), to: at(9), ..query() }).await, 5);
        let all_day = AgentQuery { from: Some("2026-11-22".into()), to: Some("2026-11-22".into()), ..query() };
        let of_day = store.agents(&all_day).await.unwrap();
        assert_eq!(of_day.total, Total::Exact(AGENTS), "a bare date means all of that day");
        assert_eq!(count(AgentQuery { to: Some("2026-11-21".into()), ..query() }).await, 0);
        assert_eq!(count(AgentQuery { q: Some("aGENT 25".into()), ..query() }).await, 3);
        assert_eq!(count(AgentQuery { q: Some("%".into()), ..query() }).await, 0, "a percent sign is a letter");
        assert_eq!(count(AgentQuery { q: Some("_".into()), ..query() }).await, 0);
        store.close().await;
    }

    async fn a_page_says_up_to_which_event_it_is_true(place: &Place) {
        let store = place.open().await;
        let batch = rows::rows([Row::Agent(Box::new(rows::agent(1)))]).event(rows::activity(1, "made"));
        let seq = store.commit(batch).await.unwrap()[0];
        let page = store.agents(&AgentQuery::default()).await.unwrap();
        assert_eq!((page.seq, page.items.len()), (seq, 1));
        store.close().await;
    }

    async fn above_ten_thousand_a_count_is_a_bound(place: &Place) {
        let store = place.open().await;
        for thousand in 0..11 {
            let agents = (0..1_000).map(|number| Row::Agent(Box::new(rows::agent(thousand * 1_000 + number))));
            store.commit(rows::rows(agents)).await.unwrap();
        }
        let total = async |query: AgentQuery| store.agents(&query).await.unwrap().total;
        assert_eq!(total(AgentQuery::default()).await, Total::Exact(11_000), "counters know it");
        let some = AgentQuery { q: Some("agent".into()), ..AgentQuery::default() };
        assert_eq!(total(some).await, Total::AtLeast { value: 10_000, at_least: true });
        let few = AgentQuery { q: Some("agent 250".into()), ..AgentQuery::default() };
        assert_eq!(total(few).await, Total::Exact(43));
        store.close().await;
    }

    async fn approvals_are_listed_oldest_first(place: &Place) {
        let store = place.open().await;
        let word = |number: u64| ApprovalStatus::ALL[number as usize % 4];
        let approvals = (0..40).map(|number| Row::Approval(Box::new(rows::approval(number, word(number)))));
        store.commit(rows::rows(approvals)).await.unwrap();
        let list = |query: ApprovalQuery| {
            let store = store.clone();
            async move { store.approvals(&query).await.unwrap() }
        };
        let pending = list(ApprovalQuery::default()).await;
        assert_eq!(pending.total, Total::Exact(10));
        assert!(pending.items.iter().all(|approval| approval.status == ApprovalStatus::Pending));
        assert!(pending.items.is_sorted_by_key(|approval| approval.asked_at));
        let every = ApprovalQuery { status: Some("all".into()), limit: Some(30), ..ApprovalQuery::default() };
        let first = list(every.clone()).await;
        let second = list(ApprovalQuery { cursor: first.next_cursor, ..every }).await;
        assert_eq!((first.items.len(), second.items.len(), second.next_cursor), (30, 10, None));
        let past = ApprovalQuery {
            status: Some("denied,allowed,denied".into()),
            sort: Some("-asked_at".into()),
            limit: Some(12),
            ..ApprovalQuery::default()
        };
        let newest = list(past.clone()).await;
        let older = list(ApprovalQuery { cursor: newest.next_cursor, ..past }).await;
        let past: Vec<_> = newest.items.into_iter().chain(older.items).collect();
        assert_eq!((past.len(), newest.total), (20, Total::Exact(20)));
        assert!(past.is_sorted_by_key(|approval| std::cmp::Reverse(approval.asked_at)));
        let denied = ApprovalQuery { status: Some("denied".into()), ..ApprovalQuery::default() };
        let of_agent = ApprovalQuery { agent_id: Some(rows::agent_id(0)), ..denied };
        let found = list(of_agent).await.items;
        assert!(!found.is_empty() && found.iter().all(|approval| approval.agent_id == rows::agent_id(0)));
        let stored = store.approval(found[0].id).await.unwrap();
        assert_eq!(stored.as_ref(), Some(&found[0]));
        store.close().await;
    }
}

fn matches(query: &TaskQuery, task: &Task) -> bool {
    query.status.as_deref().is_none_or(|words| words.contains(task.status.as_str()))
        && query.task_type.is_none_or(|kind| task.task_type == kind)
        && query.analyst.is_none_or(|analyst| task.include_analyst == (analyst == Analyst::With))
        && query.cost_min.is_none_or(|least| task.cost_usd >= least)
        && query.cost_max.is_none_or(|most| task.cost_usd <= most)
}

#[test]
fn the_rows_of_these_tests_are_of_many_kinds() {
    let statuses: HashSet<_> = (0..AGENTS).map(|number| rows::agent(number).status).collect();
    let roles: HashSet<Role> = (0..AGENTS).map(|number| rows::agent(number).role).collect();
    let of_tasks: HashSet<TaskStatus> = (0..AGENTS).map(|number| rows::task(number).status).collect();
    assert_eq!((statuses.len(), roles.len(), of_tasks.len()), (7, 8, TaskStatus::ALL.len()));
    assert_eq!(rows::MORNING, "2026-11-22".parse::<Timestamp>().unwrap());
}
