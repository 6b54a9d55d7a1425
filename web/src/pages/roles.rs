//! What each role did, in a stretch of time or for a task.

use quarterdeck_shared::endpoints::ListMetrics;
use quarterdeck_shared::metrics::{Metrics, MetricsQuery};
use quarterdeck_shared::{NoBody, Page, TaskId, Timestamp};
use yew::prelude::*;

use super::faces::face;
use crate::components::Section;
use crate::dom;
use crate::hooks::use_query;
use crate::panels::role_metrics::RoleMetrics;

/// What is asked.
#[derive(Properties, PartialEq)]
pub struct RolesProps {
    /// One task's agents.
    #[prop_or_default]
    pub task_id: Option<TaskId>,
    /// So many seconds back from now.
    #[prop_or_default]
    pub seconds: Option<i64>,
    /// It is asked anew when this changes.
    pub asked_at: u64,
}

/// A table with its title.
#[component]
pub fn Roles(props: &RolesProps) -> Html {
    let asked = use_query(Some((props.task_id, props.seconds, props.asked_at)), |(task_id, seconds, _)| {
        let from = seconds.map(|seconds| Timestamp(dom::now_us()).plus_seconds(-seconds).to_string());
        ListMetrics { query: MetricsQuery { task_id, from, ..MetricsQuery::default() }, body: NoBody }
    });
    let note = if props.seconds.is_some() {
        "whoever was at work then; calls of tools since they began"
    } else {
        "each figure the sum of what its agents show"
    };
    let empty = html! { <p class="small quiet">{ "Nobody was at work. Recordings are not counted." }</p> };
    html! {
        <Section title="What each role did" id="roles" {note} face={face(&asked.answer, |page: &Page<Metrics>| page.items.is_empty())} {empty} on_retry={asked.again}>
            if let Some(page) = asked.answer.data { <RoleMetrics roles={page.items.clone()} /> }
        </Section>
    }
}
