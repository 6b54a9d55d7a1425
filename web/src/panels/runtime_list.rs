//! What can run an agent here, and what to do where it cannot.

use quarterdeck_shared::runtimes::Runtime;
use yew::prelude::*;

use super::prose::spans;
use super::words::capital;
use crate::components::{Icon, Status};

/// What the list shows.
#[derive(Properties, PartialEq)]
pub struct RuntimeListProps {
    /// The runtimes.
    pub runtimes: Vec<Runtime>,
}

/// The runtimes with their health.
#[component]
pub fn RuntimeList(props: &RuntimeListProps) -> Html {
    html! { <ul class="runtimes">{ for props.runtimes.iter().map(row) }</ul> }
}

fn row(runtime: &Runtime) -> Html {
    let (shape, word, class) = match runtime.available {
        true => (Icon::Check, "ready", "is-running"),
        false => (Icon::Failed, "not available", "is-failed"),
    };
    html! {
        <li key={runtime.name.clone()} data-testid={format!("runtime-{}", runtime.name)}>
            <div class="row wide wrap">
                <span class="strong">{ &runtime.title }</span>
                <code class="id">{ &runtime.name }</code>
                if !runtime.counts { <span class="tag" title="Its usage is in no total">{ "recording" }</span> }
                if let Some(version) = &runtime.version { <span class="small quiet num">{ version }</span> }
                <span class="push"><Status {shape} {word} {class} /></span>
            </div>
            <p class="small quiet wrap-text">{ spans(&capital(&runtime.message)) }</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn a_runtime_says_whether_it_works_and_what_to_do() {
        let runtime = |name: &str, available| Runtime {
            name: name.into(),
            title: "Claude CLI".into(),
            available,
            version: Some("2.1.330".into()),
            message: "install it with `npm`".into(),
            counts: available,
        };
        let html = drawn(
            html! { <RuntimeList runtimes={vec![runtime("claude_cli", true), runtime("other", false)]} /> },
        );
        holds(
            &html,
            &["ready", "not available", "2.1.330", "Install it with <code>npm</code>", "in no total"],
        );
    }
}
