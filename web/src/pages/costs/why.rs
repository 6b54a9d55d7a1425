//! Why a day's sum is what it is: other ways of counting the same lines, and what became of each of them.

use quarterdeck_shared::NoBody;
use quarterdeck_shared::costs::{Reckoning, Why, WhyQuery};
use quarterdeck_shared::endpoints::GetWhy;
use quarterdeck_shared::usage::Tokens;
use yew::prelude::*;

use crate::calendar;
use crate::components::{ButtonLink, Empty, Faced};
use crate::format::{DASH, count, grouped};
use crate::hooks::{use_address, use_query};
use crate::pages::Heading;
use crate::pages::faces::face;
use crate::panels::marks::cost;

/// One day, accounted for.
#[component]
pub fn WhyPage() -> Html {
    let address = use_address();
    let day = address.get("day").to_owned();
    let named = Some(day.clone()).filter(|day| !day.is_empty());
    let asked = use_query(named.clone(), |day: String| GetWhy {
        query: WhyQuery { day, timezone: Some(calendar::zone()) },
        body: NoBody,
    });
    if named.is_none() {
        return html! { <><Heading title="Why is a day different elsewhere?" above={vec![("Costs".into(), "/costs?by=day".into())]} />{ no_day() }</> };
    }
    let title = format!("Why is {day} different elsewhere?");
    html! {
        <>
            <Heading {title} above={vec![("Costs".into(), format!("/costs?by=day&open={day}").into())]} />
            <Faced face={face(&asked.answer, |_: &Why| false)} what="the day's lines" lines=8 on_retry={asked.again}>
                if let Some(why) = &asked.answer.data { { ways(why) }{ facts(why) } }
            </Faced>
        </>
    }
}

/// Without a day there is nothing to account for.
fn no_day() -> Html {
    html! {
        <Empty words="This address names no day." then="Each day's sum in Costs leads here.">
            <ButtonLink href="/costs?by=day">{ "Costs by day" }</ButtonLink>
        </Empty>
    }
}

/// The same lines by each way of counting.
fn ways(why: &Why) -> Html {
    let row = |way: &str, note: &str, tokens: Option<Tokens>, cost: Html| {
        let figure =
            |figure: fn(Tokens) -> u64| tokens.map_or_else(|| DASH.to_owned(), |it| count(figure(it)));
        html! {
            <tr>
                <td>{ way }<br /><span class="small quiet">{ note }</span></td>
                <td class="r num">{ figure(Tokens::total) }</td><td class="r num">{ figure(|it| it.output) }</td><td class="r strong">{ cost }</td>
            </tr>
        }
    };
    let other = |way: &str, note: &str, took: &Reckoning| {
        row(way, note, Some(took.tokens), cost(took.cost_usd, took.cost_basis()))
    };
    let sum = &why.sum;
    let own = cost(sum.cost_usd, sum.cost_basis);
    html! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Ways of counting">
            <table class="records reckonings" data-testid="ways">
                <thead><tr><th scope="col">{ "Counted" }</th><th scope="col" class="r">{ "Tokens" }</th><th scope="col" class="r">{ "Output" }</th><th scope="col" class="r">{ "Cost" }</th></tr></thead>
                <tbody>
                    { row("Each response once", "as Quarterdeck does: the largest figure of each kind, priced by itself", Some(sum.tokens), own) }
                    { other("Every line", "a line is written for each block of a response, so it counts twice and more", &why.every_line) }
                    { other("The first line of each response", "written as it begins, so most of its output is missing", &why.first_line) }
                    if why.left_out_responses > 0 { { other("Left out", "of sub-agents, told in their parents' files alone: in no sum", &why.left_out) } }
                    if why.reported_records > 0 { { row("As reported", &format!("by the programs themselves, of {} of {} records", grouped(why.reported_records), grouped(sum.records)), None, html! { <span class="num">{ why.reported_usd.display() }</span> }) } }
                </tbody>
            </table>
        </div>
    }
}

