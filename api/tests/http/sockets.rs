//! Sockets: who may open one, and that whoever has one misses nothing and sees nothing twice.

use super::{
    desk::{KEY, NOBODY},
    wire::Wire,
};
use crate::support::rows;
use quarterdeck::{
    fleet::clock::Clock,
    store::{Batch, Draft, Row},
};
use quarterdeck_shared::{Payload, TaskId, agents::AgentStatus, agents::StatusEvidence};
use serde_json::Value;
use std::{collections::BTreeSet, time::Duration};

const SOCKETS: [&str; 3] = ["/ws/fleet", "/ws/costs", "/ws/tasks/0192f0c1-2b3c-7d4e-8f50-123456789abc"];

#[tokio::test(flavor = "multi_thread")]
async fn no_stranger_and_no_foreign_page_opens_a_socket() {
    let wire = Wire::new().await;
    let (secret, _) = wire.access.open_session("test").await.unwrap();
    let cookie = format!("quarterdeck_session={secret}");
    let (own, bearer) = (wire.origin(), format!("Bearer {KEY}"));
    let foreign_port = format!("http://127.0.0.1:{}", wire.port ^ 1);
    for path in SOCKETS {
        let refused = async |headers: &[(&'static str, &str)], status: u16| {
            let opened = wire.try_open(path, headers).await.map(drop);
            assert_eq!(opened, Err(status), "{path} {headers:?}");
        };
        refused(&[("origin", &own)], 401).await;
        refused(&[("origin", &own), ("authorization", "Bearer wrong-key-0123456")], 401).await;
        refused(&[("origin", &own), ("sec-websocket-protocol", "quarterdeck.ticket.wrong")], 401).await;
        refused(&[("cookie", &cookie)], 403).await;
        for origin in ["null", "https://evil.example", "http://localhost", foreign_port.as_str()] {
            refused(&[("origin", origin), ("cookie", &cookie)], 403).await;
            refused(&[("origin", origin), ("authorization", &bearer)], 403).await;
        }
        refused(&[("host", "evil.example"), ("authorization", &bearer)], 403).await;
    }
    assert_eq!(
        wire.try_open(&format!("/ws/fleet?token={KEY}"), &[("origin", &own)]).await.map(drop),
        Err(401)
    );
    let unknown = format!("/ws/tasks/{NOBODY}");
    assert_eq!(wire.try_open(&unknown, &[("authorization", &bearer)]).await.map(drop), Err(404));
    assert_eq!(wire.hub.open(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn key_session_and_ticket_each_open_a_socket() {
    let wire = Wire::new().await;
    let (secret, caller) = wire.access.open_session("test").await.unwrap();
    let (own, bearer) = (wire.origin(), format!("Bearer {KEY}"));
    let cookie = format!("quarterdeck_session={secret}");
    let ticket = wire.access.make_ticket(caller.into()).unwrap().protocol;
    let by_key = wire.try_open("/ws/fleet", &[("authorization", &bearer)]).await.unwrap();
    let by_cookie = wire.try_open("/ws/fleet", &[("origin", &own), ("cookie", &cookie)]).await.unwrap();
    let by_ticket = wire.try_open("/ws/fleet", &[("sec-websocket-protocol", &ticket)]).await.unwrap();
    assert_eq!(by_ticket.1.headers()["sec-websocket-protocol"], ticket);
    assert_eq!(by_cookie.1.headers()["x-content-type-options"], "nosniff");
    for (mut socket, _) in [by_key, by_cookie, by_ticket] {
        socket.hello(None).await;
        assert_eq!(socket.frame().await["type"], "snapshot");
    }
    let again = wire.try_open("/ws/fleet", &[("sec-websocket-protocol", &ticket)]).await;
    assert_eq!(again.map(drop), Err(401), "a ticket works once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_and_what_follows_it_are_without_a_seam() {
    let wire = Wire::new().await;
    let agent = rows::agent(1);
    let created = Draft {
        agent_id: Some(agent.id),
        task_id: None,
        payload: Payload::AgentCreated { agent: agent.clone() },
    };
    wire.store.commit(Batch::new().row(Row::Agent(Box::new(agent.clone()))).event(created)).await.unwrap();
    let mut socket = wire.open("/ws/fleet").await;
    socket.hello(None).await;
    let snapshot = socket.frame().await;
    assert_eq!(
        (snapshot["seq"].as_i64(), snapshot["agents"][0]["id"].as_str()),
        (Some(1), Some(agent.id.to_string().as_str()))
    );
    assert_eq!(snapshot["totals"]["agents"], 1);
    let seq = wire.say(agent.id, "hello").await;
    let frame = socket.frame().await;
    assert_eq!((frame["seq"].as_i64(), frame["event"]["type"].as_str()), (Some(seq), Some("agent.activity")));
    assert_eq!(frame["event"]["data"]["text"], "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_comes_and_goes_misses_nothing_and_sees_nothing_twice() {
    let wire = Wire::new().await;
    let agent = rows::agent_id(1);
    const EVENTS: i64 = 600;
    let writing = async {
        for number in 0..EVENTS {
            wire.say(agent, &number.to_string()).await;
        }
    };
    let reading = async {
        let (mut seen, mut last) = (Vec::new(), 0);
        for step in [1, 7, 30, 100, 3, 250, 600] {
            let mut socket = wire.open("/ws/fleet").await;
            socket.hello(Some(last)).await;
            let events = socket.events_to((last + step).min(EVENTS)).await;
            seen.extend(
                events.iter().map(|event| event["data"]["text"].as_str().unwrap().parse::<i64>().unwrap()),
            );
            last = socket.last.unwrap();
        }
        seen
    };
    let ((), seen) = tokio::join!(writing, reading);
    assert_eq!(seen, (0..EVENTS).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_see_the_same_order() {
    let wire = Wire::new().await;
    let agent = rows::agent_id(1);
    let watch = async {
        let mut socket = wire.open("/ws/fleet").await;
        socket.hello(Some(0)).await;
        socket.events_to(200).await.iter().map(|event| event["seq"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    let write = async {
        for number in 0..200 {
            wire.say(agent, &number.to_string()).await;
        }
    };
    let watching = (0..20).map(|_| watch_again(&wire));
    let (mine, others, ()) = tokio::join!(watch, futures::future::join_all(watching), write);
    assert_eq!(mine, (1..=200).collect::<Vec<_>>());
    assert!(others.iter().all(|seen| *seen == mine));
}

async fn watch_again(wire: &Wire) -> Vec<i64> {
    let mut socket = wire.open("/ws/fleet").await;
    socket.hello(Some(0)).await;
    socket.events_to(200).await.iter().map(|event| event["seq"].as_i64().unwrap()).collect()
}

/// An agent's status changes so many times.
async fn flicker(wire: &Wire, times: usize) -> i64 {
    let mut agent = rows::agent(1);
    let mut last = 0;
    for turn in 0..times {
        let (from, to) =
            (agent.status, if turn % 2 == 0 { AgentStatus::Running } else { AgentStatus::Waiting });
        agent.status = to;
        let payload = Payload::AgentStatusChanged {
            from,
            to,
            evidence: StatusEvidence::because("test"),
            agent: agent.clone(),
        };
        let draft = Draft { agent_id: Some(agent.id), task_id: None, payload };
        let seqs = wire
            .store
            .commit(Batch::new().row(Row::Agent(Box::new(agent.clone()))).event(draft))
            .await
            .unwrap();
        last = seqs[0];
    }
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_change_goes_out_at_once_and_its_followers_as_one() {
    let wire = Wire::with(&[("agent_window_ms", "60000")]).await;
    let mut socket = wire.open("/ws/fleet").await;
    socket.hello(Some(0)).await;
    // A pong comes after the hello was heard: from here on everything comes live.
    socket.text(r#"{"type":"ping"}"#).await;
    assert_eq!(socket.frame().await["type"], "pong");
    let first = flicker(&wire, 1).await;
    assert_eq!(socket.frame().await["seq"].as_i64(), Some(first));
    let newest = flicker(&wire, 10).await;
    let spoken = wire.say(rows::agent_id(2), "order is kept").await;
    let merged = socket.frame().await;
    assert_eq!((merged["after"].as_i64(), merged["seq"].as_i64()), (Some(first), Some(newest)));
    assert_eq!(merged["event"]["data"]["to"], "waiting");
    let next = socket.frame().await;
    assert_eq!((next["after"].as_i64(), next["seq"].as_i64()), (Some(newest), Some(spoken)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_back_comes_when_its_window_ends() {
    let wire = Wire::with(&[("agent_window_ms", "50")]).await;
    let mut socket = wire.open("/ws/fleet").await;
    socket.hello(Some(0)).await;
    let newest = flicker(&wire, 30).await;
    let events = socket.events_to(newest).await;
    assert_eq!(events.last().unwrap()["seq"].as_i64(), Some(newest));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tasks_socket_carries_that_task_alone() {
    let wire = Wire::new().await;
    let (mine, other) = (rows::task_id(1), rows::task_id(2));
    for number in [1, 2] {
        let task = rows::task(number);
        let draft = Draft {
            agent_id: None,
            task_id: Some(task.id),
            payload: Payload::TaskCreated { task: task.clone() },
        };
        wire.store.commit(Batch::new().row(Row::Task(Box::new(task))).event(draft)).await.unwrap();
    }
    let mut socket = wire.open(&format!("/ws/tasks/{mine}")).await;
    socket.hello(Some(0)).await;
    assert_eq!(socket.frame().await["event"]["task_id"], mine.to_string());
    let prompted = |task: TaskId| Draft {
        agent_id: Some(rows::agent_id(1)),
        task_id: Some(task),
        payload: Payload::AgentPrompted { prompt: "go on".into() },
    };
    wire.store.commit(Batch::new().event(prompted(other))).await.unwrap();
    let seqs = wire.store.commit(Batch::new().event(prompted(mine))).await.unwrap();
    let frame = socket.frame().await;
    assert_eq!((frame["after"].as_i64(), frame["seq"].as_i64()), (Some(1), Some(seqs[0])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_in_the_future_gets_a_snapshot() {
    let wire = Wire::new().await;
    wire.say(rows::agent_id(1), "a").await;
    let mut socket = wire.open("/ws/fleet").await;
    socket.hello(Some(1_000)).await;
    let frame = socket.frame().await;
    assert_eq!((frame["type"].as_str(), frame["seq"].as_i64()), (Some("snapshot"), Some(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_for_long_and_missed_much_gets_a_snapshot() {
    let clock = Clock::manual(Clock::system().now());
    let wire = Wire::with_clock(&[], clock.clone()).await;
    let texts = vec!["x"; 1_000];
    for _ in 0..11 {
        wire.say_all(rows::agent_id(1), &texts).await;
    }
    let mut soon = wire.open("/ws/fleet").await;
    soon.hello(Some(0)).await;
    assert_eq!(
        soon.frame().await["seq"],
        1,
        "five minutes are told one by one, however many events they hold"
    );
    clock.advance(Duration::from_secs(600));
    let mut late = wire.open("/ws/fleet").await;
    late.hello(Some(0)).await;
    assert_eq!(late.frame().await["type"], "snapshot");
    let mut short = wire.open("/ws/fleet").await;
    short.hello(Some(1_500)).await;
    assert_eq!(short.frame().await["seq"], 1_501, "few events are told one by one, however old they are");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_client_gets_a_gap_and_then_all_it_missed() {
    let wire = Wire::with(&[("socket_patience_ms", "60000")]).await;
    let agent = rows::agent_id(1);
    let (mut slow, mut quick) = (wire.open("/ws/fleet").await, wire.open("/ws/fleet").await);
    slow.hello(Some(0)).await;
    wire.say(agent, "before").await;
    slow.frame().await;
    quick.hello(Some(1)).await;
    let text = "x".repeat(8_000);
    let texts = vec![text.as_str(); 100];
    for _ in 0..60 {
        let newest = *wire.say_all(agent, &texts).await.last().unwrap();
        quick.events_to(newest).await;
    }
    let newest = wire.store.seq();
    let (mut seen, mut gap) = (BTreeSet::from([1]), None);
    while gap.is_none() {
        let frame = slow.frame().await;
        match frame["type"].as_str() {
            Some("gap") => gap = Some(frame),
            _ => assert!(seen.insert(frame["seq"].as_i64().unwrap())),
        }
    }
    let from = gap.unwrap()["from"].as_i64().unwrap();
    assert_eq!(Some(&from), seen.last());
    let mut again = wire.open("/ws/fleet").await;
    again.hello(Some(from)).await;
    for event in again.events_to(newest).await {
        assert!(seen.insert(event["seq"].as_i64().unwrap()));
    }
    assert_eq!(seen, (1..=newest).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_reads_is_let_go_and_harms_nobody() {
    let wire = Wire::with(&[("socket_patience_ms", "300")]).await;
    let agent = rows::agent_id(1);
    let (mut stuck, mut quick) = (wire.open("/ws/fleet").await, wire.open("/ws/fleet").await);
    stuck.hello(Some(0)).await;
    quick.hello(Some(0)).await;
    let text = "x".repeat(8_000);
    let texts = vec![text.as_str(); 100];
    while wire.hub.open() > 1 {
        let newest = *wire.say_all(agent, &texts).await.last().unwrap();
        quick.events_to(newest).await;
    }
    assert!(matches!(stuck.end().await, None | Some(1013)));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_breaks_the_rules_is_closed_with_the_right_code() {
    use tokio_tungstenite::tungstenite::Message;
    let wire = Wire::with(&[("socket_message_bytes", "2000")]).await;
    for (message, code) in [
        (Message::Text("x".repeat(3000)), 1009),
        (Message::Binary(vec![1, 2, 3]), 1003),
        (Message::Text("hello?".into()), 1008),
        (Message::Text(r#"{"type":"hello","colour":"red"}"#.into()), 1008),
        (Message::Text(r#"{"type":"subscribe"}"#.into()), 1008),
    ] {
        let mut socket = wire.open("/ws/fleet").await;
        futures::SinkExt::send(&mut socket.stream, message.clone()).await.unwrap();
        assert_eq!(socket.end().await, Some(code), "{message:?}");
    }
    let mut flood = wire.open("/ws/fleet").await;
    // After a hello nothing but the flood itself can end it.
    flood.hello(None).await;
    for _ in 0..40 {
        // The server may close before all of them are through.
        let _ = futures::SinkExt::send(&mut flood.stream, Message::Text(r#"{"type":"ping"}"#.into())).await;
    }
    assert_eq!(flood.end().await, Some(1008));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ping_is_answered_and_silence_is_not_a_hello() {
    let wire = Wire::with(&[("socket_hello_ms", "200")]).await;
    let mut socket = wire.open("/ws/fleet").await;
    socket.text(r#"{"type":"ping"}"#).await;
    assert_eq!(socket.frame().await, serde_json::json!({ "type": "pong" }));
    assert_eq!(socket.end().await, Some(1008));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_sockets_are_open_than_allowed() {
    let wire = Wire::with(&[("max_sockets", "2")]).await;
    let bearer = format!("Bearer {KEY}");
    let (first, _second) = (wire.open("/ws/fleet").await, wire.open("/ws/costs").await);
    assert_eq!(wire.try_open("/ws/fleet", &[("authorization", &bearer)]).await.map(drop), Err(503));
    drop(first);
    while wire.hub.open() > 1 {
        tokio::task::yield_now().await;
    }
    wire.open("/ws/fleet").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_takes_its_sockets_along() {
    let wire = Wire::new().await;
    let (secret, caller) = wire.access.open_session("test").await.unwrap();
    let (own, cookie) = (wire.origin(), format!("quarterdeck_session={secret}"));
    let (mut socket, _) = wire.try_open("/ws/fleet", &[("origin", &own), ("cookie", &cookie)]).await.unwrap();
    socket.hello(None).await;
    socket.frame().await;
    wire.access.end_session(&caller).await.unwrap();
    assert_eq!(socket.end().await, Some(1008));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_so_and_ends() {
    let mut wire = Wire::new().await;
    let mut sockets = Vec::new();
    for path in ["/ws/fleet", "/ws/costs", "/ws/fleet"] {
        let mut socket = wire.open(path).await;
        socket.hello(None).await;
        socket.frame().await;
        sockets.push(socket);
    }
    wire.shutdown.clone().notify();
    for socket in &mut sockets {
        assert_eq!(socket.end().await, Some(1001));
    }
    (&mut wire.server).await.unwrap();
    assert_eq!(wire.hub.open(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_is_what_the_shared_type_says() {
    let wire = Wire::new().await;
    let mut socket = wire.open("/ws/fleet").await;
    socket.hello(None).await;
    let check = |frame: &Value| {
        let typed: quarterdeck_shared::live::Frame = serde_json::from_value(frame.clone()).unwrap();
        assert_eq!(serde_json::to_value(&typed).unwrap(), *frame);
    };
    check(&socket.frame().await);
    wire.say(rows::agent_id(1), "a").await;
    check(&socket.frame().await);
}
