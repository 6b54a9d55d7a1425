//! Conversations over HTTP: windows that join without a gap, calls with their answers, and nothing that is not there.

use super::desk::{Desk, Reply};
use crate::{
    sources::{append, import, prompt, response},
    support::rows,
};
use quarterdeck::{
    sources::Tense,
    store::{Batch, Draft, Row},
};
use quarterdeck_shared::{
    Payload,
    event::{Activity, ActivityKind},
};
use rocket::http::Method;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

pub fn line(kind: &str, number: usize, content: Value) -> Value {
    let minute = number / 60;
    json!({"type": kind, "uuid": format!("u{number}"), "sessionId": "s1", "cwd": "/home/dev/app",
        "parentUuid": number.checked_sub(1).map(|before| format!("u{before}")),
        "timestamp": format!("2026-11-22T{:02}:{:02}:{:02}.000Z", 8 + minute / 60, minute % 60, number % 60),
        "message": {"role": kind, "id": format!("m{number}"), "model": "claude-opus-5-5", "content": content}})
}

pub fn call(number: usize, tool: &str, input: Value) -> Value {
    line(
        "assistant",
        number,
        json!([{"type": "tool_use", "id": format!("toolu_{number}"), "name": tool, "input": input}]),
    )
}

pub fn answer(number: usize, of: usize, content: Value, is_error: bool) -> Value {
    let block = json!({"type": "tool_result", "tool_use_id": format!("toolu_{of}"), "content": content, "is_error": is_error});
    line("user", number, json!([block]))
}

/// A session of so many turns: a prompt, then words, a call and its answer over and over.
pub fn session(path: &Path, turns: usize) {
    let mut lines = vec![line("user", 0, json!("Mend the roof"))];
    for turn in 0..turns {
        let at = 1 + turn * 3;
        lines.push(line("assistant", at, json!([{"type": "text", "text": format!("Turn {turn} begins.")}])));
        lines.push(call(at + 1, "Bash", json!({"command": format!("hammer {turn}")})));
        lines.push(answer(at + 2, at + 1, json!(format!("nail {turn} is in")), turn % 50 == 7));
    }
    append(path, &lines);
}

/// A server that took in what was written below a folder, and the agent of the session `s1`.
pub async fn taken(write: impl FnOnce(&Path)) -> (Desk, PathBuf, String) {
    let desk = Desk::new().await;
    let folder = desk.folder.path().join("elsewhere/-home-dev-app");
    fs::create_dir_all(&folder).unwrap();
    write(&folder);
    import(desk.store(), &folder, Tense::History).await;
    let agents = desk.get("/api/v1/agents?limit=200").await.json();
    let agents = agents["items"].as_array().unwrap().clone();
    let main = agents.iter().find(|agent| agent["parent_id"].is_null()).expect("an agent");
    let address = format!("/api/v1/agents/{}/conversation", main["id"].as_str().unwrap());
    (desk, folder.join("s1.jsonl"), address)
}

pub fn words(window: &Value) -> Vec<String> {
    let of = |item: &Value| match item["kind"].as_str().unwrap() {
        "call" => item["input"]["command"].as_str().unwrap_or_default().to_owned(),
        _ => item["text"].as_str().unwrap_or_default().to_owned(),
    };
    window["items"].as_array().unwrap().iter().map(of).collect()
}

#[rocket::async_test]
async fn windows_open_at_the_end_and_join_without_a_gap() {
    let (desk, _, address) = taken(|folder| session(&folder.join("s1.jsonl"), 400)).await;
    let mut wanted = vec!["Mend the roof".to_owned()];
    wanted.extend((0..400).flat_map(|turn| [format!("Turn {turn} begins."), format!("hammer {turn}")]));
    let mut window = desk.get(&format!("{address}?limit=90")).await.json();
    assert_eq!(
        (&window["later"], &window["to"], &window["source"]),
        (&json!(null), &json!(1.0), &json!("files"))
    );
    let (mut all, mut starts) = (words(&window), Vec::new());
    while let Some(earlier) = window["earlier"].as_str() {
        starts.push(window["from"].as_f64().unwrap());
        window = desk.get(&format!("{address}?limit=90&before={earlier}")).await.json();
        let mut before = words(&window);
        before.append(&mut all);
        all = before;
    }
    assert_eq!(all, wanted);
    assert!(starts.is_sorted_by(|a, b| a > b) && window["from"] == json!(0.0), "{starts:?}");

    let mut forth = desk.get(&format!("{address}?limit=130&at=0%25")).await.json();
    let mut all = words(&forth);
    while let Some(later) = forth["later"].as_str() {
        forth = desk.get(&format!("{address}?limit=130&after={later}")).await.json();
        all.extend(words(&forth));
    }
    assert_eq!(all, wanted);
}

