//! The answers to an agent's own questions: one or several of its options, or words of one's own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::deed::{Question, visible};
use crate::components::{Button, ButtonKind, ButtonSize};

/// What the answers need.
#[derive(Properties, PartialEq)]
pub struct PickFormProps {
    /// The questions, in order.
    pub questions: Vec<Question>,
    /// The input they came in.
    pub input: Value,
    /// Called with the input that holds the answers.
    pub on_allow: Callback<Value>,
    /// The size of the buttons.
    pub size: ButtonSize,
    /// Why it cannot be sent now.
    pub busy: Option<AttrValue>,
    /// Further buttons.
    pub children: Html,
}

type Picks = BTreeMap<usize, BTreeSet<String>>;

/// One group of choices for each question.
#[component]
pub fn PickForm(props: &PickFormProps) -> Html {
    let picks = use_state_eq(Picks::new);
    let groups = props.questions.iter().enumerate().map(|(at, question)| group(at, question, &picks));
    let answered = answers(&props.questions, &picks);
    let disabled = match &answered {
        None => Some(AttrValue::Static("Choose an answer first")),
        Some(_) => props.busy.clone(),
    };
    let onsubmit = {
        let (input, on_allow) = (props.input.clone(), props.on_allow.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(answers) = &answered {
                let mut input = input.clone();
                input["answers"] = Value::from(answers.clone());
                on_allow.emit(input);
            }
        })
    };
    html! {
        <form class="answer-form" {onsubmit}>
            { for groups }
            <div class="act">
                <Button kind={ButtonKind::Main} size={props.size} submit=true {disabled} test_id="allow-button">{ "Answer" }</Button>
                { props.children.clone() }
            </div>
        </form>
    }
}

fn group(at: usize, question: &Question, picks: &UseStateHandle<Picks>) -> Html {
    let kind = if question.several { "checkbox" } else { "radio" };
    let options = question.options.iter().map(|option| {
        let (picks, label, several) = (picks.clone(), option.label.clone(), question.several);
        let checked = picks.get(&at).is_some_and(|picked| picked.contains(&label));
        let onchange = Callback::from(move |event: Event| {
            let on = event.target_dyn_into::<HtmlInputElement>().is_some_and(|input| input.checked());
            picks.set(picked(&picks, at, &label, several, on));
        });
        html! {
            <label class="check pick">
                <input type={kind} name={format!("answer-{at}")} value={option.label.clone()} {checked} {onchange} />
                <span><span class="strong">{ visible(&option.label) }</span>{ " " }<span class="quiet small">{ visible(&option.meaning) }</span></span>
            </label>
        }
    });
    html! { <fieldset class="picks"><legend>{ visible(&question.words) }</legend>{ for options }</fieldset> }
}

fn picked(picks: &Picks, at: usize, label: &str, several: bool, on: bool) -> Picks {
    let mut picks = picks.clone();
    let of = picks.entry(at).or_default();
    if !several {
        of.clear();
    }
    if on {
        of.insert(label.to_owned());
    } else {
        of.remove(label);
    }
    picks
}

/// The answers by question; `None` while one is missing.
fn answers(questions: &[Question], picks: &Picks) -> Option<serde_json::Map<String, Value>> {
    let answer = |(at, question): (usize, &Question)| {
        let picked = picks.get(&at).filter(|picked| !picked.is_empty())?;
        let in_order = question.options.iter().map(|option| option.label.as_str());
        let words: Vec<_> = in_order.filter(|label| picked.contains(*label)).collect();
        Some((question.words.clone(), Value::from(words.join(", "))))
    };
    questions.iter().enumerate().map(answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::deed::Answer;

    fn question(words: &str, several: bool) -> Question {
        let answer = |label: &str| Answer { label: label.into(), meaning: String::new() };
        Question { words: words.into(), options: vec![answer("a"), answer("b"), answer("c")], several }
    }

    #[test]
    fn every_question_wants_an_answer() {
        let questions = [question("one?", false), question("two?", true)];
        let picks = picked(&Picks::new(), 0, "b", false, true);
        assert_eq!(answers(&questions, &picks), None);
        let picks = picked(&picked(&picks, 1, "c", true, true), 1, "a", true, true);
        let expected = serde_json::json!({"one?": "b", "two?": "a, c"});
        assert_eq!(answers(&questions, &picks).map(Value::from), Some(expected));
    }

    #[test]
    fn of_single_choices_the_newest_holds() {
        let picks = picked(&picked(&Picks::new(), 0, "a", false, true), 0, "b", false, true);
        assert_eq!(picks[&0].iter().collect::<Vec<_>>(), ["b"]);
    }
}
