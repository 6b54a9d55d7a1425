//! The keeper owns every descendant of an agent, whatever they do to get away.

use crate::support::database::folder;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use quarterdeck::fleet::runtime::keeper::{FINISHED, process_in};
use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

/// Starts children that leave the group, the session and their parent, and ignore a polite word; says so, and waits.
const STUBBORN: &str = r#"
    trap '' TERM INT HUP
    setsid sh -c "trap '' TERM INT HUP; echo \$\$ >> pids; while :; do sleep 1000; done" &
    (setsid sh -c "trap '' TERM INT HUP; echo \$\$ >> pids; while :; do sleep 1000; done" & ) &
    (sh -c "trap '' TERM INT HUP; echo \$\$ >> pids; sleep 1000" & ) &
    while [ "$(grep -c . pids 2>/dev/null || echo 0)" -lt 3 ]; do :; done
    echo ready
    "#;

fn keeper(folder: &Path, parent: u32, script: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quarterdeck"));
    command
        .args(["keeper", "--parent", &parent.to_string(), "--grace-ms", "50", "--", "sh", "-c", script])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn kept(folder: &Path, script: &str) -> (Child, BufReader<ChildStdout>, u32) {
    let mut child = keeper(folder, std::process::id(), script).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let process = first_line(&mut output);
    (child, output, process)
}

/// The program's process id, from the keeper's first line.
fn first_line(output: &mut BufReader<ChildStdout>) -> u32 {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    process_in(line.trim().as_bytes()).unwrap_or_else(|| panic!("{line:?}"))
}

fn until_ready(output: &mut BufReader<ChildStdout>) {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
}

/// Every process that wrote itself down is gone, or a number somebody else has by now.
fn all_gone(folder: &Path) {
    let written = std::fs::read_to_string(folder.join("pids")).unwrap();
    let pids: Vec<i32> = written.lines().map(|line| line.trim().parse().unwrap()).collect();
    assert_eq!(pids.len(), 3);
    for pid in pids {
        let command = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        assert!(!command.contains("trap"), "process {pid} lives: {command}");
    }
}

fn ends_with(script: &str, code: i32) {
    let folder = folder();
    let output = keeper(folder.path(), std::process::id(), script).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_programs_end_is_the_keepers() {
    ends_with("exit 0", 0);
    ends_with("exit 7", 7);
    ends_with("kill -9 $$", 137);
    ends_with("kill -TERM $$", 143);
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let folder = folder();
    let output = Command::new(env!("CARGO_BIN_EXE_quarterdeck"))
        .args([
            "keeper",
            "--parent",
            &std::process::id().to_string(),
            "--grace-ms",
            "50",
            "--",
            "/no/such/claude",
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(127));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot start /no/such/claude"));
}

#[test]
fn the_streams_are_the_programs_own() {
    let folder = folder();
    let (mut child, mut output, process) = kept(folder.path(), "read line; echo \"heard $line in $$\"");
    use std::io::Write as _;
    child.stdin.take().unwrap().write_all(b"words\n").unwrap();
    let mut said = String::new();
    output.read_to_string(&mut said).unwrap();
    assert_eq!(said, format!("heard words in {process}\n"));
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_a_program_leaves_behind_ends_with_it() {
    let folder = folder();
    let (mut child, mut output, _) = kept(folder.path(), &format!("{STUBBORN}\nexit 3"));
    until_ready(&mut output);
    assert_eq!(child.wait().unwrap().code(), Some(3));
    all_gone(folder.path());
}

#[test]
fn a_word_to_the_keeper_ends_a_tree_that_hears_none() {
    let folder = folder();
    let (mut child, mut output, _) =
        kept(folder.path(), &format!("{STUBBORN}\nwhile :; do sleep 1000; done"));
    until_ready(&mut output);
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGTERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(137));
    all_gone(folder.path());
}

#[test]
fn the_tree_ends_when_the_server_dies() {
    let folder = folder();
    let script = format!("{STUBBORN}\nwhile :; do sleep 1000; done");
    let mut server = Command::new("sh")
        .args(["-c", r#""$0" keeper --parent $$ --grace-ms 50 -- sh -c "$1" & wait"#])
        .args([env!("CARGO_BIN_EXE_quarterdeck"), &script])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    first_line(&mut output);
    until_ready(&mut output);
    server.kill().unwrap();
    server.wait().unwrap();
    // The stream ends once nobody holds it any more: keeper, program and all that got away.
    output.read_to_end(&mut Vec::new()).unwrap();
    all_gone(folder.path());
}

#[test]
fn the_programs_input_ends_where_the_server_says_so() {
    let folder = folder();
    let (mut child, mut output, _) = kept(folder.path(), "echo ready; cat; echo end");
    until_ready(&mut output);
    kill(Pid::from_raw(child.id().cast_signed()), FINISHED).unwrap();
    drop(child.stdin.take());
    let mut said = String::new();
    output.read_to_string(&mut said).unwrap();
    assert_eq!(said, "end\n");
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_server_that_dies_is_not_taken_for_the_end_of_the_input() {
    let folder = folder();
    let script = "trap '' TERM; echo ready; cat > /dev/null; echo heard > heard; sleep 1000";
    let mut server = Command::new("sh")
        .args(["-c", r#"exec 3<&0; "$0" keeper --parent $$ --grace-ms 300 -- sh -c "$1" <&3 3<&- & wait"#])
        .args([env!("CARGO_BIN_EXE_quarterdeck"), script])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    first_line(&mut output);
    until_ready(&mut output);
    drop(server.stdin.take());
    server.kill().unwrap();
    server.wait().unwrap();
    output.read_to_end(&mut Vec::new()).unwrap();
    assert!(!folder.path().join("heard").exists(), "the program heard the end of its input");
}

#[test]
fn the_program_dies_with_its_keeper() {
    let folder = folder();
    let (mut child, mut output, _) = kept(folder.path(), "echo ready; while :; do read -r line || :; done");
    until_ready(&mut output);
    child.kill().unwrap();
    child.wait().unwrap();
    output.read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn what_left_the_tree_ends_also_where_a_keeper_is_killed() {
    for killed_within in [false, true] {
        let folder = folder();
        let (mut child, mut output, _) =
            kept(folder.path(), &format!("{STUBBORN}\nwhile :; do sleep 1000; done"));
        until_ready(&mut output);
        let process = if killed_within { child_of(child.id()) } else { child.id().cast_signed() };
        kill(Pid::from_raw(process), Signal::SIGKILL).unwrap();
        child.wait().unwrap();
        // Nobody is left who holds the stream.
        output.read_to_end(&mut Vec::new()).unwrap();
        all_gone(folder.path());
    }
}

fn child_of(process: u32) -> i32 {
    let children = std::fs::read_to_string(format!("/proc/{process}/task/{process}/children")).unwrap();
    children.trim().parse().unwrap()
}

#[test]
fn a_keeper_whose_server_is_gone_already_starts_nothing() {
    let folder = folder();
    let output = keeper(folder.path(), 1, "echo here > file").output().unwrap();
    assert!(!output.status.success());
}
