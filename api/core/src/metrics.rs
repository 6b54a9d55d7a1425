//! Metrics: the tools one agent called and the files it touched, read off its entries.

use crate::transcripts::{Block, Entry, ToolResult};
use quarterdeck_shared::{
    Timestamp,
    agents::{FileTouch, FileUse, ToolCount},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Calls whose answers are waited for at the same time; older ones are forgotten, their errors then uncounted.
const OPEN_CALLS: usize = 1_000;

/// The tools one agent called and the files it touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    tools: BTreeMap<String, (u64, u64)>,
    files: BTreeMap<(String, FileUse), (u64, Timestamp)>,
    open: BTreeMap<String, Call>,
    order: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Call {
    tool: String,
    file: Option<(String, FileUse)>,
    order: u64,
    answered: bool,
}

impl Tally {
    /// A tally that goes on from what is stored.
    pub fn restore(tools: &[ToolCount], files: &[FileTouch]) -> Self {
        Self {
            tools: tools.iter().map(|count| (count.tool.clone(), (count.calls, count.errors))).collect(),
            files: files
                .iter()
                .map(|touch| ((touch.path.clone(), touch.file_use), (touch.times, touch.last_at)))
                .collect(),
            ..Self::default()
        }
    }

    /// Counts what an entry says; true where anything changed.
    ///
    /// A call counts once by its id, however often it is told. A file whose tool went wrong was not touched.
    pub fn observe(&mut self, entry: &Entry, now: Timestamp) -> bool {
        match entry {
            Entry::Assistant { blocks, .. } => {
                let mut changed = false;
                for block in blocks {
                    if let Block::ToolUse { id, name, input } = block {
                        changed |= self.called(id, name, input, now);
                    }
                }
                changed
            }
            Entry::ToolResults(results) => {
                results.iter().fold(false, |changed, result| self.answered(result) | changed)
            }
            _ => false,
        }
    }

    /// Calls of tools in all.
    pub fn tool_calls(&self) -> u64 {
        self.tools.values().map(|(calls, _)| calls).sum()
    }

    /// Calls by tool, most used first.
    pub fn tools(&self) -> Vec<ToolCount> {
        let count = |(tool, (calls, errors)): (&String, &(u64, u64))| ToolCount {
            tool: tool.clone(),
            calls: *calls,
            errors: *errors,
        };
        let mut counts: Vec<ToolCount> = self.tools.iter().map(count).collect();
        counts.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| a.tool.cmp(&b.tool)));
        counts
    }

    /// Files read and written, by path.
    pub fn files(&self) -> Vec<FileTouch> {
        let touch = |((path, file_use), (times, last_at)): (&(String, FileUse), &(u64, Timestamp))| {
            FileTouch { path: path.clone(), file_use: *file_use, times: *times, last_at: *last_at }
        };
        self.files.iter().map(touch).collect()
    }

    /// Counts a call.
    pub(crate) fn called(&mut self, id: &str, tool: &str, input: &Value, now: Timestamp) -> bool {
        if self.open.contains_key(id) {
            return false;
        }
        self.tools.entry(tool.to_owned()).or_default().0 += 1;
        let file = file(tool, input);
        if let Some(key) = file.clone() {
            let (times, last_at) = self.files.entry(key).or_default();
            *times += 1;
            *last_at = now;
        }
        self.order += 1;
        self.open
            .insert(id.to_owned(), Call { tool: tool.to_owned(), file, order: self.order, answered: false });
        if self.open.len() > OPEN_CALLS {
            let oldest = self.open.iter().min_by_key(|(_, call)| call.order).map(|(id, _)| id.clone());
            oldest.and_then(|id| self.open.remove(&id));
        }
        true
    }

    /// Counts an answer.
    pub(crate) fn answered(&mut self, result: &ToolResult) -> bool {
        let Some(call) = self.open.get_mut(&result.tool_use_id).filter(|call| !call.answered) else {
            return false;
        };
        call.answered = true;
        if !result.is_error {
            return false;
        }
        if let Some((_, errors)) = self.tools.get_mut(&call.tool) {
            *errors += 1;
        }
        if let Some(key) = call.file.take()
            && let Some((times, _)) = self.files.get_mut(&key)
        {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.files.remove(&key);
            }
        }
        true
    }
}

