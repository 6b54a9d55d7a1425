//! The command palette: every action, page and thing, found by a few letters.

mod found;

use std::rc::Rc;

use web_sys::{Element, HtmlInputElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use yew::prelude::*;

use super::{Dialog, Icon, Kbd, icon};
use crate::dom;
use found::{Found, Group, find};

/// What choosing an entry does.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Goes to a path of the product.
    Go(AttrValue),
    /// Does something.
    Run(Callback<()>),
}

/// One thing that can be found.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The heading it stands under, such as `Agents`.
    pub group: AttrValue,
    /// The sign that narrows the search to its group: `>` acts, `#` tasks, `@` agents, `/` pages.
    pub sigil: char,
    /// The icon before it.
    pub icon: Icon,
    /// Its words.
    pub title: AttrValue,
    /// Further words by which it is found, not shown.
    pub also: AttrValue,
    /// Its shortcut; empty for none.
    pub keys: AttrValue,
    /// At the end of the line: a status, a cost.
    pub side: Html,
    /// What choosing it does.
    pub act: Act,
}

impl Entry {
    /// An entry without shortcut, side or further words.
    pub fn new(
        group: impl Into<AttrValue>,
        sigil: char,
        icon: Icon,
        title: impl Into<AttrValue>,
        act: Act,
    ) -> Self {
        let (also, keys, side) = (AttrValue::default(), AttrValue::default(), Html::default());
        Self { group: group.into(), sigil, icon, title: title.into(), also, keys, side, act }
    }
}

/// What the palette offers.
#[derive(Properties, PartialEq)]
pub struct PaletteProps {
    /// Everything that can be found, the likeliest first within each group.
    pub entries: Rc<[Entry]>,
    /// Called when it closes, before what was chosen is done.
    pub on_close: Callback<()>,
    /// Goes to a path.
    pub on_go: Callback<AttrValue>,
    /// Where what was typed can be looked for beyond the entries: words to stand before it, and the path for it.
    #[prop_or_default]
    pub beyond: Option<(AttrValue, Callback<AttrValue, AttrValue>)>,
}

