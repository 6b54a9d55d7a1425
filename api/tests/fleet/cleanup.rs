//! The clean-up: what has ended and rests leaves the lists, many at a time, and nothing else does.

use super::deck::deck_on;
use crate::{both, support::rows};
use quarterdeck::{
    fleet::cleanup::clean_up,
    jobs::{JobRules, Jobs},
    store::{Batch, Channel, Row, Store, StoreError},
};
use quarterdeck_shared::{
    AgentId, Timestamp,
    agents::{Agent, AgentQuery, AgentStatus, NewCleanup},
    tasks::{Task, TaskStatus},
};
use std::collections::BTreeSet;

const DAY: i64 = 86_400;

/// An agent that last changed so many days before that moment.
fn rested(number: u64, status: AgentStatus, now: Timestamp, days: i64) -> Row {
    let updated_at = now.plus_seconds(-days * DAY);
    Row::Agent(Box::new(Agent { status, updated_at, ..rows::agent(number) }))
}

fn of_task(number: u64, task: u64, now: Timestamp) -> Row {
    let me = Agent { task_id: Some(rows::task_id(task)), ..rows::agent(number) };
    let (status, updated_at) = (AgentStatus::Completed, now.plus_seconds(-30 * DAY));
    Row::Agent(Box::new(Agent { status, updated_at, ..me }))
}

fn days(days: u64) -> NewCleanup {
    NewCleanup { older_than_seconds: days * 86_400 }
}

async fn listed(store: &Store, status: Option<&str>) -> BTreeSet<AgentId> {
    let query = AgentQuery { status: status.map(str::to_owned), limit: Some(200), ..AgentQuery::default() };
    store.agents(&query).await.unwrap().items.iter().map(|agent| agent.id).collect()
}

fn ids(numbers: impl IntoIterator<Item = u64>) -> BTreeSet<AgentId> {
    numbers.into_iter().map(rows::agent_id).collect()
}

