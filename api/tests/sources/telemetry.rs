//! What telemetry tells counts once, whoever else tells it, in whatever order.

use super::{
    LATER, adds_up, adds_up_in_sum, agents, append, helped,
    hooks::{approvals, asked, hear, heard_by, hours, stands, told, tool},
    import, prompt, records, response, totals,
};
use crate::{
    both,
    support::{database::Place, rows},
};
use quarterdeck::{
    costs::gather,
    fleet::clock::Clock,
    sources::{
        Intake, Taken, Tense,
        otlp::{
            Telemetry,
            wire::{Encoding, Signal, parse},
        },
    },
    store::{Row, Store},
};
use quarterdeck_shared::{
    Usd,
    agents::AgentStatus,
    costs::CostsQuery,
    usage::{CostBasis, Tokens},
};
use serde_json::{Value, json};
use std::{env, fs, path::Path};

/// Noon of 2026-11-22, and seconds after it, in nanoseconds.
fn nanos(seconds: u64) -> String {
    (1_795_348_800_000_000_000 + seconds * 1_000_000_000).to_string()
}

fn pairs(fields: &Value) -> Value {
    let value = |value: &Value| match value {
        Value::String(text) => json!({"stringValue": text}),
        Value::Bool(truth) => json!({"boolValue": truth}),
        Value::Number(number) if number.is_f64() => json!({"doubleValue": number}),
        other => json!({"intValue": other.to_string()}),
    };
    fields.as_object().unwrap().iter().map(|(key, it)| json!({"key": key, "value": value(it)})).collect()
}

fn event(session: &str, name: &str, second: u64, fields: Value) -> Value {
    let mut all = json!({"session.id": session, "event.name": name, "event.sequence": second});
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({"timeUnixNano": nanos(second), "body": {"stringValue": format!("claude_code.{name}")},
        "attributes": pairs(&all)})
}

/// The log record of the request that [`response`] answers.
pub fn request(session: &str, message: &str, output: u64) -> Value {
    event(
        session,
        "api_request",
        1,
        json!({"model": "claude-sonnet-5-5", "input_tokens": 100,
        "output_tokens": output.to_string(), "cache_read_tokens": 0, "cache_creation_tokens": 0, "cost_usd": 0.25,
        "request_id": format!("req_{message}"), "speed": "normal", "query_source": "sdk"}),
    )
}

pub fn logs(records: &[Value]) -> Value {
    json!({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})
}

fn metrics(temporality: u8, points: &[(&str, Value, u64, f64)]) -> Value {
    let metric = |(name, fields, until, value): &(&str, Value, u64, f64)| {
        json!({"name": format!("claude_code.{name}"), "sum": {"isMonotonic": true,
            "aggregationTemporality": temporality, "dataPoints": [{"attributes": pairs(fields),
                "startTimeUnixNano": nanos(0), "timeUnixNano": nanos(*until), "asDouble": value}]}})
    };
    let metrics: Vec<_> = points.iter().map(metric).collect();
    json!({"resourceMetrics": [{"scopeMetrics": [{"metrics": metrics}]}]})
}

pub async fn send(store: &Store, signal: Signal, body: &Value) -> Taken {
    let parsed = parse(signal, Encoding::Json, body.to_string().as_bytes()).unwrap();
    assert_eq!(parsed.refused, 0, "{}", parsed.reason);
    Intake::new(store.clone(), Clock::manual(LATER)).hear(parsed.telemetry).await.unwrap()
}

/// Tokens and cost of the model in a session of which only sums tell.
fn sums(session: &str, temporality: u8, until: u64, output: f64, cost: f64) -> Value {
    let of = |kind: &str| json!({"session.id": session, "model": "claude-sonnet-5-5", "type": kind});
    metrics(
        temporality,
        &[
            ("token.usage", of("output"), until, output),
            ("cost.usage", of(""), until, cost),
            ("lines_of_code.count", of("added"), until, 3.0),
        ],
    )
}

