//! The bar above every page: where one is, the last hour, search, theme, and the one button that starts work.

use yew::prelude::*;

use super::sidebar::logo;
use super::{Facts, Trail};
use crate::components::{Button, ButtonKind, ButtonLink, Icon, Kbd, icon};
use crate::dom;
use crate::hooks::{Theme, use_theme};
use crate::panels::horizon_mini::HorizonMini;

/// What the bar shows.
#[derive(Properties, PartialEq)]
pub struct BarProps {
    /// The way to the page.
    pub trail: Trail,
    /// Opens the palette.
    pub on_find: Callback<()>,
    /// The fleet.
    pub facts: Facts,
    /// The page is the dashboard, which has the large horizon.
    pub home: bool,
}

/// The bar.
#[component]
pub fn Bar(props: &BarProps) -> Html {
    let theme = use_theme();
    let mini = !props.home && !props.facts.lanes.is_empty();
    html! {
        <header class="bar">
            <a class="brand phone" href="/dashboard" aria-label="Quarterdeck, dashboard">{ logo() }</a>
            { for back(&props.trail) }
            <nav class="crumb" aria-label="Place">{ for crumbs(&props.trail) }</nav>
            if mini { <HorizonMini lanes={props.facts.lanes.clone()} now_us={dom::now_us()} /> }
            <button type="button" class="find" onclick={props.on_find.reform(|_| ())}>
                { icon(Icon::Search) }<span>{ "Search or command" }</span><Kbd keys="mod+k" />
            </button>
            <Button icon={Icon::Theme} onclick={|_| Theme::toggle()} label={if theme.dark { "Switch to light" } else { "Switch to dark" }} />
            <ButtonLink kind={ButtonKind::Main} icon={Icon::Plus} href="/tasks/new" label="New task" test_id="new-task">{ "New task" }</ButtonLink>
        </header>
    }
}

/// The way back up, where there is no room for the whole way.
fn back(trail: &Trail) -> Option<Html> {
    let (words, path) = trail.0.iter().rev().nth(1)?;
    Some(
        html! { <a class="back" href={path} aria-label={format!("Back to {words}")}>{ icon(Icon::Left) }</a> },
    )
}

fn crumbs(trail: &Trail) -> Vec<Html> {
    let last = trail.0.len().saturating_sub(1);
    let crumb = |(at, (words, path)): (usize, &(AttrValue, AttrValue))| {
        if at == last {
            html! { <span aria-current="page">{ words }</span> }
        } else {
            html! { <><a href={path}>{ words }</a>{ icon(Icon::Right) }</> }
        }
    };
    trail.0.iter().enumerate().map(crumb).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn the_bar_leads_back_up() {
        let trail = Trail(vec![("Tasks".into(), "/tasks".into()), ("Idempotency keys".into(), "".into())]);
        let html =
            drawn(html! { <Bar {trail} on_find={Callback::noop()} facts={Facts::default()} home=false /> });
        holds(
            &html,
            &[
                "<a href=\"/tasks\">Tasks</a>",
                "<a href=\"/tasks\" aria-label=\"Back to Tasks\" class=\"back\">",
                "<span aria-current=\"page\">Idempotency keys</span>",
                "href=\"/tasks/new\"",
            ],
        );
    }
}
