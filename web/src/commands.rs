//! COMMANDS: what can be done from anywhere. The palette, the shortcuts and the help overlay read this one list.

use crate::components::Icon;

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Goes to a path.
    Go(&'static str),
    /// Opens the palette.
    Palette,
    /// Opens the help overlay.
    Help,
    /// Puts the keyboard into the filter of the page; without one, opens the palette.
    Filter,
    /// Changes between dark and light.
    Theme,
}

/// One command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its words.
    pub words: &'static str,
    /// Further words by which the palette finds it.
    pub also: &'static str,
    /// Its keys, alternatives parted by `|`: some browsers keep Ctrl+N, Ctrl+T and others for themselves.
    pub keys: &'static str,
    /// Its icon.
    pub icon: Icon,
    /// What it does.
    pub deed: Deed,
}

/// Every command that works on every page.
pub const COMMANDS: &[Command] = &[
    Command {
        words: "New task",
        also: "submit run start",
        keys: "t|alt+t|mod+t",
        icon: Icon::Plus,
        deed: Deed::Go("/tasks/new"),
    },
    Command {
        words: "New agent",
        also: "create",
        keys: "n|alt+n|mod+n",
        icon: Icon::Agents,
        deed: Deed::Go("/agents?new=1"),
    },
    Command {
        words: "Search or command",
        also: "palette find",
        keys: "mod+k",
        icon: Icon::Search,
        deed: Deed::Palette,
    },
    Command {
        words: "Filter this page",
        also: "search",
        keys: "/|mod+/",
        icon: Icon::Filter,
        deed: Deed::Filter,
    },
    Command {
        words: "Switch between dark and light",
        also: "theme colour night day",
        keys: "",
        icon: Icon::Theme,
        deed: Deed::Theme,
    },
    Command { words: "Keyboard shortcuts", also: "help keys", keys: "?", icon: Icon::Keys, deed: Deed::Help },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::PAGES;

    #[test]
    fn no_two_commands_share_a_key() {
        let mut keys: Vec<&str> =
            COMMANDS.iter().flat_map(|c| c.keys.split('|')).filter(|k| !k.is_empty()).collect();
        keys.extend(PAGES.iter().flat_map(|page| page.keys.split('|')));
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }

    #[test]
    fn every_key_the_product_promises_is_bound() {
        let bound: Vec<&str> = COMMANDS
            .iter()
            .map(|c| c.keys)
            .chain(PAGES.iter().map(|p| p.keys))
            .flat_map(|k| k.split('|'))
            .collect();
        for key in ["mod+k", "mod+n", "n", "mod+t", "t", "mod+,", ",", "mod+d", "d", "mod+/", "/", "?"] {
            assert!(bound.contains(&key), "{key} does nothing");
        }
    }
}
