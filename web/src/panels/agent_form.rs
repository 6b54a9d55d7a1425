//! The form that makes an agent: its role and instructions first, and beside it what it would be told.

use quarterdeck_shared::agents::{NewAgent, Role};
use quarterdeck_shared::runtimes::Runtime;
use quarterdeck_shared::settings::Settings;
use quarterdeck_shared::tasks::{Complexity, PermissionMode};
use std::rc::Rc;
use yew::prelude::*;

use super::marks::role_title;
use super::words::{capital, permission_mode};
use crate::components::{Area, Choice, Radios, Select, TextField};

/// Names that every Anthropic runtime knows.
const MODELS: [&str; 3] = ["opus", "sonnet", "haiku"];

/// What is typed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentDraft {
    /// Its role.
    pub role: Role,
    /// Its name.
    pub name: AttrValue,
    /// What it is told beyond its role, and its first prompt.
    pub instructions: AttrValue,
    /// The model.
    pub model: AttrValue,
    /// The tools, parted by commas.
    pub tools: AttrValue,
    /// The variant of its prompt.
    pub complexity: Complexity,
    /// What it may do unasked.
    pub permission_mode: PermissionMode,
    /// Where it works.
    pub directory: AttrValue,
    /// What runs it; empty until one is chosen.
    pub runtime: AttrValue,
}

impl Default for AgentDraft {
    fn default() -> Self {
        let empty = AttrValue::default;
        Self {
            role: Role::Builder,
            name: empty(),
            instructions: empty(),
            model: empty(),
            tools: empty(),
            complexity: Complexity::Complex,
            permission_mode: PermissionMode::Default,
            directory: empty(),
            runtime: empty(),
        }
    }
}

