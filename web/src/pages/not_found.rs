//! An address that leads nowhere.

use yew::prelude::*;

use super::Heading;
use crate::components::{ButtonKind, ButtonLink};
use crate::hooks::use_address;

/// Says so, and the ways on.
#[component]
pub fn NotFound() -> Html {
    let address = use_address();
    html! {
        <div class="nowhere">
            <Heading title="Nothing here" />
            <p>{ "No page has the address " }<code>{ &address.path }</code>{ "." }</p>
            <div class="act">
                <ButtonLink href="/dashboard" kind={ButtonKind::Main}>{ "To the dashboard" }</ButtonLink>
                <ButtonLink href="/agents">{ "All agents" }</ButtonLink>
                <ButtonLink href="/tasks">{ "All tasks" }</ButtonLink>
            </div>
        </div>
    }
}
