//! The keeper: a small parent of its own per agent. It owns every descendant, also those that leave the group,
//! and ends them all when the agent ends, when it is told to, or when the server dies.
//!
//! `quarterdeck keeper --parent PID --grace-ms N -- program args…` starts `quarterdeck keeper --within PID -- program
//! args…`, a second keeper that ends everything should the first be killed. That starts `quarterdeck keeper --hold PID
//! -- program args…`, which says its process id on standard output and becomes the program. The program dies with its
//! keeper; the keeper hears at once when the server is gone. Standard input, output and error are the program's.
//!
//! The program must not take a dead server for a finished prompt: it would answer its open questions itself and go
//! on. So the keeper holds the writing end of its input too, until the server says [`FINISHED`].

mod bell;
mod tree;

use bell::Bell;
use nix::{
    sys::{prctl, signal::Signal},
    unistd::{Pid, getpid, getppid, setsid},
};
use std::{
    ffi::{OsStr, OsString},
    fs::OpenOptions,
    io::Write as _,
    os::unix::process::CommandExt as _,
    process::{Command, ExitCode},
    sync::atomic::Ordering,
    time::{Duration, Instant},
};
use tree::{end_tree, reap, signal_all};

/// The hidden command's name.
pub const COMMAND: &str = "keeper";

/// The signal by which the server says that the program's input ends where the server closes it.
pub const FINISHED: Signal = Signal::SIGUSR2;

/// How long what the program left behind may take to end by itself.
const LEFTOVERS: Duration = Duration::from_millis(300);

/// How often the keeper looks round without being woken.
const ROUND: Duration = Duration::from_millis(200);

const USAGE: &str = "usage: quarterdeck keeper --parent PID --grace-ms N -- program [argument…]";

/// Runs the command with the arguments behind its name and answers with the program's exit code, 128 and the
/// signal's number where one ended it.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(wanted) = parse(arguments) else { return fail(2, USAGE) };
    let ended = match wanted.role {
        Role::Program => Err(become_program(&wanted)),
        Role::Keeper | Role::Within => keep(&wanted),
    };
    ended.unwrap_or_else(|failure| fail(failure.code, &failure.message))
}

fn fail(code: u8, message: &str) -> ExitCode {
    eprintln!("quarterdeck keeper: {message}");
    ExitCode::from(code)
}

struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    fn new(what: &str, error: impl std::fmt::Display) -> Self {
        Self { code: 125, message: format!("{what}: {error}") }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The server's child.
    Keeper,
    /// The keeper's child, which outlives it to end the rest.
    Within,
    /// Becomes the program.
    Program,
}

#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    role: Role,
    parent: i32,
    grace: Duration,
    program: OsString,
    arguments: Vec<OsString>,
}

fn parse(mut arguments: impl Iterator<Item = OsString>) -> Option<Wanted> {
    let mut wanted = Wanted {
        role: Role::Keeper,
        parent: 0,
        grace: Duration::ZERO,
        program: OsString::new(),
        arguments: Vec::new(),
    };
    loop {
        let flag = arguments.next()?;
        if flag == "--" {
            break;
        }
        let value = arguments.next()?;
        match flag.to_str()? {
            "--parent" => (wanted.role, wanted.parent) = (Role::Keeper, value.to_str()?.parse().ok()?),
            "--within" => (wanted.role, wanted.parent) = (Role::Within, value.to_str()?.parse().ok()?),
            "--hold" => (wanted.role, wanted.parent) = (Role::Program, value.to_str()?.parse().ok()?),
            "--grace-ms" => wanted.grace = Duration::from_millis(value.to_str()?.parse().ok()?),
            _ => return None,
        }
    }
    wanted.program = arguments.next()?;
    wanted.arguments = arguments.collect();
    Some(wanted)
}

/// Says who it is, ties its life to the keeper's and becomes the program.
fn become_program(wanted: &Wanted) -> Failure {
    if let Err(error) = prctl::set_pdeathsig(Signal::SIGKILL) {
        return Failure::new("cannot tie the agent to its keeper", error);
    }
    if getppid() != Pid::from_raw(wanted.parent) {
        return Failure::new("the keeper is gone", "nobody would look after the agent");
    }
    let mut output = std::io::stdout();
    let said = writeln!(output, "{}", line_for(std::process::id())).and_then(|()| output.flush());
    if let Err(error) = said {
        return Failure::new("cannot say the process id", error);
    }
    let error = Command::new(&wanted.program).args(&wanted.arguments).exec();
    let code = if error.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 };
    Failure { code, message: format!("cannot start {}: {error}", wanted.program.display()) }
}

