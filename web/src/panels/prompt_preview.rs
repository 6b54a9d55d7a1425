//! What each agent of a new task would be told, before anything starts.

use std::rc::Rc;

use quarterdeck_shared::agents::Role;
use quarterdeck_shared::prompts::Preview;
use yew::prelude::*;

use super::marks::role_title;
use crate::components::{CopyButton, Face, Faced, Tab, Tabs};
use crate::format::grouped;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct PromptPreviewProps {
    /// The roles that would work, each once.
    pub roles: Vec<Role>,
    /// Whose prompt is shown.
    pub open: Role,
    /// Called with the role to show.
    pub on_open: Callback<Role>,
    /// Its prompt.
    pub preview: Option<Rc<Preview>>,
    /// Which face is on.
    pub face: Face,
    /// Called by "Try again".
    #[prop_or_default]
    pub on_retry: Callback<()>,
}

/// Tabs by role over the words.
#[component]
pub fn PromptPreview(props: &PromptPreviewProps) -> Html {
    let tabs: Vec<Tab> = props.roles.iter().map(|role| Tab::new(role.as_str(), role_title(*role))).collect();
    let onchange = props.on_open.reform(|key: AttrValue| key.parse().unwrap_or_default());
    html! {
        <section class="preview" aria-label="What each agent would be told">
            <Tabs label="Prompt preview" {tabs} open={AttrValue::Static(props.open.as_str())} {onchange}>
                <Faced face={props.face.clone()} what="the prompt" on_retry={props.on_retry.clone()}>
                    if let Some(preview) = &props.preview { { words(preview) } }
                </Faced>
            </Tabs>
        </section>
    }
}

fn words(preview: &Preview) -> Html {
    html! {
        <>
            <pre tabindex="0" aria-label="System prompt" data-testid="prompt-preview">{ &preview.system_prompt }</pre>
            if let Some(prompt) = &preview.prompt { <pre class="first" tabindex="0" aria-label="First message">{ prompt }</pre> }
            <p class="small quiet preview-foot row">
                <span class="num">{ format!("{} characters", grouped(preview.characters as u64)) }</span>
                <span>{ format!("{} variant", preview.complexity) }</span>
                <span class="push"><CopyButton text={preview.system_prompt.clone()} label="Copy the system prompt" /></span>
            </p>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::components::Trouble;
    use crate::testing::{drawn, holds};
    use quarterdeck_shared::tasks::Complexity;

    fn shown(face: Face) -> String {
        let preview = Preview {
            role: Role::Builder,
            complexity: Complexity::Complex,
            system_prompt: "You are the BUILDER.".into(),
            prompt: Some("Add it.".into()),
            characters: 1_184,
        };
        let roles = vec![Role::Planner, Role::Builder];
        drawn(
            html! { <PromptPreview {roles} open={Role::Builder} on_open={Callback::noop()} preview={Some(Rc::new(preview))} {face} /> },
        )
    }

    #[test]
    fn a_role_s_words_are_shown_with_their_length() {
        holds(
            &shown(Face::Full),
            &[
                "You are the BUILDER.</pre>",
                "Add it.</pre>",
                "1,184 characters",
                "complex variant",
                ">Planner<",
            ],
        );
    }

    #[test]
    fn while_they_come_and_when_they_do_not_it_says_so() {
        holds(&shown(Face::Waiting), &["Loading the prompt", ">Builder<"]);
        let trouble = Trouble { what: "The server does not answer.".into(), ..Trouble::default() };
        holds(&shown(Face::Failed(trouble)), &["The server does not answer.", "You are the BUILDER."]);
    }
}
