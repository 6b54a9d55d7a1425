//! The log of an agent: what it did, action by action, newest first; what comes meanwhile waits to be shown.

mod beside;

use std::rc::Rc;

use quarterdeck_shared::agents::AgentDetail;
use quarterdeck_shared::endpoints::{GetAgent, GetLog};
use quarterdeck_shared::logs::{ActionOutcome, Log, LogFile, LogQuery, LogSource};
use quarterdeck_shared::{AgentId, NoBody, NoQuery};
use yew::platform::spawn_local;
use yew::prelude::*;

use self::beside::Beside;
use super::Heading;
use super::faces::{face, said};
use crate::client::call;
use crate::components::{
    Button, ButtonKind, ButtonLink, ButtonSize, ChipSelect, Choice, Empty, Faced, Icon, icon,
};
use crate::hooks::{use_address, use_every, use_query};
use crate::panels::deed::visible;
use crate::panels::log_actions::LogActions;
use crate::{calendar, format};

/// How often it is asked what came, in seconds.
const ASK_EVERY: u32 = 3;

/// Whose log.
#[derive(Properties, PartialEq)]
pub struct LogsProps {
    /// The agent's id.
    pub id: AttrValue,
}

/// The log, or that there is no such agent.
#[component]
pub fn Logs(props: &LogsProps) -> Html {
    let address = use_address();
    let id = props.id.parse::<AgentId>().ok();
    let asked = use_query(id, |id| GetAgent { id, query: NoQuery {}, body: NoBody });
    let detail = asked.answer.data.clone();
    let Some(id) = id else {
        return html! {
            <>
                <Heading title="No such agent" above={vec![("Agents".into(), "/agents".into())]} />
                <Empty words="This address names no agent."><ButtonLink href="/agents">{ "All agents" }</ButtonLink></Empty>
            </>
        };
    };
    let get = |name: &str| Some(address.get(name).to_owned()).filter(|value| !value.is_empty());
    let query = LogQuery {
        tool: get("tool"),
        outcome: get("outcome").and_then(|word| word.parse().ok()),
        from: get("from").map(|day| calendar::from_day(&day)),
        to: get("to").map(|day| calendar::to_day(&day)),
        ..LogQuery::default()
    };
    let set = |name| address.setter(name);
    let name = detail.as_ref().map_or_else(|| "Agent".to_owned(), |detail| visible(&detail.agent.name));
    let above =
        vec![("Agents".into(), "/agents".into()), (name.clone().into(), format!("/agents/{id}").into())];
    let outcomes =
        [("", "Any outcome"), ("ok", "Went well"), ("error", "Went wrong"), ("open", "No answer yet")];
    let outcomes: Vec<_> = outcomes.into_iter().map(|(value, words)| Choice::new(value, words)).collect();
    let key = format!("{id} {query:?}");
    html! {
        <>
            <Heading title="Log" {above}>{ name }</Heading>
            <div class="row wrap under">
                <ChipSelect label="Tool" choices={tools(detail.as_deref(), address.get("tool"))} value={address.get("tool").to_owned()} onchange={set("tool")} test_id="log-tool" />
                <ChipSelect label="Outcome" choices={outcomes} value={address.get("outcome").to_owned()} onchange={set("outcome")} test_id="log-outcome" />
                { day("From", address.get("from"), set("from")) }
                { day("To", address.get("to"), set("to")) }
            </div>
            <Timeline {key} {id} {query} />
        </>
    }
}

fn tools(detail: Option<&AgentDetail>, chosen: &str) -> Vec<Choice> {
    let mut names: Vec<_> =
        detail.into_iter().flat_map(|it| &it.tool_breakdown).map(|it| it.tool.clone()).collect();
    if !chosen.is_empty() && !names.iter().any(|name| name == chosen) {
        names.push(chosen.to_owned());
    }
    let any = std::iter::once(Choice::new("", "Any tool"));
    any.chain(names.into_iter().map(|name| Choice::new(name.clone(), visible(&name)))).collect()
}

/// A day that narrows the log.
fn day(label: &'static str, value: &str, set: Callback<AttrValue>) -> Html {
    let onchange = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
            set.emit(input.value().into());
        }
    });
    html! {
        <label class="row tight small quiet day">{ label }<input type="date" value={value.get(..10).unwrap_or(value).to_owned()} {onchange} /></label>
    }
}

#[derive(Properties, PartialEq)]
struct TimelineProps {
    id: AgentId,
    query: LogQuery,
}

