//! Answering a question: the order to the server, and a card that answers in place.

use std::rc::Rc;

use quarterdeck_shared::approvals::{Approval, NewAnswer};
use quarterdeck_shared::endpoints::AnswerApproval;
use quarterdeck_shared::{ApprovalId, NoQuery};
use yew::prelude::*;

use crate::hooks::{Ordered, use_command};
use crate::pages::faces::said;
use crate::panels::approval_card::ApprovalCard;

/// An answer and whether it is on its way.
pub struct Answering {
    /// Gives the answer; ignored while one is on its way.
    pub answer: Callback<NewAnswer>,
    /// Whether an answer is on its way.
    pub busy: bool,
    /// Why the last answer was refused.
    pub problem: Option<AttrValue>,
}

/// The way to answer one question. It leaves the live list when the server has taken the answer.
#[hook]
pub fn use_answering(id: ApprovalId) -> Answering {
    // A question that was answered leaves the live list: that says enough.
    let done = Callback::from(|_: Result<Approval, _>| ());
    let Ordered { give, busy, problem } = use_command::<AnswerApproval>(done);
    let answer = give.reform(move |body: NewAnswer| AnswerApproval { id, query: NoQuery {}, body });
    Answering { answer, busy, problem: problem.as_ref().map(said) }
}

/// What the card needs.
#[derive(Properties, PartialEq)]
pub struct AnsweringCardProps {
    /// The question.
    pub approval: Rc<Approval>,
    /// A, E and D answer it: for the one question a page is about.
    #[prop_or_default]
    pub keys: bool,
}

/// A question that can be answered where it stands. Give it the question's id as key.
#[component]
pub fn AnsweringCard(props: &AnsweringCardProps) -> Html {
    let Answering { answer, busy, problem } = use_answering(props.approval.id);
    html! {
        <ApprovalCard approval={Rc::clone(&props.approval)} on_answer={answer} {busy} {problem} keys={props.keys} />
    }
}
