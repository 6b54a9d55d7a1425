//! Events: one order, no gaps, and nothing said before it is durable.

use crate::{
    both,
    support::{database::Place, rows},
};
use quarterdeck::store::{Batch, Channel, Committed, Row, STATUSES};
use quarterdeck_shared::{Event, Payload};
use std::sync::Arc;
use tokio::task::JoinSet;

const WRITERS: u64 = 64;
const EACH: u64 = 40;

async fn all(store: &quarterdeck::store::Store) -> Vec<Committed> {
    let mut events: Vec<Committed> = Vec::new();
    loop {
        let after = events.last().map_or(0, |event| event.seq);
        let page = store.events(after, Channel::Fleet, 500).await.unwrap();
        if page.is_empty() {
            return events;
        }
        events.extend(page);
    }
}

both! {
    async fn of_very_many_words_an_even_sample_is_read_of_each_who_speaks_in_turn(place: &Place) {
        let store = place.open().await;
        let agents = [1, 2].map(|number| Row::Agent(Box::new(rows::agent(number))));
        let turns = (0..1_800).map(|turn| rows::activity(1 + turn % 2, turn.to_string()));
        let seqs = store.commit(Batch { rows: agents.into(), events: turns.collect() }).await.unwrap();
        for agent in [1, 2] {
            let (all, share) = store.words_spread(rows::agent_id(agent), 1_000).await.unwrap();
            let own = seqs.iter().skip(agent as usize - 1).step_by(2);
            assert_eq!((all.iter().map(|event| &event.seq).collect::<Vec<_>>(), share), (own.collect(), 1.0));
            for every in [2, 9] {
                let (some, share) = store.words_spread(rows::agent_id(agent), 900 / every).await.unwrap();
                assert!((share - some.len() as f64 / 900.0).abs() < 1e-9, "{share}");
                assert!((0.75..1.25).contains(&(share * every as f64)), "{share} of agent {agent} is one in {every}");
                let hit = |tenth: &&[i64]| some.iter().any(|event| tenth.contains(&event.seq));
                assert_eq!(seqs.chunks(180).filter(hit).count(), 10, "no stretch goes without");
            }
        }
        assert_eq!(store.words_spread(rows::agent_id(3), 100).await.unwrap().1, 1.0);
        store.close().await;
    }

    async fn under_64_writers_events_have_no_gaps_and_each_writer_keeps_its_order(place: &Place) {
        let store = place.open().await;
        let mut watch = store.watch();
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let store = store.clone();
            writers.spawn(async move {
                let mut seqs = Vec::new();
                for number in 0..EACH {
                    let batch = Batch::new().event(rows::activity(writer, number.to_string()));
                    let seq = store.commit(batch).await.unwrap();
                    assert!(store.seq() >= seq[0], "an acknowledged event is not the newest yet");
                    seqs.extend(seq);
                }
                assert!(seqs.is_sorted());
                seqs
            });
        }
        let mut acknowledged: Vec<i64> = writers.join_all().await.concat();
        acknowledged.sort_unstable();
        let expected: Vec<i64> = (1..=(WRITERS * EACH) as i64).collect();
        assert_eq!(acknowledged, expected);

        let stored = all(&store).await;
        assert_eq!(stored.iter().map(|event| event.seq).collect::<Vec<_>>(), expected);
        assert!(stored.is_sorted_by_key(|event| event.at));
        for writer in 0..WRITERS {
            let own: Vec<_> = stored.iter().filter(|event| event.agent_id == Some(rows::agent_id(writer))).collect();
            let texts: Vec<_> = own.iter().map(|event| text(event)).collect();
            assert_eq!(texts, (0..EACH).map(|number| number.to_string()).collect::<Vec<_>>());
        }
        let mut live: Vec<Committed> = Vec::new();
        while let Ok(group) = watch.try_recv() {
            let group: Arc<[Committed]> = group;
            live.extend(group.iter().cloned());
        }
        assert_eq!(live, stored, "what is told live is what is stored");
        store.close().await;
    }

    async fn a_task_and_the_costs_have_channels_of_their_own(place: &Place) {
        let store = place.open().await;
        let usage = quarterdeck::store::Draft {
            agent_id: Some(rows::agent_id(1)),
            task_id: Some(rows::task_id(4)),
            payload: Payload::UsageRecorded { record: rows::record(1), agent: rows::agent(1), task_cost_usd: None },
        };
        let batch = Batch::new()
            .row(Row::Agent(Box::new(rows::agent(1))))
            .event(rows::activity(4, "a"))
            .event(rows::activity(3, "b"))
            .event(usage);
        store.commit(batch).await.unwrap();
        let seqs = |channel| {
            let store = store.clone();
            async move {
                let events = store.events(0, channel, 10).await.unwrap();
                assert!(events.iter().all(|event| channel.carries(event)));
                events.iter().map(|event| event.seq).collect::<Vec<_>>()
            }
        };
        assert_eq!(seqs(Channel::Fleet).await, [1, 2, 3]);
        assert_eq!(seqs(Channel::Task(rows::task_id(4))).await, [1, 3]);
        assert_eq!(seqs(Channel::Costs).await, [3]);
        store.close().await;
    }

    async fn an_event_is_read_back_as_it_was_said(place: &Place) {
        let store = place.open().await;
        let draft = rows::activity(2, "a \"quoted\" \u{0} line\nand an emoji 🜂");
        store.commit(Batch::new().event(draft.clone())).await.unwrap();
        let stored = store.events(0, Channel::Fleet, 1).await.unwrap().remove(0);
        let event: Event = serde_json::from_str(&stored.json).unwrap();
        assert_eq!((event.seq, event.at), (stored.seq, stored.at));
        assert_eq!((event.agent_id, event.task_id), (draft.agent_id, draft.task_id));
        assert_eq!(event.payload, draft.payload);
        assert_eq!(serde_json::to_string(&event).unwrap(), *stored.json, "the order of fields is the wire's");
        store.close().await;
    }
}

/// An agent's statuses are few among everything that everybody said.
#[tokio::test]
async fn the_statuses_of_agents_are_found_by_an_index() {
    let place = Place::sqlite();
    place.open().await.close().await;
    let told = format!("SELECT seq FROM events WHERE {STATUSES} AND agent_id IN (x'01', x'02') ORDER BY seq");
    let steps = place.plan(&told).await;
    assert!(steps[0].contains("statuses_of_agent (agent_id=?)"), "{steps:?}");
}

fn text(event: &Committed) -> String {
    let event: Event = serde_json::from_str(&event.json).unwrap();
    match event.payload {
        Payload::AgentActivity(activity) => activity.text,
        other => panic!("{} is no activity", other.kind()),
    }
}
