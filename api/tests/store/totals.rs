//! Totals: sums that are kept as rows change, and always equal a walk over all rows.

use crate::{both, support::rows};
use quarterdeck::store::{Row, Store};
use quarterdeck_shared::{
    Total, Usd,
    agents::{AgentQuery, AgentStatus, FileTouch, FileUse, ToolCount},
    approvals::ApprovalStatus,
    tasks::{Complexity, TaskQuery, TaskStatus, TaskType},
    usage::{Bucket, CostBasis, SeriesBy, SeriesQuery, Tokens, Totals, UsageQuery, UsageRecord},
};

async fn totals(store: &Store) -> Totals {
    store.totals(rows::MORNING.plus_seconds(3_600)).await.unwrap()
}

async fn put(store: &Store, row: Row) {
    store.commit(rows::rows([row])).await.unwrap();
}

both! {
    async fn agents_and_tasks_are_counted_as_they_change(place: &Place) {
        let store = place.open().await;
        let agents = (0..70).map(|number| Row::Agent(Box::new(rows::agent(number))));
        store.commit(rows::rows(agents)).await.unwrap();
        let tasks = (0..28).map(|number| Row::Task(Box::new(rows::task(number))));
        store.commit(rows::rows(tasks)).await.unwrap();
        let counted = totals(&store).await;
        assert_eq!((counted.agents, counted.active, counted.tasks), (70, 20, 28));
        assert_eq!(counted.by_status["running"], 10);
        assert_eq!(counted.by_role.values().sum::<u64>(), 70);
        assert_eq!((counted.with_analyst, counted.without_analyst), (14, 14));
        assert_eq!(counted.tasks_by_status["failed"], 4);

        let mut agent = rows::agent(1);
        assert_eq!(agent.status, AgentStatus::Running);
        for status in [AgentStatus::Waiting, AgentStatus::Completed, AgentStatus::Deleted] {
            agent.status = status;
            put(&store, Row::Agent(Box::new(agent.clone()))).await;
        }
        put(&store, Row::RemoveTask { task_id: rows::task_id(3), at: rows::MORNING }).await;
        let counted = totals(&store).await;
        assert_eq!((counted.agents, counted.active, counted.tasks), (69, 19, 27));
        store.close().await;
    }

    async fn what_is_deleted_leaves_the_lists_and_stays_in_the_totals(place: &Place) {
        let store = place.open().await;
        let mut agent = rows::agent(1);
        agent.task_id = Some(rows::task_id(1));
        let record = UsageRecord { agent_id: agent.id, task_id: agent.task_id, ..rows::record(1) };
        let made = [
            Row::Agent(Box::new(agent.clone())),
            Row::Task(Box::new(rows::task(1))),
            Row::Usage(record.clone().into()),
        ];
        store.commit(rows::rows(made)).await.unwrap();
        let before = totals(&store).await;
        agent.status = AgentStatus::Deleted;
        put(&store, Row::Agent(Box::new(agent.clone()))).await;
        put(&store, Row::RemoveTask { task_id: rows::task_id(1), at: rows::MORNING }).await;

        let listed = store.agents(&AgentQuery::default()).await.unwrap();
        assert_eq!((listed.items.len(), listed.total), (0, Total::Exact(0)));
        let deleted = AgentQuery { status: Some("deleted".into()), ..AgentQuery::default() };
        let found = store.agents(&deleted).await.unwrap();
        assert_eq!((found.items, found.total), (vec![agent.clone()], Total::Exact(1)));
        assert_eq!(store.agent(agent.id).await.unwrap().map(|detail| detail.agent), Some(agent));
        assert_eq!(store.tasks(&TaskQuery::default()).await.unwrap().items, []);
        let removed = TaskQuery { status: Some("deleted".into()), ..TaskQuery::default() };
        let found = store.tasks(&removed).await.unwrap();
        assert_eq!((found.items, found.total), (vec![rows::task(1)], Total::Exact(1)));
        assert!(store.is_removed(rows::task_id(1)).await.unwrap());

        put(&store, Row::Task(Box::new(rows::task(1)))).await;
        assert!(store.is_removed(rows::task_id(1)).await.unwrap(), "a late write does not bring it back");
        let after = totals(&store).await;
        assert_eq!((after.agents, after.tasks), (0, 0));
        assert_eq!((after.cost_usd, after.tokens, after.records), (before.cost_usd, before.tokens, 1));
        assert_eq!(store.usage(&UsageQuery::default()).await.unwrap().items, [record]);
        store.close().await;
    }

    async fn a_response_counts_once_with_its_largest_figures(place: &Place) {
        let store = place.open().await;
        let first = UsageRecord {
            tokens: Tokens { output: 1, ..rows::record(1).tokens },
            cost_basis: CostBasis::LowerBound,
            ..rows::record(1)
        };
        let grown = UsageRecord {
            id: rows::record(9).id,
            cost_usd: Usd::from_nanos(5_000_000),
            at: first.at.plus_seconds(5),
            ..rows::record(1)
        };
        let basis = |totals: Totals| (totals.cost_basis, totals.cost_today_basis);
        assert_eq!(basis(totals(&store).await), (None, None), "no request is not nothing");
        put(&store, Row::Usage(first.clone().into())).await;
        let least = Some(CostBasis::LowerBound);
        assert_eq!(basis(totals(&store).await), (least, least));
        let tomorrow = rows::MORNING.plus_seconds(86_400);
        assert_eq!(basis(store.totals(tomorrow).await.unwrap()), (least, None));
        let series = store.series(&SeriesQuery::default(), rows::MORNING.plus_seconds(600)).await.unwrap();
        assert_eq!((series.points[0].cost_basis, series.sum().1), (least, least));
        put(&store, Row::Usage(grown.clone().into())).await;
        put(&store, Row::Usage(first.clone().into())).await;
        let stored = store.usage(&UsageQuery::default()).await.unwrap().items;
        assert_eq!(stored, [UsageRecord { id: first.id, at: first.at, ..grown.clone() }]);
        let counted = totals(&store).await;
        assert_eq!((counted.records, counted.tokens, counted.cost_usd), (1, grown.tokens, grown.cost_usd));
        assert_eq!(counted.cost_today_usd, grown.cost_usd);
        assert_eq!(basis(counted), (Some(grown.cost_basis), Some(grown.cost_basis)));

        let both = [first, UsageRecord { id: rows::record(10).id, ..grown.clone() }];
        store.commit(rows::rows(both.map(|record| Row::Usage(record.into())))).await.unwrap();
        assert_eq!(totals(&store).await.cost_usd, grown.cost_usd, "within one batch too");
        store.close().await;
    }

    async fn what_was_looked_for_in_vain_is_looked_for_again_once_there_are_others(place: &Place) {
        let store = place.open().await;
        let unknown = |among, record: UsageRecord| Row::UsageUnknown { among, record: record.into() };
        assert_eq!(store.usage_records().await.unwrap(), 0);
        let first = UsageRecord { tokens: Tokens { output: 1, ..rows::record(1).tokens }, ..rows::record(1) };
        store.commit(rows::rows([unknown(0, first.clone()), unknown(0, rows::record(2))])).await.unwrap();
        assert_eq!(store.usage_records().await.unwrap(), 2);

        let again = UsageRecord { id: rows::record(9).id, ..rows::record(1) };
        put(&store, unknown(0, again.clone())).await;
        assert_eq!(store.usage_records().await.unwrap(), 2, "somebody else had written it meanwhile");
        let counted = totals(&store).await;
        assert_eq!((counted.records, counted.tokens), (2, again.tokens + rows::record(2).tokens));

        let new = UsageRecord { id: rows::record(10).id, ..rows::record(3) };
        let both = [unknown(2, rows::record(3)), Row::Usage(new.into())];
        store.commit(rows::rows(both)).await.unwrap();
        assert_eq!(store.usage_records().await.unwrap(), 3, "told twice in one batch it is one");
        assert_eq!(store.usage(&UsageQuery::default()).await.unwrap().items.len(), 3);
        store.close().await;
    }

    async fn replays_and_unpriced_records_are_in_no_sum(place: &Place) {
        let store = place.open().await;
        let replayed = |agent: u64| UsageRecord {
            id: rows::record(20 + agent).id,
            agent_id: rows::agent_id(agent),
            replayed: true,
            ..rows::record(1)
        };
        let unpriced = UsageRecord { cost_basis: CostBasis::Unknown, price_version: None, ..rows::record(2) };
        let records = [replayed(1), replayed(2), unpriced.clone(), rows::record(3)];
        store.commit(rows::rows(records.map(|record| Row::Usage(record.into())))).await.unwrap();
        let counted = totals(&store).await;
        assert_eq!((counted.records, counted.unpriced_records), (2, 1));
        assert_eq!(counted.cost_basis, Some(CostBasis::Unknown));
        assert_eq!(counted.cost_usd, rows::record(3).cost_usd);
        assert_eq!(counted.tokens, unpriced.tokens + rows::record(3).tokens);
        let listed = store.usage(&UsageQuery::default()).await.unwrap();
        assert_eq!((listed.items.len(), listed.total), (4, Total::Exact(4)), "a recording played twice is two");
        let series = store.series(&SeriesQuery::default(), rows::MORNING.plus_seconds(600)).await.unwrap();
        assert_eq!(series.points.iter().map(|point| point.records).sum::<u64>(), 2);
        let later = store.series(&SeriesQuery::default(), rows::MORNING.plus_seconds(659)).await.unwrap();
        assert_eq!(later, series, "in the same minute, while nothing changes");
        store.close().await;
    }

    async fn a_series_adds_up_by_time_and_group(place: &Place) {
        let store = place.open().await;
        let records = (0..180).map(|number| Row::Usage(rows::record(number).into()));
        store.commit(rows::rows(records)).await.unwrap();
        let query = SeriesQuery { bucket: Some(Bucket::Minute), by: Some(SeriesBy::Model), ..SeriesQuery::default() };
        let series = store.series(&query, rows::MORNING.plus_seconds(3_600)).await.unwrap();
        assert_eq!((series.bucket_seconds, series.points.len()), (60, 6));
        for (index, point) in series.points.iter().enumerate() {
            assert_eq!(point.at, rows::MORNING.plus_seconds(60 * (index as i64 / 2)));
            assert_eq!((point.records, point.tokens.input), (30, 300));
            assert_eq!(point.cost_usd, Usd::from_nanos(30_000_000));
        }
        let wide = SeriesQuery { bucket: Some(Bucket::Minute), from: Some("2020-01-01".into()), ..query };
        assert!(store.series(&wide, rows::MORNING).await.is_err(), "a series has an end");
        store.close().await;
    }

    async fn an_agents_tools_files_and_figures_are_told_with_it(place: &Place) {
        let store = place.open().await;
        let agent = rows::agent(8);
        let tool = |tool: &str, calls| ToolCount { tool: tool.into(), calls, errors: 1 };
        let file = |path: &str, file_use, times| {
            FileTouch { path: path.into(), file_use, times, last_at: rows::MORNING.plus_seconds(times as i64) }
        };
        let mut detail = rows::detail(agent.clone());
        let write = |tools: Vec<ToolCount>, files: Vec<FileTouch>| {
            let (tools, files) = (Row::Tools { agent_id: agent.id, tools }, Row::Files { agent_id: agent.id, files });
            rows::rows([Row::AgentDetail(Box::new(rows::detail(agent.clone()))), tools, files])
        };
        store.commit(write(vec![tool("Read", 1), tool("Bash", 2)], vec![file("a.rs", FileUse::Consumed, 1)])).await.unwrap();
        let more = vec![file("a.rs", FileUse::Consumed, 2), file("a.rs", FileUse::Produced, 3)];
        store.commit(write(vec![tool("Read", 5)], more)).await.unwrap();
        detail.tool_breakdown = vec![tool("Read", 5), tool("Bash", 2)];
        detail.files = vec![file("a.rs", FileUse::Produced, 3), file("a.rs", FileUse::Consumed, 2)];
        assert_eq!(store.agent(agent.id).await.unwrap(), Some(detail.clone()));
        assert_eq!(agent.status, AgentStatus::Running);
        assert_eq!(store.active_agents().await.unwrap(), [detail]);
        assert_eq!(store.agent(rows::agent_id(99)).await.unwrap(), None);
        store.close().await;
    }

    async fn a_tasks_figures_change_without_the_rest_of_it(place: &Place) {
        let store = place.open().await;
        let task = rows::task(2);
        let figures = |nanos, seconds| Row::TaskFigures {
            task_id: task.id,
            tokens: Tokens { input: 1, output: 2, cache_creation: 3, cache_read: 4 },
            cost_usd: Usd::from_nanos(nanos),
            cost_basis: Some(CostBasis::LowerBound),
            updated_at: rows::MORNING.plus_seconds(seconds),
        };
        store.commit(rows::rows([Row::Task(Box::new(task.clone())), figures(5, 1), figures(9, 2)])).await.unwrap();
        let stored = store.task(task.id).await.unwrap().unwrap();
        assert_eq!((stored.cost_usd, stored.tokens.total()), (Usd::from_nanos(9), 10));
        assert_eq!((stored.cost_basis, stored.updated_at), (Some(CostBasis::LowerBound), rows::MORNING.plus_seconds(2)));
        assert_eq!(stored.workflow, task.workflow);
        store.commit(rows::rows([figures(11, 3), Row::Task(Box::new(task.clone()))])).await.unwrap();
        assert_eq!(store.task(task.id).await.unwrap(), Some(task), "the later row counts");
        store.close().await;
    }

    async fn a_forecast_is_the_middle_of_what_such_tasks_cost(place: &Place) {
        let store = place.open().await;
        let kind = TaskType::BugFix;
        assert_eq!(store.forecast(kind, Complexity::Complex).await.unwrap(), None);
        let ended = (0..=10).map(|number: u64| {
            let mut task = rows::task(number);
            (task.task_type, task.status) = (kind, TaskStatus::Completed);
            task.runtime = if number == 10 { "replay" } else { "claude_cli" }.into();
            task.cost_usd = Usd::from_nanos(number as i64 + 1);
            task.started_at = Some(rows::MORNING);
            task.finished_at = Some(rows::MORNING.plus_seconds(10 * (number as i64 + 1)));
            Row::Task(Box::new(task))
        });
        store.commit(rows::rows(ended)).await.unwrap();
        let forecast = store.forecast(kind, Complexity::Complex).await.unwrap().unwrap();
        assert_eq!((forecast.tasks, forecast.median_seconds), (10, 50));
        assert_eq!((forecast.median_cost_usd, forecast.p90_cost_usd), (Usd::from_nanos(5), Usd::from_nanos(9)));
        store.close().await;
    }

    async fn recent_directories_are_those_that_people_named(place: &Place) {
        let store = place.open().await;
        let tasks = (0..30).map(|number: u64| {
            let mut task = rows::task(number);
            task.working_directory = match number % 3 {
                0 => format!("/data/work/{}", task.id),
                _ => format!("/home/user/project-{}", number % 4),
            };
            Row::Task(Box::new(task))
        });
        store.commit(rows::rows(tasks)).await.unwrap();
        let recent = store.recent_directories().await.unwrap();
        assert_eq!(recent, [1, 0, 2, 3].map(|number| format!("/home/user/project-{number}")));
        store.close().await;
    }

    async fn a_snapshot_is_one_moment(place: &Place) {
        let store = place.open().await;
        let made = [
            Row::Agent(Box::new(rows::agent(1))),
            Row::Task(Box::new(rows::task(1))),
            Row::Approval(Box::new(rows::approval(1, ApprovalStatus::Pending))),
        ];
        store.commit(rows::rows(made).event(rows::activity(1, "here"))).await.unwrap();
        let fleet = store.snapshot(quarterdeck::store::Channel::Fleet, rows::MORNING).await.unwrap();
        assert_eq!((fleet.seq, fleet.totals.agents, fleet.totals.pending_approvals), (1, 1, 1));
        assert_eq!(fleet.agents, [rows::agent(1)]);
        assert_eq!(fleet.tasks, [rows::task(1)]);
        assert_eq!(fleet.approvals, [rows::approval(1, ApprovalStatus::Pending)]);
        let other = quarterdeck::store::Channel::Task(rows::task_id(2));
        let other = store.snapshot(other, rows::MORNING).await.unwrap();
        assert_eq!((other.agents.len(), other.tasks.len(), other.approvals.len()), (0, 0, 0));
        store.close().await;
    }
}
