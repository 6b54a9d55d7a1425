//! Approvals: what waits for a person, one question at a time, and what was decided.

mod answering;

use std::rc::Rc;

use quarterdeck_shared::approvals::{Approval, ApprovalQuery};
use quarterdeck_shared::endpoints::ListApprovals;
use quarterdeck_shared::event::ActivityKind;
use quarterdeck_shared::{AgentId, ApprovalId, NoBody};
use yew::prelude::*;

pub use answering::{Answering, AnsweringCard, use_answering};

use super::Heading;
use super::faces::face;
use crate::client::FleetState;
use crate::components::{
    Button, ButtonKind, ButtonLink, ButtonSize, Choice, Empty, Face, Faced, Kbd, Segment,
};
use crate::hooks::{Address, Listed, use_address, use_live, use_pages, use_shortcut};
use crate::panels::decision::Decision;
use crate::panels::inbox_queue::InboxQueue;

/// Which question is open.
#[derive(Properties, PartialEq)]
pub struct ApprovalsProps {
    /// Its id; `None` opens the one that waits longest.
    #[prop_or_default]
    pub open: Option<AttrValue>,
}

/// The inbox: a queue, and the open question beside it.
#[component]
pub fn Approvals(props: &ApprovalsProps) -> Html {
    let live = use_live();
    let fleet = &live.fleet;
    let address = use_address();
    let past = address.get("view") == "answered";
    // What waits comes live; until the first snapshot it is asked for.
    let asked = use_pages((!fleet.known).then_some(()), |(), cursor| list(None, cursor));
    let answered = use_pages(past.then_some(fleet.approvals.len()), |_, cursor| {
        list(Some("allowed,denied,withdrawn"), cursor)
    });
    let rows = |listed: &Listed<Approval>| {
        listed.answer.data.as_ref().map(|rows| rows.items.clone()).unwrap_or_default()
    };
    let waiting = if fleet.known { fleet.approvals.clone() } else { rows(&asked) };
    let (shown, now) = match past {
        true => (rows(&answered), face(&answered.answer, |rows| rows.items.is_empty())),
        false if fleet.known => (waiting.clone(), if waiting.is_empty() { Face::Empty } else { Face::Full }),
        false => (rows(&asked), face(&asked.answer, |rows| rows.items.is_empty())),
    };
    let wanted = props.open.as_ref().and_then(|id| id.parse::<ApprovalId>().ok());
    let at = use_place(&shown, wanted);
    let open = at.and_then(|at| shown.get(at).cloned());
    use_shortcut("j", "Next question", step(&address, &shown, at.map_or(0, |at| at + 1)));
    use_shortcut("k", "Question before", step(&address, &shown, at.map_or(0, |at| at.saturating_sub(1))));

    let list = if past { &answered } else { &asked };
    let more = list.answer.data.as_ref().is_some_and(|rows| rows.next.is_some()) && (past || !fleet.known);
    let href = {
        let address = address.clone();
        Callback::from(move |id| href(&address, id))
    };
    let role_of = {
        let fleet = Rc::clone(fleet);
        Callback::from(move |id: AgentId| fleet.agents.get(&id).map(|agent| agent.role))
    };
    html! {
        <div class="inbox">
            <section class="queue" aria-label="Questions">
                <Heading title="Approvals"><span aria-live="polite">{ headline(waiting.len(), now == Face::Waiting) }</span></Heading>
                <Views {past} waiting={waiting.len()} />
                <Faced face={now} what="the questions" lines=5 on_retry={list.again.clone()} empty={nothing(past)}>
                    <InboxQueue approvals={shown} open={open.as_ref().map(|open| open.id)} {href} {role_of} />
                    if more {
                        <Button kind={ButtonKind::Bare} size={ButtonSize::Small} onclick={list.more.reform(|_| ())}>{ "Show older ones" }</Button>
                    }
                </Faced>
            </section>
            if let Some(approval) = open {
                <Open key={approval.id.to_string()} approval={Rc::clone(&approval)} fleet={Rc::clone(fleet)} />
            }
        </div>
    }
}

/// The place of the open question. When it has been answered, the one that moved up into its place is next.
#[hook]
fn use_place(shown: &[Rc<Approval>], wanted: Option<ApprovalId>) -> Option<usize> {
    let before = use_mut_ref(|| 0_usize);
    let place = |id: ApprovalId| shown.iter().position(|approval| approval.id == id);
    let at = wanted.and_then(place).or(Some((*before.borrow()).min(shown.len().checked_sub(1)?)))?;
    *before.borrow_mut() = at;
    Some(at)
}

