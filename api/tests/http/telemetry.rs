//! Telemetry over HTTP: answered in kind, packed or not, and refused in the shape exporters read.

use super::desk::{Desk, KEY, bearer, json_type};
use quarterdeck_shared::usage::UsageQuery;
use rocket::http::{ContentType, Header, Method, Status};
use serde_json::{Value, json};
use std::process::{Command, Stdio};

fn logs(records: &[Value]) -> String {
    json!({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}).to_string()
}

fn request(id: &str) -> Value {
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    json!({"timeUnixNano": "1795351875631000000", "body": {"stringValue": "claude_code.api_request"}, "attributes": [
        text("session.id", "s1"), text("model", "claude-opus-5-5"), text("request_id", id), text("input_tokens", "5"),
        {"key": "output_tokens", "value": {"intValue": 7}}, {"key": "cost_usd", "value": {"doubleValue": 0.5}}]})
}

/// Sends a body; the status, the kind and the bytes of the answer.
async fn send(
    desk: &Desk,
    path: &str,
    headers: &[Header<'static>],
    body: impl AsRef<[u8]>,
) -> (u16, String, Vec<u8>) {
    let request = desk.bare(Method::Post, path).body(body);
    let request = headers.iter().fold(request, |request, header| request.header(header.clone()));
    let response = request.dispatch().await;
    let (status, kind) =
        (response.status().code, response.content_type().unwrap_or(ContentType::Any).to_string());
    (status, kind, response.into_bytes().await.unwrap_or_default())
}

fn protobuf() -> Header<'static> {
    Header::new("Content-Type", "application/x-protobuf")
}

/// As the `gzip` program packs.
fn packed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut child =
        Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let writing = std::thread::spawn(move || input.write_all(&bytes).unwrap());
    let packed = child.wait_with_output().unwrap().stdout;
    writing.join().unwrap();
    packed
}

async fn records(desk: &Desk) -> usize {
    desk.store().usage(&UsageQuery::default()).await.unwrap().items.len()
}

#[rocket::async_test]
async fn a_body_is_answered_when_it_is_durable_and_counts_once() {
    let desk = Desk::new().await;
    let body = logs(&[request("req_1"), request("req_2")]);
    let by_name = Header::new("X-Api-Key", KEY);
    for key in [bearer(KEY), by_name.clone()] {
        let (status, kind, answer) = send(&desk, "/v1/logs", &[key, json_type()], &body).await;
        assert_eq!((status, kind.as_str(), answer.as_slice()), (200, "application/json", b"{}".as_slice()));
        assert_eq!(records(&desk).await, 2);
    }
    let gzip = Header::new("Content-Encoding", "gzip");
    let more = packed(logs(&[request("req_3")]).as_bytes());
    assert_eq!(send(&desk, "/v1/logs", &[by_name, json_type(), gzip], more).await.0, 200);
    assert_eq!(records(&desk).await, 3);
    let spans =
        send(&desk, "/v1/traces", &[bearer(KEY), json_type()], r#"{"resourceSpans":[{"scopeSpans":[]}]}"#)
            .await;
    assert_eq!((spans.0, spans.2.as_slice()), (200, b"{}".as_slice()));
    let (status, kind, answer) = send(&desk, "/v1/metrics", &[bearer(KEY), protobuf()], []).await;
    assert_eq!((status, kind.as_str(), answer.len()), (200, "application/x-protobuf", 0));
    let health = desk.get("/api/v1/sources").await.json();
    let source = health["items"].as_array().unwrap().iter().find(|it| it["id"] == "otlp").unwrap().clone();
    assert_eq!(
        (&source["running"], &source["ok"], &source["behind_bytes"]),
        (&json!(true), &json!(true), &json!(0))
    );
}

#[rocket::async_test]
async fn records_that_cannot_be_taken_are_counted_and_said_why() {
    let desk = Desk::new().await;
    let mut lost = request("req_1");
    lost["attributes"].as_array_mut().unwrap().retain(|pair| pair["key"] != "request_id");
    let answer = send(&desk, "/v1/logs", &[bearer(KEY), json_type()], logs(&[lost, request("req_2")])).await;
    let json: Value = serde_json::from_slice(&answer.2).unwrap();
    assert_eq!((answer.0, &json["partialSuccess"]["rejectedLogRecords"]), (200, &json!("1")));
    assert!(json["partialSuccess"]["errorMessage"].as_str().unwrap().contains("request_id"));
    assert_eq!(records(&desk).await, 1);
}

#[rocket::async_test]
async fn what_is_no_telemetry_is_refused_as_exporters_read_it() {
    let desk = Desk::with(&[("max_otlp_bytes", "100000")]).await;
    let gzip = || Header::new("Content-Encoding", "gzip");
    let deep = format!("{}{}", "{\"resourceLogs\":[".repeat(5_000), "]}".repeat(5_000));
    let bomb = packed(&vec![b' '; 50_000_000]);
    assert!(bomb.len() < 100_000);
    let whole = [0x0a, 0x7f, 0x12, 0x01];
    let cases: Vec<(u16, i64, Vec<Header<'static>>, Vec<u8>)> = vec![
        (400, 3, vec![json_type()], b"{".to_vec()),
        (400, 3, vec![json_type()], deep.into_bytes()),
        (
            400,
            3,
            vec![json_type()],
            br#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":1e400}]}]}]}"#.to_vec(),
        ),
        (400, 3, vec![json_type(), gzip()], b"no gzip".to_vec()),
        (413, 8, vec![json_type(), gzip()], bomb),
        (413, 8, vec![json_type()], vec![b' '; 100_001]),
        (415, 3, vec![json_type(), Header::new("Content-Encoding", "br")], b"{}".to_vec()),
        (415, 3, vec![Header::new("Content-Type", "text/plain")], b"{}".to_vec()),
    ];
    for (status, code, mut headers, body) in cases {
        headers.push(bearer(KEY));
        let (found, kind, answer) = send(&desk, "/v1/logs", &headers, body).await;
        let json: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(
            (found, kind.as_str(), &json["code"]),
            (status, "application/json", &json!(code)),
            "{json}"
        );
        assert!(!json["message"].as_str().unwrap().is_empty());
    }
    let (status, kind, answer) = send(&desk, "/v1/logs", &[bearer(KEY), protobuf()], whole).await;
    assert_eq!((status, kind.as_str()), (400, "application/x-protobuf"));
    assert_eq!(answer[..2], [0x08, 3], "a status with its code");
    let (status, _, answer) = send(&desk, "/v1/logs", &[bearer("wrong-key"), json_type()], "{}").await;
    assert_eq!((status, serde_json::from_slice::<Value>(&answer).unwrap()["code"].clone()), (401, json!(16)));
    assert_eq!(desk.get("/v1/logs").await.status, Status::MethodNotAllowed.code);
    assert_eq!(records(&desk).await, 0);
}

#[rocket::async_test]
async fn a_setting_keeps_telemetry_out() {
    let desk = Desk::with(&[("otlp", "false")]).await;
    let (status, _, answer) =
        send(&desk, "/v1/logs", &[bearer(KEY), json_type()], logs(&[request("req_1")])).await;
    assert_eq!(status, 403, "{}", String::from_utf8_lossy(&answer));
    assert_eq!(records(&desk).await, 0);
}
