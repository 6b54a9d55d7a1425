//! The files an agent wrote and read, each with an address of its own.

use std::rc::Rc;

use quarterdeck_shared::agents::{AgentDetail, FileTouch, FileUse};
use yew::prelude::*;

use crate::components::{CopyButton, Icon, TimeAgo, icon};
use crate::order;
use crate::panels::deed::visible;

/// What the files are of.
#[derive(Properties, PartialEq)]
pub struct FilesProps {
    /// The agent.
    pub detail: Rc<AgentDetail>,
    /// The path that is marked, as the address names it.
    pub marked: AttrValue,
    /// The address of a file.
    pub href: Callback<String, AttrValue>,
}

/// What it wrote, then what it read.
#[component]
pub fn Files(props: &FilesProps) -> Html {
    // What was not started here tells of its files in its session alone.
    let told = html! {
        <p class="small"><a href={format!("/agents/{}/files", props.detail.agent.id)}>{ "What its session tells of files: history and differences" }</a></p>
    };
    if props.detail.files.is_empty() {
        return html! { <section><p class="quiet">{ "It has touched no file yet." }</p>{ told }</section> };
    }
    html! { <>{ group(props, FileUse::Produced, "Written") }{ group(props, FileUse::Consumed, "Read") }{ told }</> }
}

fn group(props: &FilesProps, file_use: FileUse, title: &str) -> Html {
    let mut files: Vec<_> = props.detail.files.iter().filter(|file| file.file_use == file_use).collect();
    if files.is_empty() {
        return Html::default();
    }
    order::largest_first(&mut files, |file| file.last_at);
    html! {
        <section>
            <h2>{ title }{ " " }<span class="quiet small num">{ files.len() }</span></h2>
            <ul class="files">{ for files.into_iter().map(|file| row(props, file)) }</ul>
        </section>
    }
}

fn row(props: &FilesProps, file: &FileTouch) -> Html {
    let marked = props.marked == file.path.as_str();
    let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
    html! {
        <li key={file.path.clone()} class={marked.then_some("marked")}>
            { icon(Icon::File) }
            <a class="file-link" href={props.href.emit(file.path.clone())} aria-current={marked.then_some("true")} title={visible(&file.path)} data-testid="file">
                <code class="strong">{ visible(name) }</code>
                if !folder.is_empty() { <code class="quiet cut">{ visible(folder) }</code> }
            </a>
            if file.times > 1 { <span class="num quiet small nowrap">{ format!("{} times", file.times) }</span> }
            <TimeAgo class="quiet small nowrap" at_us={file.last_at.micros()} />
            <CopyButton text={file.path.clone()} label="Copy the path" />
        </li>
    }
}
