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
        if let Entry::Finished(result) = &entry {
            grown.extend(ledger.turned(result, NOON));
        }
    }
    grown.into_iter().map(|grown| grown.record).collect()
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
        "total_cost_usd": cost, "modelUsage": {MODEL: {
            "inputTokens": input, "outputTokens": output, "cacheReadInputTokens": 0, "cacheCreationInputTokens": 0,
            "webSearchRequests": 0, "costUSD": cost, "contextWindow": 200_000, "costBasis": "list",
        }},
    })
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

#[test]
fn a_process_that_counts_from_nothing_again_is_believed() {
    let said = Said {
        cost: None,
        models: [(MODEL.to_owned(), (Tokens { input: 900, ..Tokens::default() }, None))].into(),
    };
    let mut ledger = ledger(Vec::new(), said);
    hear(&mut ledger, &response("m1", 10));
    assert!(hear(&mut ledger, &result(100, 10, 0.0003)).is_empty());
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
