//! What the Python orchestrator left behind: files of its folders, their names, rows of its database.

use super::{lines_cut, place};
use orchestrator::agent_logs::{
    FILES, Folder, Log,
    database::{AGENT_COLUMNS, Sheet, TASK_COLUMNS, read},
    entries, repr, text_blocks,
};
use quarterdeck_shared::Timestamp;

fn on_the_wall(text: &str) -> Option<Timestamp> {
    format!("{text}Z").parse().ok()
}

fn log(bytes: &[u8], cut: usize) -> Log {
    let mut log = Log::default();
    lines_cut(bytes, cut, |line| log.take_summary(line, &on_the_wall));
    lines_cut(bytes, cut, |line| log.take_tool(line, &on_the_wall));
    log.take_text(bytes, &on_the_wall);
    log
}

/// However a file is cut it reads the same; blocks stand where they say; every row of a table is read or said not to be.
pub fn check(bytes: &[u8]) {
    let (whole, cut) = (log(bytes, bytes.len()), log(bytes, place(bytes)));
    assert_eq!((&whole.turns, whole.lines, whole.broken), (&cut.turns, cut.lines, cut.broken));
    assert_eq!((&whole.session_id, &whole.cwd, &whole.model), (&cut.session_id, &cut.cwd, &cut.model));
    assert_eq!((whole.first_at, whole.last_at), (cut.first_at, cut.last_at));
    assert_eq!(whole.tally.tool_calls(), cut.tally.tool_calls());
    assert!(whole.broken <= whole.lines && whole.first_at <= whole.last_at);
    assert!(whole.reported().is_none_or(|cost| cost >= quarterdeck_shared::Usd::ZERO));
    let mut before = None;
    for block in text_blocks(bytes, &on_the_wall) {
        assert!(bytes[block.offset as usize..].starts_with(b"[") && before < Some(block.offset));
        before = Some(block.offset);
    }
    for file in 0..FILES.len() {
        let mut before = None;
        for (offset, entry) in entries(file, bytes, 7, &on_the_wall) {
            assert!(before < Some(offset) && offset <= bytes.len() as u64 + 7);
            before = Some(offset);
            let at = entry.at().unwrap_or_default();
            assert!(entry.piece(at).is_none_or(|piece| piece.at == Some(at)));
        }
    }
    let text = String::from_utf8_lossy(bytes);
    let _ = repr::text(&text, "cwd");
    for line in text.lines() {
        assert_eq!(Folder::parse(line), Folder::parse(line));
    }
    rows(&text);
}

fn rows(text: &str) {
    let sheet = |columns: &[&str]| Sheet {
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        rows: text
            .lines()
            .map(|line| {
                line.split('\t').map(|cell| Some(cell.to_owned()).filter(|cell| cell != "-")).collect()
            })
            .collect(),
    };
    // Of both programs at once no database is; each by itself.
    for by_line in [true, false] {
        let kept = |columns: &[&'static str]| -> Vec<&'static str> {
            let foreign = |name: &&str| {
                *name != "runtime" && (by_line || !["agent_id", "assigned_agents"].contains(name))
            };
            columns.iter().copied().filter(foreign).collect()
        };
        let (agents, tasks) = (sheet(&kept(&AGENT_COLUMNS)), sheet(&kept(&TASK_COLUMNS)));
        let Some(past) = read(Some(&agents), Some(&tasks)) else { panic!("its own columns are its own") };
        assert_eq!(past, read(Some(&agents), Some(&tasks)).unwrap_or_else(|| past.clone()));
        let read = (past.agents.len() + past.tasks.len()) as u64 + past.unread;
        assert_eq!(read, (agents.rows.len() + tasks.rows.len()) as u64);
    }
}
