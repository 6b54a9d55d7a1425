//! What a ledger makes of a stream.

use super::*;
use crate::fleet::agents::blank;
use orchestrator::transcripts::read;
use serde_json::{Value, json};

const MODEL: &str = "claude-sonnet-5-5";
const NOON: Timestamp = Timestamp(1_795_348_800_000_000);

fn ledger(records: Vec<UsageRecord>, said: Said) -> Ledger {
    Ledger::new(&blank(Role::Builder, None, NOON).agent, false, records, said, Prices::default())
}

fn hear(ledger: &mut Ledger, line: &Value) -> Vec<UsageRecord> {
    ledger.next_line();
    let mut grown = Vec::new();
    for entry in read(line.to_string().as_bytes()) {
        grown.extend(ledger.observe(&entry, NOON));
        match &entry {
            Entry::Finished(result) => grown.extend(ledger.turned(result, NOON)),
            Entry::Taken { cost, models } => ledger.goes_on_from(*cost, models),
            _ => {}
        }
    }
    grown.into_iter().map(|grown| UsageRecord::clone(&grown.record)).collect()
}

fn response(id: &str, output: u64) -> Value {
    json!({"type": "assistant", "request_id": format!("req_{id}"), "message": {
        "id": id, "model": MODEL, "content": [], "stop_reason": "end_turn", "usage": {
            "input_tokens": 100, "output_tokens": output, "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
    }})
}

/// The end of a turn after which the runtime has counted so much in all.
fn result(input: u64, output: u64, cost: f64) -> Value {
    json!({"type": "result", "subtype": "success", "is_error": false, "result": "done", "session_id": "s",
        "total_cost_usd": cost, "modelUsage": models(input, output, cost),
    })
}

/// What the runtime says it has counted when its process begins.
fn usage(input: u64, output: u64, cost: f64) -> Value {
    json!({"type": "control_response", "response": {"subtype": "success", "request_id": "usage", "response": {
        "session": {"total_cost_usd": cost, "model_usage": models(input, output, cost)},
    }}})
}

fn models(input: u64, output: u64, cost: f64) -> Value {
    json!({MODEL: {
        "inputTokens": input, "outputTokens": output, "cacheReadInputTokens": 0, "cacheCreationInputTokens": 0,
        "webSearchRequests": 0, "costUSD": cost, "contextWindow": 200_000, "costBasis": "list",
    }})
}

fn outputs(records: &[UsageRecord]) -> Vec<(u64, CostBasis)> {
    records.iter().map(|record| (record.tokens.output, record.cost_basis)).collect()
}

#[test]
fn a_response_is_one_record_and_an_agents_figures_are_their_sum() {
    let mut ledger = ledger(Vec::new(), Said::default());
    assert_eq!(outputs(&hear(&mut ledger, &response("m1", 10))), [(10, CostBasis::Computed)]);
    assert!(hear(&mut ledger, &response("m1", 10)).is_empty(), "said twice, counted once");
    hear(&mut ledger, &response("m2", 20));
    let mut agent = blank(Role::Builder, None, NOON).agent;
    ledger.put_into(&mut agent);
    assert_eq!((agent.requests, agent.input_tokens, agent.output_tokens), (2, 200, 30));
    assert_eq!(agent.cost_usd, "0.0007".parse().unwrap());
    assert_eq!(agent.context.unwrap().used, 100);
}

#[test]
fn what_no_response_showed_is_a_record_of_its_own_by_the_runtimes_word() {
    let mut ledger = ledger(Vec::new(), Said::default());
    hear(&mut ledger, &response("m1", 10));
    let unseen = hear(&mut ledger, &result(150, 40, 0.01));
    assert_eq!(outputs(&unseen), [(30, CostBasis::Reported)]);
    assert_eq!(unseen[0].tokens.input, 50);
    assert_eq!(unseen[0].cost_usd, "0.0097".parse().unwrap(), "all of it, less what the response cost");
    assert!(unseen[0].sidechain && unseen[0].price_version.is_none());

    hear(&mut ledger, &response("m2", 10));
    assert!(hear(&mut ledger, &result(250, 50, 0.0103)).is_empty(), "the next turn had nothing unseen");
    assert_eq!(outputs(&hear(&mut ledger, &result(250, 55, 0.011))), [(5, CostBasis::Reported)]);
}

#[test]
fn the_next_process_of_a_session_goes_on_from_the_runtimes_last_word() {
    let mut first = ledger(Vec::new(), Said::default());
    hear(&mut first, &response("m1", 10));
    hear(&mut first, &result(100, 10, 0.0003));
    let mut second = ledger(first.records.into_values().collect(), first.said);
    hear(&mut second, &response("m2", 10));
    assert!(hear(&mut second, &result(200, 20, 0.0006)).is_empty());
    let mut agent = blank(Role::Builder, None, NOON).agent;
    second.put_into(&mut agent);
    assert_eq!((agent.requests, agent.output_tokens), (2, 20));
}

/// What a session took whose first process showed `m1` of 10 tokens and began another response when it was cut off,
/// and whose second one says that it goes on from so much, shows `m2` of 20 tokens and counts so many in all.
fn after_a_cut(told: Option<u64>, in_all: u64) -> (usize, u64) {
    let mut first = ledger(Vec::new(), Said::default());
    hear(&mut first, &response("m1", 10));
    let mut begun = response("cut", 1);
    begun["message"]["stop_reason"] = Value::Null;
    hear(&mut first, &begun);
    let mut second = ledger(first.records.into_values().collect(), first.said);
    if let Some(output) = told {
        hear(&mut second, &usage(if output == 0 { 0 } else { 100 }, output, 0.0003));
    }
    hear(&mut second, &response("m2", 20));
    let requests = if in_all < 30 { 100 } else { 200 };
    hear(&mut second, &result(requests, in_all, 0.01));
    let mut agent = blank(Role::Builder, None, NOON).agent;
    second.put_into(&mut agent);
    (second.records.len(), agent.output_tokens)
}

#[test]
fn what_was_shown_before_a_cut_is_counted_once() {
    assert_eq!(after_a_cut(Some(10), 30), (3, 31), "it remembers what had ended");
    assert_eq!(after_a_cut(Some(0), 20), (3, 31), "it remembers nothing");
    assert_eq!(after_a_cut(Some(0), 25), (4, 36), "and took more than it showed");
    assert_eq!(after_a_cut(Some(10), 36), (4, 37), "it remembers all and took more than it showed");
    assert_eq!(after_a_cut(Some(14), 34), (4, 34), "what it had taken unseen before the cut");
    assert_eq!(after_a_cut(None, 30), (3, 31), "it does not say that it remembers");
    assert_eq!(after_a_cut(None, 20), (3, 31), "it does not say that it remembers nothing");
    assert_eq!(after_a_cut(None, 36), (4, 37), "it does not say so and took more than it showed");
}

#[test]
fn what_two_processes_took_unseen_is_two_records() {
    let mut first = ledger(Vec::new(), Said::default());
    hear(&mut first, &result(100, 10, 0.0003));
    let mut second = ledger(first.records.into_values().collect(), first.said);
    let grown = hear(&mut second, &result(150, 30, 0.0009));
    assert_eq!((second.records.len(), outputs(&grown)), (2, vec![(20, CostBasis::Reported)]));
}

#[test]
fn the_reported_cost_goes_on_from_what_the_runtime_remembers() {
    let usd = |text: &str| text.parse::<Usd>().unwrap();
    let mut ledger = ledger(Vec::new(), Said { cost: Some(usd("0.10")) });
    let mut reported = |told, cost| {
        ledger.goes_on_from(Some(usd(told)), &BTreeMap::new());
        let result = TurnResult { cost: Some(usd(cost)), ..TurnResult::default() };
        ledger.reported(&result).unwrap().to_string()
    };
    assert_eq!(reported("0.15", "0.20"), "0.1", "with what it took before it was cut off");
    assert_eq!(reported("0", "0.30"), "0.3", "it remembers nothing");
}

#[test]
fn the_reported_cost_is_the_difference_between_results() {
    let mut ledger = ledger(Vec::new(), Said::default());
    let mut reported = |cost| {
        let result = TurnResult { cost: Some(cost), ..TurnResult::default() };
        ledger.reported(&result).unwrap().to_string()
    };
    let usd = |text: &str| text.parse::<Usd>().unwrap();
    assert_eq!(reported(usd("0.10")), "0.1");
    assert_eq!(reported(usd("0.25")), "0.15");
    assert_eq!(reported(usd("0.05")), "0.05", "a session that lost its last word begins at nothing again");
}
