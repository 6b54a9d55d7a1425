//! How things stood at the moment that is read, and the keys of the reader.

use std::rc::Rc;

use quarterdeck_shared::conversations::{Moment, Todo, TodoItem};
use yew::prelude::*;

use crate::calendar;
use crate::components::{Gauge, Kbd, Status};
use crate::format::{count, grouped};
use crate::panels::deed::visible;
use crate::panels::marks::{Standing, cost};

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct ThenProps {
    /// The moment.
    pub moment: Rc<Moment>,
}

/// Requests, cost, tokens, context and the to-do list as of a moment.
#[component]
pub fn Then(props: &ThenProps) -> Html {
    let moment = &props.moment;
    let tokens = moment.tokens;
    html! {
        <>
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
        if let Some(todo) = &moment.todo { { listed(todo) } }
        </>
    }
}

/// The to-do list, with what is not known of it.
fn listed(todo: &Todo) -> Html {
    let item = |item: &TodoItem| {
        let Standing { word, shape, class } = item.status.into();
        html! { <li><Status {shape} {word} {class} short=true /><span class="wrap-text">{ visible(&item.text) }</span></li> }
    };
    let more = (todo.left_out > 0).then(|| format!("and {} more", grouped(todo.left_out)));
    let unknown = todo.read_from.map(|from| {
        let clock = calendar::full(from.micros());
        if todo.items.is_empty() {
            format!("None since {clock}; further back was not read.")
        } else {
            format!("Read back to {clock}; what was listed before is not here.")
        }
    });
    html! {
        <section aria-labelledby="todo-then">
            <h2 id="todo-then">{ "Its to-do list then" }</h2>
            if !todo.items.is_empty() { <ul class="todo" data-testid="todo">{ for todo.items.iter().map(item) }</ul> }
            { for more.into_iter().chain(unknown).map(|words| html! { <p class="small quiet">{ words }</p> }) }
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
