//! The frame around every page: sidebar, bar, tabs, what is said in passing, palette and help.

use std::rc::Rc;

use yew::prelude::*;

use super::bar::Bar;
use super::heading::Place;
use super::help::Help;
use super::sidebar::{Sidebar, Tabs};
use super::{Facts, Link, PAGES, Trail, use_facts};
use crate::commands::{COMMANDS, Command, Deed};
use crate::components::{Act, Button, ButtonSize, Entry, Icon, Palette, icon};
use crate::hooks::{
    Address, Theme, encode, use_address, use_keyboard, use_now_text, use_plain_links, use_shortcut,
};
use crate::{calendar, dom, format};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    Palette,
    Help,
}

/// What the frame holds.
#[derive(Properties, PartialEq)]
pub struct FrameProps {
    /// The page.
    pub children: Html,
}

/// The frame. Below the router, above every page but the login.
#[component]
pub fn Frame(props: &FrameProps) -> Html {
    let facts = use_facts();
    let address = use_address();
    let over = use_state_eq(|| None::<Over>);
    let trail = use_state_eq(Trail::default);
    use_keyboard();
    use_plain_links();
    let run = {
        let (over, address) = (over.clone(), address.clone());
        Callback::from(move |deed: Deed| match deed {
            Deed::Go(path) => address.go(path),
            Deed::Palette => over.set(Some(Over::Palette)),
            Deed::Help => over.set(Some(Over::Help)),
            Deed::Theme => Theme::toggle(),
            Deed::Filter => match dom::find("[data-filter]") {
                Some(filter) => {
                    // A filter that is out of sight does not take the keyboard; then nothing is typed anywhere.
                    let _ = filter.focus();
                }
                None => over.set(Some(Over::Palette)),
            },
        })
    };
    let place = use_memo((), |()| {
        let trail = trail.setter();
        Place(Callback::from(move |next| trail.set(next)))
    });
    let entries = use_memo((facts.things.clone(), run.clone()), |(things, run)| entries(things, run));
    let close = {
        let over = over.clone();
        Callback::from(move |()| over.set(None))
    };
    let find = run.reform(|()| Deed::Palette);
    let on_go = {
        let address = address.clone();
        Callback::from(move |path: AttrValue| address.go(&path))
    };
    let beyond = (
        AttrValue::from("Search in sessions for"),
        Callback::from(|typed: AttrValue| format!("/search?q={}", encode(typed.trim())).into()),
    );
    let page = html! {
        <>
            <div class="deck">
                <a class="skip" href="#main">{ "Skip to content" }</a>
                <Sidebar facts={facts.clone()} path={&address.path} />
                <Bar trail={(*trail).clone()} on_find={find} facts={facts.clone()} home={at_home(&address)} />
                <main id="main" tabindex="-1" class={format!("page-{}", page_class(&address.path))}>
                    <Broken facts={facts.clone()} />
                    { props.children.clone() }
                </main>
                <Tabs counts={facts.counts} path={&address.path} />
            </div>
            { for COMMANDS.iter().map(|command| html! { <Key keys={command.keys} words={command.words} deed={command.deed} run={run.clone()} /> }) }
            { for PAGES.iter().map(|page| html! { <Key keys={page.keys} words={page.title} deed={Deed::Go(page.path)} run={run.clone()} /> }) }
            if *over == Some(Over::Palette) { <Palette entries={Rc::<[Entry]>::from((*entries).clone())} on_close={close.clone()} {on_go} {beyond} /> }
            if *over == Some(Over::Help) { <Help on_close={close} /> }
        </>
    };
    provide((*place).clone(), page)
}

#[derive(Properties, PartialEq)]
struct KeyProps {
    keys: &'static str,
    words: &'static str,
    deed: Deed,
    run: Callback<Deed>,
}

/// A shortcut of the frame; it draws nothing.
#[component]
fn Key(props: &KeyProps) -> Html {
    let deed = props.deed;
    use_shortcut(props.keys, props.words, props.run.reform(move |()| deed));
    Html::default()
}

