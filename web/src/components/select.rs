//! Choices: from a list, or yes and no.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::Field;
use super::field::{described, id};

/// One of several values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value sent.
    pub value: AttrValue,
    /// The words shown.
    pub words: AttrValue,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<AttrValue>, words: impl Into<AttrValue>) -> Self {
        Self { value: value.into(), words: words.into() }
    }

    /// The choice as an option of a list in which `chosen` is in force.
    pub(super) fn option(&self, chosen: &AttrValue) -> Html {
        let selected = self.value == *chosen;
        html! { <option key={self.value.to_string()} value={&self.value} {selected}>{ &self.words }</option> }
    }
}

/// A choice from a list.
#[derive(Properties, PartialEq)]
pub struct SelectProps {
    /// The label.
    pub label: AttrValue,
    /// Its name in the form; the id is `field-{name}`.
    pub name: AttrValue,
    /// The choices, in order.
    pub choices: Vec<Choice>,
    /// The value in force.
    pub value: AttrValue,
    /// Called with the value chosen.
    pub onchange: Callback<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// What helps.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
}

/// A labelled list to choose from.
#[component]
pub fn Select(props: &SelectProps) -> Html {
    let changed = props.onchange.clone();
    let onchange = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            changed.emit(select.value().into());
        }
    });
    html! {
        <Field label={&props.label} name={&props.name} error={props.error.clone()} hint={props.hint.clone()}>
            <select id={id(&props.name)} name={&props.name} {onchange} data-testid={props.test_id.clone()}
                aria-describedby={described(&props.name, &props.error, &props.hint)}>
                { for props.choices.iter().map(|choice| choice.option(&props.value)) }
            </select>
        </Field>
    }
}

/// A yes or no.
#[derive(Properties, PartialEq)]
pub struct CheckboxProps {
    /// The words beside it.
    pub label: AttrValue,
    /// Its name in the form.
    pub name: AttrValue,
    /// Whether it is ticked.
    pub checked: bool,
    /// Called with the new state.
    pub onchange: Callback<bool>,
    /// Keep the words for screen readers, as in a table.
    #[prop_or_default]
    pub bare: bool,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
}

/// A box to tick.
#[component]
pub fn Checkbox(props: &CheckboxProps) -> Html {
    let changed = props.onchange.clone();
    let onchange = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            changed.emit(input.checked());
        }
    });
    html! {
        <label class="check">
            <input type="checkbox" name={&props.name} checked={props.checked} {onchange} data-testid={props.test_id.clone()} />
            <span class={props.bare.then_some("sr")}>{ &props.label }</span>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn the_chosen_value_of_a_list_is_selected() {
        let choices = vec![Choice::new("BUILDER", "Builder"), Choice::new("TESTER", "Tester")];
        let html = drawn(
            html! { <Select label="Role" name="role" {choices} value="TESTER" onchange={Callback::noop()} /> },
        );
        holds(&html, &["name=\"role\"", "<option value=\"TESTER\" selected"]);
        assert_eq!(html.matches(" selected").count(), 1);
    }
}