both! {
    async fn a_session_only_telemetry_tells_of_is_an_agent_and_counts_once(place: &Place) {
        let store = place.open().await;
        let told = logs(&[
            event("s1", "user_prompt", 0, json!({"prompt": "Mend the roof", "prompt_length": "13"})),
            request("s1", "m1", 7),
            event("s1", "tool_decision", 2, json!({"tool_name": "Bash", "decision": "accept"})),
            event("s1", "tool_result", 3, json!({"tool_name": "Bash", "success": "false", "duration_ms": "12"})),
            event("s1", "plugin_loaded", 4, json!({})),
        ]);
        let taken = send(&store, Signal::Logs, &told).await;
        assert_eq!((taken.new_records, taken.new_agents), (1, 1));
        let again = send(&store, Signal::Logs, &told).await;
        assert_eq!((again.new_records, again.known_records, again.new_agents), (0, 1, 0));
        let [agent] = &agents(&store).await[..] else { panic!("one agent") };
        assert_eq!((agent.name.as_str(), agent.source.as_str()), ("Mend the roof", "otlp"));
        assert_eq!((agent.requests, agent.output_tokens, agent.tool_calls), (1, 7, 1));
        assert_eq!((agent.activity.as_str(), agent.status), ("Bash went wrong", AgentStatus::Completed));
        let [record] = &records(&store).await[..] else { panic!("one record") };
        assert_eq!((record.cost_basis, record.reported_cost_usd), (CostBasis::Computed, Usd::from_reported(0.25)));
        assert_ne!(record.cost_usd, record.reported_cost_usd.unwrap(), "computed by the table");
        adds_up(&store).await;
        store.close().await;
    }

    async fn a_request_told_by_file_and_by_telemetry_counts_once_in_either_order(place: &Place) {
        let store = place.open().await;
        let folder = crate::support::database::folder();
        for (session, log_first) in [("s1", true), ("s2", false)] {
            let file = folder.path().join(format!("projects/-home-dev-app/{session}.jsonl"));
            let message = format!("m-{session}");
            let log = logs(&[request(session, &message, 9),
                event(session, "tool_result", 2, json!({"tool_name": "Bash", "success": "true"}))]);
            append(&file, &[prompt(session, "go"), response(session, &message, 7)]);
            if log_first {
                send(&store, Signal::Logs, &log).await;
            }
            import(&store, folder.path(), Tense::Live).await;
            send(&store, Signal::Logs, &log).await;
            import(&store, folder.path(), Tense::Live).await;
        }
        let all = records(&store).await;
        assert_eq!(all.len(), 2);
        for record in all {
            assert!(record.message_id.starts_with("m-s"), "{}", record.message_id);
            assert_eq!(record.tokens.output, 9, "the larger figure");
            assert!(record.provenance.contains(".jsonl, byte "), "{}", record.provenance);
            assert_eq!(record.reported_cost_usd, Usd::from_reported(0.25));
        }
        assert_eq!(totals(&store).await.tokens, Tokens { input: 200, output: 18, ..Tokens::default() });
        let all = agents(&store).await;
        assert_eq!(all.iter().map(|it| (it.source.as_str(), it.tool_calls)).collect::<Vec<_>>(), [("transcript", 0); 2]);
        adds_up(&store).await;
        store.close().await;
    }

    async fn a_sub_agents_request_goes_to_whom_its_file_names(place: &Place) {
        let store = place.open().await;
        let folder = crate::support::database::folder();
        let file = folder.path().join("projects/-home-dev-app/s1.jsonl");
        send(&store, Signal::Logs, &logs(&[request("s1", "m1", 7), request("s1", "m2", 5)])).await;
        append(&file, &[prompt("s1", "go"), response("s1", "m1", 7)]);
        append(&file.with_file_name("s1").join("subagents/agent-a9.jsonl"), &[helped("s1", "a9", "m2", 5)]);
        import(&store, folder.path(), Tense::Live).await;
        let mut outputs: Vec<_> = agents(&store).await.iter().map(|it| (it.parent_id.is_some(), it.output_tokens)).collect();
        outputs.sort();
        assert_eq!(outputs, [(false, 7), (true, 5)]);
        assert_eq!(totals(&store).await.records, 2);
        adds_up(&store).await;
        store.close().await;
    }

    async fn sums_alone_count_once_and_give_way_to_responses(place: &Place) {
        let store = place.open().await;
        for _ in 0..2 {
            send(&store, Signal::Metrics, &sums("s1", 1, 10, 40.0, 0.5)).await;
        }
        send(&store, Signal::Metrics, &sums("s1", 1, 20, 2.0, 0.25)).await;
        let [record] = &records(&store).await[..] else { panic!("one record") };
        assert_eq!((record.tokens.output, record.cost_usd, record.cost_basis), (42, Usd::from_reported(0.75).unwrap(), CostBasis::Reported));
        assert!(record.provenance.contains("sums claude_code.token.usage"));
        adds_up(&store).await;
        send(&store, Signal::Logs, &logs(&[request("s1", "m1", 42)])).await;
        assert_eq!(totals(&store).await.tokens.output, 42, "told one by one");
        let [record] = &records(&store).await[..] else { panic!("one record") };
        assert_eq!((record.cost_basis, record.is_remainder()), (CostBasis::Computed, false));
        send(&store, Signal::Metrics, &sums("s1", 1, 30, 7.0, 0.25)).await;
        assert_eq!(totals(&store).await.tokens.output, 42);
        adds_up(&store).await;

        for (until, output) in [(10, 5.0), (20, 9.0), (20, 9.0), (30, 4.0)] {
            send(&store, Signal::Metrics, &sums("s2", 2, until, output, 0.0)).await;
        }
        assert_eq!(totals(&store).await.tokens.output, 42 + 13, "a total that fell began anew");
        let folder = crate::support::database::folder();
        append(&folder.path().join("projects/-x/s2.jsonl"), &[prompt("s2", "go"), response("s2", "m2", 11)]);
        import(&store, folder.path(), Tense::Live).await;
        assert_eq!(totals(&store).await.tokens.output, 42 + 11, "its file tells now");
        send(&store, Signal::Metrics, &sums("s2", 2, 40, 50.0, 0.0)).await;
        assert_eq!(totals(&store).await.tokens.output, 42 + 11);
        adds_up(&store).await;
        let of = json!({"session.id": "s3", "model": "claude-sonnet-5-5"});
        send(&store, Signal::Metrics, &metrics(1, &[("cost.usage", of, 10, 0.5)])).await;
        send(&store, Signal::Logs, &logs(&[request("s3", "m3", 1)])).await;
        assert_eq!(totals(&store).await.records, 3, "nor is anything left of a cost alone");
        adds_up(&store).await;
        let note: Value = serde_json::from_str(&store.note("otlp/s2").await.unwrap().unwrap()).unwrap();
        assert!(note["meters"].is_object());
        store.close().await;
    }

    async fn sums_count_also_where_a_hook_was_heard_first(place: &Place) {
        let store = place.open().await;
        let (sources, _) = heard_by(&store, hours(), &[]);
        hear(sources.hooks().unwrap(), told("UserPromptSubmit", json!({"prompt": "go"}))).await;
        let source = || async { agents(&store).await.remove(0).source };
        assert_eq!(source().await, "hooks");
        send(&store, Signal::Metrics, &sums("s1", 1, 10, 40.0, 0.5)).await;
        let [record] = &records(&store).await[..] else { panic!("one record") };
        assert_eq!((record.tokens.output, record.cost_basis), (40, CostBasis::Reported));
        adds_up(&store).await;
        let folder = crate::support::database::folder();
        append(&folder.path().join("projects/-x/s1.jsonl"), &[prompt("s1", "go"), response("s1", "m1", 11)]);
        import(&store, folder.path(), Tense::Live).await;
        send(&store, Signal::Metrics, &sums("s1", 1, 20, 7.0, 0.25)).await;
        assert_eq!((source().await.as_str(), totals(&store).await.tokens.output), ("transcript", 11));
        assert_eq!(agents(&store).await.len(), 1);
        adds_up(&store).await;
        store.close().await;
    }

    async fn what_it_tells_takes_no_question_back_that_a_hook_asked(place: &Place) {
        let store = place.open().await;
        let used = |second| event("s1", "tool_result", second, json!({"tool_name": "Read", "success": "true"}));
        send(&store, Signal::Logs, &logs(&[used(0)])).await;
        let (killed, _) = heard_by(&store, hours(), &[]);
        let mut groups = store.watch();
        let hooks = killed.hooks().unwrap().clone();
        let held = tokio::spawn(async move { hear(&hooks, tool("PermissionRequest")).await });
        asked(&mut groups, &store).await;
        let heard = agents(&store).await[0].status_evidence.last_event_at;
        send(&store, Signal::Logs, &logs(&[used(2), request("s1", "m1", 7)])).await;
        let (status, reason, _) = stands(&store).await;
        assert_eq!(status, AgentStatus::Waiting, "{reason}");
        let agent = agents(&store).await.remove(0);
        assert_eq!((agent.status_evidence.last_event_at, agent.model.as_deref()), (heard, Some("claude-sonnet-5-5")));
        held.abort();

        let (next, _) = heard_by(&store, hours(), &[]);
        let running = tokio::spawn({ let next = next.clone(); async move { next.run().await } });
        while !approvals(&store, "pending").await.is_empty() {
            tokio::task::yield_now().await;
        }
        next.stop();
        running.await.unwrap();
        store.close().await;
    }

    async fn an_agent_of_our_own_is_told_of_by_its_stream(place: &Place) {
        let store = place.open().await;
        let mut mine = rows::agent(1);
        (mine.session_id, mine.status) = (Some("s1".into()), AgentStatus::Running);
        store.commit(rows::rows([Row::AgentDetail(Box::new(rows::detail(mine.clone())))])).await.unwrap();
        send(&store, Signal::Logs, &logs(&[request("s1", "m1", 7)])).await;
        send(&store, Signal::Metrics, &sums("s1", 1, 10, 40.0, 0.5)).await;
        assert_eq!(totals(&store).await.records, 0);
        assert_eq!(agents(&store).await.len(), 1);
        store.close().await;
    }

    async fn hostile_telemetry_breaks_nothing_and_is_never_negative(place: &Place) {
        let store = place.open().await;
        let hostile = [
            json!({"model": "m\u{0}", "input_tokens": 1, "request_id": "r1"}),
            json!({"model": "m", "input_tokens": -1, "request_id": "r2"}),
            json!({"model": "m", "input_tokens": "NaN", "request_id": "r3"}),
            json!({"model": "m", "output_tokens": 1e300, "cost_usd": -5.0, "request_id": "r4"}),
            json!({"model": "m", "output_tokens": 3, "cost_usd": "Infinity", "request_id": "r5"}),
            json!({"model": "m", "output_tokens": 3}),
        ];
        let mut events: Vec<_> = hostile.into_iter().map(|it| event("s1", "api_request", 1, it)).collect();
        let mut future = request("s1", "m9", 1);
        future["timeUnixNano"] = "18446744073709551615".into();
        events.push(future);
        events.push(event("s1", "user_prompt", 9, json!({"prompt": "a\u{0}b\u{1b}[31m"})));
        let body = logs(&events).to_string();
        let parsed = parse(Signal::Logs, Encoding::Json, body.as_bytes()).unwrap();
        assert_eq!((parsed.refused, parsed.telemetry.told.len()), (5, 3));
        Intake::new(store.clone(), Clock::manual(LATER)).hear(parsed.telemetry).await.unwrap();
        // Whatever the future was said to hold, what follows is heard.
        let end = "18446744073709551615";
        let mut future = sums("s1", 1, 10, 0.0, 0.0);
        future["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array_mut().unwrap().iter_mut().for_each(|metric| {
            metric["sum"]["dataPoints"][0]["timeUnixNano"] = end.into();
        });
        send(&store, Signal::Metrics, &future).await;
        let calls = agents(&store).await[0].tool_calls;
        let clock = Clock::manual(LATER.plus_seconds(60));
        let used = event("s1", "tool_result", 930, json!({"tool_name": "Bash", "success": "true"}));
        let counted = sums("s1", 1, 930, 40.0, 0.0);
        for (signal, body) in [(Signal::Logs, logs(&[used])), (Signal::Metrics, counted)] {
            let parsed = parse(signal, Encoding::Json, body.to_string().as_bytes()).unwrap();
            Intake::new(store.clone(), clock.clone()).hear(parsed.telemetry).await.unwrap();
        }
        assert_eq!(agents(&store).await[0].tool_calls, calls + 1);
        let note: Value = serde_json::from_str(&store.note("otlp/s1").await.unwrap().unwrap()).unwrap();
        let series = note["meters"].as_object().unwrap();
        let counted = series.iter().find(|(name, _)| name.contains("lines_of_code")).unwrap().1;
        assert_eq!(counted["sum"], 6.0, "both were counted");
        for record in records(&store).await {
            assert!(record.cost_usd >= Usd::ZERO && record.at <= LATER, "{record:?}");
            assert!(record.reported_cost_usd.is_none_or(|cost| cost >= Usd::ZERO));
        }
        adds_up(&store).await;
        store.close().await;
    }

    async fn what_a_clock_that_is_ahead_tells_again_counts_once(place: &Place) {
        let store = place.open().await;
        let used = |second| event("s1", "tool_result", second, json!({"tool_name": "Bash", "success": "true"}));
        let bodies = [
            (Signal::Logs, logs(&[used(1_500), used(1_501)])),
            (Signal::Metrics, sums("s1", 1, 1_500, 40.0, 0.0)),
            (Signal::Metrics, sums("s2", 2, 1_500, 5.0, 0.0)),
            (Signal::Metrics, sums("s2", 2, 1_560, 9.0, 0.0)),
        ];
        // Ten minutes before it, a minute later, and when its time has come.
        for later in [0, 60, 3_600] {
            let mut together = Telemetry::default();
            for (signal, body) in &bodies {
                together.add(parse(*signal, Encoding::Json, body.to_string().as_bytes()).unwrap().telemetry);
            }
            let clock = Clock::manual(LATER.plus_seconds(later));
            Intake::new(store.clone(), clock).hear(together).await.unwrap();
            let agent = agents(&store).await.into_iter().find(|it| it.session_id.as_deref() == Some("s1")).unwrap();
            assert_eq!((agent.tool_calls, totals(&store).await.tokens.output), (2, 49), "after {later} s");
        }
        adds_up(&store).await;
        store.close().await;
    }

    async fn the_dearest_telemetry_there_can_be_leaves_every_sum_whole(place: &Place) {
        let store = place.open().await;
        let most = |number: u64, tokens: u64, model: &str, cost: f64| {
            let fields = json!({"model": model, "input_tokens": tokens, "output_tokens": tokens,
                "cache_read_tokens": tokens, "cache_creation_tokens": tokens, "cache_creation_1h_tokens": tokens,
                "cost_usd": cost, "request_id": format!("r{number}")});
            event("s1", "api_request", number, fields)
        };
        let believed: Vec<_> = (0..1_200)
            .map(|number| most(number, 1 << 24, if number % 2 == 0 { "claude-opus-4" } else { "m" }, 1e4))
            .collect();
        send(&store, Signal::Logs, &logs(&believed)).await;
        let beyond: Vec<_> = (1_200..2_400).map(|number| most(number, 1 << 36, "claude-opus-4", 1e6)).collect();
        let parsed = parse(Signal::Logs, Encoding::Json, logs(&beyond).to_string().as_bytes()).unwrap();
        assert_eq!((parsed.refused, parsed.telemetry.told.len()), (1_200, 0));
        assert!(parsed.reason.contains("more than any request takes"), "{}", parsed.reason);
        for number in 0..40 {
            send(&store, Signal::Metrics, &sums(&format!("s2-{number}"), 2, 10, 1e300, 1e300)).await;
        }
        let totals = totals(&store).await;
        assert_eq!(totals.records, 1_240);
        let costs = gather(&store, &CostsQuery::default()).await.unwrap();
        assert_eq!((costs.total.cost_usd, costs.total.records), (totals.cost_usd, totals.records));
        adds_up_in_sum(&store).await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_counts_once_in_a_database_that_sorts_as_a_dictionary() {
    let place = Place::dictionary().await;
    let store = place.open().await;
    send(&store, Signal::Logs, &logs(&[request("s1", "m1", 9)])).await;
    let folder = crate::support::database::folder();
    append(&folder.path().join("projects/-x/s1.jsonl"), &[prompt("s1", "go"), response("s1", "m1", 9)]);
    import(&store, folder.path(), Tense::Live).await;
    assert_eq!(records(&store).await.len(), 1);
    adds_up(&store).await;
    store.close().await;
    place.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_recorded_telemetry_is_read_whole_and_counts_each_request_once() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let Some(folder) =
        env::var_os("QUARTERDECK_SAMPLES").map(Into::into).or(beside.is_dir().then_some(beside))
    else {
        return;
    };
    let place = Place::sqlite();
    let store = place.open().await;
    let intake = Intake::new(store.clone(), Clock::manual(LATER.plus_seconds(86_400)));
    let (mut requests, mut output) = (std::collections::BTreeSet::new(), 0);
    for _ in 0..2 {
        for version in ["2.1.197", "2.1.330"] {
            let mut files: Vec<_> = fs::read_dir(folder.join("otel").join(version))
                .unwrap()
                .map(|file| file.unwrap().path())
                .collect();
            files.sort();
            for file in files {
                let name = file.file_name().unwrap().to_string_lossy().into_owned();
                let encoding = if name.ends_with(".bin") { Encoding::Protobuf } else { Encoding::Json };
                let signal = match &name {
                    name if name.contains("logs") => Signal::Logs,
                    name if name.contains("metrics") => Signal::Metrics,
                    _ => Signal::Traces,
                };
                let bytes = fs::read(&file).unwrap();
                let parsed = parse(signal, encoding, &bytes).unwrap();
                assert_eq!(parsed.refused, 0, "{name}: {}", parsed.reason);
                for told in &parsed.telemetry.told {
                    if let orchestrator::otlp::Fact::Request { observed, .. } = &told.fact
                        && requests.insert(observed.request_id.clone())
                    {
                        output += observed.tokens.output;
                    }
                }
                intake.hear(parsed.telemetry).await.unwrap();
            }
        }
    }
    let counted = totals(&store).await;
    assert!(requests.len() > 10);
    assert_eq!((counted.records, counted.tokens.output), (requests.len() as u64, output));
    adds_up(&store).await;
    store.close().await;
}