#[derive(Properties, PartialEq)]
struct BrokenProps {
    facts: Facts,
}

/// Says that the connection is broken, since when, and when it is tried again.
#[component]
fn Broken(props: &BrokenProps) -> Html {
    let words = use_now_text(props.facts.link, |link, now_us| match *link {
        Link::Starting | Link::Live => AttrValue::default(),
        Link::Retrying { since_us, at_us } => {
            let left = ((at_us - now_us) / 1_000_000).max(0);
            let next = if left == 0 { "Trying now.".into() } else { format!("Next try in {left} s.") };
            format!("Connection lost {}. {next}", format::ago(since_us, now_us)).into()
        }
        Link::Offline { since_us } => {
            format!("This machine is offline since {}.", calendar::hour(since_us)).into()
        }
    });
    if words.is_empty() {
        return Html::default();
    }
    let as_of = props.facts.as_of_us.map(|at| format!(" What you see is as of {}.", calendar::clock(at)));
    html! {
        <div class="banner" role="status">
            { icon(Icon::Warn) }
            <span>{ words }{ as_of }</span>
            <Button size={ButtonSize::Small} onclick={props.facts.retry.reform(|_| ())}>{ "Try now" }</Button>
        </div>
    }
}

/// Everything the palette offers: acts, then pages, then what the fleet holds.
fn entries(things: &[Entry], run: &Callback<Deed>) -> Vec<Entry> {
    let act = |command: &Command| {
        let deed = command.deed;
        let act = match deed {
            Deed::Go(path) => Act::Go(path.into()),
            deed => Act::Run(run.reform(move |()| deed)),
        };
        Entry {
            keys: command.keys.into(),
            also: command.also.into(),
            ..Entry::new("Act", '>', command.icon, command.words, act)
        }
    };
    let acts = COMMANDS.iter().filter(|command| command.deed != Deed::Palette).map(act);
    let pages = PAGES.iter().map(|page| {
        let keys = page.keys.split('|').next_back().unwrap_or_default();
        Entry {
            keys: keys.into(),
            ..Entry::new("Pages", '/', page.icon, page.title, Act::Go(page.path.into()))
        }
    });
    acts.chain(pages).chain(things.iter().cloned()).collect()
}

fn at_home(address: &Address) -> bool {
    matches!(address.path.as_str(), "/" | "/dashboard")
}

/// The class of a path: its first word.
fn page_class(path: &str) -> &str {
    match path.trim_start_matches('/').split('/').next() {
        None | Some("") => "dashboard",
        Some(word) => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_broken_connection_says_when_it_is_tried_again_and_how_old_the_data_is() {
        let now = dom::now_us();
        let facts = Facts {
            link: Link::Retrying { since_us: now - 6_000_000, at_us: now + 4_900_000 },
            as_of_us: Some(1_795_357_921_000_000),
            ..Facts::default()
        };
        holds(
            &drawn(html! { <Broken {facts} /> }),
            &["Connection lost 6 s ago. Next try in 4 s.", "as of 14:32:01", "Try now"],
        );
        assert_eq!(drawn(html! { <Broken facts={Facts { link: Link::Live, ..Facts::default() }} /> }), "");
    }

    #[test]
    fn the_palette_offers_every_command_and_every_page() {
        let entries = entries(&[], &Callback::noop());
        assert!(entries.iter().any(|entry| entry.title == "New task" && entry.keys.starts_with('t')));
        let entries = Rc::<[Entry]>::from(entries);
        let html = drawn(
            html! { <Palette {entries} on_close={Callback::noop()} on_go={Callback::<AttrValue>::noop()} /> },
        );
        for page in PAGES {
            assert!(
                html.contains(&format!("\">{}</span>", page.title)),
                "{} is missing in {html}",
                page.title
            );
        }
    }
}
