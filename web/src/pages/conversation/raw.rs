//! The raw line behind an item, as its file has it.

use quarterdeck_shared::conversations::PlaceQuery;
use quarterdeck_shared::endpoints::GetRawLine;
use quarterdeck_shared::{AgentId, NoBody};
use yew::prelude::*;

use crate::components::{CopyButton, Dialog, Faced};
use crate::format::several;
use crate::hooks::use_query;
use crate::pages::faces::face;
use crate::panels::deed::visible;

/// What is asked for.
#[derive(Properties, PartialEq)]
pub struct RawLineProps {
    /// Whose conversation.
    pub id: AgentId,
    /// Which thread of its session.
    pub thread: AttrValue,
    /// The item.
    pub cursor: AttrValue,
    /// Closes it.
    pub on_close: Callback<()>,
}

/// The raw line of an item.
#[component]
pub fn RawLine(props: &RawLineProps) -> Html {
    let question = (props.id, props.thread.clone(), props.cursor.clone());
    let asked = use_query(Some(question), |(id, thread, cursor)| {
        let thread = (!thread.is_empty()).then(|| thread.to_string());
        GetRawLine { id, query: PlaceQuery { at: cursor.to_string(), thread, index: None }, body: NoBody }
    });
    html! {
        <Dialog title="Raw line" on_close={props.on_close.clone()} class="wide" test_id="raw-line">
            <div class="dialog-body">
                <Faced face={face(&asked.answer, |_| false)} what="the raw line" on_retry={asked.again.clone()}>
                    if let Some(line) = &asked.answer.data {
                        <p class="small quiet row"><span class="wrap-text grow">{ visible(&line.place) }</span><CopyButton text={line.text.clone()} label="Copy the line" /></p>
                        <pre class="cmd raw-line" tabindex="0">{ visible(&line.text) }</pre>
                        if line.left_out > 0 { <p class="small quiet">{ left_out(line.left_out) }</p> }
                    }
                </Faced>
            </div>
        </Dialog>
    }
}

/// What is missing at the end.
fn left_out(bytes: u64) -> String {
    format!("{} at its end left out here.", several(bytes, "byte"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted() {
        assert_eq!(left_out(1), "1 byte at its end left out here.");
        assert_eq!(left_out(1_234), "1,234 bytes at its end left out here.");
    }
}
