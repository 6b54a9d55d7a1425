//! The help overlay: every key that works here, read from what is bound now.

use yew::prelude::*;

use super::PAGES;
use crate::commands::COMMANDS;
use crate::components::{Dialog, Kbd};
use crate::hooks::{Bound, bound_here};

/// What the overlay needs.
#[derive(Properties, PartialEq)]
pub struct HelpProps {
    /// Closes it.
    pub on_close: Callback<()>,
}

/// The keys: everywhere, to the pages, and on this page.
#[component]
pub fn Help(props: &HelpProps) -> Html {
    let here = use_memo((), |()| own(&bound_here()));
    let everywhere = COMMANDS.iter().map(|command| (command.words.into(), command.keys.into()));
    let pages = PAGES.iter().map(|page| (page.title.into(), page.keys.into()));
    let layers = std::iter::once(("Close what lies on top".into(), "escape".into()));
    html! {
        <Dialog title="Keyboard shortcuts" on_close={props.on_close.clone()} class="wide" test_id="help">
            <div class="dialog-body help">
                if !here.is_empty() { { group("On this page", here.iter().cloned()) } }
                { group("Everywhere", everywhere.chain(layers)) }
                { group("Go to", pages) }
            </div>
            <p class="small quiet help-foot">{ "Single letters can be switched off in " }<a class="in" href="/settings" onclick={props.on_close.reform(|_| ())}>{ "Settings" }</a>{ "." }</p>
        </Dialog>
    }
}

fn group(title: &str, rows: impl Iterator<Item = (AttrValue, AttrValue)>) -> Html {
    let row = |(words, keys): (AttrValue, AttrValue)| {
        let alternatives = keys.split('|').map(|keys| html! { <span><Kbd keys={keys.to_owned()} /></span> });
        html! { <><dt>{ words }</dt><dd>{ for alternatives }</dd></> }
    };
    html! { <section><h3>{ title }</h3><dl class="keys">{ for rows.filter(|(_, keys)| !keys.is_empty()).map(row) }</dl></section> }
}

/// What the page itself has bound, beside the frame's own.
fn own(bound: &[Bound]) -> Vec<(AttrValue, AttrValue)> {
    let of_frame = |bound: &&Bound| {
        COMMANDS.iter().any(|command| command.keys == bound.keys.as_str())
            || PAGES.iter().any(|page| page.keys == bound.keys.as_str())
    };
    bound
        .iter()
        .filter(|bound| !of_frame(bound))
        .map(|bound| (bound.words.clone(), bound.keys.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn help_lists_every_command_with_its_alternatives() {
        let html = drawn(html! { <Help on_close={Callback::noop()} /> });
        holds(
            &html,
            &[
                "<dt>New agent</dt><dd><span><kbd>N</kbd></span><span><kbd>Alt N</kbd></span><span><kbd>Ctrl N</kbd></span></dd>",
                "Esc",
            ],
        );
    }

    #[test]
    fn the_keys_of_the_page_stand_apart_from_those_of_the_frame() {
        let bound =
            |keys: &'static str, words: &'static str| Bound { keys: keys.into(), words: words.into() };
        let own = own(&[bound("mod+k", "Search or command"), bound("a", "Allow once")]);
        assert_eq!(own, [(AttrValue::from("Allow once"), AttrValue::from("a"))]);
    }
}
