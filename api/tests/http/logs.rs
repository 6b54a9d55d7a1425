//! Logs over HTTP: actions by window and filter, and files that are handed out and never shown.

use super::desk::{Desk, NOBODY};
use crate::sources::{LATER, append};
use quarterdeck::{
    fleet::clock::Clock,
    sources::{
        Intake, Tense,
        agent_logs::{Logs, find},
    },
};
use rocket::http::Method;
use serde_json::{Value, json};
use std::{fs, path::PathBuf};

/// A folder of an agent with some calls, taken in; its agent's address and its place.
async fn folder(desk: &Desk, calls: u64) -> (String, PathBuf) {
    let folder = desk.folder.path().join("agent_logs/task-1/71258fdc_Builder_20261122_115900");
    let time = |second: u64| format!("2026-11-22T11:59:{second:02}.25");
    for call in 0..calls {
        let tool = if call % 2 == 0 { "Write" } else { "Bash" };
        let input = match tool {
            "Write" => json!({"file_path": format!("/work/{call}"), "content": "<b>\u{1b}[31m"}),
            _ => json!({"command": format!("make {call}")}),
        };
        let (began, ended) = (time(10 + call), time(11 + call));
        append(
            &folder.join("tools.jsonl"),
            &[
                json!({"timestamp": began, "type": "tool_use", "tool_name": tool, "tool_use_id": call.to_string(), "input": input}),
            ],
        );
        if call + 1 < calls {
            append(
                &folder.join("tools.jsonl"),
                &[
                    json!({"timestamp": ended, "type": "tool_result", "tool_use_id": call.to_string(), "content": "so",
                    "is_error": call == 2}),
                ],
            );
        }
    }
    append(
        &folder.join("summary.jsonl"),
        &[
            json!({"timestamp": time(1), "type": "SystemMessage", "subtype": "init",
            "message": "SystemMessage(subtype='init', data={'session_id': 's1'})"}),
            json!({"timestamp": time(50), "type": "ResultMessage", "is_error": false, "result": "Done.", "duration_ms": 900,
            "session_id": "s1", "total_cost_usd": 0.5, "usage": {"input_tokens": 1, "output_tokens": 2}}),
            json!(["no line of such a file"]),
        ],
    );
    fs::write(folder.join("prompt.txt"), "Build it.\n").unwrap();
    fs::write(folder.join("text.txt"), format!("[{}] THINKING:\nFirst the walls.\n\n", time(5))).unwrap();
    let intake = Intake::new(desk.store().clone(), Clock::manual(LATER));
    let mut logs = Logs::recall(&intake, jiff::tz::TimeZone::system()).await.unwrap();
    let found = logs.changed(find(&[desk.folder.path().join("agent_logs")]), LATER);
    logs.take_in(found, &intake, Tense::History).await.unwrap();
    let agents = desk.get("/api/v1/agents").await.json();
    (format!("/api/v1/agents/{}/logs", agents["items"][0]["id"].as_str().unwrap()), folder)
}

fn said(log: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let actions = log["actions"].as_array().unwrap();
    actions
        .iter()
        .map(|it| format!("{} {} {}", word(&it["kind"]), word(&it["tool"]), word(&it["summary"])))
        .collect()
}