both! {
    async fn what_has_ended_and_rests_leaves_the_lists_and_stays_in_the_totals(place: &Place) {
        let (_ground, deck) = deck_on(place, &[]).await;
        let now = deck.clock.now();
        let every = AgentStatus::ALL.iter().enumerate();
        let every = every.map(|(number, status)| rested(number as u64, *status, now, 30));
        deck.store.commit(rows::rows(every)).await.unwrap();
        let young = rested(10, AgentStatus::Completed, now, 6);
        deck.store.commit(rows::rows([young, rested(11, AgentStatus::Failed, now, 7)])).await.unwrap();
        let spent = deck.store.totals(now).await.unwrap().tokens;
        let before = deck.store.seq();

        let cleaned = deck.fleet.clean_up(&days(7)).await.unwrap();
        assert_eq!((cleaned.removed, cleaned.more), (5, false));
        let left = ids([3, 4, 5, 6, 11]);
        assert_eq!(cleaned.agent_ids.iter().copied().collect::<BTreeSet<_>>(), left);
        assert_eq!(cleaned.agent_ids.last(), Some(&rows::agent_id(11)), "the longest unchanged first");
        assert_eq!(listed(&deck.store, None).await, ids([0, 1, 2, 10]));
        assert_eq!(listed(&deck.store, Some("deleted")).await, ids([3, 4, 5, 6, 7, 11]));
        let events = deck.store.events(before, Channel::Fleet, 100).await.unwrap();
        let told: BTreeSet<_> = events.iter().filter_map(|event| event.agent_id).collect();
        assert_eq!((events.len(), told), (5, left));
        assert!(events.iter().all(|event| event.kind == "agent.deleted"));
        let totals = deck.store.totals(now).await.unwrap();
        assert_eq!((totals.agents, totals.tokens), (4, spent));
        let gone = deck.store.agent(rows::agent_id(3)).await.unwrap().unwrap().agent;
        assert_eq!((gone.updated_at, gone.total_tokens), (now, rows::agent(3).total_tokens));

        let all = deck.fleet.clean_up(&NewCleanup::default()).await.unwrap();
        assert_eq!(all.agent_ids, [rows::agent_id(10)], "every one that has ended, however lately");
        assert_eq!(deck.fleet.clean_up(&NewCleanup::default()).await.unwrap().removed, 0);
    }

    async fn what_is_to_go_on_stays(place: &Place) {
        let (_ground, deck) = deck_on(place, &[]).await;
        let now = deck.clock.now();
        let task = |number, status| Row::Task(Box::new(Task { status, ..rows::task(number) }));
        let of_tasks = [
            task(1, TaskStatus::Running),
            task(2, TaskStatus::Completed),
            of_task(1, 1, now),
            of_task(2, 2, now),
            of_task(3, 9, now),
        ];
        deck.store.commit(rows::rows(of_tasks)).await.unwrap();
        let noted = Row::Note { key: format!("run/{}", rows::agent_id(4)), json: Some("{}".into()) };
        let resumed = rested(4, AgentStatus::Interrupted, now, 30);
        deck.store.commit(rows::rows([resumed, noted])).await.unwrap();
        deck.fleet.clean_up(&days(7)).await.unwrap();
        assert_eq!(listed(&deck.store, None).await, ids([1, 4]));
    }

    async fn an_agent_that_went_on_meanwhile_is_not_retired_and_nothing_else_of_the_batch_is_done(place: &Place) {
        let store = place.open().await;
        let now = rows::MORNING;
        let agents = [
            rested(1, AgentStatus::Completed, now, 1),
            rested(2, AgentStatus::Running, now, 1),
            rested(3, AgentStatus::Deleted, now, 1),
            rested(4, AgentStatus::Interrupted, now, 1),
            Row::Note { key: "run/4".into(), json: Some("{}".into()) },
        ];
        store.commit(rows::rows(agents)).await.unwrap();
        let retire = |number| {
            let unless = format!("run/{number}");
            Row::RetireAgent { agent_id: rows::agent_id(number), reason: "it is old".into(), at: now, unless }
        };
        for number in [2, 3, 4, 5] {
            let batch = Batch::new().row(retire(1)).row(retire(number)).event(rows::activity(1, "never"));
            let what = format!("agent {}", rows::agent_id(number));
            assert_eq!(store.commit(batch).await, Err(StoreError::Changed { what }));
        }
        assert_eq!((listed(&store, None).await, store.seq()), (ids([1, 2, 4]), 0));
        store.commit(rows::rows([retire(1)])).await.unwrap();
        let gone = store.agent(rows::agent_id(1)).await.unwrap().unwrap().agent;
        assert_eq!((gone.status, gone.status_evidence.reason.as_str()), (AgentStatus::Deleted, "it is old"));
        assert_eq!(store.totals(now).await.unwrap().agents, 2);
        store.close().await;
    }

    async fn many_leave_a_thousand_at_a_time(place: &Place) {
        let store = place.open().await;
        let now = rows::MORNING;
        let many = (0..1_201).map(|number| rested(number, AgentStatus::Completed, now, 1));
        store.commit(rows::rows(many)).await.unwrap();
        let first = clean_up(&store, &NewCleanup::default(), now).await.unwrap();
        assert_eq!((first.removed, first.agent_ids.len(), first.more), (1_000, 1_000, true));
        let second = clean_up(&store, &NewCleanup::default(), now).await.unwrap();
        assert_eq!((second.removed, second.more), (201, false));
        store.close().await;
    }

    async fn agents_leave_by_themselves_only_where_an_age_is_said(place: &Place) {
        let (_ground, deck) = deck_on(place, &[]).await;
        let now = deck.clock.now();
        let old = (1..4).map(|number| rested(number, AgentStatus::Completed, now, 8));
        deck.store.commit(rows::rows(old)).await.unwrap();
        for (age, says) in [(None, "on command alone"), (Some(7 * 86_400), "3 agents")] {
            let rules = JobRules { cleanup_after_seconds: age, clock: deck.clock.clone() };
            let jobs = Jobs::new(&rules, deck.store.clone());
            let running = tokio::spawn({
                let jobs = jobs.clone();
                async move { jobs.run().await }
            });
            let state = || jobs.states().into_iter().find(|job| job.id == "cleanup").unwrap();
            while !state().message.contains(says) {
                tokio::task::yield_now().await;
            }
            assert!(state().ok);
            assert_eq!(listed(&deck.store, None).await.is_empty(), age.is_some());
            jobs.stop();
            running.await.unwrap();
        }
    }
}