#[rocket::async_test]
async fn every_call_has_its_answer_wherever_a_window_cuts() {
    let (desk, _, address) = taken(|folder| session(&folder.join("s1.jsonl"), 40)).await;
    for limit in [1, 2, 3, 7] {
        let mut window = desk.get(&format!("{address}?limit={limit}")).await.json();
        loop {
            for item in window["items"].as_array().unwrap() {
                assert_ne!(item["kind"], "result", "{limit}: an answer alone: {item}");
                if item["kind"] == "call" {
                    let number = item["input"]["command"].as_str().unwrap().rsplit_once(' ').unwrap().1;
                    assert_eq!(item["result"]["text"], json!(format!("nail {number} is in")), "{limit}");
                }
            }
            let Some(earlier) = window["earlier"].as_str() else { break };
            window = desk.get(&format!("{address}?limit={limit}&before={earlier}")).await.json();
        }
    }
}

#[rocket::async_test]
async fn an_answer_is_found_behind_the_many_words_of_another_thread() {
    let (desk, _, address) = taken(|folder| {
        let mut lines =
            vec![line("user", 0, json!("Mend the roof")), call(1, "Agent", json!({"command": "help"}))];
        for number in 2..14 {
            let mut other = line("assistant", number, json!([{"type": "text", "text": "x".repeat(600_000)}]));
            (other["isSidechain"], other["agentId"]) = (json!(true), json!("a9"));
            lines.push(other);
        }
        lines.push(answer(14, 1, json!("helped"), false));
        append(&folder.join("s1.jsonl"), &lines);
    })
    .await;
    let window = desk.get(&format!("{address}?limit=2&at=0%25")).await.json();
    assert_eq!(window["items"][1]["result"]["text"], json!("helped"), "{}", window["items"][1]["kind"]);
}

#[rocket::async_test]
async fn what_is_written_on_comes_behind_what_is_known() {
    let (desk, path, address) = taken(|folder| session(&folder.join("s1.jsonl"), 3)).await;
    let window = desk.get(&address).await.json();
    let last = window["items"].as_array().unwrap().last().unwrap()["cursor"].as_str().unwrap().to_owned();
    append(&path, &[line("assistant", 20, json!([{"type": "text", "text": "One more."}]))]);
    let busy = format!("{}", line("assistant", 21, json!("not yet")));
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend(&busy.as_bytes()[..30]);
    fs::write(&path, bytes).unwrap();
    let next = desk.get(&format!("{address}?after={last}")).await.json();
    assert_eq!(words(&next), ["One more."]);
    assert_eq!(next["later"], json!(null));
}

#[rocket::async_test]
async fn a_moment_a_share_and_a_link_find_their_place() {
    let (desk, _, address) = taken(|folder| session(&folder.join("s1.jsonl"), 3_000)).await;
    let first = |query: String| {
        let (desk, address) = (&desk, &address);
        async move { desk.get(&format!("{address}?limit=2&at={query}")).await.json()["items"][0].clone() }
    };
    let found = first("2026-11-22T09:00:00Z".to_owned()).await;
    assert_eq!(
        found["result"]["at"],
        json!("2026-11-22T09:00:00.000000Z"),
        "an answer, with its call: {found}"
    );
    assert_eq!(first("2026-11-01".to_owned()).await["text"], json!("Mend the roof"));
    assert_eq!(first("2027-01-01".to_owned()).await, Value::Null);
    let half = first("50%25".to_owned()).await;
    let cursor = half["cursor"].as_str().unwrap();
    assert_eq!(first(cursor.to_owned()).await, half);
    let window = desk.get(&format!("{address}?limit=1&at=50%25")).await.json();
    assert!((window["from"].as_f64().unwrap() - 0.5).abs() < 0.01, "{window}");
    for wrong in ["0.3.0", "0.999999999.0", "7.0.0", "x", "0.0.0.0", "e5", "-1.0", "a%25"] {
        let reply = desk.get(&format!("{address}?at={wrong}")).await;
        assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_CURSOR"), "{wrong}: {reply:?}");
    }
    assert_eq!(desk.get(&format!("{address}?at=50%25&before=0.0.0")).await.status, 422);
    assert_eq!(desk.get(&format!("{address}?limit=201")).await.status, 422);
}

