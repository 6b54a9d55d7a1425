//! Who may import whom: a table of rooms and what each never says.

use super::paths::paths;
use super::tokens::{Token, tokens};
use super::{File, Violation};

/// A part of the tree with one reason to exist.
struct Room {
    /// Path prefixes of its files.
    at: &'static [&'static str],
    /// Prefixes within that belong to another room.
    but: &'static [&'static str],
    /// Paths it does not name. `*::x` is the segment x anywhere in a path.
    never: &'static [&'static str],
    why: &'static str,
}

const EVERYWHERE: &[&str] = &[];

const ROOMS: [Room; 14] = [
    Room {
        at: &["shared/src/"],
        but: EVERYWHERE,
        never: &["orchestrator", "quarterdeck", "migrations", "rocket", "sea_orm", "sqlx", "yew"],
        why: "the nouns on the wire know nobody of the workspace, so that everybody can know them",
    },
    Room {
        at: &["api/core/src/"],
        but: EVERYWHERE,
        never: &["rocket", "sea_orm", "sqlx", "tokio", "std::fs", "std::net", "std::env", "std::process"],
        why: "the rules of the fleet do no IO: values in, values out, also in the page",
    },
    Room {
        at: &["api/core/src/"],
        but: EVERYWHERE,
        never: &["*::now", "*::now_v7", "*::new_v4", "rand", "getrandom", "fastrand"],
        why: "time and chance are parameters of the core, so that a run can be replayed",
    },
    Room {
        at: &["api/core/src/"],
        but: EVERYWHERE,
        never: &["quarterdeck", "migrations"],
        why: "core decides and knows nobody who carries out",
    },
    Room {
        at: &["api/src/"],
        but: &["api/src/http/", "api/src/http.rs", "api/src/lib.rs", "api/src/main.rs"],
        never: &["rocket", "rocket_ws", "rocket_db_pools"],
        why: "only http and the assembly in lib.rs say rocket",
    },
    Room {
        at: &["api/src/", "shared/src/", "web/src/"],
        but: &["api/src/store/", "api/src/store.rs"],
        never: &["sea_orm", "sqlx", "sea_orm_migration"],
        why: "only store and migrations speak to the database",
    },
    Room {
        at: &["api/src/store/", "api/src/store.rs"],
        but: EVERYWHERE,
        never: &[
            "crate::http",
            "crate::fleet",
            "crate::sources",
            "crate::jobs",
            "crate::channels",
            "crate::cli",
        ],
        why: "store remembers and knows nobody above it",
    },
    Room {
        at: &[
            "api/src/fleet/runtime/",
            "api/src/fleet/runtime.rs",
            "api/src/channels/",
            "api/src/channels.rs",
        ],
        but: EVERYWHERE,
        never: &["crate::store", "crate::http"],
        why: "a runtime or channel is told what to do and reports back; who remembers it is not its matter",
    },
    Room {
        at: &[
            "api/src/fleet/",
            "api/src/fleet.rs",
            "api/src/sources/",
            "api/src/sources.rs",
            "api/src/jobs/",
            "api/src/jobs.rs",
        ],
        but: EVERYWHERE,
        never: &["crate::http", "crate::cli"],
        why: "who does the work does not know who asked for it",
    },
    Room {
        at: &["api/src/http/", "api/src/http.rs"],
        but: EVERYWHERE,
        never: &["crate::fleet::runtime", "crate::channels"],
        why: "handlers introduce; fleet carries out",
    },
    Room {
        at: &["web/src/panels/", "web/src/panels.rs", "web/src/charts/", "web/src/charts.rs"],
        but: EVERYWHERE,
        never: &["crate::client", "*::use_query", "*::use_command", "*::use_live"],
        why: "pages fetch, panels show",
    },
    Room {
        at: &["web/src/charts/", "web/src/charts.rs"],
        but: EVERYWHERE,
        never: &["yew", "web_sys", "gloo"],
        why: "charts draw anywhere: series in, picture out",
    },
    Room {
        at: &["web/src/components/", "web/src/components.rs"],
        but: EVERYWHERE,
        never: &["crate::client", "crate::pages", "crate::panels", "quarterdeck_shared", "orchestrator"],
        why: "the kit knows no term of the field",
    },
    Room {
        at: &["web/src/"],
        but: EVERYWHERE,
        never: &["quarterdeck", "migrations", "rocket"],
        why: "the page knows shared and core of this workspace, nobody else",
    },
];

/// The one component that may turn text into markup; it sanitises.
const MARKUP: &str = "web/src/components/markdown.rs";
const MARKUP_WORDS: [&str; 6] = [
    "inner_html",
    "set_inner_html",
    "outer_html",
    "set_outer_html",
    "from_html_unchecked",
    "insert_adjacent_html",
];

/// Paths that a room never says.
pub fn imports(file: &File) -> Vec<Violation> {
    if !file.path.ends_with(".rs") {
        return Vec::new();
    }
    let within = |prefixes: &[&str]| prefixes.iter().any(|prefix| file.path.starts_with(prefix));
    let named = paths(&file.path, &file.text);
    let mut found = Vec::new();
    for room in ROOMS.iter().filter(|room| within(room.at) && !within(room.but)) {
        for path in &named {
            if let Some(pattern) = room.never.iter().find(|pattern| says(&path.segments, pattern)) {
                let what = format!("says {}, which is {pattern}", path.segments.join("::"));
                found.push(Violation { file: file.path.clone(), line: path.line, what, why: room.why });
            }
        }
    }
    found
}