/// The file a call names, and what it does to it.
pub fn file(tool: &str, input: &Value) -> Option<(String, FileUse)> {
    let (key, file_use) = match tool {
        "Read" => ("file_path", FileUse::Consumed),
        "NotebookRead" => ("notebook_path", FileUse::Consumed),
        "Write" | "Edit" | "MultiEdit" => ("file_path", FileUse::Produced),
        "NotebookEdit" => ("notebook_path", FileUse::Produced),
        _ => return None,
    };
    let path = input.get(key)?.as_str().filter(|path| !path.is_empty())?;
    Some((path.to_owned(), file_use))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcripts::Usage;
    use serde_json::json;

    const NOW: Timestamp = Timestamp(7);

    fn call(id: &str, tool: &str, input: Value) -> Entry {
        Entry::Assistant {
            message_id: "m".to_owned(),
            request_id: None,
            model: "claude-opus-5-5".to_owned(),
            blocks: vec![Block::ToolUse { id: id.to_owned(), name: tool.to_owned(), input }],
            usage: Usage::default(),
            stop_reason: None,
            parent: None,
            error: None,
        }
    }

    fn answer(id: &str, is_error: bool) -> Entry {
        let tool_use_id = id.to_owned();
        Entry::ToolResults(vec![ToolResult { tool_use_id, text: String::new(), is_error, parent: None }])
    }

    #[test]
    fn a_call_told_twice_counts_once_and_so_does_its_error() {
        let mut tally = Tally::default();
        let entries = [
            call("1", "Bash", json!({})),
            call("1", "Bash", json!({})),
            answer("1", true),
            call("1", "Bash", json!({})),
            answer("1", true),
        ];
        let changes: Vec<bool> = entries.iter().map(|entry| tally.observe(entry, NOW)).collect();
        assert_eq!(changes, [true, false, true, false, false]);
        assert_eq!(tally.tools(), [ToolCount { tool: "Bash".to_owned(), calls: 1, errors: 1 }]);
    }

    #[test]
    fn a_refused_write_wrote_nothing() {
        let mut tally = Tally::default();
        tally.observe(&call("1", "Write", json!({"file_path": "/a"})), NOW);
        tally.observe(&call("2", "Write", json!({"file_path": "/b"})), NOW);
        tally.observe(&answer("1", true), NOW);
        tally.observe(&answer("2", false), NOW);
        let paths: Vec<String> = tally.files().into_iter().map(|touch| touch.path).collect();
        assert_eq!(paths, ["/b"]);
    }

    #[test]
    fn a_restored_tally_goes_on_counting() {
        let mut tally = Tally::default();
        tally.observe(&call("1", "Read", json!({"file_path": "/a"})), NOW);
        let mut again = Tally::restore(&tally.tools(), &tally.files());
        again.observe(&call("2", "Read", json!({"file_path": "/a"})), Timestamp(9));
        assert_eq!(again.tool_calls(), 2);
        let touch =
            FileTouch { path: "/a".to_owned(), file_use: FileUse::Consumed, times: 2, last_at: Timestamp(9) };
        assert_eq!(again.files(), [touch]);
    }

    #[test]
    fn memory_stays_bounded_however_many_calls_there_are() {
        let mut tally = Tally::default();
        for id in 0..(OPEN_CALLS + 50) {
            tally.observe(&call(&id.to_string(), "Bash", Value::Null), NOW);
        }
        assert_eq!(tally.open.len(), OPEN_CALLS);
        assert_eq!(tally.tool_calls(), OPEN_CALLS as u64 + 50);
    }
}
