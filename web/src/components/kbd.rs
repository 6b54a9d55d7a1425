//! Key caps, written as this machine writes them.

use yew::prelude::*;

use crate::dom;
use crate::hooks::keys::caps;

/// What a key cap shows.
#[derive(Properties, PartialEq)]
pub struct KbdProps {
    /// Such as `mod+k` or `g a`; of alternatives parted by `|` the first is shown.
    pub keys: AttrValue,
}

/// The caps of a combination.
#[component]
pub fn Kbd(props: &KbdProps) -> Html {
    let first = props.keys.split('|').next().unwrap_or_default();
    let caps = caps(first, dom::has_command_key());
    html! { <>{ for caps.into_iter().map(|cap| html! { <kbd>{ cap }</kbd> }) }</> }
}