fn list(status: Option<&str>, cursor: Option<String>) -> ListApprovals {
    let sort = status.map(|_| "-asked_at".to_owned());
    let query = ApprovalQuery { cursor, sort, status: status.map(str::to_owned), ..ApprovalQuery::default() };
    ListApprovals { query, body: NoBody }
}

fn href(address: &Address, id: ApprovalId) -> AttrValue {
    format!("/approvals/{id}{}", address.query.written()).into()
}

/// Opens the question at a place, where there is one.
fn step(address: &Address, shown: &[Rc<Approval>], to: usize) -> Callback<()> {
    let next = shown.get(to).map(|approval| href(address, approval.id));
    let address = address.clone();
    Callback::from(move |()| {
        if let Some(next) = &next {
            address.replace(next);
        }
    })
}

fn headline(waiting: usize, unknown: bool) -> Html {
    match waiting {
        _ if unknown => html! { "Approvals" },
        0 => html! { "Nothing waits for you" },
        1 => html! { "1 waits for you" },
        count => html! { { format!("{count} wait for you") } },
    }
}

fn nothing(past: bool) -> Html {
    if past {
        return html! { <Empty words="Nothing was decided yet." then="Your answers are listed here, the newest first." /> };
    }
    html! {
        <Empty words="No agent asks for anything." then="An agent that asks before it uses a tool appears here, and the run goes on as soon as you answer.">
            <ButtonLink size={ButtonSize::Small} href="/tasks/new">{ "New task" }</ButtonLink>
        </Empty>
    }
}

#[derive(Properties, PartialEq)]
struct ViewsProps {
    past: bool,
    waiting: usize,
}

/// What waits, or what was decided.
#[component]
fn Views(props: &ViewsProps) -> Html {
    let address = use_address();
    let choices = vec![Choice::new("waiting", "Waiting"), Choice::new("answered", "Answered")];
    let value = if props.past { "answered" } else { "waiting" };
    let onchange = Callback::from(move |view: AttrValue| {
        address.replace(if view == "answered" { "/approvals?view=answered" } else { "/approvals" });
    });
    html! {
        <div class="row views-row">
            <Segment label="Which questions" {choices} {value} {onchange} test_id="approvals-view" />
            if props.waiting > 1 && !props.past {
                <span class="small quiet only-wide"><Kbd keys="j" />{ " " }<Kbd keys="k" />{ " next, before" }</span>
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct OpenProps {
    approval: Rc<Approval>,
    fleet: Rc<FleetState>,
}

/// The open question with all that the fleet knows about it.
#[component]
fn Open(props: &OpenProps) -> Html {
    let (approval, fleet) = (&props.approval, &props.fleet);
    let Answering { answer, busy, problem } = use_answering(approval.id);
    let agent = fleet.agents.get(&approval.agent_id).cloned();
    let said = fleet.lines.get(&approval.agent_id).and_then(|lines| {
        let before = lines.iter().rev().filter(|line| line.at <= approval.asked_at);
        let spoke = before.map(|line| &line.activity).find(|activity| activity.kind == ActivityKind::Text)?;
        Some(AttrValue::from(spoke.text.clone()))
    });
    let task = approval.task_id.and_then(|id| fleet.tasks.get(&id)).map(|task| {
        let step = agent.as_ref().and_then(|agent| agent.step_id.clone());
        let place = step.and_then(|step| task.workflow.iter().position(|known| known.plan.id == step));
        let words =
            place.map_or_else(String::new, |at| format!("step {} of {}", at + 1, task.workflow.len()));
        (AttrValue::from(task.title.clone()), AttrValue::from(words))
    });
    html! { <Decision approval={Rc::clone(approval)} {agent} {said} {task} on_answer={answer} {busy} {problem} /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answered_questions_come_newest_first_and_waiting_ones_oldest_first() {
        use quarterdeck_shared::Endpoint;
        assert_eq!(list(None, None).url(), "/api/v1/approvals");
        assert_eq!(list(Some("denied"), None).url(), "/api/v1/approvals?sort=-asked_at&status=denied");
    }
}
