//! Session files read into records: counted once, whatever the order, the cuts and the copies.

use orchestrator::{
    ledger::{Book, Owner, Telling, is_emptied, reprice, shrink},
    pricing::PriceTable,
    transcripts::{
        lines::{Lines, Text},
        reading::{Reading, Thread},
        session::is_whole,
    },
};
use proptest::prelude::*;
use quarterdeck_shared::{
    AgentId, RecordId, Timestamp, Usd,
    agents::Role,
    usage::{CostBasis, Tokens, UsageRecord},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

pub fn thread(session: &str) -> Thread {
    Thread { session_id: session.to_owned(), agent_id: String::new() }
}

/// Reads a file in pieces of these sizes, the rest at once.
pub fn reading(bytes: &[u8], cuts: &[usize]) -> Reading {
    let mut reading = Reading::of(thread("file"), true);
    let mut lines = Lines::from(0);
    let mut rest = bytes;
    for cut in cuts {
        let (piece, more) = rest.split_at((*cut).min(rest.len()));
        lines.push(piece, |line| reading.take(line));
        rest = more;
    }
    lines.push(rest, |line| reading.take(line));
    lines.finish(is_whole, |line| reading.take(line));
    reading
}

/// Enters every response of a reading, as the importer does.
pub fn enter(book: &mut Book, reading: &Reading, owner: u128) {
    let owner = Owner {
        agent_id: AgentId(Uuid::from_u128(owner)),
        task_id: None,
        role: Role::Custom,
        replayed: false,
    };
    for heard in reading.responses() {
        let telling = Telling {
            observed: heard.observed.clone(),
            cost: None,
            reported: heard.reported,
            provenance: format!("byte {}", heard.offset),
            at: heard.at.unwrap_or_default(),
        };
        let id = RecordId(Uuid::from_u128(book.records().count() as u128));
        book.enter(PriceTable::bundled(), owner, telling, id);
    }
}

pub fn sum(book: &Book) -> (usize, Tokens, Usd) {
    let records: Vec<_> = book.records().collect();
    let tokens = records.iter().fold(Tokens::default(), |sum, record| sum + record.tokens);
    (records.len(), tokens, records.iter().map(|record| record.cost_usd).sum())
}

fn line(session: &str, message: &str, request: Option<&str>, output: u64, stop: Option<&str>) -> Value {
    json!({
        "parentUuid": null, "isSidechain": false, "type": "assistant", "sessionId": session, "requestId": request,
        "timestamp": "2026-11-22T12:00:00.000Z", "cwd": "/home/dev/app", "version": "2.1.330",
        "message": {"id": message, "type": "message", "role": "assistant", "model": "claude-haiku-5-5",
            "content": [{"type": "text", "text": "a \"quoted\" word"}], "stop_reason": stop,
            "usage": {"input_tokens": 5, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 99_990,
                "output_tokens": output,
                "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20}}},
    })
}

fn file(lines: &[Value]) -> Vec<u8> {
    lines.iter().map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

/// The one record of a file.
fn record(bytes: &[u8]) -> UsageRecord {
    let mut book = Book::default();
    enter(&mut book, &reading(bytes, &[]), 1);
    let records: Vec<_> = book.records().cloned().collect();
    assert_eq!(records.len(), 1, "{records:?}");
    records[0].clone()
}

#[test]
fn the_largest_figure_of_a_response_counts_and_it_is_priced_by_its_tier() {
    let lines = [line("s", "m", Some("r"), 2, None), line("s", "m", Some("r"), 40, Some("end_turn"))];
    let counted = record(&file(&lines));
    assert_eq!(counted.tokens, Tokens { input: 5, output: 40, cache_creation: 30, cache_read: 99_990 });
    assert_eq!(counted.cost_basis, CostBasis::Computed);
    // 100,025 tokens of prompt: above the tier. 5 x 0.5 + 40 x 2.5 + 10 x 0.625 + 20 x 1 + 99,990 x 0.05 dollars a million.
    assert_eq!(counted.cost_usd.to_string(), "0.00512825");
}

#[test]
fn a_response_that_never_says_why_it_stopped_is_a_lower_bound() {
    let counted = record(&file(&[line("s", "m", Some("r"), 2, None)]));
    assert_eq!(counted.cost_basis, CostBasis::LowerBound);
}

#[test]
fn a_fork_that_copies_lines_adds_nothing_and_takes_nothing_away() {
    let mut book = Book::default();
    enter(&mut book, &reading(&file(&[line("old", "m", Some("r"), 40, Some("end_turn"))]), &[]), 1);
    let copied =
        [line("new", "m", Some("r"), 40, Some("end_turn")), line("new", "n", Some("q"), 1, Some("end_turn"))];
    enter(&mut book, &reading(&file(&copied), &[]), 2);
    let owners: BTreeMap<_, _> =
        book.records().map(|it| (it.message_id.clone(), it.agent_id.0.as_u128())).collect();
    assert_eq!(owners, BTreeMap::from([("m".to_owned(), 1), ("n".to_owned(), 2)]));
}

#[test]
fn a_message_told_without_its_request_is_the_same_response() {
    for swapped in [false, true] {
        let mut lines = [line("s", "m", None, 7, None), line("s", "m", Some("r"), 3, Some("end_turn"))];
        if swapped {
            lines.reverse();
        }
        let counted = record(&file(&lines));
        assert_eq!((counted.tokens.output, counted.request_id.as_deref()), (7, Some("r")));
    }
}

#[test]
fn what_the_wild_holds_is_read_as_far_as_it_goes() {
    let whole = line("s", "m", Some("r"), 40, Some("end_turn")).to_string();
    let other = line("s", "n", Some("q"), 1, Some("end_turn")).to_string();
    let count = |bytes: &[u8]| {
        let mut book = Book::default();
        enter(&mut book, &reading(bytes, &[]), 1);
        sum(&book).0
    };
    assert_eq!(count(format!("{whole}{other}\n").as_bytes()), 2, "two objects on one line");
    assert_eq!(count(format!("\u{feff}{whole}\r\n\r\n{other}\r\n").as_bytes()), 2, "BOM and CRLF");
    assert_eq!(count(format!("{whole}\n{}", &other[..90]).as_bytes()), 1, "a tail cut off");
    assert_eq!(count(format!("{whole}\n{other}").as_bytes()), 2, "a whole last line without its end");
    assert_eq!(
        count(&[whole.as_bytes(), b"\n\xff\xfe\0{\n[1]\nnull\n\"x\"\n"].concat()),
        1,
        "no JSON at all"
    );
    let invalid = whole.replace("a \\\"quoted", "a \\\"\u{1}quoted").into_bytes();
    let invalid: Vec<u8> = invalid.into_iter().map(|byte| if byte == 1 { 0xff } else { byte }).collect();
    assert_eq!(count(&[&invalid[..], b"\n"].concat()), 1, "bytes that are no letters");
    let pretty = serde_json::to_string_pretty(&line("s", "m", Some("r"), 1, None)).unwrap();
    assert_eq!(count(pretty.as_bytes()), 0, "one document over many lines");
    let odd = whole
        .replace("\"isSidechain\":false", "\"isSidechain\":null")
        .replace("\"cwd\":\"", "\"cwd\":7,\"x\":\"");
    assert_eq!(count(odd.as_bytes()), 1, "fields of other kinds");
    let deep = format!("{{\"type\":\"assistant\",\"x\":{}\n{other}\n", "[".repeat(100_000));
    assert_eq!(count(deep.as_bytes()), 1, "a nest without a bottom");
    let synthetic = whole.replace("claude-haiku-5-5", "<synthetic>");
    assert_eq!(count(synthetic.as_bytes()), 0, "words of the program itself");
    let echo = json!({"type": "progress", "sessionId": "s", "data": {"type": "agent_progress", "message":
        line("s", "m", Some("r"), 40, Some("end_turn"))}});
    assert_eq!(count(echo.to_string().as_bytes()), 0, "a parent repeats its sub-agent");
}

#[test]
fn a_line_too_long_is_known_by_its_place() {
    let mut lines = Lines::with_longest(0, 10);
    let mut found = Vec::new();
    let mut note = |line: orchestrator::transcripts::lines::Line<'_>| {
        found.push((line.offset, matches!(line.text, Text::Oversize(_))));
    };
    for piece in [&b"one\n01234"[..], b"56789012", b"\ntwo\nhalf"] {
        lines.push(piece, &mut note);
    }
    assert_eq!(found, [(0, false), (4, true), (18, false)]);
    assert_eq!((lines.settled(), lines.unfinished()), (22, 4));
}

#[test]
fn what_a_response_shows_late_leaves_the_remainder() {
    let mut whole = record(&file(&[line("s", "m", Some("r"), 40, Some("end_turn"))]));
    whole.message_id = format!("{}s:1:claude-haiku-5-5[1m]", UsageRecord::REMAINDER);
    whole.model = "claude-haiku-5-5[1m]".to_owned();
    let shown = Tokens { output: 30, input: 50, ..Tokens::default() };
    let left = shrink([&whole], "claude-haiku-5-5", shown, PriceTable::bundled());
    assert_eq!((left[0].tokens.output, left[0].tokens.input, left[0].tokens.cache_read), (10, 0, 99_990));
    assert!(left[0].cost_usd < whole.cost_usd && !is_emptied(&left[0]));
    assert!(is_emptied(&shrink([&whole], "claude-haiku-5-5", whole.tokens, PriceTable::bundled())[0]));
    assert!(shrink([&whole], "claude-opus-5", shown, PriceTable::bundled()).is_empty(), "of another model");
}

/// Lines of a few responses over a few sessions, as they grow.
fn some_lines() -> impl Strategy<Value = Vec<Value>> {
    let told = (0..3_u8, 0..5_u8, 0..2_u8, 0..60_u64, any::<bool>()).prop_map(
        |(session, message, request, output, ends)| {
            let (message, request) = (format!("m{message}"), format!("r{request}"));
            line(&format!("s{session}"), &message, Some(&request), output, ends.then_some("end_turn"))
        },
    );
    prop::collection::vec(told, 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn neither_order_nor_cuts_nor_copies_nor_restarts_change_a_sum(
        (lines, shuffled) in some_lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        cuts in prop::collection::vec(0..3_000_usize, 0..12),
        restart in any::<prop::sample::Index>(),
        copied in any::<prop::sample::Index>(),
    ) {
        let mut once = Book::default();
        enter(&mut once, &reading(&file(&lines), &[]), 1);

        let mut again = Book::default();
        let (first, second) = shuffled.split_at(restart.index(shuffled.len()));
        enter(&mut again, &reading(&file(first), &cuts), 1);
        // A restart has read the end of the first file already; a fork copies lines of both.
        let mut rest = second.to_vec();
        rest.push(shuffled[copied.index(shuffled.len())].clone());
        enter(&mut again, &reading(&file(&rest), &cuts), 2);
        prop_assert_eq!(sum(&once), sum(&again));
    }

    #[test]
    fn whatever_the_bytes_are_nothing_breaks(bytes in prop::collection::vec(any::<u8>(), 0..600), cuts in prop::collection::vec(0..80_usize, 0..9)) {
        let cut = reading(&bytes, &cuts);
        let whole = reading(&bytes, &[]);
        prop_assert_eq!(cut.tally(), whole.tally());
    }

    #[test]
    fn a_line_damaged_anywhere_breaks_nothing(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = file(&[line("s", "m", Some("r"), 40, Some("end_turn")), line("s", "n", Some("q"), 1, None)]);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        reading(&bytes, &[at]);
    }
}

#[test]
fn a_thread_is_known_by_what_it_did() {
    let prompt = json!({"type": "user", "sessionId": "s", "cwd": "/w", "timestamp": "2026-11-22T11:59:00Z",
        "message": {"role": "user", "content": "mend the roof"}});
    let mut call = line("s", "m", Some("r"), 9, Some("tool_use"));
    call["message"]["content"] = json!([{"type": "tool_use", "id": "t1", "name": "Bash", "input": {}}]);
    let failed = json!({"type": "user", "sessionId": "s", "timestamp": "2026-11-22T12:01:00Z",
        "message": {"content": [{"type": "tool_result", "tool_use_id": "t1", "is_error": true, "content": "no"}]}});
    let named = json!({"type": "custom-title", "customTitle": "Roof", "sessionId": "s"});
    let cost = json!({"type": "cost-state", "sessionId": "s", "totalCostUSD": 0.25});
    let mut helper = line("s", "h", Some("q"), 9, Some("end_turn"));
    helper["agentId"] = json!("a1");
    helper["isSidechain"] = json!(true);
    let read = reading(&file(&[prompt, call.clone(), call, failed, named, cost, helper]), &[]);
    let known = &read.threads()[&thread("s")];
    assert_eq!((known.prompt.as_deref(), known.name.as_deref()), (Some("mend the roof"), Some("Roof")));
    assert_eq!((known.cwd.as_deref(), known.model.as_deref()), (Some("/w"), Some("claude-haiku-5-5")));
    assert_eq!(known.tools["Bash"], (1, 1), "told twice, called once");
    assert_eq!((known.turn_ended, known.context_used), (Some(false), Some(100_025)));
    assert_eq!(known.reported.map(|cost| cost.to_string()).as_deref(), Some("0.25"));
    let moment = |text: &str| text.parse::<Timestamp>().ok();
    assert_eq!(
        (known.first_at, known.last_at),
        (moment("2026-11-22T11:59:00Z"), moment("2026-11-22T12:01:00Z"))
    );
    let helper = &read.threads()[&Thread { session_id: "s".into(), agent_id: "a1".into() }];
    assert_eq!(helper.turn_ended, Some(true));
}

#[test]
fn history_keeps_its_price_until_somebody_asks() {
    let bytes = format!("{}\n", line("s", "m1", Some("r1"), 100, Some("end_turn")));
    let mut book = Book::default();
    enter(&mut book, &reading(bytes.as_bytes(), &[]), 1);
    let before = book.records().next().unwrap().clone();
    let cheaper = r#"{"version": "2027-01-01", "models": [{"id": "claude-haiku-5-5", "window": 1000000,
        "rates": {"input": "0", "output": "0.01", "write_5m": "0", "write_1h": "0", "read": "0"}}]}"#;
    let prices = PriceTable::bundled().updated(cheaper, "").unwrap();
    let owner = Owner { agent_id: before.agent_id, task_id: None, role: Role::Custom, replayed: false };
    for heard in reading(bytes.as_bytes(), &[]).responses() {
        let telling = Telling {
            observed: heard.observed.clone(),
            cost: None,
            reported: None,
            provenance: String::new(),
            at: before.at,
        };
        assert_eq!(book.enter(&prices, owner, telling, before.id), None, "told again, it is what it was");
    }
    let anew = reprice(&prices, &before).unwrap();
    assert_eq!((anew.record.cost_usd, anew.before.as_ref()), ("0.000001".parse().unwrap(), Some(&before)));
    assert_eq!(anew.record.price_version.as_deref(), Some("2027-01-01"));
    assert_eq!(reprice(&prices, &anew.record), None, "once is enough");
    assert_eq!(
        reprice(PriceTable::bundled(), &anew.record).unwrap().record,
        before.into(),
        "and it can be taken back"
    );
}
