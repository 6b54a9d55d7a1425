//! An agent's files: what it read, what it wrote, a file's history across agents, and what each modification did.

use quarterdeck_shared::endpoints::{GetAgent, GetFileDiff, ListAgentFiles, ListFileChanges};
use quarterdeck_shared::files::{
    AgentFiles, AgentFilesQuery, DiffQuery, FileChange, FileDeed, FileDiff, FileQuery, FileUsed,
};
use quarterdeck_shared::{AgentId, NoBody, NoQuery};
use yew::prelude::*;

use super::Heading;
use super::faces::face;
use super::not_found::NotFound;
use crate::components::{
    Button, ButtonLink, ButtonSize, Choice, Empty, Faced, Icon, Section, Segment, TimeAt,
};
use crate::format::grouped;
use crate::hooks::{Address, encode, use_address, use_every, use_live, use_pages, use_query};
use crate::panels::deed::visible;
use crate::panels::file_diff::FileDiffView;

/// How often it is asked what files there are while somebody is at work, in seconds.
const ASK_EVERY: u32 = 3;

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
    let known = id.and_then(|id| live.fleet.agents.get(&id));
    let calls = known.map(|agent| agent.tool_calls);
    let is_active = known.is_some_and(|agent| agent.status.is_active());
    let agent = use_query(id, |id| GetAgent { id, query: NoQuery {}, body: NoBody });
    let files = use_query(id.map(|id| (id, calls)), |(id, _)| ListAgentFiles {
        id,
        query: AgentFilesQuery::default(),
        body: NoBody,
    });
    use_following(is_active, &files.again);
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
    let folder =
        agent.answer.data.as_ref().map(|detail| detail.agent.working_directory.clone()).unwrap_or_default();
    let column = |title: &'static str,
                  id: &'static str,
                  used: fn(&AgentFiles) -> &Vec<FileUsed>,
                  empty: &'static str| {
        let rows = files.answer.data.as_ref().map(|files| used(files).clone()).unwrap_or_default();
        html! {
            <Section {title} {id} what="the files" face={face(&files.answer, |files| used(files).is_empty())} on_retry={files.again.clone()}
                empty={html! { <p class="small quiet">{ empty }</p> }}>
                <ul class="files-used" data-testid={id}>{ for rows.iter().map(|used| row(used, &folder, &address, &file)) }</ul>
            </Section>
        }
    };
    let split = address.get("view") == "split";
    let set_view = {
        let address = address.clone();
        Callback::from(move |view: AttrValue| address.set("view", &view))
    };
    let told = diff.answer.data.as_deref();
    html! {
        <>
            <Heading title="Files" above={vec![("Agents".into(), "/agents".into()), (name.clone().into(), format!("/agents/{}", props.id).into())]}>{ name }</Heading>
            <div class="lower two-files">
                { column("Consumed", "consumed", |files| &files.consumed, "It read no file that its session tells of.") }
                { column("Produced", "produced", |files| &files.produced, "It wrote no file that its session tells of.") }
            </div>
            { for files.answer.data.as_ref().map(|files| beyond(files.left_out)) }
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
                    { for told.map(|diff| ways(diff, split, set_view)) }
                    <Faced face={face(&diff.answer, |diff| diff.hunks.is_empty())} what="the difference" lines=6 on_retry={diff.again.clone()}
                        empty={told.map(unchanged).unwrap_or_default()}>
                        { for told.map(|diff| html! { <FileDiffView diff={diff.clone()} {split} /> }) }
                    </Faced>
                </section>
            }
        </>
    }
}

/// Asks again and again while somebody is at work, and for a little longer: what was done last is read after that.
#[hook]
fn use_following(is_active: bool, again: &Callback<()>) {
    let left = use_state_eq(|| 0);
    {
        let left = left.clone();
        use_effect_with(is_active, move |is_active| {
            if *is_active {
                left.set(asks_left(true, 0));
            }
        });
    }
    let (on, again) = (is_active || *left > 0, again.clone());
    let each = Callback::from(move |()| {
        left.set(asks_left(is_active, *left));
        again.emit(());
    });
    use_every(ASK_EVERY, on, each);
}

/// How often it is still asked once nobody is at work any more.
fn asks_left(is_active: bool, left: u8) -> u8 {
    if is_active { 2 } else { left.saturating_sub(1) }
}

/// That there are more files than are shown.
fn beyond(left_out: u64) -> Html {
    html! {
        if left_out > 0 { <p class="small quiet">{ format!("{} more {} left out here: only the newest are shown.", grouped(left_out), if left_out == 1 { "file is" } else { "files are" }) }</p> }
    }
}

