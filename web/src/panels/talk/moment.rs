//! How things stood at the moment that is read, and the keys of the reader.

use std::rc::Rc;

use quarterdeck_shared::conversations::Moment;
use yew::prelude::*;

use crate::components::{Gauge, Kbd};
use crate::format::{count, grouped};
use crate::panels::deed::visible;
use crate::panels::marks::cost;

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct ThenProps {
    /// The moment.
    pub moment: Rc<Moment>,
}

/// Requests, cost, tokens and context as of a moment.
#[component]
pub fn Then(props: &ThenProps) -> Html {
    let moment = &props.moment;
    let tokens = moment.tokens;
    html! {
        <section aria-labelledby="then">
            <h2 id="then">{ "At this moment" }</h2>
            <dl class="facts moment">
                <dt>{ "Request" }</dt><dd class="num">{ format!("{} of {}", grouped(moment.requests), grouped(moment.all_requests)) }</dd>
                <dt>{ "Cost so far" }</dt><dd>{ cost(moment.cost_usd, moment.cost_basis) }</dd>
                if let Some(reply) = &moment.reply {
                    <dt>{ "This reply" }</dt><dd>{ cost(reply.cost_usd, Some(reply.cost_basis)) }{ format!(", {}", reply.cost_basis.as_str().replace('_', " ")) }</dd>
                    <dt>{ "Model" }</dt><dd class="cut">{ visible(&reply.model) }</dd>
                }
                <dt>{ "Tokens" }</dt><dd class="num" title={format!("{} in, {} written to the cache", grouped(tokens.input), grouped(tokens.cache_creation))}>
                    { format!("{} out, {} cached", count(tokens.output), count(tokens.cache_read)) }</dd>
                <dt>{ "Context" }</dt><dd><Gauge part={moment.context.map(|context| context.percent / 100.0)} of="context" width={84.0} /></dd>
            </dl>
        </section>
    }
}

/// The keys of the reader.
#[component]
pub fn Keys() -> Html {
    let key =
        |keys: &'static str, words: &'static str| html! { <><Kbd {keys} />{ format!(" {words}") }<br /></> };
    html! {
        <section class="hide-s" aria-labelledby="reader-keys">
            <h2 id="reader-keys">{ "Keys" }</h2>
            <p class="small quiet keys">
                { key("j", "next") }{ key("k", "previous") }{ key("t", "unfold thinking") }{ key("e", "next error") }
                { key("/", "search") }{ key("y", "copy link to here") }{ key("r", "raw line") }
            </p>
        </section>
    }
}
