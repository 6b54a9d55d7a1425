//! `quarterdeck connect`: lets Claude Code's sessions tell here what they do, and takes that back.

mod files;
mod settings;
mod wanted;

use super::{
    CliError, Common, End,
    output::{plain, say, tame},
};
use crate::{
    config::Config,
    fleet::clock::Clock,
    http::access::Access,
    store::{Store, StoreError},
};
use clap::Args;
use files::{Record, Target};
use orchestrator::secrets;
use quarterdeck_shared::auth::{NewToken, TokenScope};
use serde_json::json;
use settings::Written;
use similar::TextDiff;
use wanted::Wanted;

/// What stands for the key before there is one.
const NO_KEY: &str = "qd_made_when_this_is_written";

/// Writes hooks and telemetry into Claude Code's settings, after showing what changes.
#[derive(Args, Debug)]
pub struct Connect {
    /// Take out what an earlier `connect` wrote, and revoke its key.
    #[arg(long)]
    undo: bool,
    /// Show what would change and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
    /// Where the server is reached; its own settings say it where unset.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    common: Common,
}

/// The settings as they are, and as they would be without us.
struct Stand {
    target: Target,
    now: Option<String>,
    without: Option<String>,
    record: Option<Record>,
}

impl Stand {
    fn of(config: &Config) -> Result<Self, CliError> {
        let target = Target::of(config)?;
        let now = target.text()?;
        let record = target.record(now.as_deref())?;
        let without = match &record {
            Some(record) => settings::without(now.as_deref(), record).map_err(|why| target.broken(&why))?,
            None => now.clone(),
        };
        Ok(Self { target, now, without, record })
    }
}

impl Connect {
    pub(super) async fn run(self) -> Result<End, CliError> {
        let config = self.common.config()?;
        let stand = Stand::of(&config)?;
        if !self.undo {
            return self.put_in(&config, &stand).await;
        }
        match &stand.record {
            Some(record) => self.take_out(&stand, record).await,
            None => {
                say(&format!("{} is not connected; there is nothing to undo", plain(&stand.target.shown())))?;
                Ok(End::Well)
            }
        }
    }

    async fn put_in(&self, config: &Config, stand: &Stand) -> Result<End, CliError> {
        let Stand { target, now, without, record } = stand;
        let url = self.url(config)?;
        let with = |secret: &str| {
            let wanted =
                Wanted { url: url.clone(), secret: secret.to_owned(), hold: config.hook_hold_seconds };
            settings::with(without.as_deref(), &wanted).map_err(|why| target.broken(&why))
        };
        let known = self.living(record.as_ref()).await?;
        let planned = with(known.map_or(NO_KEY, |record| &record.secret))?.text;
        let diff = diff(now.as_deref(), Some(&planned));
        self.show(target, &diff)?;
        if self.dry_run || now.as_ref() == Some(&planned) || !self.is_agreed()? {
            return self.done(target, &diff, None);
        }
        let store = self.common.writing_store().await?;
        let access = Access::new("", store.clone(), Clock::system());
        let (token_id, secret) = match known {
            Some(record) => (record.token_id, record.secret.clone()),
            None => {
                // Every process of an agent can read it, so it opens nothing but the way in.
                let (name, scope) = ("connect".to_owned(), Some(TokenScope::Ingest));
                let made = access.make_token(NewToken { name, scope, expires_in_days: None }).await?;
                (made.token.id, made.secret)
            }
        };
        let Written { text: after, before, entries, skipped } = with(&secret)?;
        let mode = record.as_ref().map_or_else(|| target.mode(), |record| Ok(record.mode))?;
        target.back_up(before.as_deref())?;
        let settings = Some(target.settings.clone());
        let written = Record { settings, token_id, secret, before, mode, after, entries };
        target.remember(&written, record.as_ref())?;
        target.write(&written.after)?;
        // Nothing holds the earlier key any more.
        if let Some(dead) = record.as_ref().filter(|_| known.is_none()) {
            access.revoke(dead.token_id).await?;
        }
        store.close().await;
        for name in skipped {
            say(&format!("{name} is set already and stays as it is"))?;
        }
        self.done(target, &diff, Some("tells Quarterdeck now"))
    }

