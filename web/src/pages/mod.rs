//! Pages: one file per route. Route says which, PAGES what stands in the sidebar.

mod aboard;
mod agents;
mod analytics;
mod approvals;
mod bar;
mod conversation;
mod costs;
mod dashboard;
mod faces;
mod facts;
mod files;
mod frame;
mod heading;
mod help;
mod login;
mod logs;
mod new_task;
mod not_found;
mod replay;
mod roles;
mod search;
mod settings;
mod sidebar;
mod task;
mod tasks;

use quarterdeck_shared::{AgentId, TaskId};
use yew::prelude::*;
use yew_router::prelude::*;
use yew_router::router::ConcreteRouterProps;
use yew_router::switch::SwitchProps;

pub use facts::{Counts, Facts, Link, Spent, use_facts};
pub use frame::Frame;
pub use heading::{Heading, Trail};

use crate::components::{Icon, Toasts};

/// Every address of the page.
#[derive(Clone, Debug, PartialEq, Eq, Routable)]
pub enum Route {
    /// The dashboard.
    #[at("/")]
    Home,
    /// The dashboard.
    #[at("/dashboard")]
    Dashboard,
    /// Signing in, by key or by the single-use code behind `#`.
    #[at("/login")]
    Login,
    /// The agents; `?new=1` opens the dialog that creates one.
    #[at("/agents")]
    Agents,
    /// The agents, one of them open in the drawer.
    #[at("/agents/:id")]
    Agent {
        /// Which.
        id: String,
    },
    /// What an agent was told, said and did; `?at=` is a place in it.
    #[at("/agents/:id/conversation")]
    Conversation {
        /// Whose.
        id: String,
    },
    /// What an agent read and wrote.
    #[at("/agents/:id/files")]
    AgentFiles {
        /// Whose.
        id: String,
    },
    /// What an agent did, action by action.
    #[at("/agents/:id/logs")]
    Logs {
        /// Whose.
        id: String,
    },
    /// The tasks there were.
    #[at("/tasks")]
    Tasks,
    /// A new task.
    #[at("/tasks/new")]
    NewTask,
    /// One task, live.
    #[at("/tasks/:id")]
    Task {
        /// Which.
        id: String,
    },
    /// A task as it stood at any moment of its life.
    #[at("/tasks/:id/replay")]
    TaskReplay {
        /// Which.
        id: String,
    },
    /// An agent's session likewise.
    #[at("/agents/:id/replay")]
    AgentReplay {
        /// Which.
        id: String,
    },
    /// What waits for a person.
    #[at("/approvals")]
    Approvals,
    /// One of them.
    #[at("/approvals/:id")]
    Approval {
        /// Which.
        id: String,
    },
    /// What was spent, and the records behind it.
    #[at("/costs")]
    Costs,
    /// Why a day's sum is what it is: `?day=2026-11-22`.
    #[at("/costs/why")]
    Why,
    /// What was said and done, found by its words.
    #[at("/search")]
    Search,
    /// Cost and tokens.
    #[at("/analytics")]
    Analytics,
    /// Settings.
    #[at("/settings")]
    Settings,
    /// Anything else.
    #[not_found]
    #[at("/404")]
    NotFound,
}

/// A page of the sidebar.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Its title.
    pub title: &'static str,
    /// Its icon.
    pub icon: Icon,
    /// Its path.
    pub path: &'static str,
    /// Its keys.
    pub keys: &'static str,
    /// It has a tab at the foot of a phone; the others are reached by the palette and the sidebar.
    pub tab: bool,
    /// It stands below the line, apart from the daily ones.
    pub second: bool,
    /// The count beside its title.
    pub count: fn(&Counts) -> Option<u64>,
}

