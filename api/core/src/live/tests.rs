//! What one client gets, when, and in which order.

use super::*;
use proptest::prelude::*;

const A: Option<Uuid> = Some(Uuid::from_u128(1));
const B: Option<Uuid> = Some(Uuid::from_u128(2));
const STATUS: &str = "agent.status_changed";
const NOTHING: [i64; 0] = [];
const USAGE: &str = "usage.recorded";

#[test]
fn the_first_goes_at_once_and_its_followers_become_one() {
    let mut merger = Merger::new(Windows::default());
    assert_eq!(merger.offer(1, STATUS, A, 0), [1]);
    assert_eq!(merger.offer(2, STATUS, A, 100), NOTHING);
    assert_eq!(merger.offer(3, STATUS, A, 200), NOTHING);
    assert_eq!(merger.next_due(), Some(500));
    assert_eq!(merger.due(499), NOTHING);
    assert_eq!(merger.due(500), [3]);
    assert_eq!(merger.offer(4, STATUS, A, 600), NOTHING);
    assert_eq!(merger.next_due(), Some(1_000));
}

#[test]
fn whatever_goes_out_takes_older_ones_along() {
    let mut merger = Merger::new(Windows::default());
    assert_eq!(merger.offer(1, STATUS, A, 0), [1]);
    assert_eq!(merger.offer(2, STATUS, A, 10), NOTHING);
    assert_eq!(merger.offer(3, "agent.activity", A, 20), [2, 3]);
    assert_eq!(merger.offer(4, STATUS, A, 30), NOTHING);
    assert_eq!(merger.offer(5, STATUS, B, 40), [4, 5]);
    assert_eq!(merger.next_due(), None);
}

#[test]
fn a_short_window_releases_what_a_long_one_holds_before_it() {
    let mut merger = Merger::new(Windows::default());
    merger.offer(1, STATUS, A, 0);
    merger.offer(2, USAGE, B, 0);
    assert_eq!(merger.offer(3, STATUS, A, 10), NOTHING);
    assert_eq!(merger.offer(4, USAGE, B, 10), NOTHING);
    assert_eq!(merger.due(250), [3, 4]);
}

#[test]
fn different_records_and_steps_never_replace_each_other() {
    let task = Some(TaskId(Uuid::from_u128(9)));
    let usage = |id: u128| {
        subject(USAGE, None, None, &format!(r#"{{"data":{{"record":{{"id":"{}"}}}}}}"#, Uuid::from_u128(id)))
    };
    let step = |id: &str| {
        subject(
            "task.step_changed",
            None,
            task,
            &format!(r#"{{"data":{{"step":{{"id":"{id}","role":"BUILDER"}}}}}}"#),
        )
    };
    assert_eq!(usage(7), Some(Uuid::from_u128(7)));
    assert_ne!(step("s1"), step("s2"));
    assert_eq!(step("s1"), step("s1"));
    assert_eq!(subject("agent.activity", None, task, "{}"), None);
    assert_eq!(subject(USAGE, None, None, "no json"), None);
}

#[test]
fn a_window_of_nothing_merges_nothing() {
    let mut merger = Merger::new(Windows { status_ms: 0, usage_ms: 0, task_ms: 0 });
    assert_eq!(merger.offer(1, STATUS, A, 0), [1]);
    assert_eq!(merger.offer(2, STATUS, A, 0), [2]);
}

#[test]
fn windows_long_ended_are_forgotten() {
    let mut merger = Merger::new(Windows::default());
    for seq in 0..5_000 {
        merger.offer(seq, STATUS, Some(Uuid::from_u128(seq as u128)), seq as u64 * 10);
    }
    assert!(merger.open.len() <= REMEMBERED + 1, "{}", merger.open.len());
}

fn an_event() -> impl Strategy<Value = (u8, u8, u64, bool)> {
    (0..6_u8, 0..3_u8, 0..300_u64, any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn order_is_kept_and_the_newest_always_arrives(events in prop::collection::vec(an_event(), 1..80)) {
        const KINDS: [&str; 6] =
            ["agent.activity", "agent.created", STATUS, USAGE, "task.status_changed", "task.step_changed"];
        let mut merger = Merger::new(Windows::default());
        let (mut now, mut sent, mut kept) = (0, Vec::new(), Vec::new());
        let mut newest = BTreeMap::new();
        for (seq, (kind, subject, pause, waits)) in events.into_iter().enumerate() {
            let seq = seq as i64 + 1;
            now += pause;
            if waits {
                sent.extend(merger.due(now));
            }
            let subject = Uuid::from_u128(u128::from(subject));
            match kind {
                0 | 1 => kept.push(seq),
                _ => drop(newest.insert((kind, subject), seq)),
            }
            sent.extend(merger.offer(seq, KINDS[usize::from(kind)], Some(subject), now));
            let due = merger.next_due();
            prop_assert!(due.is_none_or(|due| due <= now + 500), "held too long");
        }
        while let Some(due) = merger.next_due() {
            now = due.max(now);
            sent.extend(merger.due(now));
        }
        prop_assert!(sent.is_sorted_by(|a, b| a < b), "{:?}", sent);
        prop_assert!(kept.iter().chain(newest.values()).all(|seq| sent.contains(seq)), "{:?}", sent);
    }
}
