//! The Rust client against the binary: what a script sees.

use crate::support::{
    rows,
    server::{Home, KEY},
};
use futures::StreamExt;
use quarterdeck_shared::{
    AgentId, Code, NoBody, NoQuery, Payload,
    agents::{AgentQuery, NewAgent, Role},
    approvals::{Approval, Decision, NewAnswer},
    client::{Client, ClientError},
    endpoints::{AnswerApproval, CreateAgent, CreateTask, DeleteTask, GetAgent, ListAgents},
    live::Frame,
    tasks::{NewTask, TaskStatus},
};

async fn make_agent(client: &Client) -> AgentId {
    let body = NewAgent { role: Role::Builder, runtime: Some("replay".into()), ..NewAgent::default() };
    client.call(CreateAgent { query: NoQuery {}, body }).await.unwrap().agent.id
}

async fn allow(client: &Client, approvals: Vec<Approval>) {
    for approval in approvals {
        let body = NewAnswer { decision: Decision::Allow, ..NewAnswer::default() };
        client.call(AnswerApproval { id: approval.id, query: NoQuery {}, body }).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_submitted_and_followed_to_its_end() {
    let home = Home::new();
    let server = home.serve(0);
    let client = Client::new(server.base.clone(), KEY);
    let body =
        NewTask { prompt: "Fix the typo".into(), runtime: Some("replay".into()), ..NewTask::default() };
    let task = client.call(CreateTask { query: NoQuery {}, body }).await.unwrap();
    let mut frames = client.follow(task.id);
    let (mut last, mut status) = (None, task.status);
    while !status.is_final() {
        match frames.next().await.unwrap().unwrap() {
            Frame::Snapshot { seq, tasks, approvals, .. } => {
                last = Some(seq);
                status = tasks[0].status;
                allow(&client, approvals).await;
            }
            Frame::Event { after, seq, event } => {
                assert_eq!(Some(after), last, "each frame says which one was before it");
                last = Some(seq);
                match event.payload {
                    Payload::TaskStatusChanged { to, .. } => status = to,
                    Payload::ApprovalAsked { approval } => allow(&client, vec![approval]).await,
                    _ => {}
                }
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(status, TaskStatus::Completed);
    let removed = client.call(DeleteTask { id: task.id, query: NoQuery {}, body: NoBody }).await.unwrap();
    assert_eq!(removed, None, "an answer without a body is nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_misses_nothing_and_sees_nothing_twice_across_a_kill() {
    let home = Home::new();
    let server = home.serve(0);
    let (base, port) = (server.base.clone(), server.port());
    let client = Client::new(base, KEY);
    let mut frames = client.follow_fleet();
    let first = frames.next().await.unwrap().unwrap();
    assert!(matches!(first, Frame::Snapshot { seq: 0, .. }), "{first:?}");
    let mut made = vec![make_agent(&client).await];
    let mut seen = Vec::new();
    let mut server = server;
    for _ in 0..3 {
        let Frame::Event { event, .. } = frames.next().await.unwrap().unwrap() else { panic!("an event") };
        seen.push((event.seq, event.agent_id.unwrap()));
        server.kill();
        server = home.serve(port);
        made.push(make_agent(&client).await);
    }
    let Frame::Event { event, .. } = frames.next().await.unwrap().unwrap() else { panic!("an event") };
    seen.push((event.seq, event.agent_id.unwrap()));
    let wanted: Vec<_> = made.iter().enumerate().map(|(index, id)| (index as i64 + 1, *id)).collect();
    assert_eq!(seen, wanted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_comes_in_the_servers_own_words() {
    let home = Home::new();
    let server = home.serve(0);
    let client = Client::new(format!("{}/", server.base), KEY);
    let refused = |result: Result<_, ClientError>| match result {
        Err(ClientError::Refused(body)) => (body.code, body.message),
        Err(other) => panic!("{other}"),
        Ok(()) => panic!("not refused"),
    };
    let nobody = GetAgent { id: rows::agent_id(1), query: NoQuery {}, body: NoBody };
    let (code, message) = refused(client.call(nobody).await.map(drop));
    assert_eq!(code, Code::NotFound);
    assert!(message.contains(&rows::agent_id(1).to_string()), "{message}");
    let query = AgentQuery { sort: Some("colour".into()), ..AgentQuery::default() };
    assert_eq!(refused(client.call(ListAgents { query, body: NoBody }).await.map(drop)).0, Code::Invalid);

    let stranger = Client::new(server.base.clone(), "no key at all");
    let query = AgentQuery::default();
    assert_eq!(
        refused(stranger.call(ListAgents { query, body: NoBody }).await.map(drop)).0,
        Code::Unauthorized
    );
    let mut frames = stranger.follow_fleet();
    assert_eq!(refused(frames.next().await.unwrap().map(drop)).0, Code::Unauthorized);
    assert!(frames.next().await.is_none(), "after a refusal there is nothing to wait for");
    assert!(!format!("{client:?}").contains(KEY));

    let base = server.base.clone();
    server.kill();
    let query = AgentQuery::default();
    match client.call(ListAgents { query, body: NoBody }).await {
        Err(ClientError::Unreachable { base: named, reason }) => {
            assert_eq!(named, base);
            assert!(!reason.is_empty());
        }
        other => panic!("{other:?}"),
    }
}
