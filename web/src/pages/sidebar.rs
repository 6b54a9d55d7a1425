//! The sidebar, and the tabs that take its place on phones.

use yew::prelude::*;

use super::{Counts, Facts, Link, PAGES, Page};
use crate::components::{Ticker, icon};
use crate::hooks::use_now_text;

/// What the sidebar shows.
#[derive(Properties, PartialEq)]
pub struct SidebarProps {
    /// The fleet.
    pub facts: Facts,
    /// Where the page stands.
    pub path: AttrValue,
}

/// Pages above, connection and running cost below.
#[component]
pub fn Sidebar(props: &SidebarProps) -> Html {
    let (first, second): (Vec<&Page>, Vec<&Page>) = PAGES.iter().partition(|page| !page.second);
    let counts = props.facts.counts;
    let links = |pages: Vec<&'static Page>| {
        pages.into_iter().map(move |page| link(page, &counts, &props.path)).collect::<Vec<_>>()
    };
    html! {
        <nav class="side" aria-label="Main">
            <a class="brand" href="/dashboard">{ logo() }<span>{ "Quarterdeck" }</span></a>
            <div class="nav">{ for links(first) }</div>
            <div class="nav second">{ for links(second) }</div>
            <div class="foot">
                <State link={props.facts.link} />
                if let Some(spent) = &props.facts.spent {
                    <span class="spent"><Ticker text={&spent.short} exact={&spent.exact} test_id="running-cost" /><span>{ &spent.over }</span></span>
                }
            </div>
        </nav>
    }
}

#[derive(Properties, PartialEq)]
struct StateProps {
    link: Link,
}

/// The state of the connection: a word, never a colour alone.
#[component]
fn State(props: &StateProps) -> Html {
    let words = use_now_text(props.link, |link, now_us| match *link {
        Link::Starting => "Connecting".into(),
        Link::Live => "Live".into(),
        Link::Retrying { at_us, .. } => match (at_us - now_us) / 1_000_000 {
            ..=0 => "Reconnecting".into(),
            left => format!("Again in {left} s").into(),
        },
        Link::Offline { .. } => "Offline".into(),
    });
    let class = match props.link {
        Link::Live => "live",
        Link::Starting => "live starting",
        Link::Retrying { .. } | Link::Offline { .. } => "live lost",
    };
    html! { <span {class} role="status" data-testid="connection"><i></i><span>{ words }</span></span> }
}

/// What the tabs show.
#[derive(Properties, PartialEq)]
pub struct TabsProps {
    /// The counts.
    pub counts: Counts,
    /// Where the page stands.
    pub path: AttrValue,
}

/// The pages at the thumb.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let tabs = PAGES.iter().filter(|page| page.tab);
    html! {
        <nav class="tabs" aria-label="Main, phone">{ for tabs.map(|page| link(page, &props.counts, &props.path)) }</nav>
    }
}

fn link(page: &Page, counts: &Counts, path: &str) -> Html {
    let wants = page.path == "/approvals";
    let count = (page.count)(counts).filter(|&count| count > 0 || !wants);
    html! {
        <a href={page.path} aria-current={here(page.path, path).then_some("page")} title={page.title}>
            { icon(page.icon) }
            <span>{ page.title }</span>
            if let Some(count) = count {
                <span class={classes!("count", wants.then_some("wants"))}>{ count }<span class="sr">{ if wants { " waiting" } else { "" } }</span></span>
            }
        </a>
    }
}

fn here(page: &str, path: &str) -> bool {
    path == page
        || path.strip_prefix(page).is_some_and(|rest| rest.starts_with('/'))
        || (page == "/dashboard" && path == "/")
}

/// The sign of the house: the horizon through a porthole.
pub fn logo() -> Html {
    html! {
        <svg class="logo" width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
            <circle cx="10" cy="10.5" r="7.2" /><path class="hz" d="M5.5 13h16" />
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Spent;
    use crate::testing::{drawn, holds};

    #[test]
    fn the_sidebar_says_where_one_is_who_waits_and_what_it_costs() {
        let facts = Facts {
            link: Link::Live,
            counts: Counts { agents: Some(20), tasks: Some(6), waiting: Some(3) },
            spent: Some(Spent { short: "$21.31".into(), exact: "$21.306775".into(), over: "today".into() }),
            ..Facts::default()
        };
        let html = drawn(html! { <Sidebar {facts} path="/agents/0192" /> });
        holds(
            &html,
            &[
                "href=\"/agents\" aria-current=\"page\"",
                "class=\"count wants\">3<span class=\"sr\"> waiting<",
                "data-testid=\"connection\"",
                ">Live<",
                "title=\"$21.306775\"",
            ],
        );
        assert_eq!(html.matches("aria-current").count(), 1);
    }

    #[test]
    fn nobody_waiting_is_no_mark() {
        let counts = Counts { waiting: Some(0), ..Counts::default() };
        assert!(!drawn(html! { <Tabs {counts} path="/" /> }).contains("wants"));
    }
}
