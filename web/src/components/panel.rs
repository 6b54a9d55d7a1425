//! Panels (a box, for what scrolls, streams or is decided) and sections (on the canvas, parted by space).

use yew::prelude::*;

use super::{Face, Faced};

/// A titled place and its face.
#[derive(Properties, PartialEq)]
pub struct PanelProps {
    /// The title; it never moves between faces.
    pub title: AttrValue,
    /// The id of the title, unique on the page.
    pub id: AttrValue,
    /// Beside the title, at the end of the line.
    #[prop_or_default]
    pub aside: Html,
    /// A quiet word right behind the title.
    #[prop_or_default]
    pub note: Option<AttrValue>,
    /// Which face is on; `Full` unless the data is fetched.
    #[prop_or(Face::Full)]
    pub face: Face,
    /// What it shows, such as `the agents`; the title in small letters without it.
    #[prop_or_default]
    pub what: Option<AttrValue>,
    /// Shown when empty.
    #[prop_or_default]
    pub empty: Html,
    /// Called by "Try again".
    #[prop_or_default]
    pub on_retry: Callback<()>,
    /// The data.
    #[prop_or_default]
    pub children: Html,
    /// Further classes.
    #[prop_or_default]
    pub class: Classes,
}

/// A box.
#[component]
pub fn Panel(props: &PanelProps) -> Html {
    html! {
        <section class={classes!("panel", "face", props.class.clone())} aria-labelledby={&props.id}>
            <div class="panel-head">
                <h2 id={&props.id}>{ &props.title }</h2>
                { note(props) }
                <span class="push">{ props.aside.clone() }</span>
            </div>
            <div class="panel-body">{ faced(props) }</div>
        </section>
    }
}

/// A part of the page without a box.
#[component]
pub fn Section(props: &PanelProps) -> Html {
    html! {
        <section class={classes!("section", props.class.clone())} aria-labelledby={&props.id}>
            <div class="section-head">
                <h2 id={&props.id}>{ &props.title }</h2>
                { note(props) }
                <span class="push">{ props.aside.clone() }</span>
            </div>
            { faced(props) }
        </section>
    }
}

fn note(props: &PanelProps) -> Html {
    html! { if let Some(note) = &props.note { <span class="quiet small head-note" title={note.clone()}>{ note }</span> } }
}

fn faced(props: &PanelProps) -> Html {
    let what = props.what.clone().unwrap_or_else(|| props.title.to_lowercase().into());
    html! {
        <Faced face={props.face.clone()} {what} empty={props.empty.clone()} on_retry={props.on_retry.clone()}>
            { props.children.clone() }
        </Faced>
    }
}
