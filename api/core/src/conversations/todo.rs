//! A to-do list as it stood at a moment: its changes read backwards, the newest first, until one tells the whole list.

use super::{Piece, Said};
use crate::transcripts::fields::{list, text, text_or_empty};
use quarterdeck_shared::{
    Timestamp,
    conversations::{Todo, TodoItem, TodoStatus},
};
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    ops::ControlFlow,
};

/// Items that are shown.
const ITEMS: usize = 100;
/// Characters that are shown of one.
const LETTERS: usize = 300;

/// A to-do list on its way back to where it is known whole.
#[derive(Debug, Default)]
pub struct Todos {
    /// What calls were answered that make, change or list: by the call.
    answers: HashMap<String, String>,
    /// Calls that went wrong: they changed nothing.
    failed: HashSet<String>,
    /// The whole list, of those programs that write it as one.
    whole: Option<Vec<TodoItem>>,
    /// What is known of each item, of those that change them one by one.
    tasks: HashMap<String, Task>,
    changed_at: Option<Timestamp>,
}

/// What is known of an item that is changed by its id; the newest word counts.
#[derive(Debug, Default)]
struct Task {
    subject: Option<String>,
    status: Option<String>,
}

impl Todos {
    /// Takes the piece before those it was given; breaks where nothing earlier matters.
    pub fn take(&mut self, piece: &Piece) -> ControlFlow<()> {
        match &piece.said {
            // An answer that names no call says nothing of any.
            Said::Result(outcome) if outcome.tool_use_id.is_empty() => {}
            Said::Result(outcome) if outcome.is_error => {
                self.failed.insert(outcome.tool_use_id.clone());
            }
            Said::Result(outcome) if is_of_a_list(&outcome.text) => {
                self.answers.insert(outcome.tool_use_id.clone(), outcome.text.clone());
            }
            Said::Call { id, tool, input } if !self.failed.contains(id) => {
                return self.call(id, tool, input, piece.at);
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn call(&mut self, id: &str, tool: &str, input: &Value, at: Option<Timestamp>) -> ControlFlow<()> {
        match tool {
            "TodoWrite" => {
                if self.tasks.is_empty() {
                    self.whole = Some(list(input, "todos").iter().map(item).collect());
                    self.changed_at = at;
                }
                ControlFlow::Break(())
            }
            "TaskUpdate" => {
                let task = self.tasks.entry(text_or_empty(input, "taskId")).or_default();
                task.know(text(input, "subject"), text(input, "status"));
                self.changed_at = self.changed_at.or(at);
                ControlFlow::Continue(())
            }
            "TaskCreate" => {
                let made = self.answers.get(id).and_then(|answer| number(answer.strip_prefix("Task #")?));
                let is_first = made == Some("1");
                // Without an answer it is not numbered yet: it stands behind those that are.
                let key = made.unwrap_or(id).to_owned();
                self.tasks.entry(key).or_default().know(text(input, "subject"), Some("pending".to_owned()));
                self.changed_at = self.changed_at.or(at);
                if is_first { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
            "TaskList" => {
                let Some(answer) = self.answers.get(id) else { return ControlFlow::Continue(()) };
                let listed: Vec<_> = answer.lines().filter_map(listed).collect();
                if listed.is_empty() {
                    return ControlFlow::Continue(());
                }
                for (id, status, subject) in listed {
                    self.tasks
                        .entry(id.to_owned())
                        .or_default()
                        .know(Some(subject.to_owned()), Some(status.to_owned()));
                }
                self.changed_at = self.changed_at.or(at);
                ControlFlow::Break(())
            }
            _ => ControlFlow::Continue(()),
        }
    }

    /// The list; none where there was none. `read_from` is where reading was given up before all was known.
    pub fn told(self, read_from: Option<Timestamp>) -> Option<Todo> {
        let mut items = self.whole.unwrap_or_else(|| in_order(self.tasks));
        if items.is_empty() && read_from.is_none() {
            return None;
        }
        let left_out = items.len().saturating_sub(ITEMS) as u64;
        items.truncate(ITEMS);
        for item in &mut items {
            item.text = super::plain(&item.text).chars().take(LETTERS).collect();
        }
        Some(Todo { items, left_out, changed_at: self.changed_at, read_from })
    }
}

impl Task {
    fn know(&mut self, subject: Option<String>, status: Option<String>) {
        self.subject = self.subject.take().or(subject);
        self.status = self.status.take().or(status);
    }
}

/// Whether an answer may be one that numbers or lists items.
fn is_of_a_list(answer: &str) -> bool {
    let rest = answer.strip_prefix("Task ").unwrap_or(answer);
    rest.strip_prefix('#').and_then(number).is_some()
}

/// The number that words begin with.
fn number(words: &str) -> Option<&str> {
    let end = words.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(words.len());
    (end > 0).then(|| &words[..end])
}

/// A line of a list: `#2 [in_progress] Mend the roof [blocked by #1]`.
fn listed(line: &str) -> Option<(&str, &str, &str)> {
    let (id, rest) = line.trim().strip_prefix('#')?.split_once(" [")?;
    let (status, subject) = rest.split_once("] ")?;
    let subject = subject.rsplit_once(" [blocked by ").map_or(subject, |(subject, _)| subject);
    Some((number(id)?, status, subject))
}

fn item(todo: &Value) -> TodoItem {
    TodoItem { text: text_or_empty(todo, "content"), status: status(&text_or_empty(todo, "status")) }
}

fn status(word: &str) -> TodoStatus {
    word.parse().unwrap_or_default()
}

/// Items by their number; those without one last.
fn in_order(tasks: HashMap<String, Task>) -> Vec<TodoItem> {
    let is_there = |(_, task): &(String, Task)| task.status.as_deref() != Some("deleted");
    let mut tasks: Vec<_> = tasks.into_iter().filter(is_there).collect();
    tasks.sort_by_key(|(id, _)| (id.parse().unwrap_or(u64::MAX), id.clone()));
    let item = |(id, task): (String, Task)| TodoItem {
        text: task.subject.unwrap_or_else(|| format!("Task {id}")),
        status: status(task.status.as_deref().unwrap_or_default()),
    };
    tasks.into_iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversations::read;
    use serde_json::json;

    fn call(id: &str, tool: &str, input: Value) -> Vec<Piece> {
        let block = json!({"type": "tool_use", "id": id, "name": tool, "input": input});
        read(json!({"type": "assistant", "message": {"content": [block]}}).to_string().as_bytes())
    }

    fn answer(id: &str, words: &str, is_error: bool) -> Vec<Piece> {
        let block = json!({"type": "tool_result", "tool_use_id": id, "content": words, "is_error": is_error});
        read(json!({"type": "user", "message": {"content": [block]}}).to_string().as_bytes())
    }

    fn shown(pieces: &[Vec<Piece>], read_from: Option<Timestamp>) -> Option<Vec<String>> {
        let mut todos = Todos::default();
        for piece in pieces.iter().flatten().rev() {
            if todos.take(piece).is_break() {
                break;
            }
        }
        let items = todos.told(read_from)?.items;
        Some(items.iter().map(|item| format!("{} {}", item.status, item.text)).collect())
    }

    #[test]
    fn the_last_list_that_was_written_counts_unless_its_call_failed() {
        let write = |id: &str, status: &str| {
            call(
                id,
                "TodoWrite",
                json!({"todos": [{"content": "Mend", "status": status}, {"content": "Paint", "status": "pending"}]}),
            )
        };
        let told = [write("a", "pending"), write("b", "in_progress"), write("c", "completed")];
        assert_eq!(shown(&told[..2], None).unwrap(), ["in_progress Mend", "pending Paint"]);
        let mut failed = told.to_vec();
        failed.push(answer("c", "no such status", true));
        assert_eq!(shown(&failed, None).unwrap()[0], "in_progress Mend");
        let nameless = [write("", "in_progress"), answer("", "something went wrong", true)];
        assert_eq!(shown(&nameless, None).unwrap()[0], "in_progress Mend");
        let emptied = [told[0].clone(), call("d", "TodoWrite", json!({"todos": []}))];
        assert_eq!(shown(&emptied, None), None);
        assert_eq!(shown(&[], None), None);
    }

    #[test]
    fn items_that_are_changed_one_by_one_are_put_together_from_their_changes() {
        let make = |id: &str, number: u32, subject: &str| {
            [
                call(id, "TaskCreate", json!({"subject": subject, "description": "d"})),
                answer(id, &format!("Task #{number} created successfully: {subject}"), false),
            ]
            .concat()
        };
        let change = |id: &str, input: Value| {
            [call(id, "TaskUpdate", input), answer(id, "Updated task", false)].concat()
        };
        let mut told = vec![make("a", 1, "Mend"), make("b", 2, "Paint"), make("c", 10, "Rest")];
        assert_eq!(shown(&told, None).unwrap(), ["pending Mend", "pending Paint", "pending Rest"]);
        told.push(change("d", json!({"taskId": "1", "status": "in_progress"})));
        told.push(change("e", json!({"taskId": "1", "status": "completed"})));
        told.push(change("f", json!({"taskId": "2", "status": "deleted"})));
        told.push(change("g", json!({"taskId": "10", "subject": "Rest well"})));
        told.push(call("h", "TaskCreate", json!({"subject": "On its way"})));
        let wanted = ["completed Mend", "pending Rest well", "pending On its way"];
        assert_eq!(shown(&told, None).unwrap(), wanted);
        // Where its making is further back than was read, only its number is known.
        assert_eq!(shown(&told[4..5], Some(Timestamp(0))).unwrap(), ["completed Task 1"]);
        assert_eq!(shown(&[], Some(Timestamp(0))).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_list_that_was_asked_for_tells_what_stands_before_it() {
        let list = [
            call("l", "TaskList", json!({})),
            answer("l", "#1 [completed] Mend\n#2 [in_progress] Paint [it] [blocked by #1]", false),
            call("u", "TaskUpdate", json!({"taskId": "2", "status": "completed"})),
        ];
        assert_eq!(shown(&list, None).unwrap(), ["completed Mend", "completed Paint [it]"]);
        let nothing = [call("l", "TaskList", json!({})), answer("l", "# A heading of a file", false)];
        assert_eq!(shown(&nothing, None), None);
    }
}
