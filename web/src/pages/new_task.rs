//! A new task.

use yew::prelude::*;

use super::Heading;

/// The form.
#[component]
pub fn NewTask() -> Html {
    html! { <Heading title="New task" above={vec![(AttrValue::from("Tasks"), AttrValue::from("/tasks"))]} /> }
}
