//! Telemetry, read: whatever comes, nothing panics, nothing is negative, nothing counts twice.

use super::*;
use crate::{
    ledger::{Book, Owner, Telling},
    pricing::PriceTable,
    usage::Observed,
};
use quarterdeck_shared::{AgentId, RecordId, Timestamp, agents::Role, usage::Tokens};
use uuid::Uuid;

fn attributes(pairs: &[(&str, Field)]) -> Attributes {
    Attributes(pairs.iter().map(|(key, field)| ((*key).to_owned(), field.clone())).collect())
}

fn text(words: &str) -> Field {
    Field::Text(words.to_owned())
}

fn request(changes: &[(&str, Field)]) -> LogRecord {
    let mut all = vec![
        ("session.id", text("s1")),
        ("model", text("claude-sonnet-5-5")),
        ("input_tokens", Field::Whole(100)),
        ("output_tokens", text("7")),
        ("cost_usd", Field::Number(0.5)),
        ("request_id", text("req_1")),
    ];
    for (key, field) in changes {
        all.retain(|(known, _)| known != key);
        all.push((key, field.clone()));
    }
    LogRecord {
        nanos: 1_795_000_000_000_000_000,
        body: "claude_code.api_request".into(),
        attributes: attributes(&all),
    }
}

fn observed(record: &LogRecord) -> Result<Observed, &'static str> {
    match read(record, &Attributes::default())?.fact {
        Fact::Request { observed, .. } => Ok(*observed),
        other => panic!("{other:?}"),
    }
}

#[test]
fn numbers_come_as_words_and_as_numbers() {
    for output in [text("7"), Field::Whole(7), Field::Number(7.0)] {
        let seen = observed(&request(&[("output_tokens", output)])).unwrap();
        assert_eq!(seen.tokens, Tokens { input: 100, output: 7, ..Tokens::default() });
        assert_eq!(seen.message_id, "otlp:req_1");
    }
    let told = read(&request(&[("cost_usd", text("0.25"))]), &Attributes::default()).unwrap();
    assert!(matches!(told.fact, Fact::Request { reported: Some(cost), .. } if cost.nanos() == 250_000_000));
    assert_eq!(told.at, Some(Timestamp(1_795_000_000_000_000)));
}

#[test]
fn what_cannot_be_believed_is_refused_with_its_reason_or_cut() {
    for hostile in
        [Field::Whole(-1), Field::Number(f64::NAN), Field::Number(f64::INFINITY), text("-3"), text("x")]
    {
        assert!(observed(&request(&[("input_tokens", hostile.clone())])).is_err(), "{hostile:?}");
        let told = read(&request(&[("cost_usd", hostile)]), &Attributes::default()).unwrap();
        assert!(matches!(told.fact, Fact::Request { reported: None, .. }));
    }
    for missing in ["session.id", "model", "request_id"] {
        assert!(observed(&request(&[(missing, text(""))])).is_err(), "{missing}");
    }
    assert!(observed(&request(&[("session.id", text("--resume"))])).is_err(), "it would be a flag");
    for huge in [Field::Number(1e300), Field::Whole((1 << 24) + 1), text("18446744073709551615")] {
        let refused = observed(&request(&[("input_tokens", huge)])).unwrap_err();
        assert!(refused.contains("more than any request"), "{refused}");
    }
    assert_eq!(observed(&request(&[("input_tokens", Field::Whole(1 << 24))])).unwrap().tokens.input, 1 << 24);
    let dear = read(&request(&[("cost_usd", Field::Number(10_000.01))]), &Attributes::default()).unwrap();
    assert!(matches!(dear.fact, Fact::Request { reported: None, .. }));
    assert!(read(&LogRecord { body: "other".into(), ..request(&[]) }, &Attributes::default()).is_err());
    let told = read(&LogRecord { nanos: u64::MAX, ..request(&[]) }, &Attributes::default()).unwrap();
    assert!(told.at.is_some_and(|at| at.micros() > 0));
    let of_all = attributes(&[("session.id", text("all"))]);
    assert_eq!(read(&request(&[("session.id", text(""))]), &of_all).unwrap().thread.session_id, "all");
}

fn telling(observed: Observed) -> Telling {
    Telling { observed, cost: None, reported: None, provenance: String::new(), at: Timestamp(5) }
}

fn owner(number: u128) -> Owner {
    let agent_id = AgentId(Uuid::from_u128(number));
    Owner { agent_id, task_id: None, role: Role::Custom, replayed: false }
}

#[test]
fn a_request_told_by_log_and_by_transcript_is_one_record_in_either_order() {
    let of_log = observed(&request(&[])).unwrap();
    let of_file = Observed { message_id: "msg_1".into(), cache_5m: 0, complete: true, ..of_log.clone() };
    let prices = PriceTable::bundled();
    for log_first in [true, false] {
        let mut book = Book::default();
        let mut tellings = vec![(owner(1), of_log.clone()), (owner(2), of_file.clone())];
        if !log_first {
            tellings.reverse();
        }
        for (number, (owner, observed)) in (1_u128..).zip(tellings) {
            book.enter(prices, owner, telling(observed), RecordId(Uuid::from_u128(number)));
        }
        let [record] = &book.records().collect::<Vec<_>>()[..] else { panic!("one record") };
        assert_eq!((record.message_id.as_str(), record.request_id.as_deref()), ("msg_1", Some("req_1")));
        assert_eq!((record.id, record.agent_id), (RecordId(Uuid::from_u128(1)), owner(2).agent_id));
        for again in [of_log.clone(), of_file.clone()] {
            assert!(book.enter(prices, owner(1), telling(again), RecordId(Uuid::nil())).is_none());
        }
    }
}

