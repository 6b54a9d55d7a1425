//! The questions as a queue: who asks, what, and how long already, or what was decided.

use std::rc::Rc;

use quarterdeck_shared::agents::Role;
use quarterdeck_shared::approvals::{Approval, ApprovalStatus};
use quarterdeck_shared::{AgentId, ApprovalId};
use yew::prelude::*;

use super::deed::{Deed, visible};
use super::marks::role_mark;
use super::words;
use crate::components::{Elapsed, TimeAt};

/// What the queue shows.
#[derive(Properties, PartialEq)]
pub struct InboxQueueProps {
    /// The questions, in order.
    pub approvals: Vec<Rc<Approval>>,
    /// The one that is open.
    pub open: Option<ApprovalId>,
    /// The address of a question.
    pub href: Callback<ApprovalId, AttrValue>,
    /// The role of an agent, where it is known.
    pub role_of: Callback<AgentId, Option<Role>>,
}

/// Links to the questions, in order.
#[component]
pub fn InboxQueue(props: &InboxQueueProps) -> Html {
    html! { <ol>{ for props.approvals.iter().map(|approval| item(props, approval)) }</ol> }
}

fn item(props: &InboxQueueProps, approval: &Approval) -> Html {
    let deed = Deed::read(&approval.tool, &approval.input);
    let waits = approval.status == ApprovalStatus::Pending;
    let open = props.open == Some(approval.id);
    let at = approval.answered_at.unwrap_or(approval.asked_at).micros();
    html! {
        <li key={approval.id.to_string()}>
            <a class={classes!("item", (!waits).then_some("past"))} href={props.href.emit(approval.id)}
                aria-current={open.then_some("true")} data-testid="approval-item">
                <span class="top">
                    { props.role_of.emit(approval.agent_id).map(|role| role_mark(role, true)) }
                    <span class="strong cut">{ &approval.agent_name }</span>
                    <span class="quiet small cut">{ words::folder(&approval.working_directory) }</span>
                    <span class="when num nowrap">if waits { <Elapsed since_us={approval.asked_at.micros()} /> } else { <TimeAt at_us={at} /> }</span>
                </span>
                <code class="cut">{ deed.line }</code>
                if !waits { <span class="small quiet cut">{ outcome(approval) }</span> }
            </a>
        </li>
    }
}

/// What became of a question: `Denied: ask me first`.
pub fn outcome(approval: &Approval) -> String {
    let word = match approval.status {
        ApprovalStatus::Pending => "Waits",
        ApprovalStatus::Allowed => "Allowed",
        ApprovalStatus::Denied => "Denied",
        ApprovalStatus::Withdrawn => "Withdrawn",
    };
    match approval.message.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
        Some(words) => format!("{word}: {}", visible(words)),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::approval;
    use crate::testing::{drawn, holds};
    use serde_json::json;

    fn queue(approvals: Vec<Approval>) -> String {
        let approvals: Vec<_> = approvals.into_iter().map(Rc::new).collect();
        let open = approvals.first().map(|first| first.id);
        let href = Callback::from(|id: ApprovalId| AttrValue::from(format!("/approvals/{id}")));
        let role_of = Callback::from(|_| Some(Role::Builder));
        drawn(html! { <InboxQueue {approvals} {open} {href} {role_of} /> })
    }

    #[test]
    fn a_waiting_question_says_who_asks_for_what_and_where() {
        let html = queue(vec![approval(json!({}))]);
        holds(
            &html,
            &[
                "BUILDER",
                "Builder",
                "checkout",
                "psql \"$STAGING_URL\"",
                "aria-current=\"true\"",
                "since 22 Nov",
            ],
        );
    }

    #[test]
    fn an_answered_question_says_what_became_of_it() {
        let past =
            json!({"status": "denied", "message": "ask me first", "answered_at": "2026-11-22T10:05:00Z"});
        holds(&queue(vec![approval(past)]), &["item past", "Denied: ask me first"]);
    }
}