/// Words that turn text into markup.
pub fn markup(file: &File) -> Vec<Violation> {
    if !file.path.starts_with("web/") || !file.path.ends_with(".rs") || file.path == MARKUP {
        return Vec::new();
    }
    let words = tokens(&file.text).into_iter().filter_map(|(line, token)| match token {
        Token::Word(word) if MARKUP_WORDS.contains(&word.as_str()) => Some((line, word)),
        _ => None,
    });
    let why = "what agents write is hostile; only components/markdown.rs makes markup of text";
    words
        .map(|(line, word)| Violation { file: file.path.clone(), line, what: format!("says {word}"), why })
        .collect()
}

fn says(segments: &[String], pattern: &str) -> bool {
    match pattern.strip_prefix("*::") {
        Some(segment) => segments.iter().any(|named| named == segment),
        None => {
            let mut named = segments.iter();
            pattern.split("::").all(|wanted| named.next().is_some_and(|segment| segment == wanted))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: fn(&File) -> Vec<Violation>, path: &str, text: &str, expected: &[usize]) {
        let found = rule(&File { path: path.to_string(), text: text.to_string() });
        let lines = found.iter().map(|violation| violation.line).collect::<Vec<_>>();
        assert_eq!(lines, expected, "{path}: {text}: {found:?}");
    }

    #[test]
    fn core_does_no_io_and_asks_no_clock() {
        let core = "api/core/src/planner.rs";
        check(imports, core, "use std::collections::BTreeMap;\nuse std::{fmt, fs};", &[2]);
        check(imports, core, "fn f() {\n  let t = jiff::Timestamp::now();\n}", &[2]);
        check(imports, core, "use std::time::SystemTime;\nfn f() { SystemTime::now(); }", &[2]);
        check(imports, core, "//! Nothing here says tokio::spawn.\nfn f() { \"std::fs\"; }", &[]);
        check(imports, core, "use tokio::sync::Mutex;", &[1]);
        check(imports, core, "use getrandom::fill;", &[1]);
        check(imports, "api/core/tests/cases.rs", "use std::fs;", &[]);
    }

    #[test]
    fn only_http_and_the_assembly_say_rocket() {
        let text = "use rocket::State;";
        check(imports, "api/src/fleet/drive.rs", text, &[1]);
        check(imports, "api/src/store/agents.rs", text, &[1]);
        check(imports, "api/src/http/agents.rs", text, &[]);
        check(imports, "api/src/lib.rs", text, &[]);
        check(imports, "api/src/cli/serve.rs", "#[rocket::async_trait]\nimpl X {}", &[1]);
        check(imports, "api/src/error.rs", "use rocket_ws as ws;", &[1]);
    }

    #[test]
    fn only_store_and_migrations_speak_to_the_database() {
        let text = "use sea_orm::EntityTrait;\nuse sqlx::Row;";
        check(imports, "api/src/http/agents.rs", text, &[1, 2]);
        check(imports, "api/src/jobs/rollup.rs", text, &[1, 2]);
        check(imports, "api/src/store/agents.rs", text, &[]);
        check(imports, "migrations/src/lib.rs", text, &[]);
    }

    #[test]
    fn rooms_do_not_look_up() {
        check(imports, "api/src/store/agents.rs", "use crate::fleet::Fleet;", &[1]);
        check(imports, "api/src/fleet/runtime/replay.rs", "use super::super::super::store::Store;", &[1]);
        check(imports, "api/src/fleet/runtime/replay.rs", "use super::super::bus::Bus;", &[]);
        check(imports, "api/src/fleet/drive.rs", "use crate::store::agents;\nuse crate::http::live;", &[2]);
        check(imports, "api/src/http/tasks.rs", "use crate::fleet::{Fleet, runtime::Runtime};", &[1]);
        check(imports, "shared/src/agents.rs", "use orchestrator::planner;", &[1]);
        check(imports, "api/core/src/lib.rs", "use quarterdeck_shared::agents;\nuse quarterdeck::x;", &[2]);
    }

    #[test]
    fn panels_do_not_fetch_and_the_kit_knows_no_term() {
        check(imports, "web/src/panels/agent_table.rs", "use crate::hooks::{use_query, use_stored};", &[1]);
        check(imports, "web/src/pages/agents.rs", "use crate::hooks::use_query;", &[]);
        check(imports, "web/src/charts/cost.rs", "use yew::prelude::*;", &[1]);
        check(imports, "web/src/components/table.rs", "use quarterdeck_shared::agents::Agent;", &[1]);
        check(imports, "web/src/components/table.rs", "use yew::prelude::*;", &[]);
        check(imports, "web/src/main.rs", "use quarterdeck::config;", &[1]);
    }

    #[test]
    fn markup_is_made_in_one_place() {
        let text = "fn f() {\n  Html::from_html_unchecked(x);\n  div.set_inner_html(&y);\n}";
        check(markup, "web/src/panels/conversation.rs", text, &[2, 3]);
        check(markup, MARKUP, text, &[]);
    }
}
