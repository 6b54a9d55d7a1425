//! How full each agent's window is.

use yew::prelude::*;

use super::task_view::TaskView;
use crate::components::Face;
use crate::components::{Empty, Gauge, Section};
use crate::format::grouped;
use crate::order;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct ContextsProps {
    /// The task.
    pub view: TaskView,
}

/// A gauge for each agent, those at work first, as in the streams.
#[component]
pub fn Contexts(props: &ContextsProps) -> Html {
    let mut agents: Vec<_> = props.view.agents.iter().collect();
    order::by_key(&mut agents, |agent| !agent.status.is_active());
    let rows = agents.iter().map(|agent| {
        let title = agent.context.map(|context| format!("{} of {} tokens", grouped(context.used), grouped(context.window)));
        html! {
            <div class="ctx" key={agent.id.to_string()}>
                <a class="cut" href={format!("/agents/{}", agent.id)}>{ &agent.name }</a>
                <Gauge part={agent.context.map(|context| context.percent / 100.0)} of={format!("context of {}", agent.name)} width={92.0} {title} />
            </div>
        }
    });
    let face = if agents.is_empty() { Face::Empty } else { Face::Full };
    html! {
        <Section title="Context" id="contexts" class="ctxs" {face} empty={html! { <Empty words="No agent has begun yet." /> }}>{ for rows }</Section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    #[test]
    fn each_window_says_how_full_it_is_and_exactly_so_on_hover() {
        let html = drawn(html! { <Contexts view={samples::view(json!({}))} /> });
        holds(&html, &["context of Builder 18 percent", "36,000 of 200,000 tokens"]);
        let mut none = samples::view(json!({}));
        none.agents.clear();
        holds(&drawn(html! { <Contexts view={none} /> }), &["Context</h2>", "No agent has begun yet."]);
    }
}