/// The open palette: mounted is open.
#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let typed = use_state_eq(AttrValue::default);
    let chosen = use_state_eq(|| 0_usize);
    let groups = use_memo((props.entries.clone(), typed.clone()), |(entries, typed)| find(entries, typed));
    let flat: Vec<Found> = groups.iter().flat_map(|group| group.found.clone()).collect();
    let beyond = props.beyond.clone().filter(|_| !typed.trim().is_empty());
    let count = flat.len() + usize::from(beyond.is_some());
    let at = (*chosen).min(count.saturating_sub(1));
    use_effect_with((at, typed.clone()), |&(at, _)| bring_into_view(at));

    let choose = {
        let (entries, on_close, on_go) = (props.entries.clone(), props.on_close.clone(), props.on_go.clone());
        let (typed, beyond) = (typed.clone(), beyond.clone());
        Callback::from(move |(entry, aside): (usize, bool)| {
            let Some(entry) = entries.get(entry) else {
                let Some((_, path)) = &beyond else { return };
                on_close.emit(());
                let path = path.emit((*typed).clone());
                return if aside { open_aside(&path) } else { on_go.emit(path) };
            };
            on_close.emit(());
            match &entry.act {
                Act::Go(path) if aside => open_aside(path),
                Act::Go(path) => on_go.emit(path.clone()),
                Act::Run(run) => run.emit(()),
            }
        })
    };
    let oninput = {
        let (typed, chosen) = (typed.clone(), chosen.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                typed.set(input.value().into());
                chosen.set(0);
            }
        })
    };
    let onkeydown = {
        let (chosen, choose) = (chosen.clone(), choose.clone());
        let entry = (at < count).then(|| flat.get(at).map_or(props.entries.len(), |found| found.entry));
        Callback::from(move |event: KeyboardEvent| {
            match event.key().as_str() {
                "ArrowDown" if count > 0 => chosen.set((at + 1) % count),
                "ArrowUp" if count > 0 => chosen.set((at + count - 1) % count),
                "Enter" => {
                    if let Some(entry) = entry {
                        choose.emit((entry, event.ctrl_key() || event.meta_key()));
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let empty = count == 0;
    html! {
        <Dialog title="Command palette" bare=true class="palette" on_close={props.on_close.clone()} test_id="palette">
            <div class="ask-line">
                { icon(Icon::Search) }
                <input autofocus=true role="combobox" aria-expanded="true" aria-controls="found" aria-label="Search or command"
                    aria-activedescendant={(!empty).then(|| option_id(at))} aria-autocomplete="list" autocomplete="off" spellcheck="false"
                    placeholder="Search or command" value={(*typed).clone()} {oninput} {onkeydown} />
                <kbd>{ "Esc" }</kbd>
            </div>
            <div role="listbox" id="found" aria-label="Found">
                { for listed(&groups, &props.entries, at, &choose) }
                if let Some((words, _)) = &beyond {
                    <div class="option" role="option" id={option_id(flat.len())} aria-selected={(at == flat.len()).to_string()}
                        onclick={choose.reform({ let entry = props.entries.len(); move |event: MouseEvent| (entry, event.ctrl_key() || event.meta_key()) })}>
                        { icon(Icon::Search) }<span class="cut">{ format!("{words} “{}”", typed.trim()) }</span>
                    </div>
                }
            </div>
            if empty {
                <p class="none" role="status">{ format!("Nothing is called “{}”.", *typed) }</p>
            }
            <p class="hints">
                <span><kbd>{ "↑" }</kbd>{ " " }<kbd>{ "↓" }</kbd>{ " choose" }</span>
                <span><kbd>{ "↵" }</kbd>{ " do" }</span>
                <span class="hide-s"><Kbd keys="mod+enter" />{ " in a new tab" }</span>
                <span class="hide-s">{ "type " }<b class="mono">{ ">" }</b>{ " acts, " }<b class="mono">{ "/" }</b>{ " pages, " }<b class="mono">{ "#" }</b>{ " tasks, " }<b class="mono">{ "@" }</b>{ " agents" }</span>
            </p>
        </Dialog>
    }
}

fn listed(groups: &[Group], entries: &[Entry], at: usize, choose: &Callback<(usize, bool)>) -> Vec<Html> {
    let mut place = 0;
    let mut out = Vec::with_capacity(groups.len());
    for group in groups {
        let heading = format!("group-{}", group.sigil as u32);
        let options: Vec<Html> = group
            .found
            .iter()
            .filter_map(|found| {
                let here = place;
                place += 1;
                entries.get(found.entry).map(|entry| option(entry, found, here, here == at, choose))
            })
            .collect();
        out.push(html! {
            <div role="group" key={group.name.to_string()} aria-labelledby={heading.clone()}>
                <p class="group-name" id={heading}>{ &group.name }</p>
                { for options }
            </div>
        });
    }
    out
}

fn option(
    entry: &Entry,
    found: &Found,
    place: usize,
    selected: bool,
    choose: &Callback<(usize, bool)>,
) -> Html {
    let (choose, at) = (choose.clone(), found.entry);
    let onclick =
        Callback::from(move |event: MouseEvent| choose.emit((at, event.ctrl_key() || event.meta_key())));
    html! {
        <div class="option" role="option" key={found.entry} id={option_id(place)} aria-selected={selected.to_string()} {onclick}>
            { icon(entry.icon) }
            <span class="cut">{ for marked(&entry.title, &found.places) }</span>
            <span class="push">
                { entry.side.clone() }
                if !entry.keys.is_empty() { <Kbd keys={&entry.keys} /> }
            </span>
        </div>
    }
}

/// The title, its found letters marked in runs.
fn marked(title: &str, places: &[usize]) -> Vec<Html> {
    let mut out: Vec<(bool, String)> = Vec::new();
    for (at, letter) in title.chars().enumerate() {
        let hit = places.contains(&at);
        match out.last_mut() {
            Some((same, run)) if *same == hit => run.push(letter),
            _ => out.push((hit, letter.to_string())),
        }
    }
    out.into_iter()
        .map(|(hit, run)| {
            if hit {
                html! { <b>{ run }</b> }
            } else {
                html! { { run } }
            }
        })
        .collect()
}

fn option_id(place: usize) -> String {
    format!("found-{place}")
}

fn bring_into_view(place: usize) {
    let option: Option<Element> =
        dom::document().and_then(|document| document.get_element_by_id(&option_id(place)));
    if let Some(option) = option {
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}

fn open_aside(path: &str) {
    if let Some(window) = dom::window() {
        // A browser that forbids new windows says so itself.
        let _ = window.open_with_url_and_target(path, "_blank");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn the_open_palette_offers_what_there_is_with_the_first_chosen() {
        let entries = Rc::from([
            Entry {
                keys: "t".into(),
                ..Entry::new("Act", '>', Icon::Plus, "New task", Act::Run(Callback::noop()))
            },
            Entry::new("Pages", '/', Icon::Agents, "Agents", Act::Go("/agents".into())),
        ]);
        let html =
            drawn(html! { <Palette {entries} on_close={Callback::noop()} on_go={Callback::noop()} /> });
        holds(
            &html,
            &[
                "role=\"combobox\"",
                "aria-activedescendant=\"found-0\"",
                "id=\"found-0\" aria-selected=\"true\"",
                "id=\"found-1\" aria-selected=\"false\"",
                "<kbd>T</kbd>",
                "id=\"group-47\" class=\"group-name\">Pages<",
            ],
        );
    }

    #[test]
    fn found_letters_are_marked_in_runs() {
        assert_eq!(drawn(html! { <>{ for marked("New task", &[0, 4, 5]) }</> }), "<b>N</b>ew <b>ta</b>sk");
    }
}
