//! What an agent cost, took and used.

use std::rc::Rc;

use orchestrator::agents::OWN;
use orchestrator::figures;
use quarterdeck_shared::Timestamp;
use quarterdeck_shared::agents::{Agent, AgentDetail, FileUse, ToolCount};
use yew::prelude::*;

use super::money::{Share, shares};
use crate::components::{Bar, Bars, Basis, Elapsed, Figure, Gauge, Ticker};
use crate::format::{DASH, grouped, lasting};
use crate::order;
use crate::panels::deed::visible;
use crate::panels::marks::{cost_text, cost_title};
use crate::panels::prose::Prose;

/// What the metrics are of.
#[derive(Properties, PartialEq)]
pub struct MetricsProps {
    /// The agent as it is now.
    pub agent: Rc<Agent>,
    /// The rest of it.
    pub detail: Rc<AgentDetail>,
    /// The address of a file in the tab of files.
    pub file_href: Callback<String, AttrValue>,
}

/// Figures, money, time, context, tools and files.
#[component]
pub fn Metrics(props: &MetricsProps) -> Html {
    let (agent, detail) = (&props.agent, &props.detail);
    html! {
        <>
            <section aria-label="Figures">
                <div class="figures spread">
                    <Figure exact={cost_title(agent.cost_usd, agent.cost_basis)} name={basis(agent)}>
                        <Ticker text={cost_text(agent.cost_usd, agent.cost_basis)} test_id="agent-cost" />
                    </Figure>
                    <Figure name={html! { "elapsed" }}>{ elapsed(agent) }</Figure>
                    <Figure name={html! { "tokens" }} exact={format!("{} tokens", grouped(agent.total_tokens))}>
                        { if agent.total_tokens == 0 { DASH.to_owned() } else { figures::tokens(agent.total_tokens) } }
                    </Figure>
                </div>
                { reported(agent) }
            </section>
            if let Some(words) = detail.result.as_ref().filter(|words| !words.trim().is_empty()) {
                <section><h2>{ "Last words" }</h2><div class="last-words" tabindex="0" role="region" aria-label="Last words"><Prose text={words.clone()} /></div></section>
            }
            { money(agent) }
            <section><h2>{ "Where the time went" }</h2>{ time(agent, detail) }</section>
            <section>
                <h2>{ "Context" }</h2>
                <div class="row wide">
                    <Gauge part={agent.context.map(|context| context.percent / 100.0)} of="context" width=180.0 />
                    if let Some(context) = agent.context {
                        <span class="quiet small num">{ format!("{} of {} tokens", figures::tokens(context.used), figures::tokens(context.window)) }</span>
                    }
                </div>
            </section>
            if !detail.tool_breakdown.is_empty() { <section><h2>{ "Tool calls" }</h2>{ tools(&detail.tool_breakdown) }</section> }
            { written(detail, &props.file_href) }
        </>
    }
}

fn basis(agent: &Agent) -> Html {
    match agent.cost_basis {
        None => html! { "cost" },
        Some(basis) => html! { <Basis kind={basis.as_str()}>{ basis.as_str().replace('_', " ") }</Basis> },
    }
}

/// The runtime's own figure stands apart: the two are never mixed.
fn reported(agent: &Agent) -> Html {
    let Some(cost) = agent.reported_cost_usd else { return Html::default() };
    html! {
        <p class="small quiet reported-line"><Basis kind="reported">{ format!("the runtime itself says {}", cost.display()) }</Basis></p>
    }
}

fn elapsed(agent: &Agent) -> Html {
    match agent.started_at {
        None => html! { { DASH } },
        Some(from) => {
            let until = agent.finished_at.or_else(|| agent.status.is_final().then_some(agent.updated_at));
            html! { <Elapsed since_us={from.micros()} until_us={until.map(Timestamp::micros)} /> }
        }
    }
}