/// The sidebar, in order.
pub const PAGES: &[Page] = &[
    Page {
        title: "Dashboard",
        icon: Icon::Fleet,
        path: "/dashboard",
        keys: "d|mod+d|g d",
        tab: true,
        second: false,
        count: |_| None,
    },
    Page {
        title: "Agents",
        icon: Icon::Agents,
        path: "/agents",
        keys: "g a",
        tab: true,
        second: false,
        count: |counts| counts.agents,
    },
    Page {
        title: "Tasks",
        icon: Icon::Tasks,
        path: "/tasks",
        keys: "g t",
        tab: true,
        second: false,
        count: |counts| counts.tasks,
    },
    Page {
        title: "Approvals",
        icon: Icon::Approvals,
        path: "/approvals",
        keys: "g p",
        tab: true,
        second: false,
        count: |counts| counts.waiting,
    },
    Page {
        title: "Search",
        icon: Icon::Search,
        path: "/search",
        keys: "g f",
        tab: false,
        second: false,
        count: |_| None,
    },
    Page {
        title: "Costs",
        icon: Icon::Costs,
        path: "/costs",
        keys: "g m",
        tab: false,
        second: false,
        count: |_| None,
    },
    Page {
        title: "Analytics",
        icon: Icon::Analytics,
        path: "/analytics",
        keys: "g c",
        tab: true,
        second: true,
        count: |_| None,
    },
    Page {
        title: "Settings",
        icon: Icon::Settings,
        path: "/settings",
        keys: ",|mod+,|g s",
        tab: false,
        second: true,
        count: |_| None,
    },
];

/// The whole product in one element.
#[component]
pub fn App() -> Html {
    let switch = plain::<Switch<Route>>(SwitchProps { render: Callback::from(framed), pathname: None });
    let children = html! { <Toasts><aboard::Aboard>{ switch }</aboard::Aboard></Toasts> };
    plain::<BrowserRouter>(ConcreteRouterProps { children, basename: None })
}

fn framed(route: Route) -> Html {
    match route {
        Route::Login => html! { <login::Login /> },
        route => html! { <Frame>{ page(route) }</Frame> },
    }
}

fn page(route: Route) -> Html {
    match route {
        Route::Home | Route::Dashboard => html! { <dashboard::Dashboard /> },
        Route::Login => html! { <login::Login /> },
        Route::Agents => html! { <agents::Agents /> },
        Route::Agent { id } => html! { <agents::Agents open={AttrValue::from(id)} /> },
        Route::Conversation { id } => match id.parse::<AgentId>() {
            Ok(id) => html! { <conversation::Conversation key={id.to_string()} {id} /> },
            Err(_) => html! { <not_found::NotFound /> },
        },
        Route::AgentFiles { id } => html! { <files::Files id={AttrValue::from(id)} /> },
        Route::Logs { id } => html! { <logs::Logs id={AttrValue::from(id)} /> },
        Route::Tasks => html! { <tasks::Tasks /> },
        Route::NewTask => html! { <new_task::NewTask /> },
        Route::Task { id } => html! { <task::Task id={AttrValue::from(id)} /> },
        Route::TaskReplay { id } => past(id.parse().ok().map(|id| (Some(id), None))),
        Route::AgentReplay { id } => past(id.parse().ok().map(|id| (None, Some(id)))),
        Route::Approvals => html! { <approvals::Approvals /> },
        Route::Approval { id } => html! { <approvals::Approvals open={AttrValue::from(id)} /> },
        Route::Costs => html! { <costs::Costs /> },
        Route::Why => html! { <costs::WhyPage /> },
        Route::Search => html! { <search::Search /> },
        Route::Analytics => html! { <analytics::Analytics /> },
        Route::Settings => html! { <settings::Settings /> },
        Route::NotFound => html! { <not_found::NotFound /> },
    }
}

fn past(whose: Option<(Option<TaskId>, Option<AgentId>)>) -> Html {
    match whose {
        Some((task, agent)) => html! { <replay::Replay {task} {agent} /> },
        None => html! { <not_found::NotFound /> },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_the_sidebar_has_a_route() {
        for page in PAGES {
            assert!(
                !matches!(Route::recognize(page.path), None | Some(Route::NotFound)),
                "{} leads nowhere",
                page.path
            );
        }
    }

    #[test]
    fn a_new_task_is_not_taken_for_a_task_called_new() {
        assert_eq!(Route::recognize("/tasks/new"), Some(Route::NewTask));
        assert_eq!(Route::recognize("/tasks/0192"), Some(Route::Task { id: "0192".into() }));
        let id = "0192f0c1-2b3c-7d4e-8f50-123456789abc";
        let talk = Route::recognize(&format!("/agents/{id}/conversation"));
        assert_eq!(talk, Some(Route::Conversation { id: id.into() }));
        assert_eq!(Route::recognize("/nowhere"), Some(Route::NotFound));
    }
}
