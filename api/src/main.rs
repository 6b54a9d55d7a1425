//! The one binary: arguments in, words out.

use clap::{
    Arg, ArgAction, ArgMatches, Args, Command as ClapCommand, CommandFactory as _, FromArgMatches, Parser,
    Subcommand,
};
use mimalloc::MiMalloc;
use quarterdeck::{
    cli,
    config::{Config, SETTINGS},
    fleet::runtime::keeper,
    http::{self, Ended, StartError},
};
use std::{
    collections::BTreeMap,
    io::{ErrorKind, Write as _},
    process::ExitCode,
};

/// Most of an import beside reading is small pieces of memory taken and given back; SQLite's are of it too.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

/// Mission control for fleets of Claude agents.
#[derive(Parser)]
#[command(name = "quarterdeck", version, propagate_version = true)]
struct Quarterdeck {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the page until stopped.
    Serve(Serve),
    #[command(flatten)]
    Other(cli::Command),
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    flags: Flags,
    /// Open the login link in the browser.
    #[arg(long)]
    open: bool,
    /// Show every setting, its value and where that comes from, and do not serve.
    #[arg(long)]
    print_config: bool,
    /// With `--print-config`: write JSON for programs.
    #[arg(long, requires = "print_config")]
    json: bool,
}

/// A flag for every setting that has one.
struct Flags(BTreeMap<&'static str, String>);

impl Args for Flags {
    fn augment_args(command: ClapCommand) -> ClapCommand {
        SETTINGS.iter().filter(|setting| setting.has_flag).fold(command, |command, setting| {
            let default =
                if setting.default.is_empty() { String::new() } else { format!(" [{}]", setting.default) };
            let arg = Arg::new(setting.name)
                .long(setting.flag())
                .help(format!("{}{default}", setting.help))
                .value_name(setting.name.to_uppercase())
                .action(ArgAction::Set);
            command.arg(if setting.is_switch() {
                arg.num_args(0..=1).default_missing_value("true")
            } else {
                arg
            })
        })
    }

    fn augment_args_for_update(command: ClapCommand) -> ClapCommand {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let said = |name: &'static str| matches.get_one::<String>(name).map(|value| (name, value.clone()));
        Ok(Self(
            SETTINGS
                .iter()
                .filter(|setting| setting.has_flag)
                .filter_map(|setting| said(setting.name))
                .collect(),
        ))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.extend(Self::from_arg_matches(matches)?.0);
        Ok(())
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    if arguments.nth(1).is_some_and(|first| first == keeper::COMMAND) {
        return keeper::run(arguments);
    }
    match run(Quarterdeck::parse()) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "quarterdeck: {error}");
            match error.downcast_ref() {
                Some(StartError::Config(_)) => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn run(quarterdeck: Quarterdeck) -> Result<ExitCode, Box<dyn std::error::Error>> {
    match quarterdeck.command {
        Command::Other(command) => Ok(cli::run(command, Quarterdeck::command())),
        Command::Serve(serve) => {
            let config = match Config::load(serve.flags.0) {
                Ok(config) => config,
                Err(error) => {
                    let _ = writeln!(std::io::stderr(), "quarterdeck: {error}");
                    return Ok(ExitCode::from(2));
                }
            };
            if serve.print_config {
                match print_config(&config, serve.json) {
                    // Whoever reads has read enough.
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                    printed => printed?,
                }
                return Ok(ExitCode::SUCCESS);
            }
            log(&config);
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            let ended = runtime.block_on(http::serve(config, serve.open))?;
            // Whatever still runs in the background ends with the process.
            runtime.shutdown_background();
            Ok(match ended {
                Ended::Asked => ExitCode::SUCCESS,
                Ended::Interrupted => ExitCode::from(130),
            })
        }
    }
}

fn print_config(config: &Config, json: bool) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, &config.shown())?;
        writeln!(out)?;
        return out.flush();
    }
    for setting in config.shown() {
        let value = toml::Value::String(setting.value);
        writeln!(out, "{} = {value}  # {}", setting.name, setting.origin)?;
    }
    out.flush()
}

/// The log goes to standard error; a panic is a line of it like any other.
fn log(config: &Config) {
    use tracing_subscriber::{EnvFilter, fmt};

    // Rocket's own words repeat ours, and name addresses that may hold a secret.
    let filter = format!("{},rocket=off,hyper=warn,sqlx=warn,sea_orm=warn,rustls=warn", config.log_level);
    let lines = fmt().with_env_filter(EnvFilter::new(filter)).with_writer(std::io::stderr);
    let lines = lines.with_ansi(cli::is_coloured(&std::io::stderr()));
    let begun = if config.json_log { lines.json().try_init() } else { lines.try_init() };
    if let Err(error) = begun {
        let _ = writeln!(std::io::stderr(), "quarterdeck: the log does not begin: {error}");
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let words = panic.payload_as_str().unwrap_or("no words");
        tracing::error!(panic.place = %place, "a part of the server panicked: {words}");
    }));
}