fn money(agent: &Agent) -> Html {
    let shares = shares(agent);
    if shares.is_empty() {
        return Html::default();
    }
    let priced = shares.iter().all(|share| share.cost.is_some());
    let weight = |share: &Share| share.cost.map_or(share.tokens as f64, |cost| cost.approximate());
    let most = shares.iter().map(weight).fold(0.0, f64::max);
    let bar = |share: &Share| Bar {
        name: html! { { share.name } },
        part: if most > 0.0 { weight(share) / most } else { 0.0 },
        value: html! {
            <span title={format!("{} tokens{}", grouped(share.tokens), share.cost.map(|cost| format!(", ${cost}")).unwrap_or_default())}>
                if let Some(cost) = share.cost { { cost.display() }{ " " } }
                <span class={share.cost.is_some().then_some("quiet small")}>{ figures::tokens(share.tokens) }</span>
            </span>
        },
        class: classes!("f1"),
    };
    let title = if priced { "Where the money went" } else { "Where the tokens went" };
    html! { <section><h2>{ title }</h2><Bars bars={shares.iter().map(bar).collect::<Vec<_>>()} /></section> }
}

fn time(agent: &Agent, detail: &AgentDetail) -> Html {
    let queued = agent.started_at.map(|started| started.micros() - agent.created_at.micros());
    html! {
        <dl class="facts">
            if agent.source == OWN { <dt>{ "Waited to begin" }</dt><dd class="num">{ queued.map_or_else(|| DASH.to_owned(), lasting) }</dd> }
            <dt>{ "Worked" }</dt><dd class="num">{ worked(agent, detail) }</dd>
            <dt>{ "Requests" }</dt><dd class="num">{ grouped(agent.requests) }</dd>
        </dl>
    }
}

/// Counted on while it works; what it took in all once it ended.
fn worked(agent: &Agent, detail: &AgentDetail) -> Html {
    match detail.seconds {
        _ if agent.status.is_active() => elapsed(agent),
        0 => html! { { DASH } },
        seconds => html! { { lasting(seconds.saturating_mul(1_000_000)) } },
    }
}

fn tools(tools: &[ToolCount]) -> Html {
    let most = tools.iter().map(|tool| tool.calls).max().unwrap_or(1).max(1);
    let bar = |tool: &ToolCount| Bar {
        name: html! { <code>{ visible(&tool.tool) }</code> },
        part: tool.calls as f64 / most as f64,
        value: html! {
            <>{ grouped(tool.calls) }if tool.errors > 0 { { " " }<span class="failn">{ format!("{} failed", tool.errors) }</span> }</>
        },
        class: classes!("f6"),
    };
    html! { <Bars bars={tools.iter().map(bar).collect::<Vec<_>>()} /> }
}

fn written(detail: &AgentDetail, href: &Callback<String, AttrValue>) -> Html {
    let mut paths: Vec<_> = detail.files.iter().filter(|file| file.file_use == FileUse::Produced).collect();
    if paths.is_empty() {
        return Html::default();
    }
    order::largest_first(&mut paths, |file| file.last_at);
    let row = |path: &str| html! { <li><a class="in cut" href={href.emit(path.to_owned())}><code>{ visible(path) }</code></a></li> };
    html! {
        <section>
            <h2>{ "Files it wrote" }</h2>
            <ul class="files">{ for paths.iter().take(5).map(|file| row(&file.path)) }</ul>
            if paths.len() > 5 { <p class="small quiet">{ format!("and {} more", paths.len() - 5) }</p> }
        </section>
    }
}

/// What the breakdown is of.
#[derive(Properties, PartialEq)]
pub struct ToolCallsProps {
    /// The agent.
    pub detail: Rc<AgentDetail>,
}

/// Calls by tool, the most used first.
#[component]
pub fn ToolCalls(props: &ToolCallsProps) -> Html {
    let breakdown = &props.detail.tool_breakdown;
    if breakdown.is_empty() {
        return html! { <section><p class="quiet">{ "It has called no tool yet." }</p></section> };
    }
    let errors: u64 = breakdown.iter().map(|tool| tool.errors).sum();
    let calls: u64 = breakdown.iter().map(|tool| tool.calls).sum();
    html! {
        <section>
            <p class="small quiet">{ format!("{} calls of {} tools, {errors} came back as errors", grouped(calls), breakdown.len()) }</p>
            { tools(breakdown) }
        </section>
    }
}
