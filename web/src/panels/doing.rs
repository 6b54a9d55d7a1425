//! What an agent does, told in a few words: a verb, what it is done to, and an icon.

use quarterdeck_shared::event::{Activity, ActivityKind};
use serde_json::Value;

use crate::components::Icon;

/// One thing done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doing {
    /// Its icon.
    pub icon: Icon,
    /// What is done: `Edit`; empty where the object says it all, as for a command.
    pub verb: String,
    /// To what, exactly: a path, a command, a pattern.
    pub object: String,
}

/// A tool used with its input. Paths below `directory` are told from there.
pub fn with_tool(tool: &str, input: Option<&Value>, otherwise: &str, directory: &str) -> Doing {
    let field = |name: &str| input.and_then(|input| input.get(name)).and_then(Value::as_str);
    let path = || field("file_path").or_else(|| field("notebook_path")).or_else(|| field("path"));
    let (icon, object) = match tool {
        "Bash" => (Icon::Terminal, field("command")),
        "Read" | "Write" | "NotebookRead" => (Icon::File, path()),
        "Edit" | "MultiEdit" | "NotebookEdit" => (Icon::Edit, path()),
        "LS" => (Icon::Folder, path()),
        "Grep" | "Glob" => (Icon::Search, field("pattern")),
        "WebSearch" => (Icon::Search, field("query")),
        "WebFetch" => (Icon::Link, field("url")),
        "Agent" | "Task" => (Icon::Agents, field("description")),
        "TodoWrite" => (Icon::Tasks, None),
        _ => (Icon::Workflows, None),
    };
    let object = plain(object.unwrap_or_else(|| without(otherwise, tool)));
    let object = below(&object, directory).to_owned();
    let verb = if tool == "Bash" && !object.is_empty() { String::new() } else { tool.to_owned() };
    Doing { icon, verb, object }
}

/// Something an agent said or did.
pub fn activity(said: &Activity, directory: &str) -> Doing {
    let words = |icon: Icon| Doing { icon, verb: String::new(), object: plain(&said.text) };
    match said.kind {
        ActivityKind::Text => words(Icon::Talk),
        ActivityKind::Thinking => words(Icon::Thought),
        ActivityKind::Notice => words(Icon::Info),
        ActivityKind::ToolCall | ActivityKind::ToolResult => {
            with_tool(said.tool.as_deref().unwrap_or("Tool"), said.input.as_ref(), &said.text, directory)
        }
    }
}

/// Text of an agent without what would steer a terminal: escape sequences and control signs, but for tabs and lines.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\u{1b}' => match signs.next() {
                Some('[') => while signs.next().is_some_and(|sign| !('@'..='~').contains(&sign)) {},
                Some(']' | 'P' | 'X' | '^' | '_') => signs = behind_string(signs.as_str()).chars(),
                _ => {}
            },
            '\n' | '\t' => out.push(sign),
            // Marks that turn the direction of text round could make a command read as another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            sign if sign.is_control() => {}
            sign => out.push(sign),
        }
    }
    out
}

/// What stands behind a string of a terminal. One that never ends would hide every word behind it: all of it stays.
fn behind_string(text: &str) -> &str {
    let Some(at) = text.find(['\u{7}', '\u{1b}']) else { return text };
    let from = text.get(at..).unwrap_or_default();
    // An escape that does not end it begins the next.
    from.strip_prefix("\u{1b}\\").or(from.strip_prefix('\u{7}')).unwrap_or(from)
}

fn below<'a>(path: &'a str, directory: &str) -> &'a str {
    let rest = path.strip_prefix(directory.trim_end_matches('/')).and_then(|rest| rest.strip_prefix('/'));
    rest.filter(|rest| !rest.is_empty() && !directory.is_empty()).unwrap_or(path)
}

fn without<'a>(text: &'a str, tool: &str) -> &'a str {
    text.strip_prefix(tool).map_or(text, |rest| rest.trim_start_matches([':', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(tool: &str, input: Value, verb: &str, object: &str) {
        let doing = with_tool(tool, Some(&input), "", "/home/me/checkout/");
        assert_eq!((doing.verb.as_str(), doing.object.as_str()), (verb, object));
    }

    #[test]
    fn what_is_done_names_its_object_as_short_as_it_is_exact() {
        check("Bash", json!({"command": "cargo check -p checkout"}), "", "cargo check -p checkout");
        check("Edit", json!({"file_path": "/home/me/checkout/src/store.rs"}), "Edit", "src/store.rs");
        check("Read", json!({"file_path": "/etc/passwd"}), "Read", "/etc/passwd");
        check("Grep", json!({"pattern": "fn charge"}), "Grep", "fn charge");
    }

    #[test]
    fn without_an_input_the_short_description_stands() {
        let doing = with_tool("Read", None, "Read tides.json", "/w");
        assert_eq!((doing.verb.as_str(), doing.object.as_str()), ("Read", "tides.json"));
    }

    #[test]
    fn text_cannot_steer_the_screen() {
        assert_eq!(
            plain("\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7} and\u{1b}]8;;x\u{1b}\\ on\u{0}\r\n"),
            "red and on\n"
        );
        assert_eq!(plain("rm \u{202e}txt"), "rm \u{fffd}txt");
        assert_eq!(plain("\u{1b}]0;a\u{1b}[31mred"), "red");
        assert_eq!(plain("\u{1b}]0;never ends, says rm -rf"), "0;never ends, says rm -rf");
    }
}
