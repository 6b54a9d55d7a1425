//! A drawer: details beside a list, with its own address; a sheet from below on phones.

use yew::prelude::*;

use super::{Button, ButtonKind, Icon};
use crate::dom;
use crate::hooks::use_layer;

/// What a drawer shows.
#[derive(Properties, PartialEq)]
pub struct DrawerProps {
    /// Its title.
    pub title: AttrValue,
    /// What it is about: when it changes, the keyboard moves to the new title.
    pub about: AttrValue,
    /// Called by Esc and the cross.
    pub on_close: Callback<()>,
    /// Beside the title, before the cross: copy the link, and such.
    #[prop_or_default]
    pub aside: Html,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
    /// What is in it.
    pub children: Html,
}

/// An open drawer: mounted is open.
#[component]
pub fn Drawer(props: &DrawerProps) -> Html {
    let heading = use_node_ref();
    use_layer(true, false, props.on_close.clone());
    {
        let heading = heading.clone();
        use_effect_with(props.about.clone(), move |_| dom::focus(&heading));
    }
    html! {
        <aside class="drawer" aria-label={&props.title} data-testid={props.test_id.clone()}>
            <div class="row drawer-head">
                <h2 class="cut" ref={heading} tabindex="-1">{ &props.title }</h2>
                <span class="push row">
                    { props.aside.clone() }
                    <Button kind={ButtonKind::Bare} icon={Icon::Close} label="Close" onclick={props.on_close.reform(|_| ())} />
                </span>
            </div>
            { props.children.clone() }
        </aside>
    }
}