/// The ways to look at a difference and to take it away, where there is one.
fn ways(diff: &FileDiff, split: bool, onchange: Callback<AttrValue>) -> Html {
    if diff.hunks.is_empty() {
        return Html::default();
    }
    let choices = vec![Choice::new("", "Unified"), Choice::new("split", "Side by side")];
    html! {
        <div class="row wrap">
            <Segment label="View" {choices} value={if split { "split" } else { "" }} {onchange} />
            <ButtonLink size={ButtonSize::Small} icon={Icon::File} href={format!("/api/v1/files/patch?id={}", encode(&diff.change.id))}>{ "Download the patch" }</ButtonLink>
        </div>
    }
}

/// Why a use of a file shows no difference.
fn unchanged(diff: &FileDiff) -> Html {
    match diff.change.deed {
        FileDeed::Read => html! { <Empty words="It was read; nothing changed." /> },
        FileDeed::Write | FileDeed::Edit => {
            html! { <Empty words="The session does not say what was done here." then="Its file may be gone, or have been replaced." /> }
        }
    }
}

fn weight(added: u64, removed: u64) -> Html {
    html! {
        if added + removed > 0 { <span class="num nowrap"><span class="plus">{ format!("+{}", grouped(added)) }</span>{ " " }<span class="minus">{ format!("−{}", grouped(removed)) }</span></span> }
    }
}

/// A path as it is told apart: below the folder the agent works in, else its last parts.
fn short<'path>(path: &'path str, folder: &str) -> (bool, &'path str) {
    let below = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/'));
    if let Some(below) = below.filter(|_| !folder.is_empty()) {
        return (false, below);
    }
    let last = path.rmatch_indices('/').nth(2).filter(|(at, _)| *at > 0);
    last.map_or((false, path), |(at, _)| (true, &path[at + 1..]))
}

fn row(used: &FileUsed, folder: &str, address: &Address, open: &str) -> Html {
    let (cut, shown) = short(&used.path, folder);
    let query = address.query.clone().with("file", &used.path).with("change", &used.last);
    let href = format!("{}{}", address.path, query.written());
    let current = (used.path == open).then_some("true");
    html! {
        <li key={used.path.clone()}>
            <a {href} aria-current={current}>
                <code class="cut grow" title={visible(&used.path)}>{ cut.then_some("…/") }{ visible(shown) }</code>
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{drawn, holds};
    use quarterdeck_shared::Timestamp;
    use quarterdeck_shared::files::DiffHunk;

    fn diff(deed: FileDeed, hunks: Vec<DiffHunk>) -> FileDiff {
        let change = FileChange {
            id: "toolu_1&2".to_owned(),
            path: "/a.rs".to_owned(),
            agent_id: "0192f0c1-2b3c-7d4e-8f50-00000000000a".parse().unwrap(),
            agent_name: "Builder".to_owned(),
            deed,
            at: Timestamp(0),
            added: None,
            removed: None,
            lines: None,
        };
        FileDiff { change, hunks, left_out: 0 }
    }

    #[test]
    fn a_file_that_was_read_is_said_to_be_unchanged_and_has_no_patch() {
        let read = diff(FileDeed::Read, Vec::new());
        holds(&drawn(unchanged(&read)), &["It was read; nothing changed."]);
        assert!(!drawn(ways(&read, false, Callback::noop())).contains("patch"));
        holds(&drawn(unchanged(&diff(FileDeed::Edit, Vec::new()))), &["does not say what was done"]);
        let hunk = DiffHunk { old_start: 1, new_start: 1, lines: Vec::new() };
        let edit = diff(FileDeed::Edit, vec![hunk]);
        holds(&drawn(ways(&edit, false, Callback::noop())), &["files/patch?id=toolu_1%262"]);
    }

    #[test]
    fn files_are_asked_for_until_a_little_after_the_work_has_ended() {
        let since_the_end =
            std::iter::successors(Some(asks_left(true, 0)), |left| Some(asks_left(false, *left)));
        assert_eq!(since_the_end.take_while(|left| *left > 0).count(), 2);
    }

    #[test]
    fn files_beyond_those_shown_are_counted() {
        holds(&drawn(beyond(3)), &["3 more files are left out"]);
        assert!(!drawn(beyond(0)).contains("left out"));
    }

    #[test]
    fn a_path_is_told_by_its_end() {
        assert_eq!(short("/home/dev/app/src/main.rs", "/home/dev/app"), (false, "src/main.rs"));
        assert_eq!(short("/home/dev/apple/a/b.rs", "/home/dev/app"), (true, "apple/a/b.rs"));
        assert_eq!(short("/etc/hosts", ""), (false, "/etc/hosts"));
        assert_eq!(short("notes.md", "/home/dev/app"), (false, "notes.md"));
    }
}
