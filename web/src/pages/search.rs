//! Search: what was said and done in all sessions, found by its words; the question stands in the address.

use quarterdeck_shared::Total;
use quarterdeck_shared::endpoints::Search as Ask;
use quarterdeck_shared::search::{HitKind, SearchQuery};
use quarterdeck_shared::{AgentId, NoBody};
use yew::prelude::*;

use super::Heading;
use super::faces::face;
use crate::calendar;
use crate::components::{
    Button, ButtonKind, ButtonLink, ButtonSize, ChipSelect, Choice, Empty, Faced, Icon, icon,
};
use crate::format::{bytes, grouped};
use crate::hooks::{Address, use_address, use_pages, use_settled, use_shortcut};
use crate::panels::hits::{Hits, focus};

/// Hits a page.
const HITS: u32 = 50;
/// Tools one looks for; any other can stand in the address.
const TOOLS: [&str; 10] =
    ["Bash", "Read", "Edit", "Write", "Grep", "Glob", "WebFetch", "WebSearch", "Task", "TodoWrite"];

/// What was found.
#[component]
pub fn Search() -> Html {
    let address = use_address();
    let settled = use_settled(query(&address), 250);
    let asks = settled.q.as_deref().is_some_and(|q| q.chars().any(char::is_alphanumeric));
    let found = use_pages(asks.then_some(settled), |query, cursor| Ask {
        query: SearchQuery { cursor, ..query },
        body: NoBody,
    });
    let rows = found.answer.data.clone().filter(|_| asks);
    let count = rows.as_ref().map_or(0, |rows| rows.items.len());
    let at = use_mut_ref(|| None::<usize>);
    let step = |by: isize| {
        let at = at.clone();
        Callback::from(move |()| {
            let next = at.borrow().map_or(0, |at| at.saturating_add_signed(by)).min(count.saturating_sub(1));
            *at.borrow_mut() = Some(next);
            focus(next);
        })
    };
    use_shortcut("j", "Next hit", step(1));
    use_shortcut("k", "Hit before", step(-1));
    let behind = rows.as_ref().map_or(0, |rows| rows.behind);
    html! {
        <section aria-label="Search">
            <Heading title="Search">{ rows.as_ref().map_or_else(|| "Search".to_owned(), |rows| counted(rows.total)) }</Heading>
            <Question address={address.clone()} />
            if behind > 0 {
                <p class="small quiet" role="status">{ format!("Not all can be found yet: {} of sessions are still being read.", bytes(behind)) }</p>
            }
            if asks {
                <Faced face={face(&found.answer, |rows| rows.items.is_empty())} what="what was found" lines=8 empty={nothing()} on_retry={found.again.clone()}>
                    if let Some(rows) = &rows {
                        <Hits hits={rows.items.clone()} />
                        if rows.next.is_some() {
                            <Button size={ButtonSize::Small} onclick={found.more.reform(|_| ())} test_id="load-more"
                                disabled={found.answer.waiting.then_some("They are on their way")}>{ "Show more" }</Button>
                        }
                    }
                </Faced>
            } else {
                <Empty words="Every word of every session, whoever started it." then="All words are wanted; “quoted words” stand together, word* begins so, -word is left out." />
            }
        </section>
    }
}

/// What the address asks for.
fn query(address: &Address) -> SearchQuery {
    let get = |name: &str| Some(address.get(name).trim().to_owned()).filter(|text| !text.is_empty());
    SearchQuery {
        q: get("q"),
        agent_id: get("agent_id").and_then(|id| id.parse::<AgentId>().ok()),
        project: get("project"),
        kind: get("kind"),
        tool: get("tool"),
        from: get("from").map(|day| calendar::from_day(&day)),
        to: get("to").map(|day| calendar::to_day(&day)),
        cursor: None,
        limit: Some(HITS),
    }
}

fn counted(total: Total) -> String {
    match total {
        Total::Exact(1) => "1 place".to_owned(),
        Total::Exact(all) => format!("{} places", grouped(all)),
        Total::AtLeast { value, .. } => format!("{} places or more", grouped(value)),
    }
}

fn nothing() -> Html {
    html! {
        <Empty words="Nobody said or did this." then="Take a word away, or a filter; word* finds whatever begins so.">
            <ButtonLink size={ButtonSize::Small} href="/search">{ "Begin anew" }</ButtonLink>
        </Empty>
    }
}

#[derive(Properties, PartialEq)]
struct QuestionProps {
    address: Address,
}

/// The words and what narrows them.
#[component]
fn Question(props: &QuestionProps) -> Html {
    let set = |name| props.address.setter(name);
    let typed = |name| props.address.typed(name);
    let get = |name: &str| AttrValue::from(props.address.get(name).to_owned());
    let mut kinds = vec![Choice::new("", "any")];
    kinds.extend(HitKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.as_str())));
    let mut tools = vec![Choice::new("", "any")];
    let chosen = props.address.get("tool");
    let other = Some(chosen.to_owned()).filter(|tool| !tool.is_empty() && !TOOLS.contains(&tool.as_str()));
    tools.extend(TOOLS.iter().map(|tool| Choice::new(*tool, *tool)));
    tools.extend(other.map(|tool| Choice::new(tool.clone(), tool)));
    let day = |name: &'static str, label: &'static str| {
        html! {
            <label class={classes!("chip", "day", (!get(name).is_empty()).then_some("on"))}>
                <span>{ label }</span><input type="date" {name} value={get(name)} oninput={typed(name)} />
            </label>
        }
    };
    let narrows =
        ["agent_id", "project", "kind", "tool", "from", "to"].iter().any(|name| !get(name).is_empty());
    let clear = format!("/search?q={}", crate::hooks::encode(props.address.get("q")));
    html! {
        <form class="toolbar" role="search" aria-label="Search all sessions" onsubmit={|event: SubmitEvent| event.prevent_default()}>
            <label class="chip search wide">
                { icon(Icon::Search) }<span class="sr">{ "Words to look for" }</span>
                <input type="search" name="q" placeholder="Words to look for" autocomplete="off" spellcheck="false" maxlength="500" autofocus=true data-filter="true"
                    value={get("q")} oninput={typed("q")} data-testid="search-words" />
            </label>
            <ChipSelect label="Kind" choices={kinds} value={get("kind")} onchange={set("kind")} test_id="filter-kind" />
            <ChipSelect label="Tool" choices={tools} value={get("tool")} onchange={set("tool")} test_id="filter-tool" />
            <label class={classes!("chip", "search", (!get("project").is_empty()).then_some("on"))}>
                { icon(Icon::Folder) }<span class="sr">{ "Project" }</span>
                <input type="search" name="project" placeholder="Project" autocomplete="off" value={get("project")} oninput={typed("project")} />
            </label>
            { day("from", "From") }
            { day("to", "To") }
            if narrows { <ButtonLink kind={ButtonKind::Bare} size={ButtonSize::Small} icon={Icon::Close} href={clear}>{ "Clear" }</ButtonLink> }
        </form>
    }
}
