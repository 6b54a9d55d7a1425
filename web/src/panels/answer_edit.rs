//! The input of a call, changed by the person before it is allowed.

use std::rc::Rc;

use quarterdeck_shared::approvals::Approval;
use serde_json::Value;
use yew::prelude::*;

use super::deed::{Deed, Shown, written};
use crate::components::{Area, Button, ButtonKind, ButtonSize};
use crate::dom;

/// What the change needs.
#[derive(Properties, PartialEq)]
pub struct EditFormProps {
    /// The question.
    pub approval: Rc<Approval>,
    /// Called with the input to call the tool with.
    pub on_allow: Callback<Value>,
    /// Called by "Back".
    pub on_back: Callback<()>,
    /// The size of the buttons.
    pub size: ButtonSize,
    /// Why it cannot be sent now.
    pub busy: Option<AttrValue>,
}

/// A command as its text, any other input as JSON.
#[component]
pub fn EditForm(props: &EditFormProps) -> Html {
    let approval = &props.approval;
    let text = use_state_eq(|| AttrValue::from(draft(&approval.tool, &approval.input)));
    let wrong = use_state_eq(|| None::<AttrValue>);
    let node = use_node_ref();
    use_effect_with(node.clone(), dom::focus);
    let send = {
        let (approval, text, wrong) = (Rc::clone(approval), text.clone(), wrong.clone());
        let on_allow = props.on_allow.clone();
        Callback::from(move |()| match reread(&approval.tool, &approval.input, &text) {
            Ok(input) => on_allow.emit(input),
            Err(why) => wrong.set(Some(why.into())),
        })
    };
    let onsubmit = send.reform(|event: SubmitEvent| event.prevent_default());
    // In a text of several lines Enter makes a line; with Ctrl or ⌘ it sends.
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            send.emit(());
        }
    });
    let oninput = {
        let (text, wrong) = (text.clone(), wrong.clone());
        Callback::from(move |typed| {
            text.set(typed);
            wrong.set(None);
        })
    };
    let is_command = is_command(&approval.tool, &approval.input);
    let label = if is_command { "The command to run instead" } else { "The input to use instead, as JSON" };
    html! {
        <form class="answer-form mono-area" {onsubmit} {onkeydown}>
            <Area {label} name={format!("input-{}", approval.id.short())} value={(*text).clone()} {oninput} rows={if is_command { 3 } else { 10 }}
                error={(*wrong).clone()} hint="The agent is told that you changed it." {node} test_id="edit-input" />
            <div class="act">
                <Button kind={ButtonKind::Main} size={props.size} submit=true keys="mod+enter" disabled={props.busy.clone()} test_id="edit-send">
                    { "Allow this once" }
                </Button>
                <Button kind={ButtonKind::Bare} size={props.size} onclick={props.on_back.reform(|_| ())}>{ "Back" }</Button>
            </div>
        </form>
    }
}

fn is_command(tool: &str, input: &Value) -> bool {
    matches!(Deed::read(tool, input).shown, Shown::Command(_))
}

/// The text to change.
fn draft(tool: &str, input: &Value) -> String {
    match Deed::read(tool, input).shown {
        Shown::Command(command) => command,
        _ => written(input),
    }
}

/// The input of the changed text.
fn reread(tool: &str, input: &Value, text: &str) -> Result<Value, String> {
    if is_command(tool, input) {
        if text.trim().is_empty() {
            return Err("An empty command does nothing: deny the question instead.".to_owned());
        }
        let mut changed = input.clone();
        changed["command"] = Value::from(text);
        return Ok(changed);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_object() => Ok(value),
        Ok(_) => Err("An input is a JSON object, such as {\"file_path\": \"…\"}.".to_owned()),
        Err(why) => Err(format!("This is no JSON: {why}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_changed_command_keeps_the_rest_of_its_input() {
        let input = json!({"command": "ls", "timeout": 5});
        assert_eq!(draft("Bash", &input), "ls");
        assert_eq!(reread("Bash", &input, "ls -l"), Ok(json!({"command": "ls -l", "timeout": 5})));
        assert!(reread("Bash", &input, "  ").is_err());
    }

    #[test]
    fn any_other_input_is_changed_as_json() {
        let input = json!({"file_path": "/a", "content": "x"});
        assert_eq!(reread("Write", &input, &draft("Write", &input)), Ok(input.clone()));
        for (text, expected) in [("{", "no JSON"), ("[]", "JSON object")] {
            assert!(reread("Write", &input, text).unwrap_err().contains(expected), "{text}");
        }
    }
}