/// What became of every line.
fn facts(why: &Why) -> Html {
    let lines = &why.lines;
    let all = [
        ("Files looked through", lines.files, "session files written on that day or later"),
        ("Lines", lines.lines, "that told of a response on that day"),
        ("Responses", lines.responses, "they told of"),
        ("Repeated", lines.repeated_lines, "lines: once more of a response of the same file"),
        ("Copied", lines.copied_lines, "lines: in another file, by a session that was resumed or forked"),
        ("Partial", lines.partial_lines, "lines: with less output than the response had in the end"),
        ("Echoed", lines.echoes, "pieces in which a parent repeats what its sub-agent was answered"),
        (
            "Left out",
            why.left_out_responses,
            "responses of sub-agents that stand in their parents' files alone",
        ),
        ("Unreadable", lines.unread_lines, "lines that are cut, no JSON, or too long"),
        ("From elsewhere", why.elsewhere_records, "records of agents run here or of telemetry, in the sum"),
        ("Without a price", why.sum.unknown_records, "records: their tokens count, their cost is in no sum"),
        ("Known from below", why.sum.lower_bound_records, "records whose source does not say all of them"),
        ("Files gone", why.missing_files, "since they were counted; what they said is in the sum"),
    ];
    html! {
        <dl class="facts reckonings-facts" data-testid="why-facts">
            { for all.iter().map(|(name, number, words)| html! { <><dt>{ *name }</dt><dd><span class="num">{ grouped(*number) }</span>{ " " }<span class="small quiet">{ *words }</span></dd></> }) }
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use quarterdeck_shared::Usd;
    use quarterdeck_shared::costs::{CostSum, WhyLines};
    use quarterdeck_shared::usage::CostBasis;

    #[test]
    fn every_way_of_counting_stands_beside_the_others_with_what_became_of_the_lines() {
        let tokens = |output| Tokens { output, ..Tokens::default() };
        let took = |output, nanos| Reckoning {
            tokens: tokens(output),
            cost_usd: Usd::from_nanos(nanos),
            ..Reckoning::default()
        };
        let why = Why {
            sum: CostSum {
                records: 2,
                tokens: tokens(1_010),
                cost_usd: Usd::from_nanos(230_000_000),
                cost_basis: Some(CostBasis::LowerBound),
                lower_bound_records: 1,
                unknown_records: 0,
            },
            lines: WhyLines { lines: 4, responses: 2, partial_lines: 1, ..WhyLines::default() },
            every_line: took(2_011, 530_000_000),
            first_line: Reckoning { lower_bound: 1, ..took(11, 10_000_000) },
            ..Why::default()
        };
        let html = drawn(ways(&why));
        holds(&html, &["≥ $0.23", ">$0.53<", "≥ $0.01", "1.01k", "2.01k"]);
        assert!(!html.contains("As reported") && !html.contains("Left out"));
        holds(&drawn(facts(&why)), &["Partial", ">1<", "Known from below"]);
        let why = Why { left_out_responses: 3, left_out: took(5, 1_060_000_000), ..why };
        holds(&drawn(ways(&why)), &["Left out", ">$1.06<"]);
        holds(&drawn(facts(&why)), &["Left out", ">3<"]);
    }

    #[test]
    fn without_a_day_the_way_to_one_is_shown() {
        holds(&drawn(no_day()), &["names no day", "href=\"/costs?by=day\""]);
    }

    #[test]
    fn lines_without_a_price_never_cost_nothing() {
        let took =
            |nanos| Reckoning { cost_usd: Usd::from_nanos(nanos), unpriced: 2, ..Reckoning::default() };
        let why = Why { every_line: took(0), first_line: took(530_000_000), ..Why::default() };
        let html = drawn(ways(&why));
        holds(&html, &[">no price<", ">≥ $0.53<"]);
        assert!(!html.contains("$0.00"), "{html}");
        let html = drawn(ways(&Why::default()));
        assert!(!html.contains('$'), "a day without a request: {html}");
    }
}
