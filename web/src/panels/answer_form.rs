//! The answer to a question: allow once, change the input first, or deny with a reason.

use std::rc::Rc;

use quarterdeck_shared::approvals::{Approval, Decision, NewAnswer};
use serde_json::Value;
use yew::prelude::*;

use super::answer_edit::EditForm;
use super::answer_pick::PickForm;
use super::deed::{Deed, Shown};
use crate::components::{Button, ButtonKind, ButtonSize, Icon, TextField, icon};
use crate::dom;
use crate::hooks::{use_layer, use_shortcut};

/// What an answer needs.
#[derive(Properties, PartialEq)]
pub struct AnswerFormProps {
    /// The question.
    pub approval: Rc<Approval>,
    /// Called with the answer.
    pub on_answer: Callback<NewAnswer>,
    /// Whether an answer is on its way.
    #[prop_or_default]
    pub busy: bool,
    /// Why the last answer was refused.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// A, E and D answer from anywhere on the page: for the one question a page is about.
    #[prop_or_default]
    pub keys: bool,
    /// Small buttons, for cards.
    #[prop_or_default]
    pub small: bool,
    /// Further buttons.
    #[prop_or_default]
    pub children: Html,
}

/// What the form asks for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Decide,
    Deny,
    Edit,
}

/// Buttons, and one small form at a time behind them. Give it the question's id as key.
#[component]
pub fn AnswerForm(props: &AnswerFormProps) -> Html {
    let mode = use_state_eq(|| Mode::Decide);
    let turn = |to: Mode| {
        let mode = mode.clone();
        Callback::from(move |()| mode.set(to))
    };
    let allow = {
        let (on_answer, busy) = (props.on_answer.clone(), props.busy);
        Callback::from(move |updated_input: Option<Value>| {
            if !busy {
                on_answer.emit(NewAnswer { decision: Decision::Allow, message: None, updated_input });
            }
        })
    };
    let deny = {
        let (on_answer, busy) = (props.on_answer.clone(), props.busy);
        Callback::from(move |message: Option<String>| {
            if !busy {
                on_answer.emit(NewAnswer { decision: Decision::Deny, message, updated_input: None });
            }
        })
    };
    let picks = match Deed::read(&props.approval.tool, &props.approval.input).shown {
        Shown::Questions(questions) => Some(questions),
        _ => None,
    };
    let key = |key: &'static str| if props.keys && *mode == Mode::Decide { key } else { "" };
    let plain = if picks.is_some() { "" } else { key("a") };
    use_shortcut(plain, "Allow once", allow.reform(|()| None));
    use_shortcut(key("d"), "Deny with a reason", turn(Mode::Deny));
    use_shortcut(if picks.is_some() { "" } else { key("e") }, "Change the input first", turn(Mode::Edit));

    use_layer(*mode != Mode::Decide, false, turn(Mode::Decide));

    let size = if props.small { ButtonSize::Small } else { ButtonSize::Big };
    let cap = |key: &'static str| props.keys.then_some(AttrValue::Static(key));
    let busy = props.busy.then_some(AttrValue::Static("The answer is on its way"));
    let form = match (*mode, picks) {
        (Mode::Deny, _) => html! {
            <DenyForm id={props.approval.id.short()} on_deny={deny} on_back={turn(Mode::Decide)} {size} {busy} />
        },
        (Mode::Edit, _) => html! {
            <EditForm approval={Rc::clone(&props.approval)} on_allow={allow.reform(Some)} on_back={turn(Mode::Decide)} {size} {busy} />
        },
        (Mode::Decide, Some(questions)) => html! {
            <PickForm {questions} input={props.approval.input.clone()} on_allow={allow.reform(Some)} {size} {busy}>
                <Button {size} keys={cap("d")} onclick={turn(Mode::Deny).reform(|_| ())} test_id="deny-button">{ "Do not answer…" }</Button>
                { props.children.clone() }
            </PickForm>
        },
        (Mode::Decide, None) => html! {
            <div class="act">
                <Button kind={ButtonKind::Main} {size} keys={cap("a")} disabled={busy.clone()} onclick={allow.reform(|_| None)} test_id="allow-button">
                    { "Allow once" }
                </Button>
                <Button {size} keys={cap("e")} onclick={turn(Mode::Edit).reform(|_| ())} test_id="edit-button">{ "Change it…" }</Button>
                <Button {size} keys={cap("d")} onclick={turn(Mode::Deny).reform(|_| ())} test_id="deny-button">{ "Deny with a reason…" }</Button>
                { props.children.clone() }
            </div>
        },
    };
    html! {
        <div class="answer">
            { form }
            if let Some(problem) = &props.problem {
                <p class="failc small row" role="alert">{ icon(Icon::Failed) }<span>{ problem }</span></p>
            }
        </div>
    }
}

