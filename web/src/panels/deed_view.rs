//! The exact input of a call as one judges it: a command, a difference, questions, or JSON.

use serde_json::Value;
use yew::prelude::*;

use super::deed::{Deed, Shown, has_hidden, visible, written};
use super::diff::Diff;
use crate::components::{Icon, icon};

/// What is shown.
#[derive(Properties, PartialEq)]
pub struct DeedViewProps {
    /// What the call would do.
    pub deed: Deed,
    /// The input it was read from.
    pub input: Value,
}

/// The input, whole. Characters that show nothing are written out, and it is said that they are there.
#[component]
pub fn DeedView(props: &DeedViewProps) -> Html {
    let shown = match &props.deed.shown {
        Shown::Command(command) => html! { <pre class="cmd" tabindex="0">{ visible(command) }</pre> },
        Shown::Values(values) => html! { <pre class="cmd" tabindex="0">{ visible(values) }</pre> },
        Shown::Change { path, extent, lines } => html! {
            <div class="call">
                <div class="in">
                    { icon(Icon::File) }
                    <code class="cut grow" title={visible(path)}>{ visible(path) }</code>
                    <span class="small quiet nowrap">{ extent }</span>
                </div>
                <Diff label={format!("Change of {path}")} lines={lines.clone()} />
            </div>
        },
        // The answer form asks them.
        Shown::Questions(_) => Html::default(),
    };
    html! {
        <>
            { shown }
            if has_hidden(&raw(&props.input)) {
                <p class="small waitword row">
                    { icon(Icon::Warn) }<span class="wrap-text">{ "It holds characters that show nothing; they are written out as ⟨U+…⟩." }</span>
                </p>
            }
        </>
    }
}

/// Every text of an input, one after the other.
fn raw(input: &Value) -> String {
    match input {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(raw).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| format!("{name}{}", raw(value))).collect(),
        other => written(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    fn view(tool: &str, input: Value) -> String {
        drawn(html! { <DeedView deed={Deed::read(tool, &input)} {input} /> })
    }

    #[test]
    fn each_form_of_input_is_shown_whole() {
        holds(&view("Bash", json!({"command": "make <all>"})), &["class=\"cmd\">make &lt;all&gt;</pre>"]);
        holds(
            &view("Write", json!({"file_path": "/w/a", "content": "x"})),
            &["/w/a", "1 line, the whole file", "class=\"add\""],
        );
        holds(&view("Odd", json!({"n": 1})), &["\"n\": 1"]);
    }

    #[test]
    fn a_command_with_hidden_characters_says_so() {
        holds(
            &view("Bash", json!({"command": "ls \u{202e}fr"})),
            &["ls ⟨U+202E⟩fr", "characters that show nothing"],
        );
    }
}
