//! Responses of the model counted once, in whatever order and however often they are told.

use orchestrator::{
    transcripts::{Entry, ModelUse, Usage},
    usage::{Counter, Observed},
};
use proptest::prelude::*;
use quarterdeck_shared::usage::Tokens;
use std::collections::BTreeMap;

fn usage(input: u64, output: u64) -> Usage {
    Usage { tokens: Tokens { input, output, ..Tokens::default() }, ..Usage::default() }
}

fn told(message: &str, request: Option<&str>, output: u64, stop: Option<&str>) -> Entry {
    Entry::Assistant {
        message_id: message.to_owned(),
        request_id: request.map(str::to_owned),
        model: "claude-opus-5-5".to_owned(),
        blocks: Vec::new(),
        usage: usage(10, output),
        stop_reason: stop.map(str::to_owned),
        parent: None,
        error: None,
    }
}

/// A response as it streams, on a thread of its own.
fn streamed(message: &str, output: u64, parent: Option<&str>) -> Vec<Entry> {
    let parent = parent.map(str::to_owned);
    vec![
        Entry::MessageStart {
            message_id: message.to_owned(),
            model: "claude-opus-5-5".to_owned(),
            usage: usage(10, 1),
            parent: parent.clone(),
        },
        told(message, Some(&format!("req_{message}")), 1, None),
        Entry::MessageDelta {
            usage: usage(10, output),
            stop_reason: Some("end_turn".to_owned()),
            parent: parent.clone(),
        },
        Entry::MessageStop { parent },
    ]
}

fn count(entries: &[Entry]) -> Vec<Observed> {
    let mut counter = Counter::default();
    entries.iter().for_each(|entry| drop(counter.observe(entry)));
    counter.responses()
}

#[test]
fn the_figures_of_the_start_are_never_final() {
    let mut counter = Counter::default();
    let seen: Vec<Option<Observed>> =
        streamed("m1", 45, None).iter().map(|entry| counter.observe(entry)).collect();
    let of = |at: usize| seen[at].as_ref().map(|it| (it.tokens.output, it.complete, it.request_id.is_some()));
    assert_eq!(of(0), Some((1, false, false)));
    assert_eq!(of(1), Some((1, false, true)), "now its request is known");
    assert_eq!(of(2), Some((45, true, true)), "the end belongs to the same response");
    assert_eq!(of(3), None);
    assert_eq!(counter.responses().len(), 1);
}

#[test]
fn one_message_of_two_requests_is_two_responses() {
    let entries = [
        told("m", Some("a"), 3, None),
        told("m", Some("b"), 4, None),
        told("m", Some("a"), 5, Some("end_turn")),
    ];
    let outputs: Vec<u64> = count(&entries).iter().map(|response| response.tokens.output).collect();
    assert_eq!(outputs, [5, 4]);
}

#[test]
fn words_of_the_runtime_itself_cost_nothing() {
    let Entry::Assistant { message_id, request_id, blocks, usage, stop_reason, parent, error, .. } =
        told("m", None, 3, None)
    else {
        panic!()
    };
    let model = "<synthetic>".to_owned();
    let entry = Entry::Assistant { message_id, request_id, model, blocks, usage, stop_reason, parent, error };
    assert_eq!(Counter::default().observe(&entry), None);
}

#[test]
fn what_no_response_showed_is_what_is_left() {
    let mut counter = Counter::default();
    streamed("m1", 45, None).iter().for_each(|entry| drop(counter.observe(entry)));
    let used = |input, output| ModelUse { tokens: usage(input, output).tokens, ..ModelUse::default() };
    let models = BTreeMap::from([
        ("claude-opus-5-5[1m]".to_owned(), used(30, 50)),
        ("claude-haiku-5-5".to_owned(), used(7, 0)),
    ]);
    let unseen = counter.unseen(&models);
    assert_eq!(unseen["claude-opus-5-5[1m]"], usage(20, 5).tokens);
    assert_eq!(unseen["claude-haiku-5-5"], usage(7, 0).tokens);
    assert!(counter.unseen(&BTreeMap::from([("claude-opus-5-5".to_owned(), used(10, 45))])).is_empty());
}

fn an_entry() -> impl Strategy<Value = Vec<Entry>> {
    let whole = (0..3_u8, prop::option::of(0..2_u8), 0..50_u64, any::<bool>()).prop_map(
        |(message, request, output, stop)| {
            let request = request.map(|request| format!("r{request}"));
            vec![told(&format!("m{message}"), request.as_deref(), output, stop.then_some("end_turn"))]
        },
    );
    let stream = (0..3_u8, 1..50_u64, any::<bool>()).prop_map(|(message, output, side)| {
        streamed(&format!("s{message}"), output, side.then_some("toolu_1"))
    });
    prop_oneof![whole, stream]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn neither_order_nor_repetition_changes_the_count(
        (told, shuffled) in prop::collection::vec(an_entry(), 0..10)
            .prop_flat_map(|told| (Just(told.clone()), Just(told).prop_shuffle())),
        again in any::<prop::sample::Index>(),
    ) {
        let once = count(&told.concat());
        let mut twice = shuffled;
        if !twice.is_empty() {
            twice.push(twice[again.index(twice.len())].clone());
        }
        prop_assert_eq!(once, count(&twice.concat()));
    }
}
