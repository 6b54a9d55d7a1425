//! One task, live.

use yew::prelude::*;

use super::Heading;

/// Which task.
#[derive(Properties, PartialEq)]
pub struct TaskProps {
    /// Its id.
    pub id: AttrValue,
}

/// The task.
#[component]
pub fn Task(props: &TaskProps) -> Html {
    html! { <Heading title={format!("Task {}", props.id)} above={vec![(AttrValue::from("Tasks"), AttrValue::from("/tasks"))]} /> }
}
