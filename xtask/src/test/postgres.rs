//! A PostgreSQL for one run of the tests: its own folder, its own port, gone when the run is over.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::places::Places;
use crate::setup::packages;
use crate::shell::{command, found, output, say};

const USER: &str = "quarterdeck";
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running cluster, stopped by its own handle at the latest when dropped.
pub struct Cluster {
    server: Child,
    port: u16,
    // Removed after the server is gone: fields drop in this order, and `Drop` runs before.
    _folder: TempDir,
}

/// An account to run as, as PostgreSQL refuses to run as root.
#[derive(Clone, Copy)]
struct Account {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Makes and starts one; installs PostgreSQL first where that is ours to do.
    pub fn start(places: &Places) -> Result<Self> {
        let programs = match programs(places) {
            Some(dir) => dir,
            None => {
                packages::install(places, &["postgresql"])?;
                programs(places).context("PostgreSQL was installed, but its initdb is not found")?
            }
        };
        let account = account(places)?;
        let folder = tempfile::Builder::new().prefix("quarterdeck-postgres-").tempdir()?;
        if let Some(account) = account {
            chown(folder.path(), Some(account.uid), Some(account.gid))?;
        }
        let cluster = folder.path().join("cluster");
        let mut initdb = as_account(command(places, programs.join("initdb")), account);
        initdb.current_dir(folder.path()).arg("--pgdata").arg(&cluster);
        output(initdb.args([
            "--username",
            USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ]))?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut server = server(places, &programs, account);
        configure(&mut server, folder.path(), &cluster, port);
        let log = fs::File::create(folder.path().join("log"))?;
        server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let server = server.spawn().context("cannot start postgres")?;
        let mut this = Self { server, port, _folder: folder };
        this.wait_until_ready(&cluster.join("postmaster.pid"))?;
        say(format!("PostgreSQL for these tests on port {port}"));
        Ok(this)
    }

    /// Where tests may make databases of their own.
    pub fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops it, and says so if it had died before.
    pub fn stop(mut self) -> Result<()> {
        if let Some(status) = self.server.try_wait()? {
            bail!("the PostgreSQL of these tests ended before them, with {status}");
        }
        self.halt()
    }

    fn halt(&mut self) -> Result<()> {
        if self.server.try_wait()?.is_none() {
            // SIGINT is PostgreSQL's fast shutdown: it drops clients and ends its own children.
            kill(Pid::from_raw(self.server.id().cast_signed()), Signal::SIGINT)?;
            self.server.wait()?;
        }
        Ok(())
    }

    /// The server writes `ready` on the eighth line of this file once it takes connections.
    fn wait_until_ready(&mut self, pid_file: &Path) -> Result<()> {
        let start = Instant::now();
        while !fs::read_to_string(pid_file)
            .is_ok_and(|text| text.lines().nth(7).is_some_and(|l| l.trim() == "ready"))
        {
            if self.server.try_wait()?.is_some() || start.elapsed() > START_LIMIT {
                let log = fs::read_to_string(self._folder.path().join("log")).unwrap_or_default();
                bail!("PostgreSQL for the tests did not start:\n{log}");
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.halt() {
            eprintln!("error: cannot stop the PostgreSQL of these tests: {error:#}");
        }
    }
}

/// Durable only in memory: what these tests ask of PostgreSQL is its answers, not its disk.
fn configure(server: &mut Command, folder: &Path, cluster: &Path, port: u16) {
    server.current_dir(folder).arg("-D").arg(cluster).args(["-p", &port.to_string()]);
    let folder = folder.display();
    for setting in [
        "listen_addresses=127.0.0.1",
        &format!("unix_socket_directories={folder}"),
        "max_connections=400",
        "fsync=off",
        "full_page_writes=off",
        "synchronous_commit=off",
        "timezone=UTC",
    ] {
        server.args(["-c", setting]);
    }
}

/// Where `initdb` and `postgres` are: Debian's newest version, else PATH.
fn programs(places: &Places) -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .map(|entry| entry.path())
        .filter(|dir| dir.join("bin/initdb").is_file())
        .max_by_key(|dir| dir.file_name().and_then(|name| name.to_string_lossy().parse::<u32>().ok()));
    newest.map(|dir| dir.join("bin")).or_else(|| found(places, "initdb")?.parent().map(Path::to_path_buf))
}

/// `None` where we are not root and may run it ourselves.
fn account(places: &Places) -> Result<Option<Account>> {
    let id = |arguments: &[&str]| output(command(places, "id").args(arguments));
    if id(&["-u"])? != "0" {
        return Ok(None);
    }
    let name = if id(&["-u", "postgres"]).is_ok() { "postgres" } else { "nobody" };
    let uid = id(&["-u", name])?.parse()?;
    Ok(Some(Account { uid, gid: id(&["-g", name])?.parse()? }))
}

fn as_account(mut command: Command, account: Option<Account>) -> Command {
    if let Some(Account { uid, gid }) = account {
        command.uid(uid).gid(gid);
    }
    command
}

/// postgres itself, or through `setpriv`, so that it ends with us however we end.
fn server(places: &Places, programs: &Path, account: Option<Account>) -> Command {
    let postgres = programs.join("postgres");
    if found(places, "setpriv").is_none() {
        return as_account(command(places, postgres), account);
    }
    let mut setpriv = as_account(command(places, "setpriv"), account);
    setpriv.args(["--pdeathsig", "INT", "--"]).arg(postgres);
    setpriv
}