#[rocket::async_test]
async fn words_and_errors_are_found_within() {
    let (desk, _, address) = taken(|folder| session(&folder.join("s1.jsonl"), 120)).await;
    let found = desk.get(&format!("{address}?at=0%25&q=NAIL+77+is")).await.json();
    assert_eq!((found["items"].as_array().unwrap().len(), &found["items"][0]["kind"]), (1, &json!("result")));
    let cursor = found["items"][0]["cursor"].as_str().unwrap();
    let opened = desk.get(&format!("{address}?limit=1&at={cursor}")).await.json();
    assert_eq!(words(&opened), ["hammer 77"], "an answer opens with its call");
    assert_eq!(opened["items"][0]["result"]["cursor"], found["items"][0]["cursor"]);
    let errors = desk.get(&format!("{address}?at=0%25&errors=true")).await.json();
    let texts: Vec<_> =
        errors["items"].as_array().unwrap().iter().map(|it| it["result"]["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["nail 7 is in", "nail 57 is in", "nail 107 is in"]);
    assert_eq!(desk.get(&format!("{address}?q=no+such+words")).await.json()["items"], json!([]));
}

#[rocket::async_test]
async fn branches_changes_pictures_and_sub_agents_are_marked() {
    const PNG: &str =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
    let picture =
        |kind: &str| json!({"type": "image", "source": {"type": "base64", "media_type": kind, "data": PNG}});
    let (desk, _, address) = taken(|folder| {
        let mut edited = answer(4, 3, json!("ok"), false);
        edited["toolUseResult"] = json!({"filePath": "/home/dev/app/a.rs", "oldString": "a", "newString": "b",
            "structuredPatch": [{"oldStart": 9, "oldLines": 1, "newStart": 9, "newLines": 1, "lines": ["-a", "+b"]}]});
        let mut helped = answer(6, 5, json!("found it"), false);
        helped["toolUseResult"] = json!({"agentId": "a9", "status": "completed"});
        let mut again = line("user", 7, json!("Rather mend the door"));
        again["parentUuid"] = json!("u0");
        append(&folder.join("s1.jsonl"), &[
            line("user", 0, json!("Mend the roof")),
            line("assistant", 1, json!([{"type": "text", "text": "\u{1b}[31mRed\u{1b}[0m <b>words</b>"}])),
            line("user", 2, json!([picture("image/png"), picture("image/svg+xml"), {"type": "text", "text": "like this"}])),
            call(3, "Edit", json!({"file_path": "/home/dev/app/a.rs"})),
            edited,
            call(5, "Agent", json!({"prompt": "look"})),
            helped,
            again,
        ]);
        let mut words = response("s1", "m99", 5);
        (words["isSidechain"], words["agentId"]) = (json!(true), json!("a9"));
        append(&folder.join("s1/subagents/agent-a9.jsonl"), &[words]);
    })
    .await;
    let window = desk.get(&address).await.json();
    let item = |at: usize| &window["items"][at];
    assert_eq!(item(1)["text"], json!("Red <b>words</b>"));
    assert_eq!(
        (&item(5)["result"]["change"]["added"], &item(5)["result"]["change"]["hunks"][0]["new_start"]),
        (&json!(1), &json!(9))
    );
    assert_eq!((&item(0)["is_branch"], &item(7)["is_branch"]), (&Value::Null, &json!(true)));
    assert_eq!(item(4)["is_branch"], Value::Null, "words beside their own pictures");

    let image = item(2)["images"][0].as_str().unwrap();
    let reply = desk.keyed(Method::Get, image).dispatch().await;
    let header = |name: &str| reply.headers().get_one(name).map(str::to_owned);
    assert_eq!((reply.status().code, header("content-type").as_deref()), (200, Some("image/png")));
    assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"));
    assert!(reply.into_bytes().await.unwrap().starts_with(b"\x89PNG"));
    let drawing =
        Reply::of(desk.keyed(Method::Get, item(3)["images"][0].as_str().unwrap()).dispatch().await).await;
    assert_eq!((drawing.status, drawing.code().as_str()), (404, "NOT_FOUND"), "a drawing may hold scripts");
    assert_eq!(Reply::of(desk.bare(Method::Get, image).dispatch().await).await.status, 401);

    let helper = item(6)["result"]["sub_agent"]["agent_id"].as_str().unwrap();
    let helped = desk.get(&format!("/api/v1/agents/{helper}/conversation")).await.json();
    assert_eq!((words(&helped), &helped["thread"]), (vec!["Done.".to_owned()], &json!("a9")));
    let prompt_alone = desk.get(&format!("{address}?limit=1")).await.json();
    assert_eq!(prompt_alone["items"][0]["is_branch"], json!(true), "known without the lines before");
}

#[rocket::async_test]
async fn the_raw_line_and_the_whole_as_markdown_are_one_request_away() {
    let (desk, _, address) = taken(|folder| session(&folder.join("s1.jsonl"), 250)).await;
    let window = desk.get(&address).await.json();
    let item = window["items"].as_array().unwrap().last().unwrap();
    let raw = desk.get(&format!("{address}/raw?at={}", item["cursor"].as_str().unwrap())).await.json();
    let line: Value = serde_json::from_str(raw["text"].as_str().unwrap()).unwrap();
    assert_eq!(line["message"]["content"][0]["input"], item["input"]);
    assert!(raw["place"].as_str().unwrap().contains("s1.jsonl, byte "), "{raw}");
    let length = raw["text"].as_str().unwrap().len();
    assert_eq!((&raw["bytes"], &raw["left_out"]), (&json!(length), &Value::Null), "its end is none of it");
    let page = desk.get(&format!("{address}.md")).await;
    assert!(page.header("content-type").starts_with("text/markdown"), "{page:?}");
    assert!(page.header("content-disposition").contains("attachment"));
    assert_eq!(
        (page.text.matches("## Tool: `Bash`").count(), page.text.matches("**Failed:**").count()),
        (250, 5)
    );
    let order: Vec<_> = ["Mend the roof", "hammer 0\"", "nail 0 is", "hammer 249\"", "nail 249 is"]
        .map(|words| page.text.find(words).unwrap())
        .into();
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!(desk.get(&format!("{address}.md?what=1")).await.status, 422);
}

#[rocket::async_test]
async fn a_file_that_is_gone_or_shrank_is_said_to_be() {
    let (desk, path, address) = taken(|folder| session(&folder.join("s1.jsonl"), 5)).await;
    fs::write(&path, format!("{}\n", prompt("s1", "All that is left"))).unwrap();
    let window = desk.get(&address).await.json();
    assert_eq!(words(&window), ["All that is left"]);
    assert!(window["missing"][0].as_str().unwrap().contains("shorter than it was"), "{window}");
    fs::remove_file(&path).unwrap();
    let window = desk.get(&address).await.json();
    assert_eq!(window["items"], json!([]));
    assert!(window["missing"][0].as_str().unwrap().contains("is gone"), "{window}");
    let other = path.with_file_name("other.jsonl");
    fs::write(&other, format!("{}\n", prompt("s1", "Somebody else's"))).unwrap();
    std::os::unix::fs::symlink(&other, &path).unwrap();
    let window = desk.get(&address).await.json();
    assert_eq!(window["items"], json!([]));
    assert!(window["missing"][0].as_str().unwrap().contains("a link to elsewhere"), "{window}");
    fs::remove_file(&path).unwrap();
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let window = desk.get(&address).await.json();
    assert!(window["missing"][0].as_str().unwrap().contains("it is no file"), "{window}");
}

#[rocket::async_test]
async fn an_agent_of_ones_own_is_read_from_its_events() {
    let desk = Desk::new().await;
    let agent = rows::agent(1);
    let id = agent.id;
    let activity = |kind, key: &str, text: &str| {
        Payload::AgentActivity(Activity {
            kind,
            key: key.into(),
            text: text.into(),
            tool: Some("Bash".into()),
            input: None,
            is_error: Some(false),
            step_id: None,
        })
    };
    let mut batch = Batch::new().row(Row::Agent(Box::new(agent)));
    let mut payloads = vec![Payload::AgentPrompted { prompt: "Go".into() }];
    for turn in 0..700 {
        payloads.push(activity(ActivityKind::Text, &format!("m{turn}:0"), "half "));
        payloads.push(activity(ActivityKind::Text, &format!("m{turn}:0"), &format!("and half {turn}")));
        payloads.push(activity(ActivityKind::ToolCall, &format!("t{turn}"), "ls"));
        payloads.push(activity(ActivityKind::ToolResult, &format!("t{turn}"), &format!("answer {turn}")));
    }
    for payload in payloads {
        batch = batch.event(Draft { agent_id: Some(id), task_id: None, payload });
    }
    desk.store().commit(batch).await.unwrap();
    let address = format!("/api/v1/agents/{id}/conversation");
    for limit in [13, 100, 200] {
        let mut window = desk.get(&format!("{address}?limit={limit}")).await.json();
        assert_eq!((&window["source"], &window["later"]), (&json!("events"), &json!(null)));
        let mut items = window["items"].as_array().unwrap().clone();
        let mut cursors: BTreeSet<String> = BTreeSet::new();
        while let Some(earlier) = window["earlier"].as_str() {
            assert!(cursors.insert(earlier.to_owned()), "{earlier} twice");
            window = desk.get(&format!("{address}?limit={limit}&before={earlier}")).await.json();
            let mut before = window["items"].as_array().unwrap().clone();
            before.append(&mut items);
            items = before;
        }
        assert_eq!((items.len(), &items[0]["text"]), (1_401, &json!("Go")), "{limit}");
        for turn in 0..700 {
            assert_eq!(items[1 + turn * 2]["text"], json!(format!("half and half {turn}")), "{limit}");
            assert_eq!(items[2 + turn * 2]["result"]["text"], json!(format!("answer {turn}")), "{limit}");
        }
        let (mut forth, mut count) = (desk.get(&format!("{address}?limit={limit}&at=0%25")).await.json(), 0);
        loop {
            count += forth["items"].as_array().unwrap().len();
            let Some(later) = forth["later"].as_str() else { break };
            forth = desk.get(&format!("{address}?limit={limit}&after={later}")).await.json();
        }
        assert_eq!(count, 1_401, "{limit}");
    }
    let beyond = desk.get(&format!("{address}?limit=5&at=2099-01-01T00:00:00Z")).await.json();
    assert_eq!((&beyond["items"], &beyond["later"], &beyond["to"]), (&json!([]), &json!(null), &json!(1.0)));
    let before = beyond["earlier"].as_str().unwrap();
    let newest = desk.get(&format!("{address}?limit=5&before={before}")).await.json();
    assert_eq!(newest["items"][4]["result"]["text"], json!("answer 699"));
    for far in ["e9223372036854775807", "e9223372036854775806"] {
        let window = desk.get(&format!("{address}?after={far}")).await.json();
        assert_eq!((&window["items"], &window["later"]), (&json!([]), &json!(null)), "{far}");
    }
    let found = desk.get(&format!("{address}?at=0%25&q=go")).await.json();
    assert_eq!((words(&found), &found["later"]), (vec!["Go".to_owned()], &json!(null)), "all was looked at");
    let raw = desk.get(&format!("{address}/raw?at=e2")).await.json();
    assert!(raw["text"].as_str().unwrap().contains("half "), "{raw}");
    assert_eq!(desk.get(&format!("{address}?at=0.0.0")).await.status, 400);
}

#[rocket::async_test]
async fn the_figures_of_a_moment_are_those_of_the_records_until_then() {
    let desk = Desk::new().await;
    let agent = rows::agent(1);
    let mut batch = Batch::new().row(Row::Agent(Box::new(agent.clone())));
    let mut moments = Vec::new();
    for number in 1..6 {
        let mut record = rows::record(number);
        record.agent_id = agent.id;
        moments.push(record.at);
        batch = batch.row(Row::Usage(record.into()));
    }
    moments.sort();
    desk.store().commit(batch).await.unwrap();
    let address = format!("/api/v1/agents/{}/conversation/moment", agent.id);
    for (before, at) in moments.iter().enumerate() {
        let moment = desk.get(&format!("{address}?at={}", at.to_string().replace(':', "%3A"))).await.json();
        assert_eq!((&moment["requests"], &moment["all_requests"]), (&json!(before + 1), &json!(5)));
        assert!(moment["reply"]["model"].is_string());
    }
    assert_eq!(desk.get(&address).await.json()["requests"], json!(5));
}

#[rocket::async_test]
async fn nobody_has_no_conversation() {
    let desk = Desk::new().await;
    for end in ["", "/raw?at=0.0.0", "/marks", "/moment", ".md", "/image?at=0.0.0"] {
        let reply = desk.get(&format!("/api/v1/agents/{}/conversation{end}", super::desk::NOBODY)).await;
        assert_eq!((reply.status, reply.code().as_str()), (404, "NOT_FOUND"), "{end}");
    }
    let agent = rows::agent(1);
    let id = agent.id;
    desk.store().commit(Batch::new().row(Row::Agent(Box::new(agent)))).await.unwrap();
    let window = desk.get(&format!("/api/v1/agents/{id}/conversation")).await.json();
    assert_eq!((&window["items"], &window["missing"]), (&json!([]), &json!([])));
}
