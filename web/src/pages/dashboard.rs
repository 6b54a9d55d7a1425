//! Dashboard.

use yew::prelude::*;

use super::Heading;
use crate::components::{ButtonKind, ButtonLink, Empty};

/// Dashboard.
#[component]
pub fn Dashboard() -> Html {
    html! {
        <>
            <Heading title="Dashboard" />
            <Empty words="No agent has run yet."><ButtonLink kind={ButtonKind::Main} href="/tasks/new">{ "New task" }</ButtonLink></Empty>
        </>
    }
}
