//! What each agent says and does, as it happens: its words as they are written, its tools with their answers.

mod line;

use std::rc::Rc;

use orchestrator::agents::OWN;
use quarterdeck_shared::agents::Agent;
use quarterdeck_shared::approvals::Approval;
use quarterdeck_shared::event::ActivityKind;
use yew::prelude::*;

use self::line::{State, line};
use super::deed::{Deed, visible};
use super::marks::{Standing, status_shape};
use super::task_view::TaskView;
use crate::components::{
    ButtonKind, ButtonLink, ButtonSize, Chip, Elapsed, Empty, Face, Icon, Panel, TimeAt, icon,
};
use crate::hooks::use_tail;
use crate::order;
use crate::track::{Moment, Track};

/// Rows drawn before one asks for earlier ones.
const SHOWN: usize = 150;

/// What the streams show.
#[derive(Properties, PartialEq)]
pub struct StreamsProps {
    /// The task.
    pub view: TaskView,
    /// Which face is on.
    #[prop_or(Face::Full)]
    pub face: Face,
    /// Called by "Try again".
    #[prop_or_default]
    pub on_retry: Callback<()>,
}

/// A stream for each agent, those at work first; a stream keeps its place beside the others while its agent works and ends.
#[component]
pub fn Streams(props: &StreamsProps) -> Html {
    let view = &props.view;
    let face =
        if view.agents.is_empty() && props.face == Face::Full { Face::Empty } else { props.face.clone() };
    let empty = html! { <Empty words="No agent has begun yet." then="What each says and does is written here as it happens." /> };
    let mut agents: Vec<&Rc<Agent>> = view.agents.iter().collect();
    order::by_key(&mut agents, |agent| !agent.status.is_active());
    let alone = (agents.len() == 1).then_some("alone");
    let streams = agents.into_iter().map(|agent| {
        let asks = view.approvals.iter().find(|approval| approval.agent_id == agent.id).cloned();
        let track = view.tracks.get(&agent.id).cloned().unwrap_or_default();
        html! { <Stream key={agent.id.to_string()} agent={agent.clone()} {track} {asks} /> }
    });
    html! {
        <Panel title="Live" id="live-lines" what="what the agents say and do" class="streams-panel" {face} {empty} on_retry={props.on_retry.clone()}>
            <div class={classes!("streams", alone)}>{ for streams }</div>
        </Panel>
    }
}

#[derive(Properties, PartialEq)]
struct StreamProps {
    agent: Rc<Agent>,
    track: Rc<Track>,
    asks: Option<Rc<Approval>>,
}

/// One agent's stream. It follows its end; while somebody reads above, new rows wait behind a chip.
#[component]
fn Stream(props: &StreamProps) -> Html {
    let (agent, track) = (&props.agent, &props.track);
    let list = use_node_ref();
    let shown = use_state_eq(|| SHOWN);
    let grown =
        track.moments.back().map_or(0, |last| last.activity.text.len() + usize::from(!last.is_open()));
    let count = track.dropped + track.moments.len();
    let tail = use_tail(list.clone(), count + usize::from(props.asks.is_some()), grown);
    let hidden = track.moments.len().saturating_sub(*shown);
    let earlier = {
        let shown = shown.clone();
        Callback::from(move |_| shown.set(*shown + SHOWN))
    };
    let last = track.moments.len().saturating_sub(1);
    let writes = agent.status.is_active();
    // The call that waits to be allowed is marked where it stands.
    let asks_at = props.asks.as_ref().and_then(|asks| {
        let asked =
            |moment: &Rc<Moment>| moment.is_open() && moment.activity.tool.as_deref() == Some(&asks.tool);
        track.moments.iter().rposition(asked)
    });
    let rows = track.moments.iter().enumerate().skip(hidden).map(|(at, moment)| {
        let growing = writes && at == last && moment.activity.kind != ActivityKind::ToolCall;
        let state = match (growing, asks_at == Some(at)) {
            (_, true) => State::Held,
            (true, false) => State::Growing,
            (false, false) => State::Settled,
        };
        html! { <li key={moment.seq.to_string()}>{ line(moment, &agent.working_directory, state) }</li> }
    });
    let standing = Standing::from(agent.status);
    let fresh = tail.to_end.reform(|_: MouseEvent| ());
    html! {
        <section class="stream" aria-label={format!("{}, {}", agent.name, standing.word)} data-testid="stream">
            <div class="stream-head">
                { status_shape(agent.status) }
                <a class={classes!("status", "cut", standing.class)} href={format!("/agents/{}", agent.id)}>{ &agent.name }</a>
                <span class="push micro quiet">{ aside(&tail, fresh, writes) }</span>
                <ButtonLink size={ButtonSize::Small} kind={ButtonKind::Bare} icon={Icon::Talk} href={format!("/agents/{}/conversation", agent.id)} label={format!("Conversation of {}", agent.name)} />
            </div>
            <ol ref={list} class="events" tabindex="0" aria-label={format!("What {} says and does", agent.name)} onscroll={tail.onscroll.clone()}>
                if hidden > 0 {
                    <li class="earlier"><button type="button" class="button small bare" onclick={earlier}>{ format!("Show {} earlier", hidden.min(SHOWN)) }</button></li>
                } else if track.dropped > 0 {
                    <li class="quiet micro earlier">{ format!("{} earlier ones are not kept here.", track.dropped) }</li>
                }
                { for rows }
                if let Some(asks) = props.asks.as_ref().filter(|_| asks_at.is_none()) { <li>{ asking(asks) }</li> }
                if count == 0 && props.asks.is_none() { <li class="quiet small">{ nothing(agent) }</li> }
            </ol>
        </section>
    }
}

fn aside(tail: &crate::hooks::Tail, fresh: Callback<MouseEvent>, writes: bool) -> Html {
    match (tail.follows, tail.fresh) {
        (false, 0) => html! { <Chip onclick={fresh} icon={Icon::Down}>{ "To the end" }</Chip> },
        (false, count) => {
            html! { <Chip onclick={fresh} icon={Icon::Down}><b class="num">{ count }</b>{ " new" }</Chip> }
        }
        (true, _) if writes => html! { "follows" },
        (true, _) => Html::default(),
    }
}

fn asking(asks: &Approval) -> Html {
    let deed = Deed::read(&asks.tool, &asks.input);
    html! {
        <div class="event held">
            <TimeAt at_us={asks.asked_at.micros()} />{ icon(Icon::Approvals) }
            <span class="cut">{ format!("Asks to {}: ", deed.wants) }<code>{ deed.line }</code></span>
            <Elapsed since_us={asks.asked_at.micros()} class="fine" />
        </div>
    }
}

/// Why no line is here, and where its words are.
fn nothing(agent: &Agent) -> Html {
    let elsewhere = agent.source != OWN;
    let words = match agent.status.is_final() {
        _ if elsewhere => "It was begun elsewhere: its words stand in its conversation.".to_owned(),
        true => {
            let reason = visible(&agent.status_evidence.reason);
            format!("Nothing of what it said has reached this page: {reason}.")
        }
        false => "Nothing said yet.".to_owned(),
    };
    html! {
        <>
            <p>{ words }</p>
            if elsewhere || agent.status.is_final() {
                <ButtonLink size={ButtonSize::Small} icon={Icon::Talk} href={format!("/agents/{}/conversation", agent.id)}>{ "Read the conversation" }</ButtonLink>
            }
        </>
    }
}

#[cfg(test)]
mod tests;
