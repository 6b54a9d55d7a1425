//! What a call of a tool would do, read from its input: a command, a change of a file, a question, or something else.

use serde_json::Value;

use super::diff::{DiffLine, added, changed};

/// A call of a tool, told so that a person can judge it.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// What is asked for, behind "asks to": `run a command`.
    pub wants: String,
    /// All of it in one line, for lists.
    pub line: String,
    /// What the agent says it is for, where the input says so.
    pub note: Option<String>,
    /// The exact input.
    pub shown: Shown,
}

/// The exact input of a call, in the form one judges it by.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A shell command.
    Command(String),
    /// A file and what becomes of it.
    Change {
        /// The file, as the agent names it.
        path: String,
        /// How many lines come and go, or `new file`.
        extent: String,
        /// The lines.
        lines: Vec<DiffLine>,
    },
    /// Questions to the person.
    Questions(Vec<Question>),
    /// Anything else, as indented JSON.
    Values(String),
}

/// One question to the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its words.
    pub words: String,
    /// What can be answered.
    pub options: Vec<Answer>,
    /// Whether several answers may be given.
    pub several: bool,
}

/// One possible answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The answer itself.
    pub label: String,
    /// What it means.
    pub meaning: String,
}

impl Deed {
    /// Reads a call.
    pub fn read(tool: &str, input: &Value) -> Self {
        match tool {
            "Bash" => command(input),
            "Edit" | "MultiEdit" => edit(input),
            "Write" => write(input),
            "AskUserQuestion" => questions(input),
            "WebFetch" => named("fetch a page", "url", "prompt", input),
            "WebSearch" => named("search the web", "query", "", input),
            "Read" => named("read a file", "file_path", "", input),
            "NotebookEdit" => named("edit a notebook", "notebook_path", "", input),
            "ExitPlanMode" => named("leave planning and begin", "plan", "", input),
            _ => None,
        }
        .unwrap_or_else(|| other(tool, input))
    }

    /// What a reason says beyond the call: not one that is its beginning, its file's name or its note.
    pub fn beyond<'a>(&self, reason: Option<&'a str>) -> Option<&'a str> {
        let reason = reason.map(str::trim).filter(|words| !words.is_empty())?;
        let words = one_line(reason.trim_end_matches(['…', '.']));
        let name = |path: &str| path.rsplit('/').next().is_some_and(|name| name == words);
        let repeats = match &self.shown {
            Shown::Command(command) => one_line(command).starts_with(&words),
            Shown::Change { path, .. } => path.starts_with(&words) || name(path),
            Shown::Questions(_) | Shown::Values(_) => self.line.starts_with(&words) || name(&self.line),
        };
        (!repeats && self.note.as_deref().map(str::trim) != Some(reason)).then_some(reason)
    }
}

fn text<'a>(input: &'a Value, field: &str) -> Option<&'a str> {
    input.get(field).and_then(Value::as_str)
}

fn command(input: &Value) -> Option<Deed> {
    let command = text(input, "command")?;
    let background = input.get("run_in_background").and_then(Value::as_bool) == Some(true);
    Some(Deed {
        wants: if background { "run a command in the background" } else { "run a command" }.to_owned(),
        line: one_line(command),
        note: text(input, "description").map(str::to_owned),
        shown: Shown::Command(command.to_owned()),
    })
}

fn edit(input: &Value) -> Option<Deed> {
    let path = text(input, "file_path")?;
    let pair = |of: &Value| Some((text(of, "old_string")?.to_owned(), text(of, "new_string")?.to_owned()));
    let pairs: Vec<_> = match input.get("edits").and_then(Value::as_array) {
        Some(edits) => edits.iter().map(pair).collect::<Option<_>>()?,
        None => vec![pair(input)?],
    };
    let mut lines = Vec::new();
    for (at, (old, new)) in pairs.iter().enumerate() {
        lines.extend((at > 0).then(DiffLine::gap));
        lines.extend(changed(old, new));
    }
    let everywhere = input.get("replace_all").and_then(Value::as_bool) == Some(true);
    let (more, less) = super::diff::extent(&lines);
    let extent = format!("+{more} −{less}{}", if everywhere { ", wherever it stands" } else { "" });
    let shown = Shown::Change { path: path.to_owned(), extent, lines };
    Some(Deed { wants: "edit a file".to_owned(), line: path.to_owned(), note: None, shown })
}

fn write(input: &Value) -> Option<Deed> {
    let (path, content) = (text(input, "file_path")?, text(input, "content")?);
    let lines = added(content);
    let extent = match lines.len() {
        1 => "1 line, the whole file".to_owned(),
        count => format!("{count} lines, the whole file"),
    };
    let shown = Shown::Change { path: path.to_owned(), extent, lines };
    Some(Deed { wants: "write a file".to_owned(), line: path.to_owned(), note: None, shown })
}