/// What a denial needs.
#[derive(Properties, PartialEq)]
struct DenyFormProps {
    id: String,
    on_deny: Callback<Option<String>>,
    on_back: Callback<()>,
    size: ButtonSize,
    busy: Option<AttrValue>,
}

/// The reason, which the agent is told.
#[component]
fn DenyForm(props: &DenyFormProps) -> Html {
    let reason = use_state_eq(AttrValue::default);
    let node = use_node_ref();
    use_effect_with(node.clone(), dom::focus);
    let onsubmit = {
        let (reason, on_deny) = (reason.clone(), props.on_deny.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let words = reason.trim();
            on_deny.emit((!words.is_empty()).then(|| words.to_owned()));
        })
    };
    let oninput = {
        let reason = reason.clone();
        Callback::from(move |text| reason.set(text))
    };
    let hint = "The agent reads this: say why, or what to do instead.";
    html! {
        <form class="answer-form" {onsubmit}>
            <TextField label="Reason" name={format!("message-{}", props.id)} value={(*reason).clone()} {oninput} {hint}
                placeholder="Not on staging; use the local database" {node} test_id="deny-message" />
            <div class="act">
                <Button kind={ButtonKind::Main} size={props.size} submit=true disabled={props.busy.clone()} keys="enter" test_id="deny-send">
                    { "Deny" }
                </Button>
                <Button kind={ButtonKind::Bare} size={props.size} onclick={props.on_back.reform(|_| ())}>{ "Back" }</Button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::approval;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    fn form(approval: Approval, busy: bool, problem: Option<AttrValue>) -> String {
        drawn(
            html! { <AnswerForm approval={Rc::new(approval)} on_answer={Callback::noop()} {busy} {problem} keys=true /> },
        )
    }

    #[test]
    fn a_question_offers_to_allow_to_change_and_to_deny() {
        let html = form(approval(json!({})), false, None);
        holds(
            &html,
            &["allow-button", "edit-button", "deny-button", "<kbd>A</kbd>", "<kbd>E</kbd>", "<kbd>D</kbd>"],
        );
    }

    #[test]
    fn while_an_answer_is_on_its_way_no_other_is_taken() {
        holds(
            &form(approval(json!({})), true, None),
            &["aria-disabled=\"true\"", "The answer is on its way"],
        );
    }

    #[test]
    fn a_refused_answer_says_why() {
        let html = form(approval(json!({})), false, Some("somebody answered before".into()));
        holds(&html, &["role=\"alert\"", "somebody answered before"]);
    }

    #[test]
    fn a_question_to_the_person_is_answered_and_not_allowed() {
        let input = json!({"questions": [{"question": "3.4 or 3.8?", "options": [{"label": "3.4"}, {"label": "3.8"}]}]});
        let html = form(approval(json!({"tool": "AskUserQuestion", "input": input})), false, None);
        holds(&html, &["3.4 or 3.8?", "type=\"radio\"", "Do not answer…", "Choose an answer first"]);
        assert!(!html.contains("Allow once"));
    }
}
