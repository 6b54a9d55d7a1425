//! `quarterdeck connect`: lets Claude Code's sessions tell here what they do, and takes that back.

mod files;
mod settings;

use super::{
    CliError, Common, End,
    output::{plain, say},
};
use crate::{config::Config, fleet::clock::Clock, http::access::Access, store::Store};
use clap::Args;
use files::{Record, Target};
use quarterdeck_shared::auth::{NewToken, TokenScope};
use serde_json::json;
use settings::Wanted;
use similar::TextDiff;

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

impl Connect {
    pub(super) async fn run(self) -> Result<End, CliError> {
        let config = self.common.config()?;
        let target = Target::of(&config)?;
        let record = Record::of(&config)?;
        let now = target.text()?;
        if self.undo && record.is_none() {
            say("nothing is connected; there is nothing to undo")?;
            return Ok(End::Well);
        }
        let without = match &record {
            Some(record) => settings::without(now.as_deref(), record).map_err(|why| target.broken(&why))?,
            None => now.clone(),
        };
        let known = record.as_ref().map(|record| record.secret.clone());
        let url = self.url(&config)?;
        let wanted = |secret: &str| Wanted {
            url: url.clone(),
            secret: secret.to_owned(),
            hold: config.hook_hold_seconds,
        };
        let with = |secret: &str| {
            settings::with(without.as_deref(), &wanted(secret)).map_err(|why| target.broken(&why))
        };
        let planned = match self.undo {
            true => without.clone(),
            false => Some(with(known.as_deref().unwrap_or(NO_KEY))?.text),
        };
        let diff = diff(now.as_deref(), planned.as_deref(), known.as_deref());
        self.show(&target, &diff)?;
        let is_same = planned == now && !self.undo;
        if self.dry_run || is_same || !self.is_agreed()? {
            return self.done(&target, &diff, false);
        }
        let store = self.common.writing_store().await?;
        let access = Access::new("", store.clone(), Clock::system());
        if self.undo {
            // Revoked first: whatever happens to the files, the key in them opens nothing any more.
            if let Some(record) = &record {
                access.revoke(record.token_id).await?;
            }
            target.write(without.as_deref())?;
            target.forget()?;
        } else {
            let record = match record {
                Some(record) => record,
                None => {
                    // Every process of an agent can read it, so it opens nothing but the way in.
                    let (name, scope) = ("connect".to_owned(), Some(TokenScope::Ingest));
                    let made = access.make_token(NewToken { name, scope, expires_in_days: None }).await?;
                    Record { token_id: made.token.id, secret: made.secret, ..Record::default() }
                }
            };
            let settings::Written { text, entries, skipped } = with(&record.secret)?;
            target.remember(&Record { before: without.clone(), after: text.clone(), entries, ..record })?;
            target.back_up(without.as_deref())?;
            target.write(Some(&text))?;
            for name in skipped {
                say(&format!("{name} is set already and stays as it is"))?;
            }
        }
        store.close().await;
        self.done(&target, &diff, true)
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
            self.common.output().line(&plain(line))?;
        }
        Ok(())
    }

    fn is_agreed(&self) -> Result<bool, CliError> {
        if self.yes { Ok(true) } else { self.common.output().agreed("Write this?", "write it") }
    }

    fn done(&self, target: &Target, diff: &str, written: bool) -> Result<End, CliError> {
        if self.common.json {
            let answer = json!({ "settings": target.shown(), "diff": diff, "written": written });
            self.common.output().value(&answer)?;
        } else if written {
            let words = if self.undo { "is as it was without Quarterdeck" } else { "tells Quarterdeck now" };
            say(&format!(
                "{} {words}; sessions that run already notice when they are started again",
                plain(&target.shown())
            ))?;
        } else {
            say("nothing was written")?;
        }
        Ok(End::Well)
    }
}

/// What the key is good for that an earlier `connect` wrote; nothing where there is none. Every process of an agent can
/// read it.
pub(super) async fn key(config: &Config, store: &Store) -> Result<Option<String>, CliError> {
    let Some(record) = Record::of(config)? else { return Ok(None) };
    let again = "run `quarterdeck connect --undo`, then `quarterdeck connect`";
    match store.token(record.token_id).await?.map(|token| token.scope) {
        Some(TokenScope::Ingest) => {
            Ok(Some("its key lets sessions tell what they do, and nothing else".into()))
        }
        Some(TokenScope::All) => {
            Err(CliError::Usage(format!("every session has a key to everything; {again}")))
        }
        None => Err(CliError::Usage(format!("the key in Claude Code's settings was revoked; {again}"))),
    }
}

/// What changes, with the key masked.
fn diff(now: Option<&str>, planned: Option<&str>, secret: Option<&str>) -> String {
    let diff = TextDiff::from_lines(now.unwrap_or_default(), planned.unwrap_or_default());
    let shown = diff.unified_diff().context_radius(2).header("as it is", "as it will be").to_string();
    match secret {
        Some(secret) => shown.replace(secret, "qd_…"),
        None => shown.replace(NO_KEY, "qd_…"),
    }
}
