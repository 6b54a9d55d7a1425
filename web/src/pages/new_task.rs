//! A new task: write it, see what it would be, start it.

mod previews;
mod refused;

use quarterdeck_shared::endpoints::{CreateTask, EstimateTask, GetSettings, GetTask, ListRuntimes};
use quarterdeck_shared::runtimes::Runtime;
use quarterdeck_shared::tasks::{Complexity, Estimate, NewEstimate, Task};
use quarterdeck_shared::{NoBody, NoQuery, TaskId};
use yew::prelude::*;

use self::previews::Previews;
use self::refused::Refused;
use super::Heading;
use super::faces::face;
use crate::components::{Button, ButtonKind, ButtonSize, Icon, icon};
use crate::dom;
use crate::hooks::{
    Ordered, use_address, use_command, use_draft, use_query, use_settled, use_shortcut, use_stored,
};
use crate::panels::forecast::Forecast;
use crate::panels::prompt_editor::PromptEditor;
use crate::panels::prose::spans;
use crate::panels::task_form::TaskForm;
use crate::panels::task_options::TaskOptions;
use crate::panels::task_reads::TaskReads;

/// How long one stops typing before the server is asked, in ms.
const STILL_MS: u32 = 400;

/// The form.
#[component]
pub fn NewTask() -> Html {
    let address = use_address();
    let (kept, keep) = use_stored("draft.task", "");
    let crashed = use_draft("prompt", "");
    let form = use_state_eq(|| {
        let form = TaskForm::read(&kept);
        if crashed.is_empty() { form } else { form.with("prompt", &crashed) }
    });
    let asked_for = address.get("prompt").to_owned();
    let from = address.get("from").parse::<TaskId>().ok();
    let before = use_query(from, |id| GetTask { id, query: NoQuery {}, body: NoBody });
    {
        let form = form.clone();
        use_effect_with((before.answer.data.clone(), asked_for), move |(task, prompt)| {
            match task {
                Some(task) => form.set(TaskForm::again(task)),
                None if !prompt.is_empty() => form.set(form.with("prompt", prompt)),
                None => {}
            };
        });
    }
    let runtimes = use_query(Some(()), |()| ListRuntimes { query: NoQuery {}, body: NoBody });
    let settings = use_query(Some(()), |()| GetSettings { query: NoQuery {}, body: NoBody });
    let known: Vec<Runtime> =
        runtimes.answer.data.as_ref().map(|page| page.items.clone()).unwrap_or_default();
    let runtime = preselected(&known).map(|runtime| AttrValue::from(runtime.name.clone()));

    let estimate = use_memo((*form).clone(), estimate);
    let settled = use_settled(question(&form), STILL_MS);
    let priced = use_query(settled, |body: NewEstimate| EstimateTask { query: NoQuery {}, body });
    let forecast = priced.answer.data.as_ref().and_then(|estimate| estimate.forecast);

    let wrong = use_state_eq(Vec::new);
    let sent = {
        let (address, keep) = (address.clone(), keep.clone());
        Callback::from(move |answer: Result<Task, _>| {
            if let Ok(task) = answer {
                keep.emit(AttrValue::default());
                address.go(&format!("/tasks/{}", task.id));
            }
        })
    };
    let Ordered { give, busy, problem } = use_command::<CreateTask>(sent);
    // A refusal speaks of what was sent: the first change after it takes it away.
    let touched = use_state_eq(|| false);
    let refused = problem.as_ref().filter(|_| !*touched).map(Refused::from).unwrap_or_default();
    let on_change = {
        let (form, keep, wrong, touched) = (form.clone(), keep, wrong.clone(), touched.clone());
        Callback::from(move |(name, value): (&'static str, AttrValue)| {
            let next = form.with(name, &value);
            keep.emit(next.written().into());
            wrong.set(Vec::new());
            touched.set(true);
            form.set(next);
        })
    };
    let editor = use_node_ref();
    // Whoever comes here comes to write, and single letters are shortcuts anywhere else.
    use_effect_with(editor.clone(), dom::focus);
    let submit = {
        let (form, wrong, runtime, editor) = (form.clone(), wrong.clone(), runtime.clone(), editor.clone());
        Callback::from(move |()| match form.order(runtime.as_deref()) {
            Ok(body) => {
                touched.set(false);
                give.emit(CreateTask { query: NoQuery {}, body });
            }
            Err(found) => {
                if found.iter().any(|(name, _)| *name == "prompt") {
                    dom::focus(&editor);
                }
                wrong.set(found.into_iter().map(|(name, words)| (name.into(), words.into())).collect());
            }
        })
    };
    use_shortcut("mod+enter", "Start the task", submit.clone());
    let mut errors: Vec<(AttrValue, AttrValue)> = (*wrong).clone();
    errors.extend(refused.field.clone());
    let error = |name: &str| errors.iter().find(|(field, _)| field == name).map(|(_, words)| words.clone());
    let onsubmit = {
        let submit = submit.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            submit.emit(());
        })
    };
    let other = estimate.as_ref().as_ref().map(|estimate| {
        let turned =
            if estimate.complexity == Complexity::Simple { Complexity::Complex } else { Complexity::Simple };
        orchestrator::planner::recommend(estimate.task_type, turned, form.include_analyst())
    });
    let (recent, roots) = settings
        .answer
        .data
        .as_ref()
        .map(|all| (all.recent_directories.clone(), all.workspace_roots.clone()))
        .unwrap_or_default();
    html! {
        <form class="compose" {onsubmit} novalidate=true>
            <div>
                <Heading title="New task" above={vec![(AttrValue::from("Tasks"), AttrValue::from("/tasks"))]} />
                { no_claude(&known, &form, runtime.as_deref()) }
                <PromptEditor value={form.value("prompt")} weighty={estimate.as_ref().as_ref().map(|e| e.weighty_words.clone()).unwrap_or_default()}
                    oninput={on_change.reform(|text| ("prompt", text))} error={error("prompt")} node={editor} />
                <div class="fields">
                    <TaskOptions form={(*form).clone()} on_change={on_change.clone()} wrong={errors.clone()} detected={estimate.as_ref().as_ref().map(|e| e.task_type)}
                        runtimes={known} {runtime} {recent} {roots} />
                </div>
                <div class="row submit">
                    <Button submit=true kind={ButtonKind::Main} size={ButtonSize::Big} keys="mod+enter" test_id="submit-button"
                        disabled={busy.then_some("It is on its way")}>{ "Start task" }</Button>
                    if let Some(words) = refused.general {
                        <span class="failc small row" role="alert" data-testid="refusal">{ icon(Icon::Failed) }<span>{ words }</span></span>
                    }
                    if !form.is_blank() { <span class="push quiet small">{ "Draft kept on this machine" }</span> }
                </div>
                <Previews estimate={(*estimate).clone()} prompt={form.get("prompt").trim().to_owned()} />
            </div>
            <div class="reads" aria-live="polite">
                <TaskReads estimate={(*estimate).clone()} {other} mode={form.execution_mode()} by_agent={form.plans_by_agent()} />
                if !form.is_blank() {
                    <Forecast {forecast} limit={form.cost_limit()} face={face(&priced.answer, |_| false)} on_retry={priced.again.clone()} />
                }
            </div>
        </form>
    }
}

