//! The sources, asked for again and again: what is behind falls as one looks.

use quarterdeck_shared::endpoints::ListSources;
use quarterdeck_shared::{NoBody, NoQuery};
use yew::prelude::*;

use crate::components::{Empty, Section};
use crate::hooks::{use_every, use_query};
use crate::pages::faces::face;
use crate::panels::source_list::SourceList;

/// How often they are asked for, in seconds.
const ASK_EVERY: u32 = 3;

/// The section of the sources.
#[component]
pub fn Sources() -> Html {
    let asked = use_query(Some(()), |()| ListSources { query: NoQuery {}, body: NoBody });
    use_every(ASK_EVERY, true, asked.again.clone());
    let empty = html! { <Empty words="Work is taken in from nowhere else. Sessions of your own Claude Code come by" command="quarterdeck connect" /> };
    html! {
        <Section title="Sources" id="sources" note="where work comes from that was not started here, and what follows it"
            face={face(&asked.answer, |page| page.items.is_empty())} {empty} on_retry={asked.again.clone()}>
            if let Some(page) = &asked.answer.data { <SourceList sources={page.items.clone()} /> }
        </Section>
    }
}
