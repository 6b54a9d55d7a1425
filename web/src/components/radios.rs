//! Radios: a few choices side by side in a form, one of them in force, each a radio button of one name.

use yew::prelude::*;

use super::Choice;

/// What to choose from.
#[derive(Properties, PartialEq)]
pub struct RadiosProps {
    /// What is chosen.
    pub label: AttrValue,
    /// Its name in the form.
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
}

/// A segment that belongs to a form: arrow keys move between the choices.
#[component]
pub fn Radios(props: &RadiosProps) -> Html {
    let note = format!("note-{}", props.name);
    let choices = props.choices.iter().map(|choice| {
        let (changed, value) = (props.onchange.clone(), choice.value.clone());
        html! {
            <label key={choice.value.to_string()}>
                <input type="radio" name={&props.name} value={&choice.value} checked={choice.value == props.value}
                    onchange={Callback::from(move |_: Event| changed.emit(value.clone()))} />
                <span>{ &choice.words }</span>
            </label>
        }
    });
    html! {
        <fieldset class={classes!("field", props.error.is_some().then_some("wrong"))} aria-describedby={props.error.is_some().then(|| note.clone())}>
            <legend class="label">{ &props.label }</legend>
            <div class="segment radios">{ for choices }</div>
            if let Some(error) = &props.error { <p class="note" id={note} role="alert">{ error }</p> }
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn one_radio_of_a_name_is_checked() {
        let choices = vec![Choice::new("auto", "Auto"), Choice::new("always", "Always")];
        let html = drawn(
            html! { <Radios label="ANALYST" name="include_analyst" {choices} value="always" onchange={Callback::noop()} /> },
        );
        holds(&html, &["<legend class=\"label\">ANALYST</legend>", "name=\"include_analyst\""]);
        assert_eq!(html.matches(" checked").count(), 1, "{html}");
    }
}
