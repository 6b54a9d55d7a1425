//! Where work comes from that was not started here: whether it is well, how far it is, and what it could not read.

use quarterdeck_shared::sources::Source;
use yew::prelude::*;

use super::deed::visible;
use super::prose::spans;
use super::words::capital;
use crate::components::{Icon, Status, TimeAgo};
use crate::format::{bytes, several};

/// What the list shows.
#[derive(Properties, PartialEq)]
pub struct SourceListProps {
    /// The sources.
    pub sources: Vec<Source>,
}

/// The sources with their health and lag.
#[component]
pub fn SourceList(props: &SourceListProps) -> Html {
    html! { <ul class="sources">{ for props.sources.iter().map(row) }</ul> }
}

fn row(source: &Source) -> Html {
    let (shape, word, class) = match (source.ok, source.running) {
        (false, _) => (Icon::Failed, "failed", "is-failed"),
        (true, true) => (Icon::Check, "running", "is-running"),
        (true, false) => (Icon::Cancelled, "off", "is-cancelled"),
    };
    html! {
        <li key={source.id.clone()} data-testid={format!("source-{}", source.id)}>
            <div class="row wide wrap">
                <code class="strong">{ &source.id }</code>
                <span class="push"><Status {shape} {word} {class} /></span>
            </div>
            <p class="small wrap-text">{ spans(&capital(&visible(&source.message))) }</p>
            <p class="row wide wrap small quiet num">
                { for figures(source).into_iter().map(|words| html! { <span>{ words }</span> }) }
                if let Some(at) = source.taken_at { <span>{ "took something in " }<TimeAgo at_us={at.micros()} /></span> }
            </p>
            if !source.places.is_empty() {
                <ul class="paths">{ for source.places.iter().map(|place| html! { <li><code class="small quiet wrap-text">{ visible(place) }</code></li> }) }</ul>
            }
        </li>
    }
}

/// How far it is; where it reads no files nothing is said of them.
fn figures(source: &Source) -> Vec<String> {
    let Source { files, behind_bytes, unread_lines, .. } = *source;
    let behind = match behind_bytes {
        0 => "nothing behind".to_owned(),
        left => format!("{} behind", bytes(left)),
    };
    let told = [
        (files > 0, several(files, "file")),
        (files > 0 || behind_bytes > 0, behind),
        (unread_lines > 0, format!("{} could not be read", several(unread_lines, "line"))),
    ];
    told.into_iter().filter_map(|(holds, words)| holds.then_some(words)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_source_says_whether_it_is_well_where_it_looks_and_how_far_it_is() {
        let source = Source {
            id: "claude_sessions".into(),
            running: true,
            ok: true,
            message: "follows 136 `jsonl` files".into(),
            places: vec!["/home/me/.claude/projects".into()],
            files: 136,
            behind_bytes: 1_300_000,
            unread_lines: 1,
            taken_at: Some(quarterdeck_shared::Timestamp(1)),
            ..Source::default()
        };
        let broken = Source { ok: false, behind_bytes: 0, ..source.clone() };
        let off = Source { id: "hooks".into(), ok: true, ..Source::default() };
        assert_eq!(figures(&off), <[String; 0]>::default());
        assert_eq!(figures(&broken)[1], "nothing behind");
        let html = drawn(html! { <SourceList sources={vec![source, broken, off]} /> });
        holds(
            &html,
            &[
                "running",
                "Follows 136 <code>jsonl</code> files",
                "136 files",
                "1.3 MB behind",
                "1 line could not be read",
                "took something in ",
                "/home/me/.claude/projects",
                "is-failed",
                ">off<",
            ],
        );
    }
}
