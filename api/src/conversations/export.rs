//! A conversation as markdown: every word of it, in fences that hold.

use quarterdeck_shared::conversations::{Item, ItemKind, ItemResult};
use std::fmt::Write as _;

/// One item.
pub fn markdown(item: &Item) -> String {
    let mut page = String::new();
    let at = item.at.map(|at| format!(" · {at}")).unwrap_or_default();
    let head = match item.kind {
        ItemKind::Prompt => "Prompt".to_owned(),
        ItemKind::Text => "Reply".to_owned(),
        ItemKind::Thinking => "Thinking".to_owned(),
        ItemKind::Call => format!("Tool: {}", inline(&item.tool)),
        ItemKind::Result => "Tool answer".to_owned(),
        ItemKind::Image => "Picture".to_owned(),
        ItemKind::Compaction => "Compaction".to_owned(),
        ItemKind::Fault => "API error".to_owned(),
        ItemKind::Context | ItemKind::Notice => inline(&item.what),
    };
    let _ = writeln!(page, "## {head}{at}\n");
    if item.is_branch {
        page.push_str("*Goes on from an earlier place: what stands between was left.*\n\n");
    }
    match item.kind {
        // The model writes markdown itself.
        ItemKind::Text if !item.text.is_empty() => {
            let _ = writeln!(page, "{}\n", quoted(&item.text));
        }
        ItemKind::Compaction => {
            let tokens = |tokens: Option<u64>| tokens.map_or("?".to_owned(), |tokens| tokens.to_string());
            let (before, after) = (tokens(item.tokens_before), tokens(item.tokens_after));
            let _ = writeln!(page, "{} ({before} → {after} tokens)\n", inline(&item.what));
        }
        _ if !item.text.is_empty() => page.push_str(&fenced("", &item.text)),
        _ => {}
    }
    if item.kind == ItemKind::Call {
        page.push_str(&fenced(
            "json",
            &escaped(&serde_json::to_string_pretty(&item.input).unwrap_or_default()),
        ));
    }
    if !item.images.is_empty() {
        page.push_str("*(picture)*\n\n");
    }
    if let Some(result) = &item.result {
        answer(result, &mut page);
    }
    page
}

fn answer(result: &ItemResult, page: &mut String) {
    page.push_str(if result.is_error { "**Failed:**\n\n" } else { "**Answer:**\n\n" });
    if let Some(change) = result.change.as_ref().filter(|change| !change.hunks.is_empty()) {
        let mut diff = String::new();
        for hunk in &change.hunks {
            let _ = writeln!(diff, "@@ -{} +{} @@", hunk.old_start, hunk.new_start);
            hunk.lines.iter().for_each(|line| {
                let _ = writeln!(diff, "{line}");
            });
        }
        let _ = writeln!(page, "{}\n", inline(&change.path));
        page.push_str(&fenced("diff", &diff));
    } else if !result.text.is_empty() {
        page.push_str(&fenced("", &result.text));
    }
    if !result.images.is_empty() {
        page.push_str("*(picture)*\n\n");
    }
}

/// Words on one line, with nothing that markdown would take for its own.
pub fn inline(words: &str) -> String {
    let words: String = words.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let ticks = longest_run(&words, '`');
    let fence = "`".repeat(ticks + 1);
    let pad = if ticks > 0 { " " } else { "" };
    format!("{fence}{pad}{words}{pad}{fence}")
}

/// Words in a fence longer than any within.
fn fenced(kind: &str, words: &str) -> String {
    let fence = "`".repeat(longest_run(words, '`').max(2) + 1);
    format!("{fence}{kind}\n{}\n{fence}\n\n", words.trim_end_matches('\n'))
}

/// JSON whose control characters are all escaped: it may hold some of Unicode's as they are.
fn escaped(json: &str) -> String {
    let mut all = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_control() && letter != '\n' {
            // Writing into a text does not fail.
            let _ = write!(all, "\\u{:04x}", u32::from(letter));
        } else {
            all.push(letter);
        }
    }
    all
}

