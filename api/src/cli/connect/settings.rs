//! Claude Code's settings with our hooks and telemetry in them, and without; every other byte stays as it is.

use super::files::Record;
use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue, CstObject, CstRootNode},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The hooks that tell where a session stands. `MessageDisplay` would come with every piece of every word.
const EVENTS: [&str; 13] = [
    "UserPromptSubmit",
    "PreToolUse",
    "PostToolUse",
    "PostToolUseFailure",
    "PermissionRequest",
    "Notification",
    "Stop",
    "StopFailure",
    "SubagentStart",
    "SubagentStop",
    "PreCompact",
    "PostCompact",
    "SessionEnd",
];
/// Hooks whose reply is waited for: it may be held until somebody answers, or is the next instruction.
const HELD: [&str; 3] = ["PreToolUse", "PermissionRequest", "Stop"];
/// Seconds a hook waits longer than we hold a question.
const SPARE: u64 = 15;
/// Seconds any other hook waits.
const SHORT: u64 = 5;

/// What shall be in the settings.
pub struct Wanted {
    /// Where the server is.
    pub url: String,
    /// The key.
    pub secret: String,
    /// Seconds a question is held.
    pub hold: u64,
}

/// One thing that was put in: an element of a list, or a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// `hooks` or `env`.
    pub part: String,
    /// The hook, or the variable.
    pub name: String,
    /// What it is.
    pub value: Value,
}

/// Settings with our entries.
#[derive(Debug)]
pub struct Written {
    /// The whole text.
    pub text: String,
    /// What is ours in it.
    pub entries: Vec<Entry>,
    /// Variables that were set already and stay.
    pub skipped: Vec<String>,
}

/// The settings with our entries in them.
pub fn with(text: Option<&str>, wanted: &Wanted) -> Result<Written, String> {
    let text = text.filter(|text| !text.trim().is_empty()).unwrap_or("{\n}\n");
    let (root, top) = parse(text)?;
    let mut entries = Vec::new();
    let part = |name: &str| match top.get(name) {
        None => Ok(top.object_value_or_set(name)),
        Some(_) => top.object_value(name).ok_or_else(|| format!("has `{name}` that is no object")),
    };
    let hooks = part("hooks")?;
    for name in EVENTS {
        let list = match hooks.get(name) {
            None => hooks.array_value_or_set(name),
            Some(_) => {
                hooks.array_value(name).ok_or_else(|| format!("has `hooks.{name}` that is no list"))?
            }
        };
        let value = hook(name, wanted);
        list.append(input(&value));
        entries.push(Entry { part: "hooks".to_owned(), name: name.to_owned(), value });
    }
    let env = part("env")?;
    let variables = variables(wanted);
    let skipped: Vec<String> = variables
        .iter()
        .filter(|(name, _)| env.get(name).is_some())
        .map(|(name, _)| (*name).to_owned())
        .collect();
    // Telemetry that goes elsewhere already goes on doing so, all of it.
    for (name, value) in variables.into_iter().filter(|_| skipped.is_empty()) {
        env.append(name, CstInputValue::String(value.clone()));
        entries.push(Entry { part: "env".to_owned(), name: name.to_owned(), value: value.into() });
    }
    if env.properties().is_empty()
        && let Some(env) = top.get("env")
        && !text.contains("\"env\"")
    {
        env.remove();
    }
    Ok(Written { text: root.to_string(), entries, skipped })
}

/// The settings without what was written; none where there were none and nothing else came in since.
pub fn without(text: Option<&str>, record: &Record) -> Result<Option<String>, String> {
    let Some(text) = text else { return Ok(None) };
    if text == record.after {
        return Ok(record.before.clone());
    }
    let (root, top) = parse(text)?;
    let before: Value =
        record.before.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    for Entry { part, name, value } in &record.entries {
        let Some(object) = top.object_value(part) else { continue };
        let Some(field) = object.get(name) else { continue };
        match field.array_value() {
            Some(list) => {
                let mine =
                    list.elements().into_iter().find(|one| one.to_serde_value().as_ref() == Some(value));
                if let Some(mine) = mine {
                    mine.remove();
                }
                if list.elements().is_empty() && before[part].get(name).is_none() {
                    field.remove();
                }
            }
            None if field.value().and_then(|now| now.to_serde_value()).as_ref() == Some(value) => {
                field.remove()
            }
            None => {}
        }
    }
    for part in ["hooks", "env"] {
        let empty = top.object_value(part).is_some_and(|object| object.properties().is_empty());
        if let Some(field) = top.get(part).filter(|_| empty && before.get(part).is_none()) {
            field.remove();
        }
    }
    let is_ours_alone = top.properties().is_empty() && record.before.is_none();
    Ok((!is_ours_alone).then(|| root.to_string()))
}

