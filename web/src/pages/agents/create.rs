//! Making an agent: a dialog for any page.

use std::rc::Rc;

use orchestrator::prompts::{Brief, system_prompt};
use quarterdeck_shared::agents::AgentDetail;
use quarterdeck_shared::endpoints::{CreateAgent, GetSettings};
use quarterdeck_shared::{NoBody, NoQuery};
use yew::prelude::*;

use crate::components::{Button, ButtonKind, Dialog, Icon, icon};
use crate::crash;
use crate::format::grouped;
use crate::hooks::{Ordered, use_command, use_query};
use crate::pages::faces::said;
use crate::panels::agent_form::{AgentDraft, AgentFields};

/// What the dialog needs.
#[derive(Properties, PartialEq)]
pub struct CreateAgentDialogProps {
    /// Called when it is closed without an agent.
    pub on_close: Callback<()>,
    /// Called with the agent that was made.
    pub on_made: Callback<AgentDetail>,
}

/// The dialog: mounted is open.
#[component]
pub fn CreateAgentDialog(props: &CreateAgentDialogProps) -> Html {
    let settings = use_query(Some(()), |()| GetSettings { query: NoQuery {}, body: NoBody });
    let draft = use_state_eq(|| AgentDraft {
        instructions: crash::take_saved("custom_instructions").unwrap_or_default().into(),
        ..AgentDraft::default()
    });
    let wrong = use_state_eq(|| None::<(AttrValue, AttrValue)>);
    // Sent before the server's offer is known: it goes out as soon as it is, so that the right runtime is taken.
    let wanted = use_state_eq(|| false);
    let done = {
        let on_made = props.on_made.clone();
        Callback::from(move |answer: Result<AgentDetail, _>| {
            if let Ok(agent) = answer {
                on_made.emit(agent);
            }
        })
    };
    let Ordered { give, busy, problem } = use_command::<CreateAgent>(done);
    let known = settings.answer.data.clone();
    let answered = !settings.answer.waiting;
    {
        let (draft, wrong, wanted_now, known) = (draft.clone(), wrong.clone(), wanted.clone(), known.clone());
        use_effect_with((*wanted, answered), move |&(wanted, answered)| {
            if !(wanted && answered) {
                return;
            }
            wanted_now.set(false);
            let runtimes = known.map(|settings| settings.runtimes.clone()).unwrap_or_default();
            match (*draft).clone().into_agent(&runtimes) {
                Ok(body) => give.emit(CreateAgent { query: NoQuery {}, body }),
                Err((field, why)) => wrong.set(Some((field.into(), why))),
            }
        });
    }
    let onsubmit = {
        let wanted = wanted.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            wanted.set(true);
        })
    };
    let on_change = {
        let (draft, wrong) = (draft.clone(), wrong.clone());
        Callback::from(move |next: AgentDraft| {
            draft.set(next);
            wrong.set(None);
        })
    };
    let refused = problem.as_ref().and_then(|problem| Some((problem.field.clone()?.into(), said(problem))));
    let elsewhere = problem
        .as_ref()
        .filter(|problem| problem.field.as_deref().is_none_or(|field| !FIELDS.contains(&field)));
    let disabled = (busy || *wanted).then_some(AttrValue::Static("The agent is being made"));
    let runs = !draft.instructions.trim().is_empty();
    html! {
        <Dialog title="Create an agent" on_close={props.on_close.clone()} class="wide making" test_id="create-agent">
            <form {onsubmit}>
                <div class="dialog-body making-body">
                    <div class="making-fields">
                        <AgentFields draft={(*draft).clone()} {on_change} settings={known} wrong={(*wrong).clone().or(refused)} />
                    </div>
                    <Preview draft={(*draft).clone()} />
                </div>
                <div class="dialog-foot">
                    if let Some(problem) = elsewhere {
                        <p class="failc small row grow" role="alert">{ icon(Icon::Failed) }<span class="wrap-text">{ said(problem) }</span></p>
                    }
                    <span class="push row">
                        <Button kind={ButtonKind::Bare} onclick={props.on_close.reform(|_| ())}>{ "Back" }</Button>
                        <Button submit=true kind={ButtonKind::Main} {disabled} test_id="submit-button">{ if runs { "Create and run" } else { "Create" } }</Button>
                    </span>
                </div>
            </form>
        </Dialog>
    }
}

/// The fields that show a refusal themselves.
const FIELDS: [&str; 9] = [
    "role",
    "name",
    "custom_instructions",
    "prompt",
    "model",
    "tools",
    "permission_mode",
    "working_directory",
    "runtime",
];

#[derive(Properties, PartialEq)]
struct PreviewProps {
    draft: AgentDraft,
}

/// What it would be told, by the same rules as the server's, on each keystroke.
#[component]
fn Preview(props: &PreviewProps) -> Html {
    let draft = &props.draft;
    let text: Rc<String> =
        use_memo((draft.role, draft.complexity, draft.instructions.clone()), |(role, complexity, words)| {
            let custom_instructions = Some(words.trim()).filter(|words| !words.is_empty());
            system_prompt(&Brief { role: *role, complexity: *complexity, task: None, custom_instructions })
        });
    html! {
        <section class="making-preview" aria-labelledby="preview">
            <h3 id="preview">{ "What it will be told" }</h3>
            <pre class="cmd" tabindex="0" data-testid="prompt-preview">{ (*text).clone() }</pre>
            <p class="small quiet num">{ format!("{} characters", grouped(text.chars().count() as u64)) }</p>
        </section>
    }
}
