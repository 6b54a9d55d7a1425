//! Hits: places where words were found, by agent, each a way into its conversation.

use std::rc::Rc;

use quarterdeck_shared::AgentId;
use quarterdeck_shared::search::Hit;
use yew::prelude::*;

use super::deed::visible;
use crate::components::TimeAt;
use crate::{dom, hooks};

/// What was found.
#[derive(Properties, PartialEq)]
pub struct HitsProps {
    /// The hits, the best first.
    pub hits: Vec<Rc<Hit>>,
}

/// The hits; the agent with the best one comes first.
#[component]
pub fn Hits(props: &HitsProps) -> Html {
    let mut place = 0;
    let groups = grouped(&props.hits).into_iter().map(|(id, hits)| {
        let first = hits[0];
        let heading = format!("hits-{id}");
        let rows: Vec<_> = hits
            .iter()
            .map(|hit| {
                place += 1;
                row(hit, place - 1)
            })
            .collect();
        html! {
            <section class="section hits" key={id.to_string()} aria-labelledby={heading.clone()}>
                <div class="section-head">
                    <h2 id={heading} class="cut"><a href={format!("/agents/{id}")}>{ visible(&first.agent_name) }</a></h2>
                    <span class="small quiet cut mono">{ visible(&first.project) }</span>
                </div>
                <ol>{ for rows }</ol>
            </section>
        }
    });
    html! { <div data-testid="hits">{ for groups }</div> }
}

/// Gives a hit the keyboard.
pub fn focus(place: usize) {
    if let Some(hit) = dom::find(&format!("#hit-{place}")) {
        // A hit that is no longer there takes no keyboard.
        let _ = hit.focus();
    }
}

fn grouped(hits: &[Rc<Hit>]) -> Vec<(AgentId, Vec<&Hit>)> {
    let mut groups: Vec<(AgentId, Vec<&Hit>)> = Vec::new();
    for hit in hits {
        match groups.iter_mut().find(|(id, _)| *id == hit.agent_id) {
            Some((_, group)) => group.push(hit),
            None => groups.push((hit.agent_id, vec![hit])),
        }
    }
    groups
}

fn row(hit: &Hit, place: usize) -> Html {
    let href = format!("/agents/{}/conversation?at={}", hit.agent_id, hooks::encode(&hit.place));
    html! {
        <li key={place}>
            <a class="hit" id={format!("hit-{place}")} {href} data-testid="hit">
                <span class="small quiet row wrap tight">
                    <TimeAt at_us={hit.at.micros()} />
                    <span>{ hit.kind.as_str() }</span>
                    if let Some(tool) = &hit.tool { <span class="mono">{ visible(tool) }</span> }
                </span>
                if hit.snippet.is_empty() {
                    <span class="quiet">{ "The file that held these words is gone or was replaced." }</span>
                } else {
                    <span class="snippet">{ for marked(&hit.snippet, &hit.marks) }</span>
                }
            </a>
        </li>
    }
}

/// The snippet with what was looked for marked.
fn marked(text: &str, marks: &[(u32, u32)]) -> Vec<Html> {
    let letters: Vec<char> = text.chars().collect();
    let cut = |from: usize, to: usize| {
        visible(&letters.get(from..to.min(letters.len())).unwrap_or_default().iter().collect::<String>())
    };
    let mut out = Vec::new();
    let mut at = 0;
    for &(from, to) in marks {
        let (from, to) = (from as usize, to as usize);
        out.push(html! { { cut(at, from) } });
        out.push(html! { <mark>{ cut(from, to) }</mark> });
        at = to;
    }
    out.push(html! { { cut(at, letters.len()) } });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    fn hit(agent: u32, name: &str, snippet: &str, marks: &[(u32, u32)]) -> Rc<Hit> {
        let id = format!("0192f0c1-2b3c-7d4e-8f50-00000000000{agent}");
        Rc::new(serde_json::from_value(json!({
            "agent_id": id, "agent_name": name, "task_id": null, "project": "/home/dev/app", "at": "2026-11-22T12:00:00Z",
            "kind": "result", "tool": "Bash", "snippet": snippet, "marks": marks, "place": "2026-11-22T12:00:00.000000Z"
        })).unwrap())
    }

    #[test]
    fn hits_stand_by_agent_and_lead_to_their_place() {
        let hits = vec![
            hit(1, "Roof", "a <b>needle</b> in hay", &[(5, 11)]),
            hit(2, "Cellar", "", &[]),
            hit(1, "Roof", "größe needle", &[(6, 12)]),
        ];
        let html = drawn(html! { <Hits {hits} /> });
        holds(
            &html,
            &[
                "a &lt;b&gt;<mark>needle</mark>&lt;/b&gt; in hay",
                "größe <mark>needle</mark>",
                "is gone or was replaced",
                "/agents/0192f0c1-2b3c-7d4e-8f50-000000000001/conversation?at=2026-11-22T12%3A00%3A00.000000Z",
            ],
        );
        assert_eq!(html.matches("<h2").count(), 2);
        assert!(
            html.find("größe") < html.find("Cellar"),
            "the second hit of the first agent stands with the first"
        );
    }

    #[test]
    fn marks_beyond_the_text_do_no_harm() {
        assert_eq!(marked("abc", &[(1, 9)]).len(), 3);
        assert_eq!(marked("", &[(4, 9)]).len(), 3);
    }
}
