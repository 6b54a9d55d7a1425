//! The tree below the keeper: found through /proc, signalled, ended and collected.

use super::Bell;
use nix::{
    errno::Errno,
    sys::{
        signal::{Signal, kill},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::{Pid, getpid},
};
use std::time::{Duration, Instant};

/// How long a tree may resist being killed, such as a process of another user, before it is given up.
const GIVE_UP: Duration = Duration::from_secs(10);

/// Collects every child that ended; keeps the program's code.
pub(super) fn reap(program: Pid, code: &mut Option<u8>) {
    loop {
        match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, status)) if pid == program => *code = Some(low_byte(status)),
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid == program => {
                *code = Some(low_byte(128 + signal as i32))
            }
            Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return,
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return,
        }
    }
}

fn low_byte(status: i32) -> u8 {
    u8::try_from(status & 0xff).unwrap_or(u8::MAX)
}

/// Ends every descendant: asks, waits for `grace`, then kills until none is left.
pub(super) fn end_tree(grace: Duration, bell: &mut Bell) {
    if !grace.is_zero() {
        signal_all(Signal::SIGTERM);
    }
    let begun = Instant::now();
    while begun.elapsed() < GIVE_UP + grace {
        reap(Pid::from_raw(0), &mut None);
        let patient = begun.elapsed() < grace;
        let gone = if patient { descendants(getpid()).is_empty() } else { !signal_all(Signal::SIGKILL) };
        if gone {
            return;
        }
        bell.wait(Duration::from_millis(10));
    }
    eprintln!("quarterdeck keeper: some processes of the agent could not be ended");
}

/// Sends a signal to every descendant; whether there was any.
pub(super) fn signal_all(signal: Signal) -> bool {
    let tree = descendants(getpid());
    for &pid in &tree {
        // One that ended meanwhile needs no signal; as our descendant its number is not given away before.
        let _ = kill(pid, signal);
    }
    !tree.is_empty()
}

/// Every living process below `root`, parents before their children, so that no parent goes on to its next command
/// because its child was ended. Found through /proc because they may have left group and session.
fn descendants(root: Pid) -> Vec<Pid> {
    let mut others: Vec<(Pid, Pid)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid| Some((Pid::from_raw(pid), parent_of(pid)?)))
        .collect();
    let mut tree = vec![root];
    let mut at = 0;
    while let Some(&parent) = tree.get(at) {
        let is_child = |&mut (_, of): &mut (Pid, Pid)| of == parent;
        tree.extend(others.extract_if(.., is_child).map(|(child, _)| child));
        at += 1;
    }
    tree.split_off(1)
}

/// The parent of a process that is no zombie. One whose first thread ended before the others is none.
fn parent_of(pid: i32) -> Option<Pid> {
    const STATE: usize = 0;
    const PARENT: usize = 1;
    const THREADS: usize = 17;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ended = matches!(*fields.get(STATE)?, "Z" | "X") && fields.get(THREADS)?.parse::<u32>().ok()? <= 1;
    (!ended).then_some(Pid::from_raw(fields.get(PARENT)?.parse().ok()?))
}
