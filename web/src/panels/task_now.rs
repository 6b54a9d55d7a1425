//! A task at this moment: which step, what is done in it, what it cost so far and how long it takes.

use quarterdeck_shared::Usd;
use quarterdeck_shared::tasks::{StepStatus, TaskStatus};
use yew::prelude::*;

use super::deed::Deed;
use super::doing::{activity, plain};
use super::marks::{Standing, cost_text, cost_title, recording};
use super::task_view::{TaskView, counting, step_name};
use crate::components::{Figure, Status, Ticker};
use crate::format::{DASH, count, grouped, lasting};

/// What it shows.
#[derive(Properties, PartialEq)]
pub struct TaskNowProps {
    /// The task.
    pub view: TaskView,
    /// Now, in µs.
    pub now_us: i64,
}

/// The sentence, the progress and the figures of a task.
#[component]
pub fn TaskNow(props: &TaskNowProps) -> Html {
    let view = &props.view;
    let task = &view.task;
    let Standing { shape, class, word } = task.status.into();
    let (lead, rest) = sentence(view);
    let basis = view.cost_basis();
    let tokens = view.tokens().total();
    let ended = task.status.is_final();
    html! {
        <section class="now" aria-label="Now">
            <div class="figure">
                <div class="doing-now" data-testid="task-sentence">
                    <span class="sr" role="status">{ format!("{word}, {lead}") }</span>
                    <Status {shape} {word} {class} test_id="task-status" />
                    <span class="nowrap">{ lead }</span>
                    <span class="strong cut">{ rest }</span>
                    if view.is_recording() { { recording() } }
                </div>
                { progress(view) }
            </div>
            <Figure name={html! { rate(view, props.now_us) }} exact={cost_title(task.cost_usd, basis)}>
                <Ticker text={cost_text(task.cost_usd, basis)} exact={cost_title(task.cost_usd, basis)} test_id="task-cost" />
            </Figure>
            <Figure name={if ended { html! { "took" } } else { html! { "elapsed" } }}>
                <span class="num" data-testid="task-elapsed">{ elapsed(view, props.now_us) }</span>
            </Figure>
            <Figure name={html! { "tokens" }} exact={grouped(tokens)}>
                { if tokens == 0 { DASH.to_owned() } else { count(tokens) } }
            </Figure>
            { held(view, props.now_us) }
        </section>
    }
}

/// What is told first and what of it: `step 3 of 6`, `Builder edits src/store.rs`.
fn sentence(view: &TaskView) -> (String, Html) {
    let task = &view.task;
    let (step, steps) = view.progress();
    let evidence = || html! { plain(&task.status_evidence.reason) };
    match task.status {
        TaskStatus::Pending => (String::new(), evidence()),
        TaskStatus::Running => (format!("step {step} of {steps}"), at_work(view)),
        TaskStatus::Waiting => {
            (format!("at step {step} of {steps}"), asked(view).unwrap_or_else(|| at_work(view)))
        }
        TaskStatus::Completed => {
            let skipped = task.workflow.iter().filter(|step| step.status == StepStatus::Skipped).count();
            let rest = if skipped > 0 { format!("{skipped} skipped") } else { String::new() };
            let all = task.workflow.len();
            let lead =
                if all == 1 { "its one step is done".to_owned() } else { format!("all {all} steps done") };
            (lead, html! { rest })
        }
        TaskStatus::Failed => {
            let why = task.error.as_deref().map(plain).unwrap_or_default();
            let why = why.lines().next().unwrap_or_default();
            let why = why.strip_prefix(&format!("step {step}, ")).unwrap_or(why).to_owned();
            (
                format!("at step {step} of {steps}"),
                if why.is_empty() {
                    evidence()
                } else {
                    html! { why }
                },
            )
        }
        TaskStatus::Cancelled | TaskStatus::Interrupted => (format!("at step {step} of {steps}"), evidence()),
    }
}

fn asked(view: &TaskView) -> Option<Html> {
    let approval = view.approvals.first()?;
    let deed = Deed::read(&approval.tool, &approval.input);
    let more = view.approvals.len() - 1;
    Some(html! {
        <>
            { format!("{} asks to {} ", approval.agent_name, deed.wants) }<code>{ deed.line }</code>
            if more > 0 { { format!(" and {more} more") } }
        </>
    })
}

/// Who works, and the newest thing each did.
fn at_work(view: &TaskView) -> Html {
    let mut works = view.at_work();
    let Some(step) = works.next() else { return Html::default() };
    let more = works.count();
    let agent = view.agent_of(step);
    let newest = agent.and_then(|agent| view.tracks.get(&agent.id)).and_then(|track| track.moments.back());
    let name = agent.map_or_else(|| step_name(step), |agent| agent.name.clone());
    let directory = &view.task.working_directory;
    let doing = newest.map(|moment| activity(&moment.activity, directory));
    // Of a long text the end is new.
    let line = doing.as_ref().and_then(|doing| doing.object.trim_end().lines().next_back());
    let what = match (&doing, line) {
        (Some(doing), Some(line)) => {
            html! { <>{ format!("{} ", doing.verb) }<code>{ line.to_owned() }</code></> }
        }
        _ => {
            let phrase = agent.map(|agent| agent.activity.as_str()).filter(|phrase| !phrase.is_empty());
            html! { phrase.unwrap_or("begins").to_owned() }
        }
    };
    html! { <>{ name }{ ": " }{ what }if more > 0 { <span class="quiet">{ format!(" and {more} more at work") }</span> }</> }
}

fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("{number} {noun}") } else { format!("{number} {noun}s") }
}

/// A box for each layer; steps side by side share its height.
fn progress(view: &TaskView) -> Html {
    const WIDE: f64 = 420.0;
    let rows = view.graph().rows();
    let pitch = WIDE / rows.len().max(1) as f64;
    let steps = &view.task.workflow;
    let boxes = rows.iter().enumerate().flat_map(|(layer, row)| {
        let tall = (6.0 - (row.len() as f64 - 1.0)).max(row.len() as f64) / row.len() as f64;
        row.iter().enumerate().filter_map(move |(lane, &at)| {
            let step = steps.get(at)?;
            let standing = Standing::from(step.status);
            let later = matches!(step.status, StepStatus::Pending | StepStatus::Skipped);
            let class = if later { classes!("later") } else { classes!(standing.class, "fill-c") };
            Some(html! {
                <rect {class} x={format!("{:.1}", layer as f64 * pitch)} y={format!("{:.2}", lane as f64 * (tall + 1.0))}
                    width={format!("{:.1}", (pitch - 2.0).max(1.0))} height={format!("{tall:.2}")} />
            })
        })
    });
    html! { <svg class="progress" viewBox={format!("0 0 {WIDE} 6")} preserveAspectRatio="none" aria-hidden="true">{ for boxes }</svg> }
}

/// What a minute costs on average, and the limit it runs against.
fn rate(view: &TaskView, now_us: i64) -> String {
    let limit = view.task.limits.cost_usd.map(|limit| format!("limit {}", limit.display()));
    let lasted = view.lasted_us(now_us);
    let minute = (!view.task.status.is_final() && lasted >= 10_000_000 && view.task.cost_usd > Usd::ZERO)
        .then(|| {
            let nanos = i128::from(view.task.cost_usd.nanos()) * 60_000_000 / i128::from(lasted);
            format!("{} per minute", Usd::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX)).display())
        });
    match (minute, limit) {
        (Some(minute), Some(limit)) => format!("{minute}, {limit}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => "cost".to_owned(),
    }
}

fn elapsed(view: &TaskView, now_us: i64) -> String {
    let lasted = view.lasted_us(now_us);
    match view.task.started_at {
        None => DASH.to_owned(),
        Some(_) if view.task.status.is_final() => lasting(lasted),
        Some(_) => counting(lasted),
    }
}

/// Since when somebody must decide.
fn held(view: &TaskView, now_us: i64) -> Html {
    let Some(first) = view.approvals.first() else { return Html::default() };
    let name = format!("held, {}", counted(view.approvals.len(), "approval"));
    html! { <Figure name={html! { name }} warns=true>{ counting(now_us - first.asked_at.micros()) }</Figure> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples;
    use crate::testing::{drawn, holds};
    use serde_json::{Value, json};
    use std::rc::Rc;

    const FIVE_MINUTES_IN: i64 = 1_795_341_900_000_000;

    fn shown(view: TaskView) -> String {
        drawn(html! { <TaskNow {view} now_us={FIVE_MINUTES_IN} /> })
    }

    fn task(changes: Value) -> String {
        shown(samples::view(changes))
    }

    #[test]
    fn a_running_task_says_its_step_who_works_and_at_what_price() {
        let html = task(json!({}));
        holds(
            &html,
            &[
                "data-testid=\"task-status\" class=\"word\">running<",
                "step 2 of 3",
                "Builder: Edit src/payments/store.rs",
            ],
        );
        holds(
            &html,
            &["title=\"$3.95, computed", "$0.79 per minute, limit $15.00", ">5:00<", "elapsed", ">60<"],
        );
    }

    #[test]
    fn a_waiting_task_says_what_is_asked_and_since_when() {
        let mut view = samples::view(json!({"status": "waiting"}));
        view.approvals.push(Rc::new(samples::approval(json!({}))));
        holds(
            &shown(view),
            &["waiting<", "Builder asks to run a command <code>psql", "warnv", "held, 1 approval"],
        );
    }

    #[test]
    fn an_ended_task_says_how_it_ended() {
        let ended = json!({"status": "failed", "error": "step 2, BUILDER: cargo check: exit 101\nmore", "finished_at": "2026-11-22T10:04:12Z"});
        holds(&task(ended), &["failed<", ">BUILDER: cargo check: exit 101<", ">4:12<", "took"]);
        let done = json!({"status": "completed", "finished_at": "2026-11-22T10:04:12Z"});
        holds(&task(done), &["completed<", "all 3 steps done"]);
    }

    #[test]
    fn what_has_not_begun_costs_and_took_nothing_known() {
        let mut view = samples::view(
            json!({"status": "pending", "started_at": null, "cost_usd": "0", "cost_basis": null}),
        );
        view.agents.clear();
        let html = shown(view);
        holds(&html, &["data-testid=\"task-elapsed\" class=\"num\">–<", "class=\"sr\">–<"]);
        assert!(!html.contains("$0"), "{html}");
    }

    #[test]
    fn a_recording_is_called_one() {
        holds(&task(json!({"runtime": "replay"})), &["data-testid=\"recording\""]);
    }
}
