//! Analytics.

use yew::prelude::*;

use super::Heading;
use crate::components::{ButtonKind, ButtonLink, Empty};

/// Analytics.
#[component]
pub fn Analytics() -> Html {
    html! {
        <>
            <Heading title="Analytics" />
            <Empty words="No request has been recorded yet."><ButtonLink kind={ButtonKind::Main} href="/tasks/new">{ "New task" }</ButtonLink></Empty>
        </>
    }
}
