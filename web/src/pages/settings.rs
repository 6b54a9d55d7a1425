//! Settings: appearance and keys; the rest comes with the parts it sets.

use yew::prelude::*;

use super::Heading;
use crate::components::{Checkbox, Choice, Section, Segment};
use crate::hooks::{Theme, ThemeChoice, use_stored, use_theme};

/// Settings.
#[component]
pub fn Settings() -> Html {
    html! {
        <div class="settings">
            <Heading title="Settings" />
            <Appearance />
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
