//! What each agent of a new task would be told, fetched for the role one looks at.

use quarterdeck_shared::NoQuery;
use quarterdeck_shared::agents::Role;
use quarterdeck_shared::endpoints::CreatePreview;
use quarterdeck_shared::prompts::NewPreview;
use quarterdeck_shared::tasks::Estimate;
use yew::prelude::*;

use super::STILL_MS;
use crate::components::Face;
use crate::hooks::{use_query, use_settled};
use crate::pages::faces::face;
use crate::panels::prompt_preview::PromptPreview;

/// For what.
#[derive(Properties, PartialEq)]
pub struct PreviewsProps {
    /// What the prompt would become.
    pub estimate: Option<Estimate>,
    /// The prompt.
    pub prompt: String,
}

/// The prompts of the roles that would work.
#[component]
pub fn Previews(props: &PreviewsProps) -> Html {
    let picked = use_state_eq(|| None::<Role>);
    let mut roles: Vec<Role> =
        props.estimate.iter().flat_map(|estimate| estimate.workflow.iter().map(|step| step.role)).collect();
    let mut seen = Vec::new();
    roles.retain(|role| {
        !seen.contains(role) && {
            seen.push(*role);
            true
        }
    });
    let open = picked.filter(|role| roles.contains(role)).or_else(|| roles.first().copied());
    let wanted = open.zip(props.estimate.as_ref()).map(|(role, estimate)| NewPreview {
        role,
        complexity: Some(estimate.complexity),
        task: Some(props.prompt.clone()),
        custom_instructions: None,
    });
    let settled = use_settled(wanted, STILL_MS);
    let asked = use_query(settled, |body: NewPreview| CreatePreview { query: NoQuery {}, body });
    let Some(open) = open else { return Html::default() };
    let preview = asked.answer.data.clone().filter(|preview| preview.role == open);
    let now = match face(&asked.answer, |_| false) {
        Face::Full if preview.is_none() => Face::Waiting,
        other => other,
    };
    let on_open = {
        let picked = picked.clone();
        Callback::from(move |role| picked.set(Some(role)))
    };
    html! { <PromptPreview {roles} {open} {on_open} {preview} face={now} on_retry={asked.again} /> }
}