/// The first line on standard output: the program's process id.
fn line_for(process: u32) -> String {
    format!(r#"{{"type":"keeper","process":{process}}}"#)
}

/// The process id, if `line` is a keeper's.
pub fn process_in(line: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(line).ok()?;
    text.strip_prefix(r#"{"type":"keeper","process":"#)?.strip_suffix('}')?.parse().ok()
}

fn keep(wanted: &Wanted) -> Result<ExitCode, Failure> {
    let next = match wanted.role {
        Role::Keeper => {
            setsid().map_err(|error| Failure::new("cannot begin a session of its own", error))?;
            "--within"
        }
        Role::Within | Role::Program => "--hold",
    };
    prctl::set_child_subreaper(true).map_err(|error| Failure::new("cannot adopt orphans", error))?;
    let mut bell = Bell::hang().map_err(|error| Failure::new("cannot listen for signals", error))?;
    if wanted.role == Role::Keeper {
        // Where the input is no pipe, nobody can mistake its end.
        bell.input = OpenOptions::new().write(true).open("/proc/self/fd/0").ok();
    }
    prctl::set_pdeathsig(Signal::SIGUSR1).map_err(|error| Failure::new("cannot watch the server", error))?;
    if getppid() != Pid::from_raw(wanted.parent) {
        return Err(Failure::new("whoever started it is gone", "nobody would follow the agent"));
    }

    let own = std::env::current_exe().map_err(|error| Failure::new("cannot find its own program", error))?;
    let child = Command::new("/proc/self/exe")
        .arg0(own.file_name().unwrap_or(OsStr::new("quarterdeck")))
        .args([COMMAND, next, &getpid().to_string(), "--"])
        .arg(&wanted.program)
        .args(&wanted.arguments)
        .spawn()
        .map_err(|error| Failure::new("cannot start itself", error))?;
    Ok(ExitCode::from(watch(wanted, Pid::from_raw(child.id().cast_signed()), &mut bell)))
}

/// Waits for the program, for an order to end it or for the server's end, then ends what is left.
fn watch(wanted: &Wanted, program: Pid, bell: &mut Bell) -> u8 {
    let mut code = None;
    let mut asked: Option<Instant> = None;
    loop {
        reap(program, &mut code);
        if let Some(code) = code {
            end_tree(LEFTOVERS, bell);
            return code;
        }
        if bell.finished.load(Ordering::Relaxed) {
            bell.input = None;
        }
        // An order is the first keeper's to carry out.
        let is_told = wanted.role == Role::Keeper && bell.stop.load(Ordering::Relaxed);
        let unwanted = is_told || getppid() != Pid::from_raw(wanted.parent);
        match asked {
            None if unwanted => {
                asked = Some(Instant::now());
                signal_all(Signal::SIGTERM);
            }
            Some(since) if since.elapsed() >= wanted.grace => {
                end_tree(Duration::ZERO, bell);
                reap(program, &mut code);
                return code.unwrap_or(137);
            }
            _ => {}
        }
        bell.wait(asked.map_or(ROUND, |since| wanted.grace.saturating_sub(since.elapsed()).min(ROUND)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Option<Wanted> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn everything_behind_the_dashes_is_the_programs() {
        let wanted =
            parsed(&["--parent", "7", "--grace-ms", "50", "--", "claude", "--", "--parent"]).unwrap();
        assert_eq!((wanted.role, wanted.parent, wanted.grace), (Role::Keeper, 7, Duration::from_millis(50)));
        assert_eq!(
            (wanted.program, wanted.arguments),
            ("claude".into(), vec!["--".into(), "--parent".into()])
        );
    }

    #[test]
    fn what_it_does_not_know_it_refuses() {
        for arguments in
            [&["--parent", "7"][..], &["--parent", "x", "--", "a"], &["--else", "1", "--", "a"], &["--"]]
        {
            assert_eq!(parsed(arguments), None, "{arguments:?}");
        }
    }

    #[test]
    fn the_process_is_read_from_the_first_line_only_where_it_is_a_keepers() {
        assert_eq!(process_in(line_for(4711).as_bytes()), Some(4711));
        assert_eq!(process_in(br#"{"type":"system","subtype":"init"}"#), None);
    }
}
