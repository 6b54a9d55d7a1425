//! Files: what a piece of a conversation says was done to one.

use crate::conversations::{Change, ChangeKind, Piece, Said};
use quarterdeck_shared::files::FileDeed;
use serde_json::Value;

/// Bytes of a call's id and of a path at most; PostgreSQL has room for so much in an index, and no tool writes more.
const CALL: usize = 200;
const PATH: usize = 1_024;

/// Something that was done to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The tool's call.
    pub call: String,
    /// The file, as the tool named it.
    pub path: String,
    /// What.
    pub deed: FileDeed,
    /// Lines that were added.
    pub added: Option<u64>,
    /// Lines that were taken out.
    pub removed: Option<u64>,
    /// Lines the file has then.
    pub lines: Option<u64>,
    /// Whether the tool's answer says so, not the call alone.
    pub settled: bool,
}

/// What a piece says of a call that is about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It does, or did, this.
    Done(Done),
    /// It came to nothing.
    Failed(String),
}

/// What a piece says was done to a file; nothing where call or path are empty or longer than any.
pub fn deed(piece: &Piece) -> Option<Deed> {
    let (call, settled) = match &piece.said {
        Said::Result(outcome) if outcome.is_error => return Some(Deed::Failed(outcome.tool_use_id.clone())),
        Said::Result(outcome) => (&outcome.tool_use_id, true),
        Said::Call { id, .. } => (id, false),
        _ => return None,
    };
    let change = change(piece)?;
    if !(1..=CALL).contains(&call.len()) || !(1..=PATH).contains(&change.path.len()) {
        return None;
    }
    let deed = match change.kind {
        ChangeKind::Read => FileDeed::Read,
        ChangeKind::Create => FileDeed::Write,
        // Of an edit nobody knows how many lines the file has; over an old one it was written whole.
        ChangeKind::Update if change.total_lines.is_some() => FileDeed::Write,
        ChangeKind::Update => FileDeed::Edit,
    };
    let (added, removed) = change.weight().unzip();
    let written = change.new.as_deref().filter(|_| change.kind == ChangeKind::Create).map(count);
    let lines = change.total_lines.or(written);
    Some(Deed::Done(Done { call: call.clone(), path: change.path, deed, added, removed, lines, settled }))
}

/// The change a piece tells of: as the answer notes it, or as the call asks for it.
pub fn change(piece: &Piece) -> Option<Change> {
    match &piece.said {
        Said::Result(outcome) => outcome.change.clone(),
        Said::Call { tool, input, .. } => called(tool, input),
        _ => None,
    }
}

fn called(tool: &str, input: &Value) -> Option<Change> {
    let text = |key: &str| input.get(key).and_then(Value::as_str).map(str::to_owned);
    let path = text("file_path").or_else(|| text("notebook_path"))?;
    let change = |kind, old, new| Some(Change { path: path.clone(), kind, old, new, ..Change::default() });
    match tool {
        "Read" | "NotebookRead" => change(ChangeKind::Read, None, None),
        "Write" => change(ChangeKind::Create, None, text("content")),
        "Edit" => change(ChangeKind::Update, text("old_string"), text("new_string")),
        "NotebookEdit" => change(ChangeKind::Update, None, text("new_source")),
        "MultiEdit" => {
            let edits = input.get("edits").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let all = |key: &str| {
                let texts = edits.iter().filter_map(|edit| edit.get(key)?.as_str());
                Some(texts.collect::<Vec<_>>().join("\n"))
            };
            change(ChangeKind::Update, all("old_string"), all("new_string"))
        }
        _ => None,
    }
}

fn count(text: &str) -> u64 {
    text.lines().count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::read;
    use serde_json::json;

    /// The deed, lines added and taken out, lines in all, and whether it is settled.
    type Told = (FileDeed, Option<u64>, Option<u64>, Option<u64>, bool);

    #[track_caller]
    fn check(line: &Value, expected: Option<Told>) {
        let pieces = read(line.to_string().as_bytes());
        let found = match deed(&pieces[0]) {
            Some(Deed::Done(done)) => {
                assert_eq!((done.call.as_str(), done.path.as_str()), ("t1", "/a.rs"));
                Some((done.deed, done.added, done.removed, done.lines, done.settled))
            }
            _ => None,
        };
        assert_eq!(found, expected, "{line}");
    }

    fn call(tool: &str, input: Value) -> Value {
        json!({"type": "assistant", "message": {"id": "m", "content": [
            {"type": "tool_use", "id": "t1", "name": tool, "input": input}]}})
    }

    fn answer(noted: Value, is_error: bool) -> Value {
        json!({"type": "user", "toolUseResult": noted, "message": {"content": [
            {"type": "tool_result", "tool_use_id": "t1", "content": "ok", "is_error": is_error}]}})
    }

    #[test]
    fn a_call_says_what_it_is_about_to_do() {
        check(&call("Read", json!({"file_path": "/a.rs"})), Some((FileDeed::Read, None, None, None, false)));
        check(
            &call("Write", json!({"file_path": "/a.rs", "content": "a\nb\n"})),
            Some((FileDeed::Write, Some(2), Some(0), Some(2), false)),
        );
        check(
            &call("Edit", json!({"file_path": "/a.rs", "old_string": "a\nb", "new_string": "a\nc\nd"})),
            Some((FileDeed::Edit, Some(2), Some(1), None, false)),
        );
        check(&call("Bash", json!({"file_path": "/a.rs"})), None);
    }

    #[test]
    fn what_no_tool_writes_is_no_deed() {
        let told = |path: String, id: String| {
            let mut line = call("Read", json!({ "file_path": path }));
            line["message"]["content"][0]["id"] = id.into();
            deed(&read(line.to_string().as_bytes())[0]).is_some()
        };
        let long = |letters: usize| "x".repeat(letters);
        assert!(told(long(1_024), long(200)));
        for (path, id) in [(0, 1), (1, 0), (1_025, 1), (1, 201)] {
            assert!(!told(long(path), long(id)), "{path} {id}");
        }
    }

    #[test]
    fn an_answer_says_what_was_done_and_that_it_failed() {
        let patch = json!([{"oldStart": 1, "newStart": 1, "lines": [" a", "-b", "+c", "+d"]}]);
        check(
            &answer(
                json!({"filePath": "/a.rs", "oldString": "b", "newString": "c\nd", "structuredPatch": patch}),
                false,
            ),
            Some((FileDeed::Edit, Some(2), Some(1), None, true)),
        );
        let over = json!({"type": "update", "filePath": "/a.rs", "content": "a\nc\nd\n", "originalFile": "a\nb\n",
            "structuredPatch": patch});
        check(&answer(over, false), Some((FileDeed::Write, Some(2), Some(1), Some(3), true)));
        let cell = json!({"new_source": "x\ny", "notebook_path": "/a.rs", "edit_mode": "replace"});
        check(&answer(cell, false), Some((FileDeed::Edit, Some(2), Some(0), None, true)));
        let read_file =
            json!({"type": "text", "file": {"filePath": "/a.rs", "content": "x", "totalLines": 9}});
        check(&answer(read_file, false), Some((FileDeed::Read, None, None, Some(9), true)));
        let failed = answer(json!("Error: no such file"), true);
        assert_eq!(deed(&read(failed.to_string().as_bytes())[0]), Some(Deed::Failed("t1".into())));
    }
}
