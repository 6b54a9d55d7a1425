//! A segment: a few choices side by side, one of them in force.

use yew::prelude::*;

use super::Choice;

/// What to choose from.
#[derive(Properties, PartialEq)]
pub struct SegmentProps {
    /// What is chosen, for screen readers and (with `shown`) before the eye.
    pub label: AttrValue,
    /// The choices, in order.
    pub choices: Vec<Choice>,
    /// The value in force.
    pub value: AttrValue,
    /// Called with the value pressed.
    pub onchange: Callback<AttrValue>,
    /// Show the label above, as a field of a form.
    #[prop_or_default]
    pub shown: bool,
    /// `data-testid` of the group; each button carries it with `-value` behind.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
}

/// Buttons in one frame.
#[component]
pub fn Segment(props: &SegmentProps) -> Html {
    let buttons = props.choices.iter().map(|choice| {
        let (changed, value) = (props.onchange.clone(), choice.value.clone());
        let test_id = props.test_id.as_ref().map(|id| format!("{id}-{}", choice.value));
        html! {
            <button type="button" key={choice.value.to_string()} aria-pressed={(choice.value == props.value).to_string()}
                data-testid={test_id} onclick={Callback::from(move |_| changed.emit(value.clone()))}>
                { &choice.words }
            </button>
        }
    });
    let group = html! {
        <div class="segment" role="group" aria-label={&props.label} data-testid={props.test_id.clone()}>{ for buttons }</div>
    };
    if props.shown {
        html! { <div class="field"><span class="label" aria-hidden="true">{ &props.label }</span>{ group }</div> }
    } else {
        group
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn one_choice_of_a_segment_is_pressed() {
        let choices = vec![Choice::new("day", "Day"), Choice::new("week", "Week")];
        let html =
            drawn(html! { <Segment label="Range" {choices} value="week" onchange={Callback::noop()} /> });
        holds(
            &html,
            &[
                "role=\"group\" aria-label=\"Range\"",
                "aria-pressed=\"false\">Day",
                "aria-pressed=\"true\">Week",
            ],
        );
    }
}
