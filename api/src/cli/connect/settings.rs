//! Claude Code's settings with our hooks and telemetry in them, and without; every other byte stays as it is.

use super::{
    files::Record,
    wanted::{ENDPOINT, Wanted},
};
use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue, CstNode, CstObject, CstObjectProp, CstRootNode},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// The same without our entries; none where there was none.
    pub before: Option<String>,
    /// What is ours in it.
    pub entries: Vec<Entry>,
    /// Variables that were set already and stay.
    pub skipped: Vec<String>,
}

/// The settings with our entries in them. Others that lead to this server, with whatever key, give way to them.
pub fn with(text: Option<&str>, wanted: &Wanted) -> Result<Written, String> {
    let (root, top) = parse(text.filter(|text| !text.trim().is_empty()).unwrap_or("{\n}\n"))?;
    let takes_hooks = drop_calls(&top, wanted);
    let takes_telemetry = drop_variables(&top, wanted);
    let before =
        if takes_hooks || takes_telemetry { Some(root.to_string()) } else { text.map(str::to_owned) };
    let mut entries = Vec::new();
    let part = |name: &str| match top.get(name) {
        None => Ok(top.object_value_or_set(name)),
        Some(_) => top.object_value(name).ok_or_else(|| format!("has `{name}` that is no object")),
    };
    let hooks = part("hooks")?;
    for (name, value) in wanted.hooks() {
        let list = match hooks.get(name) {
            None => hooks.array_value_or_set(name),
            Some(_) => {
                hooks.array_value(name).ok_or_else(|| format!("has `hooks.{name}` that is no list"))?
            }
        };
        list.append(input(&value));
        entries.push(Entry { part: "hooks".to_owned(), name: name.to_owned(), value });
    }
    let env = part("env")?;
    let (skipped, missing): (Vec<_>, Vec<_>) =
        wanted.variables().into_iter().partition(|(name, _)| env.get(name).is_some());
    // Telemetry that goes elsewhere already goes on doing so, all of it.
    for (name, value) in missing.into_iter().filter(|_| skipped.is_empty() || takes_telemetry) {
        env.append(name, CstInputValue::String(value.clone()));
        entries.push(Entry { part: "env".to_owned(), name: name.to_owned(), value: value.into() });
    }
    let skipped = skipped.into_iter().map(|(name, _)| name.to_owned()).collect();
    Ok(Written { text: root.to_string(), before, entries, skipped })
}

/// Takes out the calls of hooks that lead here; whether there were any.
fn drop_calls(top: &CstObject, wanted: &Wanted) -> bool {
    let Some(hooks) = top.object_value("hooks") else { return false };
    let mut found = false;
    for field in hooks.properties() {
        let Some(list) = field.array_value() else { continue };
        let dropped = list.elements().into_iter().filter(|entry| drop_from(entry, wanted)).count();
        if dropped > 0 && list.elements().is_empty() {
            field.remove();
        }
        found |= dropped > 0;
    }
    drop_empty(top, "hooks", found);
    found
}

/// The same of one entry, which goes too where it holds no other.
fn drop_from(entry: &CstNode, wanted: &Wanted) -> bool {
    let Some(calls) = entry.as_object().and_then(|entry| entry.array_value("hooks")) else { return false };
    let is_ours = |call: &CstNode| call.to_serde_value().is_some_and(|call| wanted.is_call_here(&call));
    let (ours, others): (Vec<_>, Vec<_>) = calls.elements().into_iter().partition(is_ours);
    let found = !ours.is_empty();
    let gone = if found && others.is_empty() { vec![entry.clone()] } else { ours };
    gone.into_iter().for_each(CstNode::remove);
    found
}

/// Takes out the variables of telemetry that comes here; whether it did.
fn drop_variables(top: &CstObject, wanted: &Wanted) -> bool {
    let Some(env) = top.object_value("env") else { return false };
    let found =
        env.get(ENDPOINT).and_then(|field| value_of(&field)).is_some_and(|it| wanted.is_endpoint_here(&it));
    for (name, ours) in wanted.variables().iter().filter(|_| found) {
        let Some(field) = env.get(name) else { continue };
        if value_of(&field).is_some_and(|it| wanted.is_ours(name, ours, &it)) {
            field.remove();
        }
    }
    drop_empty(top, "env", found);
    found
}

/// Takes out a part that nothing is left in, where it `may` go.
fn drop_empty(top: &CstObject, part: &str, may: bool) {
    let empty = top.object_value(part).is_some_and(|object| object.properties().is_empty());
    if let Some(field) = top.get(part).filter(|_| empty && may) {
        field.remove();
    }
}

/// The settings without what was written; none where there were none and nothing else came in since.
pub fn without(text: Option<&str>, record: &Record) -> Result<Option<String>, String> {
    let Some(text) = text else { return Ok(None) };
    if text == record.after {
        return Ok(record.before.clone());
    }
    let (root, top) = parse(text)?;
    // Blank settings were none.
    let before = record.before.as_deref().and_then(|text| parse(text).ok()).map(|(_, top)| top);
    let was = |part: &str| before.as_ref().and_then(|before| before.get(part));
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
                let was_there = was(part).and_then(|was| was.object_value()?.get(name)).is_some();
                if list.elements().is_empty() && !was_there {
                    field.remove();
                }
            }
            None if value_of(&field).as_ref() == Some(value) => field.remove(),
            None => {}
        }
    }
    for part in ["hooks", "env"] {
        match was(part) {
            Some(was) => restore(&top, part, &was),
            None => drop_empty(&top, part, true),
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

/// Writes a part as it was written before, where it says the same again.
fn restore(top: &CstObject, part: &str, was: &CstObjectProp) {
    let Some(field) = top.get(part).filter(|field| value_of(field) == value_of(was)) else { return };
    let Some(text) = was.value().map(|value| value.to_string()) else { return };
    field.set_value(CstInputValue::String(String::new()));
    if let Some(place) = field.value().and_then(|value| value.as_string_lit()) {
        place.set_raw_value(text);
    }
}

fn value_of(field: &CstObjectProp) -> Option<Value> {
    field.value()?.to_serde_value()
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
mod tests;