fn questions(input: &Value) -> Option<Deed> {
    let option = |of: &Value| match of.as_str() {
        Some(label) => Some(Answer { label: label.to_owned(), meaning: String::new() }),
        None => Some(Answer {
            label: text(of, "label")?.to_owned(),
            meaning: text(of, "description").unwrap_or_default().to_owned(),
        }),
    };
    let question = |of: &Value| {
        Some(Question {
            words: text(of, "question")?.to_owned(),
            options: of.get("options")?.as_array()?.iter().map(option).collect::<Option<_>>()?,
            several: of.get("multiSelect").and_then(Value::as_bool) == Some(true),
        })
    };
    let questions: Vec<Question> =
        input.get("questions")?.as_array()?.iter().map(question).collect::<Option<_>>()?;
    let line = one_line(&questions.first()?.words);
    Some(Deed { wants: "be told something".to_owned(), line, note: None, shown: Shown::Questions(questions) })
}

fn named(wants: &str, field: &str, note: &str, input: &Value) -> Option<Deed> {
    let line = one_line(text(input, field)?);
    let note = text(input, note).map(str::to_owned);
    Some(Deed { wants: wants.to_owned(), line, note, shown: Shown::Values(written(input)) })
}

fn other(tool: &str, input: &Value) -> Deed {
    let first = input.as_object().and_then(|fields| fields.values().find_map(Value::as_str));
    let line = first.map_or_else(|| input.to_string(), str::to_owned);
    Deed {
        wants: format!("use {tool}"),
        line: one_line(&line),
        note: None,
        shown: Shown::Values(written(input)),
    }
}

/// An input as JSON that a person can read and change.
pub fn written(input: &Value) -> String {
    format!("{input:#}")
}

fn one_line(text: &str) -> String {
    visible(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a character shows nothing, or moves what stands around it: then it could hide what a command does.
fn hides(letter: char) -> bool {
    let control = letter.is_control() && !matches!(letter, '\n' | '\t');
    control
        || matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a text holds characters that show nothing.
pub fn has_hidden(text: &str) -> bool {
    text.chars().any(hides)
}

/// The text with every character that shows nothing written out: `⟨U+202E⟩`.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if hides(letter) {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(letter)));
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_command_is_shown_exactly_and_told_in_one_line() {
        let deed = Deed::read("Bash", &json!({"command": "cd a &&\n  make", "description": "Builds it"}));
        assert_eq!((deed.wants.as_str(), deed.line.as_str()), ("run a command", "cd a && make"));
        assert_eq!(deed.note.as_deref(), Some("Builds it"));
        assert_eq!(deed.shown, Shown::Command("cd a &&\n  make".into()));
    }

    #[test]
    fn an_edit_tells_its_file_and_what_comes_and_goes() {
        let deed = Deed::read(
            "Edit",
            &json!({"file_path": "/w/a.rs", "old_string": "a\nb", "new_string": "a\nc\nd"}),
        );
        let Shown::Change { path, extent, lines } = deed.shown else { panic!("no change") };
        assert_eq!((path.as_str(), extent.as_str(), lines.len()), ("/w/a.rs", "+2 −1", 4));
    }

    #[test]
    fn a_question_brings_its_options() {
        let input = json!({"questions": [{"question": "3.4 or 3.8?", "header": "Version", "multiSelect": false,
            "options": [{"label": "3.4", "description": "older"}, {"label": "3.8", "description": "newer"}]}]});
        let Shown::Questions(questions) = Deed::read("AskUserQuestion", &input).shown else { panic!("none") };
        assert_eq!((questions[0].words.as_str(), questions[0].options.len()), ("3.4 or 3.8?", 2));
    }

    #[test]
    fn an_input_of_another_shape_is_shown_as_it_is() {
        for (tool, input) in [("Bash", json!({"cmd": "x"})), ("mcp__db__query", json!({"sql": "select 1"}))] {
            let deed = Deed::read(tool, &input);
            assert_eq!(
                (deed.wants.clone(), deed.shown),
                (format!("use {tool}"), Shown::Values(written(&input)))
            );
        }
    }

    #[test]
    fn what_would_hide_a_command_is_written_out() {
        assert_eq!(visible("rm \u{202e}x\u{1b}[8m\ny"), "rm ⟨U+202E⟩x⟨U+001B⟩[8m\ny");
        assert!(has_hidden("a\u{200b}b") && !has_hidden("Größe\tüber\n"));
    }
}
