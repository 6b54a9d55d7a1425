//! Shares of the fleet: roles, statuses, tokens by kind, and tasks with and without an ANALYST.

use quarterdeck_shared::agents::{AgentStatus, Role};
use quarterdeck_shared::usage::Totals;
use yew::prelude::*;

use super::marks::{Standing, role_letter, role_title, role_token, status_mark};
use crate::charts::{Ring, Slice};
use crate::components::{Bar, Bars, Plot};
use crate::format::{count, grouped};
use crate::order;

/// What the shares are of.
#[derive(Properties, PartialEq)]
pub struct SharesProps {
    /// The figures.
    pub totals: Totals,
}

/// Three small instruments side by side.
#[component]
pub fn Shares(props: &SharesProps) -> Html {
    let totals = &props.totals;
    html! {
        <div class="lower">
            <section class="section" aria-labelledby="by-role">
                <h2 id="by-role">{ "Roles" }</h2>
                <Plot chart={roles(totals)} label={roles_told(totals)} height=122.0 />
            </section>
            <section class="section" aria-labelledby="by-status">
                <div class="section-head"><h2 id="by-status">{ "By status" }</h2></div>
                <Bars bars={statuses(totals)} />
            </section>
            <section class="section" aria-labelledby="by-token">
                <div class="section-head"><h2 id="by-token">{ "Tokens" }</h2><span class="quiet small num">{ grouped(totals.tokens.total()) }</span></div>
                <Bars bars={tokens(totals)} />
                <p class="small quiet analyst" data-testid="analyst-count">{ analyst(totals) }</p>
            </section>
        </div>
    }
}

fn by_role(totals: &Totals) -> Vec<(Role, u64)> {
    let counted =
        Role::ALL.iter().map(|role| (*role, totals.by_role.get(role.as_str()).copied().unwrap_or(0)));
    let mut roles: Vec<_> = counted.filter(|(_, agents)| *agents > 0).collect();
    order::largest_first(&mut roles, |(_, agents)| *agents);
    roles
}

fn roles(totals: &Totals) -> crate::charts::Drawing {
    let slice = |(role, agents): (Role, u64)| Slice {
        letter: role_letter(role).to_string(),
        name: role_title(role),
        value: agents,
        token: role_token(role),
    };
    Ring { slices: by_role(totals).into_iter().map(slice).collect(), centre: "agents".into() }.into()
}

fn roles_told(totals: &Totals) -> String {
    let parts: Vec<_> = by_role(totals)
        .into_iter()
        .map(|(role, agents)| format!("{agents} {}", role_title(role).to_lowercase()))
        .collect();
    format!("Agents by role: {}", if parts.is_empty() { "none yet".to_owned() } else { parts.join(", ") })
}

fn statuses(totals: &Totals) -> Vec<Bar> {
    let counted: Vec<_> = AgentStatus::ALL
        .iter()
        .filter(|status| **status != AgentStatus::Deleted)
        .map(|status| (*status, totals.by_status.get(status.as_str()).copied().unwrap_or(0)))
        .filter(|(_, agents)| *agents > 0)
        .collect();
    let most = counted.iter().map(|(_, agents)| *agents).max().unwrap_or(1);
    let bar = |(status, agents): (AgentStatus, u64)| Bar {
        name: html! { <a href={format!("/agents?status={status}")}>{ status_mark(status, None) }</a> },
        part: agents as f64 / most as f64,
        value: html! { { agents } },
        class: classes!(Standing::from(status).class, "fill-c"),
    };
    counted.into_iter().map(bar).collect()
}

fn tokens(totals: &Totals) -> Vec<Bar> {
    let tokens = totals.tokens;
    let kinds = [
        ("Cache read", tokens.cache_read),
        ("Cache write", tokens.cache_creation),
        ("Input", tokens.input),
        ("Output", tokens.output),
    ];
    let most = kinds.iter().map(|(_, amount)| *amount).max().unwrap_or(0).max(1);
    let bar = |(name, amount): (&'static str, u64)| Bar {
        name: html! { { name } },
        part: amount as f64 / most as f64,
        value: html! { <span title={grouped(amount)}>{ count(amount) }</span> },
        class: classes!("f1"),
    };
    kinds.into_iter().map(bar).collect()
}

fn analyst(totals: &Totals) -> String {
    match (totals.with_analyst, totals.without_analyst) {
        (0, 0) => "No task yet: an ANALYST goes first where one is complex.".to_owned(),
        (with, 0) => format!("ANALYST in all {with} tasks."),
        (with, without) => format!("ANALYST in {with} of {} tasks, skipped in {without}.", with + without),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use quarterdeck_shared::usage::Tokens;

    #[test]
    fn every_share_is_also_told_in_words() {
        let totals = Totals {
            by_role: [("BUILDER".to_owned(), 5), ("TESTER".to_owned(), 0)].into(),
            by_status: [("running".to_owned(), 2), ("deleted".to_owned(), 9)].into(),
            with_analyst: 3,
            without_analyst: 2,
            tokens: Tokens {
                input: 283_000,
                output: 254_000,
                cache_creation: 1_530_000,
                cache_read: 27_820_000,
            },
            ..Totals::default()
        };
        let html = drawn(html! { <Shares {totals} /> });
        holds(
            &html,
            &[
                "Agents by role: 5 builder",
                "27.82M",
                "29,887,000",
                "ANALYST in 3 of 5 tasks, skipped in 2.",
                "/agents?status=running",
            ],
        );
        assert!(!html.contains("tester") && !html.contains("deleted"));
    }
}