fn parse(text: &str) -> Result<(CstRootNode, CstObject), String> {
    // Claude Code reads plain JSON alone, so nothing looser is taken for settings.
    let value: Value = serde_json::from_str(text).map_err(|error| format!("is no JSON ({error})"))?;
    let root = CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|error| format!("is no JSON ({error})"))?;
    let top = root.object_value().filter(|_| value.is_object()).ok_or("holds no JSON object")?;
    Ok((root, top))
}

fn hook(name: &str, wanted: &Wanted) -> Value {
    let timeout = if HELD.contains(&name) { wanted.hold + SPARE } else { SHORT };
    let call = json!({
        "type": "http",
        "url": format!("{}/api/v1/ingest/hooks", wanted.url),
        "headers": { "Authorization": format!("Bearer {}", wanted.secret) },
        "timeout": timeout,
    });
    json!({ "matcher": "*", "hooks": [call] })
}

fn variables(wanted: &Wanted) -> Vec<(&'static str, String)> {
    vec![
        ("CLAUDE_CODE_ENABLE_TELEMETRY", "1".to_owned()),
        ("OTEL_METRICS_EXPORTER", "otlp".to_owned()),
        ("OTEL_LOGS_EXPORTER", "otlp".to_owned()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf".to_owned()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", wanted.url.clone()),
        ("OTEL_EXPORTER_OTLP_HEADERS", format!("Authorization=Bearer {}", wanted.secret)),
    ]
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(truth) => CstInputValue::Bool(*truth),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(values) => CstInputValue::Array(values.iter().map(input).collect()),
        Value::Object(fields) => {
            CstInputValue::Object(fields.iter().map(|(name, value)| (name.clone(), input(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Wanted {
        Wanted { url: "http://127.0.0.1:8000".into(), secret: "qd_secret".into(), hold: 60 }
    }

    fn record(before: Option<&str>) -> Record {
        let Written { text, entries, .. } = with(before, &wanted()).unwrap();
        Record { before: before.map(str::to_owned), after: text, entries, ..Record::default() }
    }

    const STRANGE: &str = "{ \"model\":\"opus\",\n\t\"hooks\" : {\"Stop\": [ {\"hooks\":[{\"type\":\"command\",\"command\":\"say\"}]} ]},\n\n   \"env\": { \"A\" : \"1\" } , \"z\":[1,2,  3]\n}";

    #[test]
    fn what_was_there_stays_byte_for_byte_and_comes_back() {
        for before in [None, Some(""), Some("{}"), Some(STRANGE), Some("{\n  \"model\": \"opus\"\n}\n")] {
            let record = record(before);
            let value: Value = serde_json::from_str(&record.after).unwrap();
            assert_eq!(value["hooks"]["Stop"].as_array().unwrap().last().unwrap(), &hook("Stop", &wanted()));
            assert_eq!(value["env"]["CLAUDE_CODE_ENABLE_TELEMETRY"], "1");
            assert_eq!(without(Some(&record.after), &record).unwrap().as_deref(), before);
        }
        for piece in ["{ \"model\":\"opus\",\n\t\"hooks\" : {", "\"z\":[1,2,  3]", "\"A\" : \"1\""] {
            assert!(record(Some(STRANGE)).after.contains(piece), "{piece}");
        }
    }

    #[test]
    fn a_reply_that_says_what_to_do_is_waited_for() {
        let timeout = |name| hook(name, &wanted())["hooks"][0]["timeout"].as_u64().unwrap();
        for (name, seconds) in [("PermissionRequest", 75), ("Stop", 75), ("PostToolUse", 5)] {
            assert_eq!(timeout(name), seconds, "{name}");
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
    fn telemetry_that_goes_elsewhere_is_left_alone() {
        let text = r#"{"env": {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector"}}"#;
        let written = with(Some(text), &wanted()).unwrap();
        assert_eq!(written.skipped, ["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        let value: Value = serde_json::from_str(&written.text).unwrap();
        assert_eq!(value["env"], json!({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector"}));
    }

    #[test]
    fn what_is_no_settings_file_is_refused() {
        for text in
            ["{", "[]", "// words\n{}", "{\"hooks\": 1}", "{\"hooks\": {\"Stop\": {}}}", "{\"env\": []}"]
        {
            assert!(with(Some(text), &wanted()).is_err(), "{text}");
        }
    }
}
