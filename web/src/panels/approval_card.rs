//! A question in a card: who asks for what, where, why, how long already, and the answer in place.

use std::rc::Rc;

use quarterdeck_shared::approvals::{Approval, NewAnswer};
use yew::prelude::*;

use super::answer_form::AnswerForm;
use super::deed::{Deed, visible};
use super::deed_view::DeedView;
use crate::components::{Elapsed, Icon, icon};

/// What a card shows.
#[derive(Properties, PartialEq)]
pub struct ApprovalCardProps {
    /// The question.
    pub approval: Rc<Approval>,
    /// Called with the answer.
    pub on_answer: Callback<NewAnswer>,
    /// Whether an answer is on its way.
    #[prop_or_default]
    pub busy: bool,
    /// Why the last answer was refused.
    #[prop_or_default]
    pub problem: Option<AttrValue>,
    /// A, E and D answer it: for the one question a page is about.
    #[prop_or_default]
    pub keys: bool,
}

/// A question that can be answered where it stands. Give it the question's id as key.
#[component]
pub fn ApprovalCard(props: &ApprovalCardProps) -> Html {
    let approval = &props.approval;
    let deed = Deed::read(&approval.tool, &approval.input);
    let heading = format!("ask-{}", approval.id);
    html! {
        <article class="approval" data-testid="approval" aria-labelledby={heading.clone()}>
            <h2 id={heading}>
                { icon(Icon::Waiting) }
                <span>{ format!("{} asks to {}", approval.agent_name, deed.wants) }</span>
                <span class="push small nowrap">{ "waits " }<Elapsed since_us={approval.asked_at.micros()} /></span>
            </h2>
            { why(approval, &deed) }
            <DeedView deed={deed.clone()} input={approval.input.clone()} />
            <p class="small quiet wrap-text">{ "in " }<code>{ visible(&approval.working_directory) }</code></p>
            <AnswerForm approval={Rc::clone(approval)} on_answer={props.on_answer.clone()} busy={props.busy}
                problem={props.problem.clone()} keys={props.keys} small=true />
        </article>
    }
}

fn why(approval: &Approval, deed: &Deed) -> Html {
    let words = [deed.note.as_deref(), deed.beyond(approval.reason.as_deref())];
    let words: Vec<_> = words.into_iter().flatten().filter(|words| !words.trim().is_empty()).collect();
    html! { if !words.is_empty() { <p class="small wrap-text">{ visible(&words.join(" · ")) }</p> } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::approval;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    #[test]
    fn a_card_tells_who_what_where_why_and_how_long() {
        let approval = Rc::new(approval(json!({})));
        let html = drawn(html! { <ApprovalCard {approval} on_answer={Callback::noop()} /> });
        holds(
            &html,
            &[
                "data-testid=\"approval\"",
                "Builder asks to run a command",
                "psql \"$STAGING_URL\" -f migrations/0042.sql</pre>",
                "/home/me/checkout",
                "No rule covers psql",
                "waits ",
                "allow-button",
                "deny-button",
            ],
        );
    }

    #[test]
    fn a_reason_that_says_the_call_again_is_left_out() {
        let told = |changes| why_of(&approval(changes));
        let repeats = json!({"input": {"command": "npm run build -- --watch"}, "reason": "npm run build -…"});
        assert_eq!(told(repeats), "");
        let file =
            json!({"tool": "Write", "input": {"file_path": "/w/a.rs", "content": "x"}, "reason": "a.rs"});
        assert_eq!(told(file), "");
        let noted = json!({"input": {"command": "ls", "description": "Look"}, "reason": "Look"});
        assert_eq!(told(noted).matches("Look").count(), 1);
        holds(&told(json!({"input": {"command": "ls"}, "reason": "No rule"})), &["No rule"]);
    }

    fn why_of(approval: &Approval) -> String {
        drawn(why(approval, &Deed::read(&approval.tool, &approval.input)))
    }
}
