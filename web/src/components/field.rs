//! Fields of a form: a label above, the control, and below it a hint or what is wrong.

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

/// The frame of a field.
#[derive(Properties, PartialEq)]
pub struct FieldProps {
    /// The label.
    pub label: AttrValue,
    /// The name of the control; `field-{name}` is its id.
    pub name: AttrValue,
    /// What is wrong with it, said below and to screen readers.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// What helps, said below while nothing is wrong.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// The control, with the id `field-{name}` and `aria-describedby="note-{name}"`.
    pub children: Html,
}

/// Label, control, note.
#[component]
pub fn Field(props: &FieldProps) -> Html {
    let note = props.error.clone().or_else(|| props.hint.clone());
    let bad = props.error.is_some();
    html! {
        <div class={classes!("field", bad.then_some("wrong"))}>
            <label for={id(&props.name)}>{ &props.label }</label>
            { props.children.clone() }
            if let Some(note) = note {
                <p class="note" id={note_id(&props.name)} role={bad.then_some("alert")}>{ note }</p>
            }
        </div>
    }
}

/// A field of one line.
#[derive(Properties, PartialEq)]
pub struct TextFieldProps {
    /// The label.
    pub label: AttrValue,
    /// Its name in the form; the id is `field-{name}`.
    pub name: AttrValue,
    /// The text in it.
    pub value: AttrValue,
    /// Called with the text as it is typed.
    pub oninput: Callback<AttrValue>,
    /// `text`, `password`, `search`, `number`, ….
    #[prop_or(AttrValue::Static("text"))]
    pub kind: AttrValue,
    /// An example, shown while it is empty.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// What helps.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// It must be filled in.
    #[prop_or_default]
    pub required: bool,
    /// A path, a command or an id.
    #[prop_or_default]
    pub mono: bool,
    /// The id of a `<datalist>` with suggestions.
    #[prop_or_default]
    pub list: Option<AttrValue>,
    /// What the browser may fill in; nothing by default.
    #[prop_or(AttrValue::Static("off"))]
    pub autocomplete: AttrValue,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
    /// The input node.
    #[prop_or_default]
    pub node: NodeRef,
}

/// A labelled line of text.
#[component]
pub fn TextField(props: &TextFieldProps) -> Html {
    let typed = props.oninput.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            typed.emit(input.value().into());
        }
    });
    html! {
        <Field label={&props.label} name={&props.name} error={props.error.clone()} hint={props.hint.clone()}>
            <input ref={&props.node} class={classes!("input", props.mono.then_some("mono"))} id={id(&props.name)} name={&props.name}
                type={&props.kind} value={&props.value} {oninput} placeholder={props.placeholder.clone()} required={props.required}
                list={props.list.clone()} autocomplete={&props.autocomplete} spellcheck="false" data-testid={props.test_id.clone()}
                aria-invalid={props.error.is_some().then_some("true")}
                aria-describedby={described(&props.name, &props.error, &props.hint)} />
        </Field>
    }
}

/// A field of several lines.
#[derive(Properties, PartialEq)]
pub struct AreaProps {
    /// The label.
    pub label: AttrValue,
    /// Its name in the form; the id is `field-{name}`.
    pub name: AttrValue,
    /// The text in it.
    pub value: AttrValue,
    /// Called with the text as it is typed.
    pub oninput: Callback<AttrValue>,
    /// An example, shown while it is empty.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    /// What is wrong with it.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// What helps.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// It must be filled in.
    #[prop_or_default]
    pub required: bool,
    /// How many lines it shows before it grows.
    #[prop_or(4)]
    pub rows: u32,
    /// Large type in a panel, as for the prompt of a task.
    #[prop_or_default]
    pub editor: bool,
    /// `data-testid`.
    #[prop_or_default]
    pub test_id: Option<AttrValue>,
    /// The node.
    #[prop_or_default]
    pub node: NodeRef,
}

/// A labelled text of several lines; it grows with what is typed, where the browser can.
#[component]
pub fn Area(props: &AreaProps) -> Html {
    let typed = props.oninput.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
            typed.emit(area.value().into());
        }
    });
    html! {
        <Field label={&props.label} name={&props.name} error={props.error.clone()} hint={props.hint.clone()}>
            <textarea ref={&props.node} class={props.editor.then_some("editor")} id={id(&props.name)} name={&props.name}
                value={&props.value} {oninput} rows={props.rows.to_string()} placeholder={props.placeholder.clone()}
                required={props.required} data-testid={props.test_id.clone()}
                aria-invalid={props.error.is_some().then_some("true")}
                aria-describedby={described(&props.name, &props.error, &props.hint)} />
        </Field>
    }
}

pub(super) fn id(name: &str) -> String {
    format!("field-{name}")
}

fn note_id(name: &str) -> String {
    format!("note-{name}")
}

pub(super) fn described(name: &str, error: &Option<AttrValue>, hint: &Option<AttrValue>) -> Option<String> {
    (error.is_some() || hint.is_some()).then(|| note_id(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_wrong_field_says_what_is_wrong_where_a_screen_reader_hears_it() {
        let html = drawn(html! {
            <TextField label="Working directory" name="directory" value="/x" oninput={Callback::noop()} error="/x is outside the allowed roots" />
        });
        holds(
            &html,
            &[
                "<label for=\"field-directory\">Working directory</label>",
                "aria-invalid=\"true\"",
                "aria-describedby=\"note-directory\"",
                "id=\"note-directory\" role=\"alert\" class=\"note\">/x is outside the allowed roots",
            ],
        );
    }
}
