//! The runtime that plays a recorded stream: what Quarterdeck shows where there is no `claude`, and tests run on.

mod player;
mod rewrite;

use super::{Health, Launch, LaunchError, Runtime, RuntimeRules, Session};
use async_trait::async_trait;
use quarterdeck_shared::agents::Role;
use std::sync::Arc;
use tokio::sync::mpsc;

/// The name on the wire.
pub const NAME: &str = "replay";

/// Makes the runtime.
pub fn make(rules: &RuntimeRules) -> Arc<dyn Runtime> {
    Arc::new(Replay { rules: rules.clone() })
}

struct Replay {
    rules: RuntimeRules,
}

#[async_trait]
impl Runtime for Replay {
    fn name(&self) -> &'static str {
        NAME
    }

    fn counts(&self) -> bool {
        false
    }

    async fn ready(&self) -> Result<(), String> {
        self.rules.recordings.of(Role::Builder).map(drop)
    }

    async fn health(&self) -> Health {
        let found = self.rules.recordings.of(Role::Builder);
        Health {
            name: NAME.into(),
            title: "Recording".into(),
            available: found.is_ok(),
            version: None,
            message: match found {
                Ok(_) => "plays a recorded run; nothing is sent anywhere and its usage is in no total".into(),
                Err(reason) => reason,
            },
            counts: false,
        }
    }

    async fn launch(&self, launch: Launch) -> Result<Session, LaunchError> {
        let lines = self.rules.recordings.of(launch.role).map_err(LaunchError)?;
        let (signal, signals) = mpsc::channel(256);
        let (orders, inbox) = mpsc::channel(64);
        let speed = self.rules.replay_speed;
        let player =
            player::Player::new(lines, &launch.conversation, speed, self.rules.clock.clone(), signal, inbox);
        tokio::spawn(player.play());
        Ok(Session { signals, orders })
    }

    async fn settled(&self, _session_id: &str) {}
}
