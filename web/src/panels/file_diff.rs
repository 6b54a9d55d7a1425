//! A modification as its session tells it: what was taken out and what was added, one below the other or side by side.

use quarterdeck_shared::files::{DiffHunk, DiffLine, FileDiff};
use yew::prelude::*;

use super::deed::visible;
use crate::format::grouped;

/// What is shown.
#[derive(Properties, PartialEq)]
pub struct FileDiffProps {
    /// The modification.
    pub diff: FileDiff,
    /// Whether old and new stand side by side.
    pub split: bool,
}

/// The difference.
#[component]
pub fn FileDiffView(props: &FileDiffProps) -> Html {
    let diff = &props.diff;
    let label = format!("Change of {}", visible(&diff.change.path));
    html! {
        <>
            <div class={classes!("diff", "told", props.split.then_some("split"))} tabindex="0" role="region" aria-label={label} data-testid="file-diff">
                { for diff.hunks.iter().enumerate().map(|(at, hunk)| html! {
                    <>
                        if at > 0 { <div class="quiet"><span /><span /><span>{ "…" }</span></div> }
                        if props.split { { for pairs(hunk).into_iter().map(pair) } } else { { for numbered(hunk).into_iter().map(line) } }
                    </>
                }) }
            </div>
            if diff.left_out > 0 { <p class="small quiet">{ format!("{} more lines are left out here; the patch holds them.", diff.left_out) }</p> }
        </>
    }
}

/// A line with its number before and after, where they are known.
type Numbered<'hunk> = (Option<u64>, Option<u64>, &'hunk DiffLine);

fn numbered<'hunk>(hunk: &'hunk DiffHunk) -> Vec<Numbered<'hunk>> {
    let (mut old, mut new) = (hunk.old_start, hunk.new_start);
    let known = |number: u64, start: u64| (start > 0).then_some(number);
    let number = |line: &'hunk DiffLine| {
        let before = (line.sign != '+').then(|| known(old, hunk.old_start)).flatten();
        let after = (line.sign != '-').then(|| known(new, hunk.new_start)).flatten();
        old += u64::from(line.sign != '+');
        new += u64::from(line.sign != '-');
        (before, after, line)
    };
    hunk.lines.iter().map(number).collect()
}

fn look(sign: char) -> (Option<&'static str>, &'static str, Option<&'static str>) {
    match sign {
        '+' => (Some("add"), "+", Some("added: ")),
        '-' => (Some("cutl"), "−", Some("removed: ")),
        _ => (None, " ", None),
    }
}

fn line((before, after, line): Numbered<'_>) -> Html {
    let (class, sign, word) = look(line.sign);
    html! { <div {class}><span>{ after.or(before) }</span><span aria-hidden="true">{ sign }</span><span>{ words(line, word) }</span></div> }
}

fn words(line: &DiffLine, word: Option<&'static str>) -> Html {
    html! {
        <>
            if let Some(word) = word { <span class="sr">{ word }</span> }
            { for line.spans.iter().map(|span| match &span.class {
                Some(class) => html! { <span class={format!("tok-{class}")}>{ visible(&span.text) }</span> },
                None => html! { { visible(&span.text) } },
            }) }
            if line.left_out > 0 { <span class="quiet">{ format!(" … {} more letters", grouped(line.left_out)) }</span> }
        </>
    }
}

/// Old and new beside each other: what was taken out stands beside what was added in its place.
fn pairs(hunk: &DiffHunk) -> Vec<(Option<Numbered<'_>>, Option<Numbered<'_>>)> {
    let mut out: Vec<(Option<Numbered<'_>>, Option<Numbered<'_>>)> = Vec::new();
    // Where lines that were taken out still have nobody beside them.
    let mut open = 0;
    for numbered in numbered(hunk) {
        match numbered.2.sign {
            '-' => out.push((Some(numbered), None)),
            '+' => match out.get_mut(open).filter(|pair| pair.1.is_none()) {
                Some(pair) => {
                    pair.1 = Some(numbered);
                    open += 1;
                    continue;
                }
                None => out.push((None, Some(numbered))),
            },
            _ => out.push((Some(numbered), Some(numbered))),
        }
        if numbered.2.sign != '-' {
            open = out.len();
        }
    }
    out
}

fn pair((old, new): (Option<Numbered<'_>>, Option<Numbered<'_>>)) -> Html {
    let side = |of: Option<Numbered<'_>>, number: fn(Numbered<'_>) -> Option<u64>| match of {
        None => html! { <><span /><span class="nobody" /></> },
        Some(told) => {
            let (class, _, word) = look(told.2.sign);
            html! { <><span>{ number(told) }</span><span {class}>{ words(told.2, word) }</span></> }
        }
    };
    html! { <div>{ side(old, |told| told.0) }{ side(new, |told| told.1) }</div> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    fn diff() -> FileDiff {
        let line = |sign: &str, text: &str| json!({"sign": sign, "spans": [{"text": text, "class": "keyword"}], "left_out": if text == "d" { 1_200 } else { 0 }});
        serde_json::from_value(json!({
            "change": {"id": "t1", "path": "/a.rs", "agent_id": "0192f0c1-2b3c-7d4e-8f50-000000000001", "agent_name": "A",
                "deed": "edit", "at": "2026-11-22T12:00:00Z", "added": 2, "removed": 1, "lines": null},
            "hunks": [{"old_start": 4, "new_start": 4, "lines": [line(" ", "a"), line("-", "<b>"), line("+", "c"), line("+", "d"), line(" ", "e")]}],
            "left_out": 3
        })).unwrap()
    }

    #[test]
    fn lines_stand_with_their_numbers_and_their_look() {
        let html = drawn(html! { <FileDiffView diff={diff()} split=false /> });
        holds(
            &html,
            &[
                "<div class=\"cutl\"><span>5</span>",
                "<span class=\"tok-keyword\">&lt;b&gt;</span>",
                "3 more lines",
                "1,200 more letters",
            ],
        );
        assert_eq!(html.matches("class=\"add\"").count(), 2);
    }

    #[test]
    fn what_was_taken_out_stands_beside_what_came_in_its_place() {
        let diff = diff();
        let told: Vec<_> = pairs(&diff.hunks[0])
            .into_iter()
            .map(|(old, new)| (old.and_then(|old| old.0), new.and_then(|new| new.1)))
            .collect();
        assert_eq!(told, [(Some(4), Some(4)), (Some(5), Some(5)), (None, Some(6)), (Some(6), Some(7))]);
        holds(&drawn(html! { <FileDiffView {diff} split=true /> }), &["diff told split", "nobody"]);
    }
}
