//! The runtime that spawns the user's `claude`, through a keeper, with stream-json both ways.

mod arguments;
mod program;
mod session;

use super::{Health, Launch, LaunchError, Runtime, RuntimeRules, Session};
use async_trait::async_trait;
use std::{path::PathBuf, sync::Arc, time::Duration};

/// The name on the wire.
pub const NAME: &str = "claude_cli";

/// How long processes of an earlier server may take to end before they are ended.
const SETTLING: Duration = Duration::from_secs(15);

/// Makes the runtime.
pub fn make(rules: &RuntimeRules) -> Arc<dyn Runtime> {
    Arc::new(ClaudeCli { rules: rules.clone(), versions: program::Versions::default() })
}

struct ClaudeCli {
    rules: RuntimeRules,
    versions: program::Versions,
}

#[async_trait]
impl Runtime for ClaudeCli {
    fn name(&self) -> &'static str {
        NAME
    }

    fn counts(&self) -> bool {
        true
    }

    async fn ready(&self) -> Result<(), String> {
        program::find(&self.rules).map(drop)
    }

    async fn health(&self) -> Health {
        let health = |available, version, message| Health {
            name: NAME.into(),
            title: "Claude Code".into(),
            available,
            version,
            message,
            counts: true,
        };
        match program::find(&self.rules) {
            Err(reason) => health(false, None, reason),
            Ok(found) => match self.versions.of(&found, &self.rules).await {
                Ok(version) => health(true, Some(version), format!("{} works", found.display())),
                Err(reason) => health(true, None, format!("{} was found, but {reason}", found.display())),
            },
        }
    }

    async fn launch(&self, launch: Launch) -> Result<Session, LaunchError> {
        let program: PathBuf = program::find(&self.rules).map_err(LaunchError)?;
        session::start(&self.rules, program, launch)
    }

    async fn settled(&self, session_id: &str) {
        program::wait_for_end(session_id, SETTLING).await;
    }
}
