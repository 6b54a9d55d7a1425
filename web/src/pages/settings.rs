//! Settings: how this browser shows things, who may come in, what runs agents, where other work comes from, and every
//! setting in force.

mod sources;
mod tokens;

use std::rc::Rc;

use quarterdeck_shared::endpoints::{DeleteSession, GetSession, GetSettings, GetVersion};
use quarterdeck_shared::settings::Settings as InForce;
use quarterdeck_shared::{NoBody, NoQuery};
use yew::prelude::*;

use super::Heading;
use super::faces::{face, said};
use crate::components::{
    Button, Checkbox, Choice, CopyButton, Face, Icon, Section, Segment, TimeAt, Toast, use_toasts,
};
use crate::hooks::{Theme, ThemeChoice, use_address, use_command, use_query, use_stored, use_theme};
use crate::panels::runtime_list::RuntimeList;
use crate::panels::setting_list::{SettingList, is_limit};
use sources::Sources;
use tokens::Tokens;

/// The sections, in order: id and title.
const SECTIONS: [(&str, &str); 8] = [
    ("appearance", "Appearance"),
    ("tokens", "Keys and tokens"),
    ("runtimes", "Runtimes"),
    ("sources", "Sources"),
    ("directories", "Directories"),
    ("limits", "Limits"),
    ("all", "All other settings"),
    ("about", "About"),
];

/// Settings.
#[component]
pub fn Settings() -> Html {
    let asked = use_query(Some(()), |()| GetSettings { query: NoQuery {}, body: NoBody });
    let known = asked.answer.data.clone();
    let face = face(&asked.answer, |_| false);
    let part = |show: fn(&Rc<InForce>) -> Html| known.as_ref().map(show).unwrap_or_default();
    let section = |at: usize, note: Option<&'static str>, body: Html| {
        let (id, title) = SECTIONS[at];
        let note = note.map(AttrValue::Static);
        html! { <Section {title} {id} {note} face={face.clone()} on_retry={asked.again.clone()}>{ body }</Section> }
    };
    html! {
        <div class="settings-page">
            <nav class="settings-nav only-wide" aria-label="Sections">
                { for SECTIONS.iter().map(|(id, title)| html! { <a href={format!("#{id}")}>{ *title }</a> }) }
            </nav>
            <div class="settings">
                <Heading title="Settings" />
                <Appearance />
                <Tokens />
                { section(2, None, part(|known| html! { <RuntimeList runtimes={known.runtimes.clone()} /> })) }
                <Sources />
                { section(4, None, part(directories)) }
                { section(5, Some("read at start; change them and start the server again"), part(|known| listed(known, true))) }
                { section(6, Some("flag, then environment, then quarterdeck.toml, then default"), part(|known| listed(known, false))) }
                <About {face} known={known.clone()} />
            </div>
        </div>
    }
}

/// Theme and single-letter keys, kept in this browser.
#[component]
fn Appearance() -> Html {
    let theme = use_theme();
    let (letters, set_letters) = use_stored("letters", "on");
    let choices =
        vec![Choice::new("system", "System"), Choice::new("dark", "Dark"), Choice::new("light", "Light")];
    let chosen = Callback::from(|word: AttrValue| Theme::choose(ThemeChoice::from_word(&word)));
    let switched =
        Callback::from(move |on: bool| set_letters.emit(if on { "".into() } else { "off".into() }));
    html! {
        <Section title="Appearance" id="appearance" note="kept in this browser">
            <div class="stack">
                <Segment label="Theme" shown=true {choices} value={theme.choice.word()} onchange={chosen} test_id="theme" />
                <Checkbox label="Single letters are shortcuts (T for a new task, J and K through rows)" name="letters"
                    checked={letters != "off"} onchange={switched} />
            </div>
        </Section>
    }
}

fn directories(known: &Rc<InForce>) -> Html {
    let list = |paths: &[String], none: &'static str| match paths {
        [] => html! { <span class="quiet">{ none }</span> },
        paths => html! { <ul class="paths">{ for paths.iter().map(|path| copied(path)) }</ul> },
    };
    html! {
        <dl class="facts">
            <dt>{ "Agents may work in" }</dt><dd>{ list(&known.workspace_roots, "nowhere but their own folders") }</dd>
            <dt>{ "Worked in lately" }</dt><dd>{ list(&known.recent_directories, "nowhere yet") }</dd>
            <dt>{ "Data" }</dt><dd><ul class="paths">{ copied(&known.data_dir) }</ul></dd>
        </dl>
    }
}

fn copied(path: &str) -> Html {
    html! { <li class="row tight"><code class="wrap-text">{ path }</code><CopyButton text={path.to_owned()} label="Copy the path" /></li> }
}

fn listed(known: &Rc<InForce>, limits: bool) -> Html {
    let settings: Vec<_> =
        known.settings.iter().filter(|setting| is_limit(&setting.name) == limits).cloned().collect();
    html! { <SettingList {settings} label={if limits { "Limits" } else { "All other settings" }} /> }
}

#[derive(Properties, PartialEq)]
struct AboutProps {
    face: Face,
    known: Option<Rc<InForce>>,
}

/// The version, the documents, the session, and the way out.
#[component]
fn About(props: &AboutProps) -> Html {
    let version = use_query(Some(()), |()| GetVersion { query: NoQuery {}, body: NoBody });
    let session = use_query(Some(()), |()| GetSession { query: NoQuery {}, body: NoBody });
    let (address, toasts) = (use_address(), use_toasts());
    let left = Callback::from(move |answer: Result<(), _>| match &answer {
        Ok(()) => address.go("/login"),
        Err(problem) => toasts.push(Toast::failed(said(problem))),
    });
    let leave = use_command::<DeleteSession>(left);
    let onclick = leave.give.reform(|_| DeleteSession { query: NoQuery {}, body: NoBody });
    let disabled = leave.busy.then_some(AttrValue::Static("The session is being ended"));
    let face = match face(&version.answer, |_| false) {
        Face::Full => props.face.clone(),
        other => other,
    };
    html! {
        <Section title="About" id="about" {face} on_retry={version.again.clone()}>
            <dl class="facts">
                if let Some(version) = &version.answer.data {
                    <dt>{ &version.name }</dt><dd class="num" data-testid="version">{ &version.version }</dd>
                    <dt>{ "Schema" }</dt><dd><code>{ &version.schema }</code></dd>
                }
                if let Some(known) = &props.known { <dt>{ "Database" }</dt><dd>{ &known.database }</dd> }
                <dt>{ "For programs" }</dt>
                <dd><a class="in" href="/api/docs" data-plain="">{ "API documents" }</a>{ ", " }<a class="in" href="/api/openapi.json" data-plain="">{ "OpenAPI" }</a>{ ", " }<a class="in" href="/metrics" data-plain="">{ "metrics" }</a></dd>
                if let Some(session) = &session.answer.data {
                    <dt>{ "You are in by" }</dt>
                    <dd>{ &session.name }if let Some(at) = session.expires_at { <span class="quiet">{ ", until " }<TimeAt at_us={at.micros()} /></span> }</dd>
                }
            </dl>
            <p class="leave"><Button icon={Icon::Leave} {disabled} {onclick} test_id="logout-button">{ "Log out" }</Button></p>
        </Section>
    }
}
