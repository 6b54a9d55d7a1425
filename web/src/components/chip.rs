//! Chips: small switches and choices that narrow a list.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::{Choice, Icon, icon};

/// A chip that acts or switches.
#[derive(Properties, PartialEq)]
pub struct ChipProps {
    /// Its words; `<b>` marks the value.
    pub children: Html,
    /// What pressing does.
    pub onclick: Callback<MouseEvent>,
    /// The icon before the words.
    #[prop_or_default]
    pub icon: Option<Icon>,
    /// For a switch: whether it is on.
    #[prop_or_default]
    pub pressed: Option<bool>,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
}

/// A small button.
#[component]
pub fn Chip(props: &ChipProps) -> Html {
    let on = (props.pressed == Some(true)).then_some("on");
    html! {
        <button type="button" class={classes!("chip", on, props.class.clone())} onclick={props.onclick.clone()}
            aria-pressed={props.pressed.map(|on| on.to_string())}>
            { props.icon.map(icon) }
            { props.children.clone() }
        </button>
    }
}

/// A chip that offers a choice.
#[derive(Properties, PartialEq)]
pub struct ChipSelectProps {
    /// What is chosen, such as `Status`.
    pub label: AttrValue,
    /// The choices; one with an empty value means "any" and leaves the chip quiet.
    pub choices: Vec<Choice>,
    /// The value chosen.
    pub value: AttrValue,
    /// Called with the value chosen.
    pub onchange: Callback<AttrValue>,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
}

/// A choice in a chip: the browser's own list, by keyboard and on phones too.
#[component]
pub fn ChipSelect(props: &ChipSelectProps) -> Html {
    let changed = props.onchange.clone();
    let onchange = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            changed.emit(select.value().into());
        }
    });
    html! {
        <label class={classes!("chip", "choose", (!props.value.is_empty()).then_some("on"))}>
            <span>{ &props.label }</span>
            <select {onchange} data-testid={props.test_id.clone()}>
                { for props.choices.iter().map(|choice| choice.option(&props.value)) }
            </select>
            { icon(Icon::Down) }
        </label>
    }
}
