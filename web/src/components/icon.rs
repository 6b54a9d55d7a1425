//! Icons: the symbols of the sprite in `index.html`, each 16 by 16, drawn in the colour of the text.

use yew::prelude::*;

macro_rules! icons {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal,)+) => {
        /// An icon of the sprite.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($(#[doc = $doc])* $name,)+ }

        impl Icon {
            /// Every icon there is.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The symbol's id in the sprite.
            pub fn id(self) -> &'static str {
                match self { $(Self::$name => concat!("i-", $id),)+ }
            }
        }
    };
}

icons! {
    /// A head and shoulders.
    Agents = "agents",
    /// A rising line.
    Analytics = "analytics",
    /// A flag on its pole.
    Approvals = "approvals",
    /// A tick.
    Check = "check",
    /// A cross.
    Close = "close",
    /// Two sheets.
    Copy = "copy",
    /// Bars on a line.
    Costs = "costs",
    /// An angle down.
    Down = "down",
    /// A pencil.
    Edit = "edit",
    /// A sheet.
    File = "file",
    /// Three shrinking lines.
    Filter = "filter",
    /// Work standing on the horizon.
    Fleet = "fleet",
    /// A folder.
    Folder = "folder",
    /// A ringed i.
    Info = "info",
    /// A key.
    Key = "key",
    /// A keyboard.
    Keys = "keys",
    /// A door and an arrow out.
    Leave = "leave",
    /// An angle to the left.
    Left = "left",
    /// A chain link.
    Link = "link",
    /// Three lines.
    List = "list",
    /// A crescent.
    Moon = "moon",
    /// A triangle to the right.
    Play = "play",
    /// A plus.
    Plus = "plus",
    /// A round arrow.
    Rerun = "rerun",
    /// An angle to the right.
    Right = "right",
    /// A struck ring.
    Cancelled = "s-cancelled",
    /// A ringed tick.
    Completed = "s-completed",
    /// A dotted ring.
    Created = "s-created",
    /// An octagon with a cross.
    Failed = "s-failed",
    /// A broken line.
    Interrupted = "s-interrupted",
    /// A ring with a running core.
    Running = "s-running",
    /// A raised flag.
    Waiting = "s-waiting",
    /// A magnifying glass.
    Search = "search",
    /// A paper plane.
    Send = "send",
    /// Two sliders.
    Settings = "settings",
    /// A square.
    Stop = "stop",
    /// A sun.
    Sun = "sun",
    /// A screen.
    System = "system",
    /// A speech bubble.
    Talk = "talk",
    /// A ticked list.
    Tasks = "tasks",
    /// A prompt sign.
    Terminal = "terminal",
    /// A half-filled disc.
    Theme = "theme",
    /// A lamp.
    Thought = "thought",
    /// A bin.
    Trash = "trash",
    /// An angle up.
    Up = "up",
    /// A triangle with a stroke.
    Warn = "warn",
    /// Boxes joined by lines.
    Workflows = "workflows",
}

/// Draws an icon; the words beside it, or the label of its button, say what it means.
pub fn icon(icon: Icon) -> Html {
    html! { <svg class="i" aria-hidden="true"><use href={format!("#{}", icon.id())} /></svg> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_in_the_sprite_and_the_sprite_holds_no_other() {
        let page = include_str!("../../index.html");
        for icon in Icon::ALL {
            assert!(page.contains(&format!("<symbol id=\"{}\" ", icon.id())), "{icon:?} is missing");
        }
        assert_eq!(page.matches("<symbol ").count(), Icon::ALL.len());
    }
}
