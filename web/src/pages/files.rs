//! An agent's files: what it read, what it wrote, a file's history across agents, and what each modification did.

use quarterdeck_shared::endpoints::{GetAgent, GetFileDiff, ListAgentFiles, ListFileChanges};
use quarterdeck_shared::files::{DiffQuery, FileChange, FileDeed, FileQuery, FileUsed};
use quarterdeck_shared::{AgentId, NoBody, NoQuery};
use yew::prelude::*;

use super::Heading;
use super::faces::face;
use super::not_found::NotFound;
use crate::components::{
    Button, ButtonLink, ButtonSize, Choice, Empty, Faced, Icon, Section, Segment, TimeAt,
};
use crate::format::grouped;
use crate::hooks::{Address, encode, use_address, use_live, use_pages, use_query};
use crate::panels::deed::visible;
use crate::panels::file_diff::FileDiffView;

/// Whose files.
#[derive(Properties, PartialEq)]
pub struct FilesProps {
    /// The agent's id, as it stands in the address.
    pub id: AttrValue,
}

/// The files.
#[component]
pub fn Files(props: &FilesProps) -> Html {
    let id = props.id.parse::<AgentId>().ok();
    let address = use_address();
    let live = use_live();
    let calls = id.and_then(|id| live.fleet.agents.get(&id).map(|agent| agent.tool_calls));
    let agent = use_query(id, |id| GetAgent { id, query: NoQuery {}, body: NoBody });
    let files =
        use_query(id.map(|id| (id, calls)), |(id, _)| ListAgentFiles { id, query: NoQuery {}, body: NoBody });
    let file = address.get("file").to_owned();
    let change = address.get("change").to_owned();
    let history = use_pages((!file.is_empty()).then(|| file.clone()), |path, cursor| ListFileChanges {
        query: FileQuery { path: Some(path), cursor, ..FileQuery::default() },
        body: NoBody,
    });
    let diff = use_query((!change.is_empty()).then(|| change.clone()), |id| GetFileDiff {
        query: DiffQuery { id: Some(id) },
        body: NoBody,
    });
    if id.is_none() {
        return html! { <NotFound /> };
    }
    let name = agent.answer.data.as_ref().map(|detail| visible(&detail.agent.name)).unwrap_or_default();
    let column = |title: &'static str,
                  id: &'static str,
                  used: fn(&quarterdeck_shared::files::AgentFiles) -> &Vec<FileUsed>,
                  empty: &'static str| {
        let rows = files.answer.data.as_ref().map(|files| used(files).clone()).unwrap_or_default();
        html! {
            <Section {title} {id} what="the files" face={face(&files.answer, |files| used(files).is_empty())} on_retry={files.again.clone()}
                empty={html! { <p class="small quiet">{ empty }</p> }}>
                <ul class="files-used" data-testid={id}>{ for rows.iter().map(|used| row(used, &address, &file)) }</ul>
            </Section>
        }
    };
    let split = address.get("view") == "split";
    let set_view = {
        let address = address.clone();
        Callback::from(move |view: AttrValue| address.set("view", &view))
    };
    html! {
        <>
            <Heading title="Files">{ name }</Heading>
            <p class="small"><a href={format!("/agents/{}", props.id)}>{ "To the agent" }</a></p>
            <div class="lower two-files">
                { column("Consumed", "consumed", |files| &files.consumed, "It read no file that its session tells of.") }
                { column("Produced", "produced", |files| &files.produced, "It wrote no file that its session tells of.") }
            </div>
            if !file.is_empty() {
                <Section title="History" id="history" note={visible(&file)} what="the history" face={face(&history.answer, |rows| rows.items.is_empty())}
                    empty={html! { <p class="small quiet">{ "No session tells of this file." }</p> }} on_retry={history.again.clone()}>
                    if let Some(rows) = &history.answer.data {
                        <ol class="files-used" data-testid="file-history">{ for rows.items.iter().map(|told| done(told, &address, &change)) }</ol>
                        if rows.next.is_some() { <Button size={ButtonSize::Small} onclick={history.more.reform(|_| ())}>{ "Show older ones" }</Button> }
                    }
                </Section>
            }
            if !change.is_empty() {
                <section class="section" aria-label="Difference">
                    <div class="row wrap">
                        <Segment label="View" choices={vec![Choice::new("", "Unified"), Choice::new("split", "Side by side")]} value={if split { "split" } else { "" }} onchange={set_view} />
                        <ButtonLink size={ButtonSize::Small} icon={Icon::File} href={format!("/api/v1/files/patch?id={}", encode(&change))}>{ "Download the patch" }</ButtonLink>
                    </div>
                    <Faced face={face(&diff.answer, |diff| diff.hunks.is_empty())} what="the difference" lines=6 on_retry={diff.again.clone()}
                        empty={html! { <Empty words="The session does not say what was done here." then="Its file may be gone, or have been replaced." /> }}>
                        if let Some(diff) = &diff.answer.data { <FileDiffView diff={(**diff).clone()} {split} /> }
                    </Faced>
                </section>
            }
        </>
    }
}

fn weight(added: u64, removed: u64) -> Html {
    html! {
        if added + removed > 0 { <span class="num nowrap"><span class="plus">{ format!("+{}", grouped(added)) }</span>{ " " }<span class="minus">{ format!("−{}", grouped(removed)) }</span></span> }
    }
}

fn row(used: &FileUsed, address: &Address, open: &str) -> Html {
    let query = address.query.clone().with("file", &used.path).with("change", &used.last);
    let href = format!("{}{}", address.path, query.written());
    let current = (used.path == open).then_some("true");
    html! {
        <li key={used.path.clone()}>
            <a {href} aria-current={current}>
                <code class="cut grow" title={visible(&used.path)}>{ visible(&used.path) }</code>
                if let Some(lines) = used.lines { <span class="small quiet nowrap num">{ format!("{} {}", grouped(lines), if lines == 1 { "line" } else { "lines" }) }</span> }
                <span class="small">{ weight(used.added, used.removed) }</span>
                if used.times > 1 { <span class="small quiet nowrap num">{ format!("{}×", grouped(used.times)) }</span> }
                <TimeAt class="small quiet nowrap" at_us={used.last_at.micros()} />
            </a>
        </li>
    }
}

fn done(told: &FileChange, address: &Address, open: &str) -> Html {
    let words = match told.deed {
        FileDeed::Read => "read",
        FileDeed::Write => "wrote",
        FileDeed::Edit => "edited",
    };
    let current = (told.id == open).then_some("true");
    html! {
        <li key={told.id.clone()}>
            <a href={address.href("change", &told.id)} aria-current={current}>
                <TimeAt class="small quiet nowrap" at_us={told.at.micros()} />
                <span class="cut grow">{ visible(&told.agent_name) }{ " " }<b>{ words }</b></span>
                <span class="small">{ weight(told.added.unwrap_or(0), told.removed.unwrap_or(0)) }</span>
            </a>
        </li>
    }
}
