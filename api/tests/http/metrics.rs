//! What agents did over HTTP: every figure is the sum of what can be opened.

use super::desk::Desk;
use crate::{both, support::rows};
use quarterdeck::store::Row;
use quarterdeck_shared::{
    AgentId, TaskId, Timestamp, Usd,
    agents::{Agent, AgentStatus, FileTouch, FileUse, Role, ToolCount},
    metrics::{MetricsBy, MetricsQuery},
    usage::{CostBasis, Tokens, UsageRecord},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn at(second: i64) -> Timestamp {
    rows::MORNING.plus_seconds(second)
}

/// An agent that was at work between these seconds of the morning.
fn agent(number: u64, role: Role, task: Option<u64>, (began, ended): (i64, i64)) -> Agent {
    Agent {
        role,
        status: AgentStatus::Completed,
        task_id: task.map(rows::task_id),
        started_at: Some(at(began)),
        finished_at: Some(at(ended)),
        ..rows::agent(number)
    }
}

fn record(number: u64, of: &Agent, second: i64) -> UsageRecord {
    let (agent_id, task_id, role) = (of.id, of.task_id, of.role);
    UsageRecord { agent_id, task_id, role, at: at(second), ..rows::record(number) }
}

fn tool(tool: &str, calls: u64, errors: u64) -> ToolCount {
    ToolCount { tool: tool.to_owned(), calls, errors }
}

fn touch(path: &str, file_use: FileUse, second: i64) -> FileTouch {
    FileTouch { path: path.to_owned(), file_use, times: 2, last_at: at(second) }
}

fn did(agent: &Agent, tools: Vec<ToolCount>, files: Vec<FileTouch>) -> Vec<Row> {
    let agent_id = agent.id;
    vec![Row::Agent(Box::new(agent.clone())), Row::Tools { agent_id, tools }, Row::Files { agent_id, files }]
}

/// A planner and two builders of two tasks, a builder that was deleted, and a tester that was played.
async fn seed(desk: &Desk) {
    use FileUse::{Consumed, Produced};
    let planner = agent(1, Role::Planner, Some(1), (0, 60));
    let first = agent(2, Role::Builder, Some(1), (60, 240));
    let second = agent(3, Role::Builder, Some(2), (300, 360));
    let gone = Agent { status: AgentStatus::Deleted, ..agent(4, Role::Builder, None, (100, 400)) };
    let played = Agent { runtime: "replay".into(), ..agent(5, Role::Tester, Some(2), (0, 400)) };
    let unpriced = UsageRecord {
        cost_usd: Usd::ZERO,
        cost_basis: CostBasis::Unknown,
        price_version: None,
        ..record(5, &first, 200)
    };
    let partial = UsageRecord { cost_basis: CostBasis::LowerBound, ..record(6, &second, 310) };
    let records = [
        record(1, &planner, 10),
        record(2, &planner, 20),
        record(3, &first, 70),
        record(4, &first, 130),
        unpriced,
        partial,
        record(7, &gone, 150),
        UsageRecord { replayed: true, ..record(8, &played, 20) },
    ];
    let mut all = vec![Row::Task(Box::new(rows::task(1))), Row::Task(Box::new(rows::task(2)))];
    all.extend(did(&planner, vec![tool("Read", 3, 1)], vec![touch("/a", Consumed, 10)]));
    all.extend(did(
        &first,
        vec![tool("Edit", 4, 0), tool("Bash", 2, 2)],
        vec![touch("/a", Consumed, 65), touch("/a", Produced, 130), touch("/b", Produced, 220)],
    ));
    all.extend(did(
        &second,
        vec![tool("Read", 1, 0)],
        vec![touch("/b", Consumed, 305), touch("/c", Produced, 340)],
    ));
    all.extend(did(&gone, Vec::new(), Vec::new()));
    all.extend(did(&played, vec![tool("Read", 9, 9)], vec![touch("/z", Consumed, 20)]));
    all.extend(records.map(|record| Row::Usage(record.into())));
    desk.store().commit(rows::rows(all)).await.unwrap();
}

async fn list(desk: &Desk, query: &str) -> Vec<Value> {
    let page = desk.get(&format!("/api/v1/metrics?{query}")).await.json();
    let items = page["items"].as_array().unwrap_or_else(|| panic!("{query}: {page}")).clone();
    assert_eq!(page["total"], json!(items.len()), "{query}");
    items
}

/// Agents, requests, cost, calls, errors, files read, written and new, seconds.
fn figures(row: &Value) -> Value {
    let sum = &row["sum"];
    json!([
        row["agents"],
        sum["records"],
        sum["cost_usd"],
        row["tool_calls"],
        row["tool_errors"],
        row["files_consumed"],
        row["files_produced"],
        row["files_created"],
        row["seconds"]
    ])
}

fn named(rows: &[Value]) -> Vec<(&str, Value)> {
    rows.iter().map(|row| (row["name"].as_str().unwrap_or_default(), figures(row))).collect()
}

both! {
    async fn figures_are_the_sums_of_what_can_be_opened(place: &Place) {
        let desk = Desk::on(place).await;
        seed(&desk).await;
        let roles = list(&desk, "").await;
        let builder = json!([3, 5, "0.004", 7, 2, 2, 3, 1, 540]);
        assert_eq!(named(&roles), [("BUILDER", builder.clone()), ("PLANNER", json!([1, 2, "0.002", 3, 1, 1, 0, 0, 60]))]);
        let sum = &roles[0]["sum"];
        assert_eq!(sum["tokens"], json!({"input": 50, "output": 100, "cache_creation": 150, "cache_read": 200}));
        assert_eq!((&sum["cost_basis"], &sum["unknown_records"], &sum["lower_bound_records"]), (&json!("unknown"), &json!(1), &json!(1)));
        assert_eq!(roles[1]["sum"]["cost_basis"], json!("computed"));

        let agents = list(&desk, "by=agent").await;
        let newest_first = [(4, "BUILDER"), (3, "BUILDER"), (2, "BUILDER"), (1, "PLANNER")]
            .map(|(number, role)| (json!(rows::agent_id(number)), json!(role)));
        let seen: Vec<_> = agents.iter().map(|row| (row["agent_id"].clone(), row["role"].clone())).collect();
        assert_eq!(seen, newest_first);
        for row in &agents {
            let id = row["agent_id"].as_str().unwrap();
            let records = desk.get(&format!("/api/v1/usage?agent_id={id}")).await.json();
            let opened = desk.get(&format!("/api/v1/agents/{id}")).await.json();
            let sum = |list: &Value, field: &str| list.as_array().unwrap().iter().filter_map(|it| it[field].as_u64()).sum::<u64>();
            assert_eq!(row["sum"]["records"], records["total"]);
            assert_eq!(row["tool_calls"], sum(&opened["tool_breakdown"], "calls"));
            assert_eq!(row["tool_errors"], sum(&opened["tool_breakdown"], "errors"));
        }

        let tasks = list(&desk, "by=task").await;
        let title = |number| rows::task(number).title;
        let expected = [
            (title(2), json!([1, 1, "0.001", 1, 0, 1, 1, 1, 60])),
            (title(1), json!([2, 5, "0.004", 9, 3, 1, 2, 1, 240])),
        ];
        assert_eq!(named(&tasks), expected.each_ref().map(|(name, figures)| (name.as_str(), figures.clone())));
        let of_one = list(&desk, &format!("by=role&task_id={}", rows::task_id(1))).await;
        assert_eq!(named(&of_one)[0], ("BUILDER", json!([1, 3, "0.002", 6, 2, 1, 2, 1, 180])));
        let costs = desk.get("/api/v1/costs?by=role").await.json();
        assert_eq!(costs["groups"][0]["sum"], roles[0]["sum"], "one sum, wherever it is asked for");
    }

    async fn a_stretch_of_time_counts_what_lies_in_it(place: &Place) {
        let desk = Desk::on(place).await;
        seed(&desk).await;
        let span = format!("from={}&to={}", at(120), at(330));
        assert_eq!(named(&list(&desk, &span).await), [("BUILDER", json!([3, 4, "0.003", 7, 2, 1, 2, 1, 360]))]);
        let records = desk.get(&format!("/api/v1/usage?{span}")).await.json();
        assert_eq!(records["total"], json!(4));
        let late = list(&desk, &format!("by=agent&from={}", at(361))).await;
        assert_eq!(late.iter().map(|row| row["agent_id"].clone()).collect::<Vec<_>>(), [json!(rows::agent_id(4))]);
        assert_eq!(list(&desk, &format!("to={}", at(-1))).await, Vec::<Value>::new());
        assert_eq!(list(&desk, &format!("from={}", at(401))).await, Vec::<Value>::new());
        let tasks = list(&desk, &format!("by=task&to={}", at(250))).await;
        assert_eq!(tasks.iter().map(|row| row["task_id"].clone()).collect::<Vec<_>>(), [json!(rows::task_id(1))]);
    }

    async fn who_works_on_counts_until_now_and_who_never_began_not_at_all(place: &Place) {
        let desk = Desk::on(place).await;
        let working = Agent { status: AgentStatus::Running, finished_at: None, ..agent(1, Role::Builder, None, (10, 0)) };
        let idle = Agent { status: AgentStatus::Created, ..rows::agent(2) };
        let begun = [working, idle].map(|agent| Row::Agent(Box::new(agent)));
        desk.store().commit(rows::rows(begun)).await.unwrap();
        let seconds = async |from: Option<i64>, now: i64| {
            let query = MetricsQuery { by: Some(MetricsBy::Agent), from: from.map(|from| at(from).to_string()), ..MetricsQuery::default() };
            let page = desk.store().metrics(&query, at(now)).await.unwrap();
            page.items.iter().map(|row| row.seconds).collect::<Vec<_>>()
        };
        assert_eq!(seconds(None, 100).await, [0, 90]);
        assert_eq!(seconds(None, 5).await, [0, 0], "a clock that was set back");
        assert_eq!(seconds(Some(70), 100).await, [30]);
    }

    async fn pages_hold_every_row_once(place: &Place) {
        let desk = Desk::on(place).await;
        seed(&desk).await;
        for (by, count) in [("role", 2), ("agent", 4), ("task", 2)] {
            let (mut cursor, mut seen) = (String::new(), Vec::new());
            loop {
                let page = desk.get(&format!("/api/v1/metrics?by={by}&limit=1&cursor={cursor}")).await.json();
                assert_eq!(page["total"], json!(count), "{by}");
                seen.extend(page["items"].as_array().unwrap().iter().map(Value::to_string));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            assert_eq!((seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (count, count), "{by}");
            let whole: Vec<_> = list(&desk, &format!("by={by}")).await.iter().map(Value::to_string).collect();
            assert_eq!(seen, whole, "{by}");
            let elsewhere = desk.get(&format!("/api/v1/metrics?by={by}&from=2026-01-01&cursor={cursor}")).await;
            assert_eq!(elsewhere.status, 400, "{by}: {elsewhere:?}");
        }
    }

    async fn what_the_cases_add_up_is_added_up(place: &Place) {
        use FileUse::{Consumed, Produced};
        let desk = Desk::on(place).await;
        assert_eq!(list(&desk, "").await, Vec::<Value>::new());
        let put = async |rows: Vec<Row>| desk.store().commit(rows::rows(rows)).await.unwrap();
        let usage = |number: u64, of: &Agent, tokens: Tokens, cost: &str| {
            let cost_usd = cost.parse().unwrap();
            Row::Usage(UsageRecord { tokens, cost_usd, ..record(number, of, 0) }.into())
        };
        let read = |paths: &[&str], file_use| paths.iter().map(|path| touch(path, file_use, 0)).collect::<Vec<_>>();
        let of_task = async |task: TaskId| list(&desk, &format!("by=task&task_id={task}")).await.remove(0);

        let one = agent(1, Role::Builder, Some(1), (0, 1));
        let output = Tokens { output: 7, ..Tokens::default() };
        put(did(&one, Vec::new(), Vec::new())).await;
        put(vec![usage(1, &one, output, "0")]).await;
        assert_eq!(of_task(rows::task_id(1)).await["sum"]["tokens"], json!(output));

        let two = agent(2, Role::Builder, Some(2), (0, 1));
        let first = Tokens { input: 10, output: 5, cache_creation: 100, cache_read: 200 };
        let second = Tokens { input: 1, output: 2, ..Tokens::default() };
        put(did(&two, Vec::new(), Vec::new())).await;
        put(vec![usage(2, &two, first, "0.02"), usage(3, &two, second, "0.03")]).await;
        let both = of_task(rows::task_id(2)).await["sum"].clone();
        assert_eq!((&both["tokens"], &both["cost_usd"]), (&json!(first + second), &json!("0.05")));

        let (three, four) = (agent(3, Role::Builder, Some(3), (0, 1)), agent(4, Role::Tester, Some(3), (0, 1)));
        put(did(&three, Vec::new(), [read(&["b", "a"], Consumed), read(&["a", "c"], Produced)].concat())).await;
        put(did(&four, vec![tool("Bash", 4, 0)], [read(&["c"], Consumed), read(&["d"], Produced)].concat())).await;
        put(vec![usage(4, &three, Tokens::default(), "1.23456")]).await;
        assert_eq!(figures(&of_task(rows::task_id(3)).await), json!([2, 1, "1.23456", 4, 0, 3, 3, 1, 2]));

        let well = agent(5, Role::Builder, Some(4), (0, 1));
        let badly = Agent { status: AgentStatus::Failed, ..agent(6, Role::Builder, Some(4), (0, 1)) };
        let tokens = |input| Tokens { input, ..Tokens::default() };
        for (agent, cost, input) in [(&well, "0", 1), (&badly, "0.5", 2)] {
            put(did(agent, Vec::new(), Vec::new())).await;
            put(vec![usage(4 + input, agent, tokens(input), cost)]).await;
        }
        let task = of_task(rows::task_id(4)).await;
        assert_eq!((&task["sum"]["tokens"]["input"], figures(&task)), (&json!(3), json!([2, 2, "0.5", 0, 0, 0, 0, 0, 2])));
    }
}

#[rocket::async_test]
async fn what_is_asked_wrongly_is_named() {
    let desk = Desk::new().await;
    for (query, field) in [
        ("by=colour", "by"),
        ("from=soon", "from"),
        ("to=2026-13-01", "to"),
        ("limit=0", "limit"),
        ("task_id=7", "task_id"),
        ("role=BUILDER", "role"),
    ] {
        let reply = desk.get(&format!("/api/v1/metrics?{query}")).await;
        assert_eq!((reply.status, reply.text.contains(field)), (422, true), "{query}: {reply:?}");
    }
    let nobody: AgentId = rows::agent_id(77);
    assert_eq!(list(&desk, &format!("task_id={nobody}")).await, Vec::<Value>::new());
}
