//! The choices around a new task: its kind, where and by what it runs, what its agents may do, where it must stop.

use quarterdeck_shared::runtimes::Runtime;
use quarterdeck_shared::tasks::{PermissionMode, TaskType};
use yew::prelude::*;

use super::task_form::TaskForm;
use super::words;
use crate::components::{Choice, Radios, Select, TextField};

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct TaskOptionsProps {
    /// The form.
    pub form: TaskForm,
    /// Called with the name of a field and its new text.
    pub on_change: Callback<(&'static str, AttrValue)>,
    /// What is wrong with which field.
    pub wrong: Vec<(AttrValue, AttrValue)>,
    /// The kind of work the prompt asks for, once there is one.
    pub detected: Option<TaskType>,
    /// What can run agents here; empty while it is not known.
    pub runtimes: Vec<Runtime>,
    /// The runtime in force where none is chosen.
    pub runtime: Option<AttrValue>,
    /// Where recent tasks worked.
    pub recent: Vec<String>,
    /// Where agents may work.
    pub roots: Vec<String>,
}

impl TaskOptionsProps {
    fn set(&self, name: &'static str) -> Callback<AttrValue> {
        self.on_change.reform(move |value| (name, value))
    }

    fn error(&self, name: &str) -> Option<AttrValue> {
        self.wrong.iter().find(|(field, _)| field == name).map(|(_, words)| words.clone())
    }
}

/// The choices.
#[component]
pub fn TaskOptions(props: &TaskOptionsProps) -> Html {
    html! {
        <>
            <div class="options">
                { kind(props) }
                { directory(props) }
                { runtime(props) }
                { radios(props, "Steps", "execution_mode", &[("auto", "Auto"), ("sequential", "Sequential"), ("parallel", "Parallel")]) }
                { radios(props, "ANALYST", "include_analyst", &[("auto", "Auto"), ("always", "Always"), ("never", "Never")]) }
                { permissions(props) }
            </div>
            <details class="fold more" open={is_used(props)}>
                <summary>{ crate::components::icon(crate::components::Icon::Right) }{ "Model, plan and limits" }</summary>
                <div class="options">
                    { text(props, "Model", "model", "the runtime's own choice", Some("models")) }
                    { plan(props) }
                    { text(props, "Stop at dollars", "cost_usd", "no limit", None) }
                    { text(props, "Stop at tokens", "tokens", "no limit", None) }
                    { text(props, "Seconds a step", "seconds", "the server's own limit", None) }
                </div>
                <datalist id="models">{ for ["opus", "sonnet", "haiku"].map(|name| html! { <option value={name} /> }) }</datalist>
            </details>
        </>
    }
}

fn is_used(props: &TaskOptionsProps) -> bool {
    let rare = ["model", "workflow_id", "cost_usd", "tokens", "seconds"];
    rare.iter().any(|name| !props.form.get(name).is_empty() || props.error(name).is_some())
}

fn kind(props: &TaskOptionsProps) -> Html {
    let auto =
        props.detected.map_or_else(|| "Auto".to_owned(), |kind| format!("Auto ({})", words::task_type(kind)));
    let mut choices = vec![Choice::new("", auto)];
    let named = |kind: &TaskType| Choice::new(kind.as_str(), words::capital(words::task_type(*kind)));
    choices.extend(TaskType::ALL.iter().filter(|kind| **kind != TaskType::Auto).map(named));
    let value = if props.form.task_type() == TaskType::Auto {
        AttrValue::default()
    } else {
        props.form.value("task_type")
    };
    html! { <Select label="Type" name="task_type" {choices} {value} onchange={props.set("task_type")} error={props.error("task_type")} /> }
}

fn directory(props: &TaskOptionsProps) -> Html {
    let roots = props.roots.join(", ");
    let hint = (!roots.is_empty())
        .then(|| AttrValue::from(format!("Empty: a folder of its own. Else below {roots}")));
    let mut known: Vec<&String> = props.recent.iter().collect();
    known.extend(props.roots.iter().filter(|root| !props.recent.contains(root)));
    html! {
        <>
            <TextField label="Working directory" name="working_directory" mono=true list="directories" placeholder="a folder of its own" {hint}
                value={props.form.value("working_directory")} oninput={props.set("working_directory")} error={props.error("working_directory")} />
            <datalist id="directories">{ for known.into_iter().map(|path| html! { <option value={path.clone()} /> }) }</datalist>
        </>
    }
}

fn runtime(props: &TaskOptionsProps) -> Html {
    let named = |runtime: &Runtime| {
        let told = runtime.counts || runtime.title.to_lowercase().contains("recording");
        let kind = if told { "" } else { " (recording)" };
        let state = if runtime.available { "" } else { ", not available" };
        Choice::new(runtime.name.clone(), format!("{}{kind}{state}", runtime.title))
    };
    let mut choices: Vec<Choice> = props.runtimes.iter().map(named).collect();
    if choices.is_empty() {
        choices.push(Choice::new("", "The server's own choice"));
    }
    let chosen = props.form.value("runtime");
    let value = if chosen.is_empty() { props.runtime.clone().unwrap_or_default() } else { chosen };
    let hint = props.runtimes.iter().find(|runtime| runtime.name == value.as_str() && !runtime.counts);
    let hint = hint.map(|runtime| AttrValue::from(runtime.message.clone()));
    html! { <Select label="Runtime" name="runtime" {choices} {value} {hint} onchange={props.set("runtime")} error={props.error("runtime")} /> }
}

fn permissions(props: &TaskOptionsProps) -> Html {
    let named =
        |mode: &PermissionMode| Choice::new(mode.as_str(), words::capital(words::permission_mode(*mode)));
    let choices: Vec<Choice> = PermissionMode::ALL.iter().map(named).collect();
    let chosen = props.form.value("permission_mode");
    let value =
        if chosen.is_empty() { AttrValue::Static(PermissionMode::default().as_str()) } else { chosen };
    html! {
        <Select label="Permissions" name="permission_mode" {choices} {value} onchange={props.set("permission_mode")} error={props.error("permission_mode")} />
    }
}

fn radios(
    props: &TaskOptionsProps,
    label: &'static str,
    name: &'static str,
    choices: &[(&'static str, &'static str)],
) -> Html {
    let chosen = props.form.value(name);
    let value = if chosen.is_empty() { AttrValue::Static("auto") } else { chosen };
    let choices: Vec<Choice> = choices.iter().map(|(value, words)| Choice::new(*value, *words)).collect();
    html! { <Radios {label} {name} {choices} {value} onchange={props.set(name)} error={props.error(name)} /> }
}

fn plan(props: &TaskOptionsProps) -> Html {
    let choices = vec![Choice::new("", "By the kind of work"), Choice::new("ai", "By a PLANNER agent")];
    html! {
        <Select label="Steps laid out" name="workflow_id" {choices} value={props.form.value("workflow_id")} onchange={props.set("workflow_id")}
            error={props.error("workflow_id")} />
    }
}

fn text(
    props: &TaskOptionsProps,
    label: &'static str,
    name: &'static str,
    placeholder: &'static str,
    list: Option<&'static str>,
) -> Html {
    html! {
        <TextField {label} {name} {placeholder} list={list.map(AttrValue::Static)} value={props.form.value(name)} oninput={props.set(name)} error={props.error(name)} />
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    fn runtimes() -> Vec<Runtime> {
        let runtime = |name: &str, title: &str, available: bool, counts: bool, message: &str| Runtime {
            name: name.into(),
            title: title.into(),
            available,
            version: None,
            message: message.into(),
            counts,
        };
        vec![
            runtime("claude_cli", "Claude Code", false, true, "no claude was found; install it"),
            runtime("replay", "Replay", true, false, "plays a recorded run"),
        ]
    }

    fn shown(form: TaskForm, wrong: Vec<(AttrValue, AttrValue)>) -> String {
        drawn(html! {
            <TaskOptions {form} on_change={Callback::noop()} {wrong} detected={Some(TaskType::BugFix)} runtimes={runtimes()} runtime={Some(AttrValue::from("replay"))}
                recent={vec!["/home/me/checkout".to_owned()]} roots={vec!["/home/me".to_owned()]} />
        })
    }

    #[test]
    fn every_field_has_its_name_on_the_wire() {
        let html = shown(TaskForm::default(), Vec::new());
        for name in super::super::task_form::FIELDS.iter().filter(|name| **name != "prompt") {
            holds(&html, &[&format!("name=\"{name}\"")]);
        }
        holds(&html, &["Auto (bug fix)", "<option value=\"/home/me/checkout\"", "Else below /home/me"]);
    }

    #[test]
    fn where_no_claude_is_found_the_recording_is_chosen_and_called_one() {
        let html = shown(TaskForm::default(), Vec::new());
        holds(
            &html,
            &[
                "value=\"replay\" selected",
                "Replay (recording)",
                "Claude Code, not available",
                "plays a recorded run",
            ],
        );
    }

    #[test]
    fn a_refusal_stands_at_its_field_and_opens_what_hides_it() {
        let wrong = vec![
            ("tokens".into(), "A whole number".into()),
            ("working_directory".into(), "/x is outside".into()),
        ];
        let html = shown(TaskForm::default(), wrong);
        holds(
            &html,
            &["note-working_directory\" role=\"alert\"", "/x is outside", "A whole number", "<details open"],
        );
    }
}