#[rocket::async_test]
async fn a_log_is_a_line_of_actions_with_what_came_of_them() {
    let desk = Desk::new().await;
    let (log, _) = folder(&desk, 2).await;
    let whole = desk.get(&log).await.json();
    assert_eq!(
        said(&whole),
        [
            "prompt  Build it.",
            "notice init init",
            "thinking  First the walls.",
            "call Write /work/0",
            "call Bash make 1",
            "turn  Done.",
            "notice unreadable byte 346 begins a line that cannot be read",
        ]
    );
    let call = &whole["actions"][3];
    assert_eq!(
        (&call["outcome"], &call["duration_ms"], &call["path"]),
        (&json!("ok"), &json!(1000), &json!("/work/0"))
    );
    assert_eq!(
        (&call["text"], &call["input"][1]),
        (&json!("so"), &json!({"kind": "key", "text": "\"content\""}))
    );
    assert_eq!(whole["actions"][4]["outcome"], json!("open"));
    assert_eq!(whole["source"], json!("folder"));
    let files: Vec<_> =
        whole["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(files, ["prompt.txt", "text.txt", "tools.jsonl", "summary.jsonl"]);
    let tools = desk.get(&format!("{log}/tools")).await.json();
    assert_eq!(said(&tools), ["call Write /work/0", "call Bash make 1"]);
}

#[rocket::async_test]
async fn windows_cover_everything_once_in_both_directions_and_follow_what_comes() {
    let desk = Desk::new().await;
    let (log, folder) = folder(&desk, 9).await;
    let answer = json!({"timestamp": "2026-11-22T11:59:19.25", "type": "tool_result", "tool_use_id": "8", "content": "so"});
    append(&folder.join("tools.jsonl"), &[answer]);
    let all = said(&desk.get(&format!("{log}?limit=200")).await.json());
    let (mut back, mut place) = (Vec::new(), String::new());
    loop {
        let window = desk.get(&format!("{log}?limit=4{place}")).await.json();
        back.splice(0..0, said(&window));
        match window["earlier"].as_str() {
            Some(earlier) => place = format!("&before={earlier}"),
            None => break,
        }
    }
    assert_eq!(back, all);
    let first = desk.get(&format!("{log}?limit=200")).await.json()["actions"][0]["cursor"].clone();
    let (mut forth, mut place) = (vec![all[0].clone()], first.as_str().unwrap().to_owned());
    loop {
        let window = desk.get(&format!("{log}?limit=4&after={place}")).await.json();
        forth.extend(said(&window));
        place = window["later"].as_str().unwrap().to_owned();
        if window["more"] == json!(false) {
            break;
        }
    }
    assert_eq!(forth, all);
    let none = desk.get(&format!("{log}?after={place}")).await.json();
    assert_eq!((said(&none).len(), none["later"].as_str()), (0, Some(place.as_str())));
    let text = "[2026-11-22T12:00:00] AssistantMessage:\nOne more.\n\n";
    fs::write(folder.join("text.txt"), text).unwrap();
    assert_eq!(said(&desk.get(&format!("{log}?after={place}")).await.json()), ["text  One more."]);
}

#[rocket::async_test]
async fn actions_are_chosen_by_tool_outcome_and_time_and_nonsense_is_named() {
    let desk = Desk::new().await;
    let (log, _) = folder(&desk, 6).await;
    let count = async |query: &str| said(&desk.get(&format!("{log}?{query}")).await.json()).len();
    assert_eq!(count("tool=Write").await, 3);
    assert_eq!(count("outcome=error").await, 1);
    assert_eq!(count("outcome=open&tool=Bash").await, 1);
    assert_eq!(count("tool=Read").await, 0);
    // The folder's clock is the machine's own.
    let at = desk.get(&format!("{log}/tools")).await.json()["actions"][3]["at"].as_str().unwrap().to_owned();
    assert_eq!(count(&format!("from={at}&tool=Write")).await, 1);
    assert_eq!(count(&format!("to={at}&tool=Write")).await, 2);
    for (query, status) in [
        ("limit=0", 422),
        ("limit=201", 422),
        ("outcome=fine", 422),
        ("from=soon", 422),
        ("colour=red", 422),
        ("before=x", 400),
        ("before=l1.2.3&after=l1.2.3", 422),
    ] {
        assert_eq!(desk.get(&format!("{log}?{query}")).await.status, status, "{query}");
    }
    assert_eq!(desk.get(&format!("/api/v1/agents/{NOBODY}/logs")).await.status, 404);
}

#[rocket::async_test]
async fn a_file_is_handed_out_as_it_is_and_only_its_own_agents() {
    let desk = Desk::new().await;
    let (log, folder) = folder(&desk, 2).await;
    fs::write(folder.join("prompt.txt"), "<script>alert(1)</script>").unwrap();
    let file = desk.get(&format!("{log}/files/prompt.txt")).await;
    assert_eq!((file.status, file.text.as_str()), (200, "<script>alert(1)</script>"));
    assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"prompt.txt\"");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    for name in ["secret.txt", "..", "..%2Fprompt.txt", "%2Fetc%2Fpasswd", "prompt.txt%00", ".%2e/prompt.txt"]
    {
        assert_eq!(desk.get(&format!("{log}/files/{name}")).await.status, 404, "{name}");
    }
    assert_eq!(desk.get(&format!("/api/v1/agents/{NOBODY}/logs/files/prompt.txt")).await.status, 404);
    let bare = desk.bare(Method::Get, &format!("{log}/files/prompt.txt")).dispatch().await;
    assert_eq!(bare.status().code, 401);
    // What was put in its place and points elsewhere is not followed.
    let secret = desk.folder.path().join("secret.txt");
    fs::write(&secret, "secret").unwrap();
    fs::remove_file(folder.join("prompt.txt")).unwrap();
    std::os::unix::fs::symlink(&secret, folder.join("prompt.txt")).unwrap();
    assert_eq!(desk.get(&format!("{log}/files/prompt.txt")).await.status, 404);
    fs::remove_file(folder.join("prompt.txt")).unwrap();
    nix::unistd::mkfifo(&folder.join("prompt.txt"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    assert_eq!(desk.get(&format!("{log}/files/prompt.txt")).await.status, 404, "nobody writes into it");
    let window = desk.get(&log).await.json();
    assert!(window["missing"][0].as_str().unwrap().contains("it is no file"), "{window}");
}

/// Lines of a session: a prompt, and calls of tools each with its answer two seconds later.
fn session(calls: u64) -> Vec<Value> {
    let mut lines = vec![crate::sources::prompt("s1", "Mend the roof")];
    for call in 0..calls {
        let mut asked = crate::sources::response("s1", &format!("m{call}"), 5);
        asked["timestamp"] = json!(format!("2026-11-22T12:{call:02}:00.000Z"));
        asked["message"]["content"] = json!([
            {"type": "tool_use", "id": format!("t{call}"), "name": if call % 2 == 0 { "Write" } else { "Bash" },
                "input": {"file_path": format!("/work/{call}")}}
        ]);
        lines.push(asked);
        lines.push(json!({"type": "user", "sessionId": "s1", "timestamp": format!("2026-11-22T12:{call:02}:02.000Z"),
            "message": {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": format!("t{call}"), "content": "so", "is_error": call == 3}]}}));
    }
    lines
}

#[rocket::async_test]
async fn a_sessions_log_is_read_from_its_file_by_window_and_filter() {
    let desk = Desk::new().await;
    let path = desk.folder.path().join("projects/-work/s1.jsonl");
    append(&path, &session(30));
    crate::sources::import(desk.store(), &path, Tense::History).await;
    let agents = desk.get("/api/v1/agents").await.json();
    let log = format!("/api/v1/agents/{}/logs", agents["items"][0]["id"].as_str().unwrap());
    let whole = desk.get(&format!("{log}?limit=200")).await.json();
    assert_eq!((said(&whole).len(), &whole["source"]), (31, &json!("session")));
    assert_eq!(said(&whole)[..2], ["prompt  Mend the roof", "call Write /work/0"]);
    assert_eq!(
        (&whole["actions"][1]["duration_ms"], &whole["actions"][1]["outcome"]),
        (&json!(2000), &json!("ok"))
    );
    let (mut back, mut place) = (Vec::new(), String::new());
    loop {
        let window = desk.get(&format!("{log}?limit=7{place}")).await.json();
        back.splice(0..0, said(&window));
        match window["earlier"].as_str() {
            Some(earlier) => place = format!("&before={earlier}"),
            None => break,
        }
    }
    assert_eq!(back, said(&whole));
    let failed = desk.get(&format!("{log}?outcome=error")).await.json();
    assert_eq!(said(&failed), ["call Bash /work/3"]);
    assert_eq!(said(&desk.get(&format!("{log}/tools?tool=Write")).await.json()).len(), 15);
    let some = desk.get(&format!("{log}?from=2026-11-22T12:10:00Z&to=2026-11-22T12:12:00Z")).await.json();
    assert_eq!(said(&some), ["call Write /work/10", "call Bash /work/11", "call Write /work/12"]);
    for place in
        ["before=2026-11-22T12:12:00Z", "before=2026-11-22", "after=2026-11-22T12:12:00Z", "before=x"]
    {
        for log in [&log, &format!("{log}/tools")] {
            let reply = desk.get(&format!("{log}?{place}")).await;
            assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_CURSOR"), "{log} {place}");
        }
    }
    let later = whole["later"].as_str().unwrap();
    append(&path, &[crate::sources::response("s1", "m99", 5)]);
    crate::sources::import(desk.store(), &path, Tense::History).await;
    assert_eq!(said(&desk.get(&format!("{log}?after={later}")).await.json()), ["text  Done."]);
    assert_eq!(desk.get(&format!("{log}/files/prompt.txt")).await.status, 404);
}

#[rocket::async_test]
async fn a_window_holds_as_many_as_were_asked_for_in_both_directions() {
    let desk = Desk::new().await;
    let path = desk.folder.path().join("projects/-work/s1.jsonl");
    append(&path, &session(50));
    crate::sources::import(desk.store(), &path, Tense::History).await;
    let agents = desk.get("/api/v1/agents").await.json();
    let tools = format!("/api/v1/agents/{}/logs/tools", agents["items"][0]["id"].as_str().unwrap());
    let whole = said(&desk.get(&format!("{tools}?limit=200")).await.json());
    assert_eq!(whole.len(), 50);
    let (mut sizes, mut back, mut place) = (Vec::new(), Vec::new(), String::new());
    loop {
        let window = desk.get(&format!("{tools}?limit=7{place}")).await.json();
        assert_eq!(window["more"], json!(!place.is_empty()), "whether more stands behind");
        sizes.push(said(&window).len());
        back.splice(0..0, said(&window));
        match window["earlier"].as_str() {
            Some(earlier) => place = format!("&before={earlier}"),
            None => break,
        }
    }
    sizes.retain(|size| *size > 0);
    assert_eq!((sizes, &back), (vec![7, 7, 7, 7, 7, 7, 7, 1], &whole));
    let first = desk.get(&format!("{tools}?limit=200")).await.json()["actions"][0]["cursor"].clone();
    let (mut forth, mut after) = (vec![whole[0].clone()], first.as_str().unwrap().to_owned());
    loop {
        let window = desk.get(&format!("{tools}?limit=7&after={after}")).await.json();
        forth.extend(said(&window));
        after = window["later"].as_str().unwrap().to_owned();
        if window["more"] == json!(false) {
            break;
        }
        assert_eq!(said(&window).len(), 7);
    }
    assert_eq!(forth, whole);
}

#[rocket::async_test]
async fn a_call_is_told_again_once_it_has_its_answer() {
    let desk = Desk::new().await;
    let path = desk.folder.path().join("projects/-work/s1.jsonl");
    let lines = session(4);
    let (before, answer) = lines.split_at(8);
    append(&path, before);
    crate::sources::import(desk.store(), &path, Tense::History).await;
    let agents = desk.get("/api/v1/agents").await.json();
    let log = format!("/api/v1/agents/{}/logs", agents["items"][0]["id"].as_str().unwrap());
    let all = desk.get(&log).await.json();
    assert_eq!((said(&all).len(), &all["actions"][4]["outcome"]), (5, &json!("open")));
    let (all, failed) =
        (all["later"].as_str().unwrap(), desk.get(&format!("{log}?outcome=error")).await.json());
    assert_eq!(said(&failed), Vec::<String>::new());
    let failed = failed["later"].as_str().unwrap();
    let again = desk.get(&format!("{log}?after={all}")).await.json();
    assert_eq!((said(&again), again["later"].as_str()), (vec!["call Bash /work/3".to_owned()], Some(all)));
    let newest = desk.get(&format!("{log}?limit=1")).await.json();
    assert_eq!(newest["later"].as_str(), Some(all), "also where the window begins with it");
    append(&path, answer);
    crate::sources::import(desk.store(), &path, Tense::History).await;
    for (place, filter) in [(all, ""), (failed, "&outcome=error")] {
        let came = desk.get(&format!("{log}?after={place}{filter}")).await.json();
        assert_eq!(
            (said(&came), &came["actions"][0]["outcome"]),
            (vec!["call Bash /work/3".to_owned()], &json!("error"))
        );
        assert_ne!(came["later"].as_str(), Some(place), "and then it is passed");
    }
}

#[rocket::async_test]
async fn a_folders_call_is_told_again_once_it_has_its_answer() {
    let desk = Desk::new().await;
    let (log, folder) = folder(&desk, 3).await;
    let tools = desk.get(&format!("{log}/tools")).await.json();
    assert_eq!((said(&tools).len(), &tools["actions"][2]["outcome"]), (3, &json!("open")));
    let later = tools["later"].as_str().unwrap();
    append(
        &folder.join("tools.jsonl"),
        &[json!({"timestamp": "2026-11-22T11:59:14.25", "type": "tool_result",
        "tool_use_id": "2", "content": "so", "is_error": true})],
    );
    let came = desk.get(&format!("{log}/tools?after={later}&outcome=error")).await.json();
    assert_eq!(said(&came), ["call Write /work/2"]);
}
