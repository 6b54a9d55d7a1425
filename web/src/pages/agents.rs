//! The agents, one of them open beside the list.

use yew::prelude::*;

use super::Heading;
use crate::components::{ButtonKind, ButtonLink, Empty};

/// Which agent is open.
#[derive(Properties, PartialEq)]
pub struct AgentsProps {
    /// Its id; `None` shows the list alone.
    #[prop_or_default]
    pub open: Option<AttrValue>,
}

/// The agents.
#[component]
pub fn Agents(_props: &AgentsProps) -> Html {
    html! {
        <>
            <Heading title="Agents" />
            <Empty words="No agent has run yet."><ButtonLink kind={ButtonKind::Main} href="/tasks/new">{ "New task" }</ButtonLink></Empty>
        </>
    }
}
