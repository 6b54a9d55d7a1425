//! Tasks.

use yew::prelude::*;

use super::Heading;
use crate::components::{ButtonKind, ButtonLink, Empty};

/// Tasks.
#[component]
pub fn Tasks() -> Html {
    html! {
        <>
            <Heading title="Tasks" />
            <Empty words="No task has been submitted yet."><ButtonLink kind={ButtonKind::Main} href="/tasks/new">{ "New task" }</ButtonLink></Empty>
        </>
    }
}
