//! Text of an agent as prose: headings, lists, code and plain paragraphs, each a text node; no link, image or markup of its own.

use yew::prelude::*;

use super::doing::plain;

/// A piece of prose.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Block {
    Heading(String),
    List(bool, Vec<String>),
    Code(String),
    Words(String),
}

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct ProseProps {
    /// The text, as the agent wrote it.
    pub text: AttrValue,
}

/// The text, drawn.
#[component]
pub fn Prose(props: &ProseProps) -> Html {
    let blocks = use_memo(props.text.clone(), |text| blocks(&plain(text)));
    let drawn = blocks.iter().map(|block| match block {
        Block::Heading(words) => html! { <h3>{ spans(words) }</h3> },
        Block::List(true, items) => {
            html! { <ol>{ for items.iter().map(|item| html! { <li>{ spans(item) }</li> }) }</ol> }
        }
        Block::List(false, items) => {
            html! { <ul>{ for items.iter().map(|item| html! { <li>{ spans(item) }</li> }) }</ul> }
        }
        Block::Code(code) => html! { <pre class="cmd" tabindex="0">{ code }</pre> },
        Block::Words(words) => html! { <p>{ spans(words) }</p> },
    });
    html! { <div class="prose">{ for drawn }</div> }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if let Some(fence) = fence(trimmed) {
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.trim().starts_with(fence)).collect();
            blocks.push(Block::Code(code.join("\n")));
            open = false;
        } else if trimmed.is_empty() {
            open = false;
        } else if let Some(words) = heading(trimmed) {
            blocks.push(Block::Heading(words.to_owned()));
            open = false;
        } else if let Some((ordered, item)) = item(trimmed) {
            match blocks.last_mut() {
                Some(Block::List(same, items)) if *same == ordered => items.push(item.to_owned()),
                _ => blocks.push(Block::List(ordered, vec![item.to_owned()])),
            }
            open = true;
        } else {
            match blocks.last_mut().filter(|_| open) {
                Some(Block::Words(words)) => *words = format!("{words}\n{trimmed}"),
                Some(Block::List(_, items)) => {
                    if let Some(last) = items.last_mut() {
                        *last = format!("{last} {trimmed}");
                    }
                }
                _ => blocks.push(Block::Words(trimmed.to_owned())),
            }
            open = true;
        }
    }
    blocks
}

fn fence(line: &str) -> Option<&'static str> {
    ["```", "~~~"].into_iter().find(|fence| line.starts_with(fence))
}

fn heading(line: &str) -> Option<&str> {
    let words = line.trim_start_matches('#');
    let level = line.len() - words.len();
    ((1..=6).contains(&level) && words.starts_with(' ')).then(|| words.trim())
}

/// The words of a list's item, and whether the list is numbered.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(words) = ["- ", "* ", "+ "].iter().find_map(|sign| line.strip_prefix(sign)) {
        return Some((false, words.trim()));
    }
    let words = line.trim_start_matches(|sign: char| sign.is_ascii_digit());
    let numbered = words.len() < line.len() && line.len() - words.len() <= 3;
    words.strip_prefix(". ").filter(|_| numbered).map(|words| (true, words.trim()))
}

/// Words with `code` and **strong** in them.
pub fn spans(text: &str) -> Html {
    let count = text.matches('`').count();
    let parts = text.split('`').enumerate().map(|(at, part)| {
        let closed = at % 2 == 1 && count > at;
        match (at % 2, closed) {
            (1, true) => html! { <code>{ part }</code> },
            (1, false) => html! { <>{ "`" }{ strong(part) }</> },
            _ => strong(part),
        }
    });
    html! { <>{ for parts }</> }
}

fn strong(text: &str) -> Html {
    let count = text.matches("**").count();
    let parts = text.split("**").enumerate().map(|(at, part)| match at % 2 == 1 {
        true if count > at => html! { <strong>{ part }</strong> },
        true => html! { <>{ "**" }{ part }</> },
        false => html! { part },
    });
    html! { <>{ for parts }</> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    fn shown(text: &str) -> String {
        drawn(html! { <Prose text={text.to_owned()} /> })
    }

    #[test]
    fn a_handover_is_read_as_it_is_meant() {
        let html = shown(
            "## Summary\nThe tides are **right** now,\nsee `tides.mjs`.\n\n- one\n- two\n  more\n1. first\n```js\nlet a = \"# no\";\n```\nEnd.",
        );
        holds(
            &html,
            &[
                "<h3>Summary</h3>",
                "<strong>right</strong>",
                "<code>tides.mjs</code>",
                "<li>one</li>",
                "<li>two more</li>",
            ],
        );
        holds(&html, &["<ol><li>first</li></ol>", "# no", "<p>End.</p>"]);
    }

    #[test]
    fn what_is_not_closed_stays_as_it_was_written() {
        holds(&shown("a `b and **c"), &["<p>a `b and **c</p>"]);
    }

    #[test]
    fn markup_of_an_agent_is_text() {
        let html = shown("<script>alert(1)</script> ![x](http://evil/x.png)");
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }
}
