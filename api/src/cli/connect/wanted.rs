//! What `connect` puts into the settings: a hook for each event, and the variables that send telemetry here.

use serde_json::{Value, json};

/// The hooks that tell where a session stands. `MessageDisplay` would come with every piece of every word.
const EVENTS: [&str; 13] = [
    "UserPromptSubmit",
    "PreToolUse",
    "PostToolUse",
    "PostToolUseFailure",
    "PermissionRequest",
    "Notification",
    "Stop",
    "StopFailure",
    "SubagentStart",
    "SubagentStop",
    "PreCompact",
    "PostCompact",
    "SessionEnd",
];
/// Hooks whose reply is waited for: it may be held until somebody answers, or is the next instruction.
const HELD: [&str; 3] = ["PreToolUse", "PermissionRequest", "Stop"];
/// Seconds a hook waits longer than we hold a question.
const SPARE: u64 = 15;
/// Seconds any other hook waits.
const SHORT: u64 = 5;
/// The variable that says where telemetry goes.
pub const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// The variable that holds its key.
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";

/// What shall be in the settings.
pub struct Wanted {
    /// Where the server is.
    pub url: String,
    /// The key.
    pub secret: String,
    /// Seconds a question is held.
    pub hold: u64,
}

impl Wanted {
    /// What each hook's list gets.
    pub fn hooks(&self) -> impl Iterator<Item = (&'static str, Value)> {
        EVENTS.into_iter().map(|name| (name, self.hook(name)))
    }

    fn hook(&self, name: &str) -> Value {
        let timeout = if HELD.contains(&name) { self.hold + SPARE } else { SHORT };
        let call = json!({
            "type": "http",
            "url": self.place(),
            "headers": { "Authorization": format!("Bearer {}", self.secret) },
            "timeout": timeout,
        });
        json!({ "matcher": "*", "hooks": [call] })
    }

    /// Where hooks are handed in.
    fn place(&self) -> String {
        format!("{}/api/v1/ingest/hooks", self.url)
    }

    /// Whether a call of a hook hands it in at this server, whoever wrote it.
    pub fn is_call_here(&self, call: &Value) -> bool {
        call["type"] == "http" && call["url"] == self.place()
    }

    /// The variables of telemetry.
    pub fn variables(&self) -> [(&'static str, String); 6] {
        [
            ("CLAUDE_CODE_ENABLE_TELEMETRY", "1".to_owned()),
            ("OTEL_METRICS_EXPORTER", "otlp".to_owned()),
            ("OTEL_LOGS_EXPORTER", "otlp".to_owned()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf".to_owned()),
            (ENDPOINT, self.url.clone()),
            (HEADERS, format!("Authorization=Bearer {}", self.secret)),
        ]
    }

    /// Whether telemetry that goes there goes to this server.
    pub fn is_endpoint_here(&self, endpoint: &Value) -> bool {
        endpoint.as_str().is_some_and(|endpoint| endpoint.trim_end_matches('/') == self.url)
    }

    /// Whether a variable of telemetry that comes here is as we write it, whatever its key.
    pub fn is_ours(&self, name: &str, wanted: &str, found: &Value) -> bool {
        name == HEADERS || found == wanted || name == ENDPOINT && self.is_endpoint_here(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_says_what_to_do_is_waited_for() {
        let wanted = Wanted { url: "http://127.0.0.1:8000".into(), secret: "qd_secret".into(), hold: 60 };
        for (name, seconds) in [("PermissionRequest", 75), ("Stop", 75), ("PostToolUse", 5)] {
            let (_, hook) = wanted.hooks().find(|(hook, _)| *hook == name).unwrap();
            assert_eq!(hook["hooks"][0]["timeout"], seconds, "{name}");
        }
    }
}