/// A field and what is wrong with it.
pub type Wrong = (&'static str, AttrValue);

impl AgentDraft {
    /// What the server is asked for, or the field that is wrong. The instructions are its prompt, so that it runs at once.
    pub fn into_agent(self, runtimes: &[Runtime]) -> Result<NewAgent, Wrong> {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        if self.role == Role::Custom && some(&self.name).is_none() {
            return Err(("name", "A role of your own needs a name.".into()));
        }
        let tools: Vec<String> = self.tools.split(',').filter_map(some).collect();
        let instructions = some(&self.instructions);
        Ok(NewAgent {
            role: self.role,
            name: some(&self.name),
            prompt: instructions.clone(),
            custom_instructions: instructions,
            model: some(&self.model),
            tools: (!tools.is_empty()).then_some(tools),
            complexity: Some(self.complexity),
            permission_mode: (self.permission_mode != PermissionMode::Default)
                .then_some(self.permission_mode),
            working_directory: some(&self.directory),
            runtime: some(&self.runtime).or_else(|| preselected(runtimes)),
            task_id: None,
        })
    }
}

/// The runtime in force where none is chosen: the first that can start an agent, as the server lists them.
pub fn preselected(runtimes: &[Runtime]) -> Option<String> {
    let live = || runtimes.iter().find(|runtime| runtime.available && runtime.counts);
    let any = || runtimes.iter().find(|runtime| runtime.available);
    live().or_else(any).map(|runtime| runtime.name.clone())
}

/// What the fields show.
#[derive(Properties, PartialEq)]
pub struct AgentFieldsProps {
    /// What is typed so far.
    pub draft: AgentDraft,
    /// Called with the draft as it changes.
    pub on_change: Callback<AgentDraft>,
    /// What the server offers; nothing while it is not known.
    #[prop_or_default]
    pub settings: Option<Rc<Settings>>,
    /// The field at fault, by its name, and why.
    #[prop_or_default]
    pub wrong: Option<(AttrValue, AttrValue)>,
}

/// The fields, each under its name on the wire.
#[component]
pub fn AgentFields(props: &AgentFieldsProps) -> Html {
    let draft = &props.draft;
    let error =
        |name: &str| props.wrong.as_ref().filter(|(field, _)| field == name).map(|(_, why)| why.clone());
    let custom = draft.role == Role::Custom;
    let runtimes = props.settings.as_ref().map(|settings| settings.runtimes.clone()).unwrap_or_default();
    let runtime = match draft.runtime.is_empty() {
        true => preselected(&runtimes).unwrap_or_default().into(),
        false => draft.runtime.clone(),
    };
    let hint = "A path below one of the permitted folders. A folder of its own where this stays empty.";
    html! {
        <>
            <div class="pair">
                <Select label="Role" name="role" choices={roles()} value={draft.role.as_str()} onchange={edit(props, |draft, word| draft.role = word.parse().unwrap_or_default())} error={error("role")} />
                <TextField label={if custom { "Name (needed)" } else { "Name" }} name="name" value={&draft.name} oninput={edit(props, |draft, text| draft.name = text)}
                    placeholder={role_title(draft.role)} required={custom} error={error("name")} />
            </div>
            <Area label="Instructions" name="custom_instructions" value={&draft.instructions} oninput={edit(props, |draft, text| draft.instructions = text)} rows=5
                placeholder="What it should do" error={error("custom_instructions").or_else(|| error("prompt"))}
                hint={if draft.instructions.trim().is_empty() { "Without instructions it is created and waits for its first words." } else { "They are its first words too: it runs at once." }} />
            <div class="pair">
                <Radios label="Prompt variant" name="complexity" choices={variants()} value={draft.complexity.as_str()} error={error("complexity")}
                    onchange={edit(props, |draft, word| draft.complexity = word.parse().unwrap_or_default())} />
                <Select label="Permissions" name="permission_mode" choices={permissions()} value={draft.permission_mode.as_str()} error={error("permission_mode")}
                    onchange={edit(props, |draft, word| draft.permission_mode = word.parse().unwrap_or_default())} />
            </div>
            <div class="pair">
                <TextField label="Model" name="model" value={&draft.model} oninput={edit(props, |draft, text| draft.model = text)} list="known-models"
                    placeholder="the runtime's default" error={error("model")} />
                <TextField label="Tools" name="tools" value={&draft.tools} oninput={edit(props, |draft, text| draft.tools = text)}
                    placeholder="Read, Edit, Bash" hint="Parted by commas; the runtime's own choice where this stays empty." error={error("tools")} />
            </div>
            <datalist id="known-models">{ for MODELS.iter().map(|model| html! { <option value={*model} /> }) }</datalist>
            <TextField label="Working directory" name="working_directory" value={&draft.directory} oninput={edit(props, |draft, text| draft.directory = text)} mono=true
                list="recent-directories" {hint} error={error("working_directory")} />
            <datalist id="recent-directories">{ for recents(props) }</datalist>
            <Select label="Runtime" name="runtime" choices={offered(&runtimes)} value={runtime.clone()} error={error("runtime")}
                hint={told(&runtimes, &runtime)} onchange={edit(props, |draft, word| draft.runtime = word)} />
        </>
    }
}

/// A callback that changes one field of the draft.
fn edit(props: &AgentFieldsProps, change: fn(&mut AgentDraft, AttrValue)) -> Callback<AttrValue> {
    let (draft, on_change) = (props.draft.clone(), props.on_change.clone());
    Callback::from(move |text| {
        let mut draft = draft.clone();
        change(&mut draft, text);
        on_change.emit(draft);
    })
}

fn roles() -> Vec<Choice> {
    Role::ALL.iter().map(|role| Choice::new(role.as_str(), role_title(*role))).collect()
}

fn variants() -> Vec<Choice> {
    Complexity::ALL.iter().map(|variant| Choice::new(variant.as_str(), capital(variant.as_str()))).collect()
}

fn permissions() -> Vec<Choice> {
    PermissionMode::ALL
        .iter()
        .map(|mode| Choice::new(mode.as_str(), capital(permission_mode(*mode))))
        .collect()
}

fn recents(props: &AgentFieldsProps) -> Vec<Html> {
    let recent = props.settings.iter().flat_map(|settings| &settings.recent_directories);
    recent.map(|directory| html! { <option value={directory.clone()} /> }).collect()
}

fn offered(runtimes: &[Runtime]) -> Vec<Choice> {
    let words = |runtime: &Runtime| match (runtime.available, runtime.counts) {
        (false, _) => format!("{} (not available)", runtime.title),
        (true, false) if !runtime.title.to_lowercase().contains("recording") => {
            format!("{} (a recording)", runtime.title)
        }
        (true, _) => runtime.title.clone(),
    };
    runtimes.iter().map(|runtime| Choice::new(runtime.name.clone(), words(runtime))).collect()
}

fn told(runtimes: &[Runtime], chosen: &str) -> Option<AttrValue> {
    runtimes.iter().find(|runtime| runtime.name == chosen).map(|runtime| capital(&runtime.message).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    fn runtime(name: &str, available: bool, counts: bool) -> Runtime {
        let message = format!("about {name}");
        Runtime { name: name.into(), title: name.to_uppercase(), available, version: None, message, counts }
    }

    fn settings(claude: bool) -> Rc<Settings> {
        Rc::new(Settings {
            settings: vec![],
            workspace_roots: vec!["/home/me".into()],
            recent_directories: vec!["/home/me/checkout".into()],
            runtimes: vec![runtime("claude_cli", claude, true), runtime("replay", true, false)],
            data_dir: "/data".into(),
            database: "sqlite".into(),
        })
    }

    fn fields(draft: AgentDraft, claude: bool, wrong: Option<(AttrValue, AttrValue)>) -> String {
        let settings = Some(settings(claude));
        drawn(html! { <AgentFields {draft} on_change={Callback::noop()} {settings} {wrong} /> })
    }

    #[test]
    fn every_field_stands_under_its_name_on_the_wire() {
        let html = fields(AgentDraft::default(), true, None);
        for name in [
            "role",
            "name",
            "custom_instructions",
            "model",
            "tools",
            "permission_mode",
            "working_directory",
            "runtime",
        ] {
            holds(&html, &[&format!("name=\"{name}\"")]);
        }
        holds(&html, &["/home/me/checkout", "About claude_cli", "waits for its first words"]);
    }

    #[test]
    fn where_no_claude_is_found_the_recording_is_preselected_and_named_so() {
        let html = fields(AgentDraft::default(), false, None);
        holds(&html, &["CLAUDE_CLI (not available)", "REPLAY (a recording)", "About replay"]);
        let new = AgentDraft::default().into_agent(&settings(false).runtimes);
        assert_eq!(new.unwrap().runtime.as_deref(), Some("replay"));
    }

    #[test]
    fn the_instructions_are_the_prompt_so_that_it_runs_at_once() {
        let draft = AgentDraft {
            instructions: " Say hello. ".into(),
            tools: "Read, ,Edit".into(),
            ..AgentDraft::default()
        };
        let new = draft.into_agent(&[]).unwrap();
        assert_eq!(
            (new.prompt.as_deref(), new.custom_instructions.as_deref()),
            (Some("Say hello."), Some("Say hello."))
        );
        assert_eq!((new.tools, new.runtime), (Some(vec!["Read".into(), "Edit".into()]), None));
        assert_eq!(AgentDraft::default().into_agent(&[]).unwrap().prompt, None);
    }

    #[test]
    fn an_own_role_needs_a_name_and_a_refusal_stands_at_its_field() {
        let draft = AgentDraft { role: Role::Custom, ..AgentDraft::default() };
        assert_eq!(draft.clone().into_agent(&[]).unwrap_err().0, "name");
        holds(
            &fields(draft, true, Some(("name".into(), "It needs a name.".into()))),
            &["Name (needed)", "It needs a name."],
        );
    }
}
