//! The tasks there were: a table to filter, sort and read on in, its state in the address.

mod filter;
mod rows;

use std::rc::Rc;

use quarterdeck_shared::tasks::{Analyst, TaskStatus, TaskType};
use quarterdeck_shared::{TaskId, Total};
use yew::prelude::*;

use self::filter::Filter;
use super::Heading;
use super::faces::face;
use crate::components::{
    Button, ButtonKind, ButtonLink, ButtonSize, Chip, ChipSelect, Choice, Empty, Face, Faced, Icon, Sort,
    icon,
};
use crate::format::{grouped, several};
use crate::hooks::{Address, use_address, use_live, use_pages, use_settled};
use crate::panels::task_table::TaskTable;
use crate::panels::words;

/// The list.
#[component]
pub fn Tasks() -> Html {
    let address = use_address();
    let live = use_live();
    let filter = Filter::read(&address.query);
    let settled = use_settled(filter.clone(), 200);
    let listed = use_pages(Some(settled), |filter: Filter, cursor| filter.call(cursor));
    let since = use_memo((listed.begun, live.fleet.known), |_| rows::newest(&live.fleet));
    let asked = listed.answer.data.as_ref().map(|rows| rows.items.as_slice()).unwrap_or_default();
    let tasks = Rc::new(rows::merged(asked, &live.fleet));
    let fresh = rows::fresh(asked, &live.fleet, &filter, *since);
    let on_sort = {
        let address = address.clone();
        Callback::from(move |sort: Sort| address.set("sort", &sort.written()))
    };
    let on_open = {
        let address = address.clone();
        Callback::from(move |id: TaskId| address.go(&format!("/tasks/{id}")))
    };
    let now = face(&listed.answer, |rows| rows.items.is_empty());
    let full = !tasks.is_empty();
    let more = listed.answer.data.as_ref().is_some_and(|rows| rows.next.is_some());
    let total = listed.answer.data.as_ref().map(|rows| rows.total);
    html! {
        <section aria-label="Task history">
            <Heading title="Tasks" />
            <Filters {address} filter={filter.clone()} />
            if fresh > 0 {
                <Chip class="fresh" icon={Icon::Up} onclick={listed.again.reform(|_| ())}><b class="num">{ fresh }</b>{ " new" }</Chip>
            }
            <Faced face={now.clone()} what="the tasks" lines=8 on_retry={listed.again.clone()} empty={nothing(&filter)}>
                if full {
                    <TaskTable {tasks} sort={filter.order()} {on_sort} {on_open} on_end={listed.more.clone()} />
                    <p class="total-line small quiet">
                        <span class="num">{ counted(asked.len(), total) }</span>
                        if more {
                            <span class="push"><Button size={ButtonSize::Small} onclick={listed.more.reform(|_| ())} test_id="load-more"
                                disabled={listed.answer.waiting.then_some("They are on their way")}>{ "Load more" }</Button></span>
                        }
                    </p>
                }
            </Faced>
            if now == Face::Full && listed.answer.waiting { <span class="sr" role="status">{ "Loading" }</span> }
        </section>
    }
}

/// `50 of 1,234 tasks`; beyond what is counted `50 of 10,000 or more`.
fn counted(shown: usize, total: Option<Total>) -> String {
    match total {
        Some(Total::Exact(all)) if all == shown as u64 => several(all, "task"),
        Some(Total::Exact(all)) => format!("{} of {} tasks", grouped(shown as u64), grouped(all)),
        Some(Total::AtLeast { value, .. }) => {
            format!("{} of {} tasks or more", grouped(shown as u64), grouped(value))
        }
        None => String::new(),
    }
}

fn nothing(filter: &Filter) -> Html {
    if filter.narrows() {
        return html! {
            <Empty words="No task is like this." then="Take a word out of the filter, or all of them.">
                <ButtonLink size={ButtonSize::Small} href="/tasks">{ "Show all tasks" }</ButtonLink>
            </Empty>
        };
    }
    html! {
        <Empty words="No task has been submitted yet." then="Write one, and watch its agents work.">
            <ButtonLink kind={ButtonKind::Main} href="/tasks/new">{ "New task" }</ButtonLink>
        </Empty>
    }
}

#[derive(Properties, PartialEq)]
struct FiltersProps {
    address: Address,
    filter: Filter,
}

/// What narrows the list, each as a word of the address.
#[component]
fn Filters(props: &FiltersProps) -> Html {
    let set = |name| props.address.setter(name);
    let typed = |name| props.address.typed(name);
    let any = |words: &'static str| vec![Choice::new("", words)];
    let mut statuses = any("any");
    statuses.push(Choice::new("pending,running,waiting", "under way"));
    statuses.extend(TaskStatus::ALL.iter().map(|status| Choice::new(status.as_str(), status.as_str())));
    let mut kinds = any("any");
    let kind = |kind: &TaskType| Choice::new(kind.as_str(), words::task_type(*kind));
    kinds.extend(TaskType::ALL.iter().filter(|kind| **kind != TaskType::Auto).map(kind));
    let mut analysts = any("any");
    analysts.extend(Analyst::ALL.iter().map(|analyst| Choice::new(analyst.as_str(), analyst.as_str())));
    let get = |name: &str| AttrValue::from(props.address.get(name).to_owned());
    let day = |name: &'static str, label: &'static str, value: &str| {
        html! {
            <label class={classes!("chip", "day", (!value.is_empty()).then_some("on"))}>
                <span>{ label }</span><input type="date" {name} value={value.to_owned()} oninput={typed(name)} />
            </label>
        }
    };
    html! {
        <form class="toolbar" role="search" aria-label="Filter the tasks" onsubmit={|event: SubmitEvent| event.prevent_default()}>
            <label class="chip search">
                { icon(Icon::Search) }<span class="sr">{ "Part of the prompt" }</span>
                <input type="search" name="q" placeholder="Filter" autocomplete="off" data-filter="true" value={get("q")} oninput={typed("q")} />
            </label>
            <ChipSelect label="Status" choices={statuses} value={get("status")} onchange={set("status")} test_id="filter-status" />
            <ChipSelect label="Type" choices={kinds} value={get("type")} onchange={set("type")} test_id="filter-type" />
            <ChipSelect label="ANALYST" choices={analysts} value={get("analyst")} onchange={set("analyst")} test_id="filter-analyst" />
            { day("from", "From", &props.filter.from) }
            { day("to", "To", &props.filter.to) }
            if props.filter.narrows() { <ButtonLink kind={ButtonKind::Bare} size={ButtonSize::Small} icon={Icon::Close} href="/tasks">{ "Clear" }</ButtonLink> }
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foot_says_how_many_there_are() {
        for (shown, total, expected) in [
            (1, Some(Total::Exact(1)), "1 task"),
            (50, Some(Total::Exact(1_234)), "50 of 1,234 tasks"),
            (50, Some(Total::AtLeast { value: 10_000, at_least: true }), "50 of 10,000 tasks or more"),
            (0, None, ""),
        ] {
            assert_eq!(counted(shown, total), expected);
        }
    }
}