/// What is made of the prompt, in the page itself, at each key.
fn estimate(form: &TaskForm) -> Option<Estimate> {
    let prompt = form.get("prompt");
    (!form.is_blank())
        .then(|| orchestrator::planner::estimate(prompt, form.task_type(), form.include_analyst()))
}

/// What the server is asked about the same.
fn question(form: &TaskForm) -> Option<NewEstimate> {
    let (kind, include) = (form.task_type(), form.include_analyst());
    let body = || NewEstimate {
        prompt: form.get("prompt").trim().to_owned(),
        task_type: Some(kind),
        include_analyst: Some(include),
    };
    (!form.is_blank()).then(body)
}

/// The runtime in force where none is chosen: the first that counts and can run, else the first that can.
fn preselected(runtimes: &[Runtime]) -> Option<&Runtime> {
    let counts = runtimes.iter().find(|runtime| runtime.available && runtime.counts);
    counts.or_else(|| runtimes.iter().find(|runtime| runtime.available))
}

/// Where nothing can run a real agent: what is missing, and what runs instead.
fn no_claude(runtimes: &[Runtime], form: &TaskForm, runtime: Option<&str>) -> Html {
    let missing = runtimes.iter().find(|runtime| runtime.counts && !runtime.available);
    let Some(missing) =
        missing.filter(|_| !runtimes.iter().any(|runtime| runtime.counts && runtime.available))
    else {
        return Html::default();
    };
    let chosen = Some(form.get("runtime")).filter(|chosen| !chosen.is_empty()).or(runtime);
    let instead =
        chosen.and_then(|name| runtimes.iter().find(|runtime| runtime.name == name && !runtime.counts));
    html! {
        <p class="banner" role="status" data-testid="no-claude">
            { icon(Icon::Warn) }
            <span class="grow">
                { spans(&format!("{} cannot run here: {}. ", missing.title, missing.message.trim_end_matches('.'))) }
                if instead.is_some() { { "Until then a recording is played: it costs nothing and changes nothing." } }
            </span>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime(name: &str, available: bool, counts: bool) -> Runtime {
        Runtime {
            name: name.into(),
            title: name.into(),
            available,
            version: None,
            message: String::new(),
            counts,
        }
    }

    #[test]
    fn a_recording_is_preselected_only_where_nothing_real_can_run() {
        let pick = |runtimes: &[Runtime]| preselected(runtimes).map(|runtime| runtime.name.clone());
        let both = [runtime("replay", true, false), runtime("claude_cli", true, true)];
        assert_eq!(pick(&both).as_deref(), Some("claude_cli"));
        let without = [runtime("claude_cli", false, true), runtime("replay", true, false)];
        assert_eq!(pick(&without).as_deref(), Some("replay"));
        assert_eq!(pick(&[]), None);
    }
}