    async fn take_out(&self, stand: &Stand, record: &Record) -> Result<End, CliError> {
        let Stand { target, now, without, .. } = stand;
        let diff = diff(now.as_deref(), without.as_deref());
        self.show(target, &diff)?;
        if self.dry_run || !self.is_agreed()? {
            return self.done(target, &diff, None);
        }
        let store = self.common.writing_store().await?;
        // Revoked first: whatever happens to the files, the key in them opens nothing any more.
        Access::new("", store.clone(), Clock::system()).revoke(record.token_id).await?;
        store.close().await;
        target.give_back(without.as_deref(), record.mode)?;
        target.forget(record)?;
        if *without == record.before {
            target.drop_copy()?;
            return self.done(target, &diff, Some("is as it was without Quarterdeck"));
        }
        if record.before.is_some() {
            say(&format!("{} is the file as it was before", plain(&target.copy().display().to_string())))?;
        }
        self.done(target, &diff, Some("holds nothing of Quarterdeck any more"))
    }

    /// What was written earlier, where its key still lets sessions tell what they do, and nothing else.
    async fn living<'a>(&self, record: Option<&'a Record>) -> Result<Option<&'a Record>, CliError> {
        let Some(record) = record else { return Ok(None) };
        let store = match self.common.store().await {
            Err(CliError::Store(StoreError::Missing { .. })) => return Ok(None),
            opened => opened?,
        };
        let token = store.token(record.token_id).await?;
        store.close().await;
        Ok(token.filter(|token| token.scope == TokenScope::Ingest).map(|_| record))
    }

    fn url(&self, config: &Config) -> Result<String, CliError> {
        let given = self.url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) = given {
            return match url.starts_with("http://") || url.starts_with("https://") {
                true => Ok(url),
                false => Err(CliError::Usage("--url begins with http:// or https://".to_owned())),
            };
        }
        if config.port == 0 {
            return Err(CliError::Usage("the server takes a free port each time; name its --url".to_owned()));
        }
        let scheme = if config.is_https() { "https" } else { "http" };
        let host = match config.host {
            host if host.is_unspecified() => "127.0.0.1".to_owned(),
            std::net::IpAddr::V4(host) => host.to_string(),
            std::net::IpAddr::V6(host) => format!("[{host}]"),
        };
        Ok(format!("{scheme}://{host}:{}", config.port))
    }

    fn show(&self, target: &Target, diff: &str) -> Result<(), CliError> {
        if self.common.json {
            return Ok(());
        }
        if diff.is_empty() {
            return say(&format!("{} is as it shall be", plain(&target.shown())));
        }
        for line in diff.lines() {
            self.common.output().line(&tame(line))?;
        }
        Ok(())
    }

    fn is_agreed(&self) -> Result<bool, CliError> {
        if self.yes { Ok(true) } else { self.common.output().agreed("Write this?", "write it") }
    }

    fn done(&self, target: &Target, diff: &str, became: Option<&str>) -> Result<End, CliError> {
        if self.common.json {
            let answer = json!({ "settings": target.shown(), "diff": diff, "written": became.is_some() });
            self.common.output().value(&answer)?;
            return Ok(End::Well);
        }
        match became {
            Some(words) => say(&format!(
                "{} {words}; sessions that run already notice when they are started again",
                plain(&target.shown())
            ))?,
            None => say("nothing was written")?,
        }
        Ok(End::Well)
    }
}

/// What the keys are good for that `connect` wrote, each with its settings. Every process of an agent can read them.
pub(super) async fn keys(config: &Config, store: &Store) -> Result<Vec<Result<String, String>>, CliError> {
    let mut verdicts = Vec::new();
    for record in Record::all(config)? {
        let named = record.settings.map(|settings| plain(&settings.display().to_string()));
        let place = named.unwrap_or_else(|| "Claude Code's settings".to_owned());
        let again = "`quarterdeck connect` makes another, `quarterdeck connect --undo` takes the hooks out";
        verdicts.push(match store.token(record.token_id).await?.map(|token| token.scope) {
            Some(TokenScope::Ingest) => {
                Ok(format!("the key in {place} lets sessions tell what they do, and nothing else"))
            }
            Some(TokenScope::All) => {
                Err(format!("every session has a key to everything, in {place}; {again}"))
            }
            None => Err(format!("the key in {place} was revoked; {again}")),
        });
    }
    Ok(verdicts)
}

/// What changes, with every key masked.
fn diff(now: Option<&str>, planned: Option<&str>) -> String {
    let diff = TextDiff::from_lines(now.unwrap_or_default(), planned.unwrap_or_default());
    let shown = diff.unified_diff().context_radius(2).header("as it is", "as it will be").to_string();
    secrets::masked(&shown, &[])
}