/// The model's own markdown: quoted, so that no heading of it passes for one of the page, and without pictures and
/// other tags, by which a reader would fetch something from wherever they point. In a fence they are words.
fn quoted(words: &str) -> String {
    let mut fence: Option<(char, usize)> = None;
    // Behind an indented fence nobody can tell without reading all of markdown whether the next one opens or closes.
    let mut is_sure = true;
    let line = |line: &str| {
        let trimmed = line.trim_start_matches(' ');
        let indent = line.len() - trimmed.len();
        let mark = trimmed.chars().next().filter(|mark| matches!(mark, '`' | '~'));
        let run = trimmed.chars().take_while(|letter| Some(*letter) == mark).count();
        let rest = trimmed.get(run..).unwrap_or_default();
        if let Some((of, length)) = fence {
            if mark == Some(of) && run >= length && rest.trim().is_empty() && indent <= 3 {
                fence = None;
            }
            return format!("> {line}");
        }
        if let Some(mark) = mark.filter(|mark| run >= 3 && !(*mark == '`' && rest.contains('`'))) {
            is_sure &= indent == 0 || indent > 3;
            fence = Some((mark, run)).filter(|_| is_sure && indent == 0);
        }
        format!("> {}", tagless(line))
    };
    words.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// A line whose tags and pictures are words.
fn tagless(line: &str) -> String {
    let line = line.replace("![", "!\\[");
    let mut all = String::with_capacity(line.len());
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        let begins = |next: &char| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?');
        if letter == '<' && letters.peek().is_some_and(begins) {
            all.push_str("&lt;");
        } else {
            all.push(letter);
        }
    }
    all
}

fn longest_run(words: &str, of: char) -> usize {
    words.split(|letter| letter != of).map(|run| run.chars().count()).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_within_ends_a_fence() {
        let item = Item {
            kind: ItemKind::Call,
            tool: "a`b\n## c".to_owned(),
            input: serde_json::json!({"command": "```\n## d"}),
            result: Some(ItemResult {
                text: "````\n# e".to_owned(),
                is_error: true,
                ..ItemResult::default()
            }),
            ..Item::default()
        };
        let page = markdown(&item);
        assert!(page.starts_with("## Tool: `` a`b ## c ``\n"), "{page}");
        assert!(page.contains("\n`````\n````\n# e\n`````\n"), "{page}");
        assert!(page.contains("**Failed:**"));
    }

    #[test]
    fn no_tag_of_the_model_is_one_of_the_page() {
        for tag in [
            "<IMG SRC=//evil/x>",
            "<video poster=//evil/x>",
            "<iframe src=//evil>",
            "<input type=image src=//evil>",
            "<svg><image href=//evil>",
            "</details>",
            "<!--",
            "<?xml",
            "![x](//evil)",
        ] {
            let item = Item { kind: ItemKind::Text, text: format!("a {tag} b\n{tag}"), ..Item::default() };
            let page = markdown(&item);
            let opens = if tag.starts_with('<') { tag } else { "![" };
            assert!(!page.contains(opens), "{page}");
        }
        assert_eq!(quoted("a < b, 1<2 and <- c"), "> a < b, 1<2 and <- c");
        let fenced = "```html\n<b>\n``\n```\n<b>\n~~~~\n<i>\n~~~\n~~~~\n``` a`b\n<u>";
        let expected =
            "> ```html\n> <b>\n> ``\n> ```\n> &lt;b>\n> ~~~~\n> <i>\n> ~~~\n> ~~~~\n> ``` a`b\n> &lt;u>";
        assert_eq!(quoted(fenced), expected);
        assert_eq!(quoted("  ```\n```\n<img>"), ">   ```\n> ```\n> &lt;img>", "the second one closes");
    }

    #[test]
    fn no_control_character_but_ends_of_lines_and_tabs_is_in_it() {
        let item = Item {
            kind: ItemKind::Call,
            tool: "a\u{1b}b".to_owned(),
            input: serde_json::json!({"\u{9b}2J": "\u{7f}\u{1b}[31m"}),
            ..Item::default()
        };
        let page = markdown(&item);
        assert!(!page.chars().any(|letter| letter.is_control() && letter != '\n'), "{page:?}");
        assert!(page.contains(r#""\u009b2J": "\u007f\u001b[31m""#), "{page}");
    }
}
