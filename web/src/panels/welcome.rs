//! The first start: not an emptiness but a way in.

use yew::prelude::*;

use super::prose::spans;
use crate::components::{Button, ButtonKind, ButtonLink, CopyButton, Icon};

/// What the welcome offers.
#[derive(Properties, PartialEq)]
pub struct WelcomeProps {
    /// Plays the demonstration.
    pub on_demonstrate: Callback<()>,
    /// Whether it is being started.
    #[prop_or_default]
    pub busy: bool,
    /// Why it could not be started.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// What is wrong with the user's own `claude`, where something is.
    #[prop_or_default]
    pub claude: Option<AttrValue>,
}

/// Three ways to the first agent.
#[component]
pub fn Welcome(props: &WelcomeProps) -> Html {
    let demonstrate = props.on_demonstrate.reform(|_: MouseEvent| ());
    let reason = props.busy.then_some(AttrValue::Static("the demonstration is being started"));
    html! {
        <section class="welcome" aria-label="First steps" data-testid="welcome">
            <p class="lead">{ "From here you see every agent at work: what it does, what it costs, and where it waits for you." }</p>
            <ol class="ways">
                <li>
                    <h2>{ "Watch a demonstration" }</h2>
                    <p>{ "Plays a recorded run of five roles, live, as your own would look. It costs nothing, and its figures are in no total." }</p>
                    <Button kind={ButtonKind::Main} icon={Icon::Play} onclick={demonstrate} disabled={reason} test_id="demonstrate-button">
                        { "Run the demonstration" }
                    </Button>
                    if let Some(problem) = &props.problem { <p class="failc small" role="alert">{ problem }</p> }
                </li>
                <li>
                    <h2>{ "Give a task to your own claude" }</h2>
                    if let Some(claude) = &props.claude {
                        <p>{ spans(claude) }</p>
                    } else {
                        <p>{ "The planner says which roles it takes and why, before anything starts." }</p>
                    }
                    <ButtonLink href="/tasks/new" icon={Icon::Plus}>{ "New task" }</ButtonLink>
                </li>
                <li>
                    <h2>{ "Create one agent" }</h2>
                    <p>{ "A single worker in one role, with your instructions." }</p>
                    <ButtonLink href="/agents?new=1" icon={Icon::Agents} test_id="create-agent-button">{ "Create agent" }</ButtonLink>
                </li>
            </ol>
            <div class="cmd-line">
                <pre class="cmd" tabindex="0">{ COMMAND }</pre>
                <CopyButton text={COMMAND} label="Copy the command" />
            </div>
            <p class="small quiet">{ "The same from a terminal: the fleet in figures." }</p>
        </section>
    }
}

const COMMAND: &str = "quarterdeck status";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};

    #[test]
    fn the_welcome_offers_a_demonstration_a_task_and_an_agent() {
        let html = drawn(
            html! { <Welcome on_demonstrate={Callback::noop()} claude="No `claude` was found. Install it." /> },
        );
        holds(
            &html,
            &[
                "demonstrate-button",
                "href=\"/tasks/new\"",
                "create-agent-button",
                "No <code>claude</code> was found.",
                "quarterdeck status",
            ],
        );
    }
}
