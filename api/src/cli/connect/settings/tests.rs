//! Settings of every shape, with our entries and without.

use super::*;
use serde_json::json;

fn wanted() -> Wanted {
    with_key("qd_secret")
}

fn with_key(secret: &str) -> Wanted {
    Wanted { url: "http://127.0.0.1:8000".into(), secret: secret.into(), hold: 60 }
}

fn record(before: Option<&str>) -> Record {
    let Written { text, entries, .. } = with(before, &wanted()).unwrap();
    Record { before: before.map(str::to_owned), after: text, entries, ..Record::default() }
}

const STRANGE: &str = "{ \"model\":\"opus\",\n\t\"hooks\" : {\"Stop\": [ {\"hooks\":[{\"type\":\"command\",\"command\":\"say\"}]} ]},\n\n   \"env\": { \"A\" : \"1\" } , \"z\":[1,2,  3]\n}";

#[test]
fn what_was_there_stays_byte_for_byte_and_comes_back() {
    let (_, stop) = wanted().hooks().find(|(name, _)| *name == "Stop").unwrap();
    for before in [None, Some(""), Some("{}"), Some(STRANGE), Some("{\n  \"model\": \"opus\"\n}\n")] {
        let record = record(before);
        let value: Value = serde_json::from_str(&record.after).unwrap();
        assert_eq!(value["hooks"]["Stop"].as_array().unwrap().last().unwrap(), &stop);
        assert_eq!(value["env"]["CLAUDE_CODE_ENABLE_TELEMETRY"], "1");
        assert_eq!(without(Some(&record.after), &record).unwrap().as_deref(), before);
    }
    for piece in ["{ \"model\":\"opus\",\n\t\"hooks\" : {", "\"z\":[1,2,  3]", "\"A\" : \"1\""] {
        assert!(record(Some(STRANGE)).after.contains(piece), "{piece}");
    }
}

#[test]
fn what_others_changed_since_stays_changed() {
    for before in [None, Some("{}"), Some(STRANGE), Some("{\n  \"model\": \"opus\"\n}\n")] {
        let record = record(before);
        let (root, top) = parse(&record.after).unwrap();
        top.append("theme", CstInputValue::from("dark"));
        let left = without(Some(&root.to_string()), &record).unwrap().unwrap();
        let mut wanted: Value = serde_json::from_str(before.unwrap_or("{}")).unwrap();
        wanted["theme"] = "dark".into();
        assert_eq!(serde_json::from_str::<Value>(&left).unwrap(), wanted, "{left}");
    }
}

#[test]
fn a_part_that_nobody_changed_since_is_written_as_it_was() {
    let record = record(Some(STRANGE));
    let (root, top) = parse(&record.after).unwrap();
    top.append("theme", CstInputValue::from("dark"));
    let left = without(Some(&root.to_string()), &record).unwrap().unwrap();
    for piece in [
        "\"env\": { \"A\" : \"1\" }",
        "{\"Stop\": [ {\"hooks\":[{\"type\":\"command\",\"command\":\"say\"}]} ]}",
    ] {
        assert!(left.contains(piece), "{left}");
    }
}

#[test]
fn what_leads_here_with_another_key_gives_way() {
    for before in [None, Some(STRANGE)] {
        let dead = with(before, &with_key("qd_dead")).unwrap();
        let anew = with(Some(&dead.text), &wanted()).unwrap();
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let fresh = with(before, &wanted()).unwrap();
        assert_eq!(value(&anew.text), value(&fresh.text), "{}", anew.text);
        assert_eq!((anew.entries, anew.skipped.len()), (fresh.entries, 0));
        assert_eq!(value(&anew.before.unwrap()), value(before.unwrap_or("{}")));
    }
}

#[test]
fn what_leads_here_takes_nothing_of_others_with_it() {
    let here = json!({"type": "http", "url": "http://127.0.0.1:8000/api/v1/ingest/hooks"});
    let there = json!({"type": "http", "url": "http://127.0.0.1:9000/api/v1/ingest/hooks"});
    let text = json!({
        "hooks": {"Stop": [{"hooks": [here, there]}], "Setup": [{"hooks": [here]}], "Notification": []},
        "env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:8000/", "OTEL_METRICS_EXPORTER": "otlp,console",
                "OTEL_EXPORTER_OTLP_HEADERS": "x-api-key=qd_dead"},
    });
    let written = with(Some(&text.to_string()), &wanted()).unwrap();
    let left = json!({
        "hooks": {"Stop": [{"hooks": [there]}], "Notification": []}, "env": {"OTEL_METRICS_EXPORTER": "otlp,console"},
    });
    assert_eq!(serde_json::from_str::<Value>(&written.before.unwrap()).unwrap(), left);
    assert_eq!(written.skipped, ["OTEL_METRICS_EXPORTER"]);
    let env = serde_json::from_str::<Value>(&written.text).unwrap()["env"].take();
    assert_eq!(env["OTEL_EXPORTER_OTLP_HEADERS"], "Authorization=Bearer qd_secret");
    assert_eq!((&env["OTEL_METRICS_EXPORTER"], env.as_object().unwrap().len()), (&json!("otlp,console"), 6));
}

#[test]
fn telemetry_that_goes_elsewhere_is_left_alone() {
    let text = r#"{"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector"}}"#;
    let written = with(Some(text), &wanted()).unwrap();
    assert_eq!(written.skipped, ["OTEL_EXPORTER_OTLP_ENDPOINT"]);
    let value: Value = serde_json::from_str(&written.text).unwrap();
    assert_eq!(value["env"], json!({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector"}));
}

#[test]
fn what_is_no_settings_file_is_refused() {
    for text in ["{", "[]", "// words\n{}", "{\"hooks\": 1}", "{\"hooks\": {\"Stop\": {}}}", "{\"env\": []}"]
    {
        assert!(with(Some(text), &wanted()).is_err(), "{text}");
    }
}
