//! The theme: `theme.js` keeps it (before the page starts, and for the system's changes); this shows and asks.

use gloo::events::EventListener;
use yew::prelude::*;

use crate::dom;

/// What the person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// Follow the system.
    #[default]
    System,
    /// The night watch.
    Dark,
    /// Chart paper.
    Light,
}

impl ThemeChoice {
    /// The word `theme.js` stores.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// The choice with this word; an unknown word follows the system.
    pub fn from_word(word: &str) -> Self {
        match word {
            "dark" => Self::Dark,
            "light" => Self::Light,
            _ => Self::System,
        }
    }
}

/// The theme in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Whether the page is dark now, whoever decided it.
    pub dark: bool,
    /// What the person chose.
    pub choice: ThemeChoice,
}

impl Theme {
    /// The theme in force now.
    pub fn read() -> Self {
        let set = |name: &str| dom::root().and_then(|root| root.dataset().get(name));
        Self {
            dark: set("theme").as_deref() != Some("light"),
            choice: ThemeChoice::from_word(&set("themeChoice").unwrap_or_default()),
        }
    }

    /// Chooses, stores and shows a theme.
    pub fn choose(choice: ThemeChoice) {
        dom::announce("quarterdeck:choose-theme", choice.word());
    }

    /// Chooses the other one.
    pub fn toggle() {
        Self::choose(if Self::read().dark { ThemeChoice::Light } else { ThemeChoice::Dark });
    }
}

/// The theme in force; the component is drawn again when it changes.
#[hook]
pub fn use_theme() -> Theme {
    let theme = use_state_eq(Theme::read);
    {
        let theme = theme.clone();
        use_effect_with((), move |()| {
            theme.set(Theme::read());
            let listener = dom::window().map(|window| {
                EventListener::new(&window, "quarterdeck:theme", move |_| theme.set(Theme::read()))
            });
            move || drop(listener)
        });
    }
    *theme
}
