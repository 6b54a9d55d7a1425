//! One running `claude`: its process, its two streams and the orders to it.

use super::arguments;
use crate::fleet::runtime::{
    Conversation, Exit, Launch, LaunchError, Order, RuntimeRules, Session, Signal, environment, keeper,
    lines::{self, Line},
    words,
};
use nix::{sys::signal, unistd::Pid};
use std::{
    os::{fd::AsRawFd as _, unix::process::ExitStatusExt as _},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc,
    task::JoinHandle,
};

/// How long the streams may stay open once the keeper is gone, should it have been killed itself.
const LINGERING: Duration = Duration::from_secs(2);

/// How much longer than its own grace a keeper may take before it is killed itself.
const KEEPER_GRACE: Duration = Duration::from_secs(12);

/// Starts `program` under a keeper and gives it the launch's prompt.
pub fn start(rules: &RuntimeRules, program: PathBuf, launch: Launch) -> Result<Session, LaunchError> {
    let prompt_file = PrivateFile::write(&rules.private_dir, &launch)?;
    let mut child = Command::new(&rules.keeper)
        .arg0("quarterdeck")
        .args([keeper::COMMAND, "--parent", &std::process::id().to_string()])
        .args(["--grace-ms", &rules.grace.as_millis().to_string(), "--"])
        .arg(&program)
        .args(arguments::of(&launch, prompt_file.path()))
        .current_dir(format!("/proc/self/fd/{}", launch.directory.as_raw_fd()))
        .env_clear()
        .envs(environment::allowed(&rules.environment, &rules.pass_environment))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| LaunchError(format!("{} could not be started: {error}", rules.keeper.display())))?;
    let (Some(input), Some(output), Some(errors)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(LaunchError("the agent's process has no streams".into()));
    };

    let (signal, signals) = mpsc::channel(256);
    let (orders, inbox) = mpsc::channel(64);
    let (say, words) = mpsc::unbounded_channel();
    let mut first = vec![words::prompt(&launch.prompt)];
    if matches!(launch.conversation, Conversation::Resumed { .. }) {
        // Only it knows how much of what it took before a cut it remembers.
        first.insert(0, words::usage("usage"));
    }
    for words in first {
        // The receiver lives in the task spawned next.
        let _ = say.send(words);
    }
    tokio::spawn(write(input, words));
    let reading = tokio::spawn(read(output, signal.clone()));
    let errors = tokio::spawn(lines::tail(errors, lines::MAX_STDERR_BYTES));
    let process = Process { child, grace: rules.grace, reading, errors, signal, prompt_file };
    tokio::spawn(process.look_after(inbox, say));
    Ok(Session { signals, orders })
}

/// Writes lines until nobody has any more to say, then closes the stream.
async fn write(mut input: ChildStdin, mut words: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(line) = words.recv().await {
        if input.write_all(&line).await.is_err() || input.flush().await.is_err() {
            return; // It reads no more; its end says why.
        }
    }
}

/// Passes lines on until the stream ends or nobody listens.
async fn read(output: ChildStdout, signal: mpsc::Sender<Signal>) {
    let mut reader = BufReader::with_capacity(64 << 10, output);
    let mut first = true;
    while let Ok(Some(line)) = lines::next(&mut reader, lines::MAX_LINE_BYTES).await {
        let heard = match line {
            Line::Whole(line) => match keeper::process_in(&line).filter(|_| std::mem::take(&mut first)) {
                Some(process) => Signal::Process(process),
                None => Signal::Line(line),
            },
            Line::Oversize(bytes) => Signal::Oversize(bytes),
        };
        if signal.send(heard).await.is_err() {
            return;
        }
    }
}

struct Process {
    child: Child,
    grace: Duration,
    reading: JoinHandle<()>,
    errors: JoinHandle<String>,
    signal: mpsc::Sender<Signal>,
    prompt_file: PrivateFile,
}

impl Process {
    /// Carries out orders until the process ends. Without anybody to give them it is ended.
    async fn look_after(mut self, mut inbox: mpsc::Receiver<Order>, say: mpsc::UnboundedSender<Vec<u8>>) {
        let mut say = Some(say);
        let mut interrupts = 0_u32;
        let exit = loop {
            let order = tokio::select! {
                exit = self.child.wait() => break exit,
                order = inbox.recv() => order.unwrap_or(Order::Stop),
            };
            let words = match order {
                Order::Say(message) => words::prompt(&message),
                Order::Answer { request_id, verdict } => words::answer(&request_id, &verdict),
                Order::Decline { request_id, reason } => words::decline(&request_id, &reason),
                Order::Interrupt => {
                    interrupts += 1;
                    words::interrupt(&format!("interrupt-{interrupts}"))
                }
                Order::Close => {
                    self.tell_keeper(keeper::FINISHED);
                    say = None;
                    continue;
                }
                Order::Stop => break self.stop().await,
            };
            if let Some(say) = &say {
                // A process that reads no more ends by itself, which is heard above.
                let _ = say.send(words);
            }
        };
        drop(say);
        let mut exit = match exit {
            Ok(status) => Exit { code: status.code(), signal: status.signal(), stderr: String::new() },
            Err(error) => Exit { stderr: format!("its end could not be seen: {error}"), ..Exit::default() },
        };
        if tokio::time::timeout(LINGERING, &mut self.reading).await.is_err() {
            self.reading.abort();
        }
        match tokio::time::timeout(LINGERING, &mut self.errors).await {
            Ok(Ok(words)) if exit.stderr.is_empty() => exit.stderr = words,
            Ok(_) => {}
            Err(_) => self.errors.abort(),
        }
        drop(self.prompt_file);
        // Nobody listens where the fleet itself is gone.
        let _ = self.signal.send(Signal::Exited(exit)).await;
    }

    fn tell_keeper(&self, word: signal::Signal) {
        if let Some(keeper) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            // One that has just ended needs no signal; it is not reaped yet, so its number is still its own.
            let _ = signal::kill(Pid::from_raw(keeper), word);
        }
    }

    /// Has the keeper end the whole tree; kills the keeper too if even that hangs.
    async fn stop(&mut self) -> std::io::Result<std::process::ExitStatus> {
        self.tell_keeper(signal::Signal::SIGTERM);
        match tokio::time::timeout(self.grace + KEEPER_GRACE, self.child.wait()).await {
            Ok(exit) => exit,
            Err(_) => {
                self.child.start_kill()?;
                self.child.wait().await
            }
        }
    }
}

/// A file for the agent's eyes, gone when the agent is.
struct PrivateFile(Option<PathBuf>);

impl PrivateFile {
    fn write(folder: &Path, launch: &Launch) -> Result<Self, LaunchError> {
        if launch.system_prompt.is_empty() {
            return Ok(Self(None));
        }
        let path = folder.join(format!("{}.md", launch.agent_id));
        let refused =
            |error: std::io::Error| LaunchError(format!("{} cannot be written: {error}", path.display()));
        private::folder(folder).map_err(refused)?;
        private::file(&path, launch.system_prompt.as_bytes()).map_err(refused)?;
        Ok(Self(Some(path)))
    }

    fn path(&self) -> Option<&Path> {
        self.0.as_deref()
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // A file that is gone already is what was wanted.
            let _ = std::fs::remove_file(path);
        }
    }
}

mod private {
    use std::{
        fs::{DirBuilder, OpenOptions},
        io::{Result, Write as _},
        os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
        path::Path,
    };

    pub fn folder(path: &Path) -> Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    pub fn file(path: &Path, content: &[u8]) -> Result<()> {
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(content)
    }
}
