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
        page.push_str(&fenced("json", &serde_json::to_string_pretty(&item.input).unwrap_or_default()));
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
fn inline(words: &str) -> String {
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

/// The model's own markdown: quoted, so that no heading of it passes for one of the page, and without pictures, which
/// a reader would fetch from wherever they point.
fn quoted(words: &str) -> String {
    let words = words.replace("![", "!\\[").replace("<img", "&lt;img");
    words.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
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
}