#[component]
fn Timeline(props: &TimelineProps) -> Html {
    let (id, query) = (props.id, props.query.clone());
    let asked = use_query(Some((id, query.clone())), |(id, query)| GetLog { id, query, body: NoBody });
    let beside = use_state_eq(Beside::default);
    let newest = use_mut_ref(Beside::default);
    let put = {
        let (beside, newest) = (beside.clone(), Rc::clone(&newest));
        Rc::new(move |change: &mut dyn FnMut(&mut Beside)| {
            change(&mut newest.borrow_mut());
            beside.set(newest.borrow().clone());
        })
    };
    let log = asked.answer.data.clone();
    let ask = {
        let (put, query, again) = (Rc::clone(&put), query.clone(), asked.again.clone());
        // A call that has its answer now is no longer told of where those without one are asked for.
        let later = beside.later(log.as_deref()).filter(|_| query.outcome != Some(ActionOutcome::Open));
        let first = log.clone();
        Callback::from(move |()| {
            let (Some(first), Some(later)) = (first.clone(), later.clone()) else { return again.emit(()) };
            let (put, query) = (Rc::clone(&put), LogQuery { after: Some(later.clone()), ..query.clone() });
            spawn_local(async move {
                let Ok(log) = call(GetLog { id, query, body: NoBody }).await else { return };
                put(&mut |beside| beside.come(&first, &later, &log));
            });
        })
    };
    use_every(ASK_EVERY, log.is_some(), ask);
    let show = {
        let put = Rc::clone(&put);
        Callback::from(move |_: MouseEvent| put(&mut Beside::show))
    };
    let back = beside.earlier(log.as_deref()).map(|before| {
        let (put, query) = (Rc::clone(&put), LogQuery { before: Some(before.clone()), ..query.clone() });
        let first = log.clone();
        Callback::from(move |_: MouseEvent| {
            let mut goes = false;
            put(&mut |beside| goes = beside.go_back());
            if !goes {
                return;
            }
            let (put, query, first, before) = (Rc::clone(&put), query.clone(), first.clone(), before.clone());
            spawn_local(async move {
                let reply = call(GetLog { id, query, body: NoBody }).await;
                put(&mut |beside| beside.gone_back(first.as_deref(), &before, &reply));
            });
        })
    });
    let actions = beside.actions(log.as_deref());
    let empty = html! {
        <Empty words="Nothing in this log fits." then="Take a filter away, or look at the conversation of the agent's session where it has one.">
            <ButtonLink href={format!("/agents/{id}/logs")}>{ "The whole log" }</ButtonLink>
        </Empty>
    };
    html! {
        <>
            { for log.as_ref().map(|log| files(id, log)) }
            <div aria-live="polite">
                if !beside.waiting.is_empty() {
                    <Button kind={ButtonKind::Plain} size={ButtonSize::Small} onclick={show} test_id="log-new">{ format!("{} new", beside.waiting.len()) }</Button>
                }
            </div>
            <Faced face={face(&asked.answer, |log| beside.is_empty(log))} what="the log" lines=8 {empty} on_retry={asked.again.clone()}>
                if actions.is_empty() {
                    <p class="small quiet">{ "Nothing of the newest fits; something further back may." }</p>
                } else {
                    <LogActions {actions} />
                }
                if let Some(back) = back {
                    <Button kind={ButtonKind::Bare} size={ButtonSize::Small} onclick={back} test_id="log-older"
                        disabled={beside.goes_back.then_some("They are on their way")}>{ "Show older ones" }</Button>
                }
                if let Some(problem) = &beside.problem {
                    <p class="failc small row" role="alert">{ icon(Icon::Failed) }<span class="wrap-text">{ said(problem) }</span></p>
                }
            </Faced>
        </>
    }
}

/// Where it is read from, what of it can be had, and what is missing.
fn files(id: AgentId, log: &Log) -> Html {
    let from = match log.source {
        LogSource::Session => "Read from the files of its session.",
        LogSource::Folder => "Read from the folder the Python orchestrator kept of it.",
        LogSource::Events => "Read from the events of its run: its session left no file here.",
    };
    let link = |file: &LogFile| {
        html! {
            <ButtonLink key={file.name.clone()} size={ButtonSize::Small} icon={Icon::File} download={file.name.clone()} href={format!("/api/v1/agents/{id}/logs/files/{}", file.name)}>
                { format!("{} ({})", file.name, format::bytes(file.bytes)) }
            </ButtonLink>
        }
    };
    html! {
        <>
            <p class="small quiet">{ from }</p>
            if !log.files.is_empty() { <div class="row wrap under" data-testid="log-files">{ for log.files.iter().map(link) }</div> }
            { for log.missing.iter().map(|words| html! { <p class="small quiet">{ visible(words) }</p> }) }
        </>
    }
}