fn sum(is_delta: bool, from: u64, until: u64, value: f64) -> Point {
    let attributes =
        attributes(&[("session.id", text("s1")), ("type", text("output")), ("model", text("m"))]);
    let name = "claude_code.token.usage".to_owned();
    point(&SumPoint { name, is_delta, from, until, value: Some(value), attributes }, &Attributes::default())
        .unwrap()
}

/// After every moment of these points.
const NOW: u64 = 1_000;

fn output(meters: &Meters) -> u64 {
    meters.models()["m"].0.output
}

#[test]
fn differences_add_up_and_count_once() {
    let mut meters = Meters::default();
    let points = [sum(true, 0, 10, 5.0), sum(true, 10, 20, 7.0)];
    assert_eq!(points.iter().map(|point| meters.take(point, NOW)).collect::<Vec<_>>(), [true, true]);
    assert_eq!(points.iter().map(|point| meters.take(point, NOW)).collect::<Vec<_>>(), [false, false]);
    assert_eq!(output(&meters), 12);
}

#[test]
fn totals_count_by_what_they_grew_and_anew_after_a_reset() {
    let mut meters = Meters::default();
    for (from, until, value, wanted) in [
        (1, 10, 5.0, 5),
        (1, 20, 9.0, 9),
        (1, 20, 9.0, 9),
        (30, 40, 4.0, 13),
        (30, 50, 3.0, 16),
        (1, 15, 99.0, 16),
    ] {
        meters.take(&sum(false, from, until, value), NOW);
        assert_eq!(output(&meters), wanted, "{until}");
    }
    let stored: Meters = serde_json::from_str(&serde_json::to_string(&meters).unwrap()).unwrap();
    assert_eq!(stored, meters);
}

#[test]
fn several_processes_of_a_session_count_beside_each_other() {
    let mut meters = Meters::default();
    for (from, until, value, wanted) in [
        (1, 10, 100.0, 100),
        (5, 12, 10.0, 110),
        (1, 20, 110.0, 120),
        (5, 22, 10.0, 120),
        (1, 20, 110.0, 120),
    ] {
        meters.take(&sum(false, from, until, value), NOW);
        assert_eq!(output(&meters), wanted, "total from {from} until {until}");
    }
    // Of many, those that told nothing for the longest are not known any more: what they say then says nothing.
    for from in 100..120 {
        meters.take(&sum(false, from, from + 1, 1.0), NOW);
    }
    assert_eq!(output(&meters), 140);
    assert!(!meters.take(&sum(false, 1, 200, 500.0), NOW) && !meters.take(&sum(false, 101, 201, 500.0), NOW));
    assert!(meters.take(&sum(false, 119, 202, 3.0), NOW));
    assert_eq!(output(&meters), 142);

    let mut meters = Meters::default();
    for (from, until, value, wanted) in
        [(1, 10, 100.0, 100), (3, 8, 10.0, 110), (8, 16, 1.0, 111), (10, 14, 2.0, 113), (3, 8, 10.0, 113)]
    {
        meters.take(&sum(true, from, until, value), NOW);
        assert_eq!(output(&meters), wanted, "difference from {from} until {until}");
    }
    for from in 100..200 {
        meters.take(&sum(true, from, from + 1, 0.0), NOW);
    }
    assert!(!meters.take(&sum(true, 3, 8, 10.0), NOW), "too old to tell");
    let json = serde_json::to_string(&meters).unwrap();
    assert_eq!(serde_json::from_str::<Meters>(&json).unwrap(), meters);
}

#[test]
fn a_clock_that_is_ahead_makes_nothing_count_twice_and_keeps_nothing_from_counting() {
    let mut meters = Meters::default();
    let told = [sum(true, 1_500, 1_600, 40.0), sum(false, 1_500, 1_600, 5.0), sum(false, 1_500, 1_660, 9.0)];
    for now in [NOW, NOW + 60, NOW + 2_000] {
        for point in &told {
            meters.take(point, now);
        }
        assert_eq!(output(&meters), 49, "by {now}");
    }
    let mut meters = Meters::default();
    for (is_delta, until, value, wanted) in [
        (false, u64::MAX, 5.0, 5),
        (false, 900, 9.0, 9),
        (false, u64::MAX, 5.0, 9),
        (false, 900, 9.0, 9),
        (true, u64::MAX, 1.0, 10),
        (true, 900, 2.0, 12),
        (true, u64::MAX, 1.0, 12),
    ] {
        meters.take(&sum(is_delta, 1, until, value), NOW);
        assert_eq!(output(&meters), wanted, "until {until}");
    }
}

#[test]
fn a_note_of_before_goes_on_where_it_was() {
    let point = sum(false, 1, 30, 9.0);
    let mut fresh = Meters::default();
    fresh.take(&point, NOW);
    let mut note = serde_json::to_value(&fresh).unwrap();
    for series in note.as_object_mut().unwrap().values_mut() {
        *series = serde_json::json!({"sum": 7.0, "from": 1, "last": 5.0, "until": 20});
    }
    let mut meters: Meters = serde_json::from_value(note).unwrap();
    assert!(meters.take(&point, NOW) && !meters.take(&point, NOW));
    assert_eq!(output(&meters), 11);
}

#[test]
fn sums_of_no_number_are_refused() {
    let fields = attributes(&[("session.id", text("s1"))]);
    for value in [None, Some(-1.0), Some(f64::NAN), Some(f64::NEG_INFINITY)] {
        let hostile = SumPoint {
            name: "claude_code.cost.usage".into(),
            value,
            attributes: fields.clone(),
            ..SumPoint::default()
        };
        assert!(point(&hostile, &Attributes::default()).is_err(), "{value:?}");
    }
}
