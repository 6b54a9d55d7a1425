//! What hooks are told, in the words Claude Code reads.

use orchestrator::hooks::{Event, Hook};
use quarterdeck_shared::approvals::{Decision, NewAnswer};
use serde_json::{Value, json};

/// What it is told that was denied without a word.
const DENIED: &str = "The operator denied this. Go on without it, or say what you would need.";

/// As if nobody had been asked.
pub fn go_on() -> Value {
    json!({})
}

/// The turn goes on with this.
pub fn next(words: &str) -> Value {
    json!({ "decision": "block", "reason": words })
}

/// What was decided; nothing where nobody decided anything.
pub fn decided(hook: &Hook, answer: Option<NewAnswer>) -> Value {
    let Some(answer) = answer else { return go_on() };
    let allowed = answer.decision == Decision::Allow;
    let message = answer.message.unwrap_or_else(|| if allowed { String::new() } else { DENIED.to_owned() });
    let mut output = match hook.event {
        Event::Asks(_) => {
            let mut decision = json!({ "behavior": if allowed { "allow" } else { "deny" } });
            if !allowed {
                decision["message"] = message.into();
            } else if let Some(input) = &answer.updated_input {
                decision["updatedInput"] = input.clone();
            }
            json!({ "decision": decision })
        }
        _ => {
            let mut output = json!({ "permissionDecision": if allowed { "allow" } else { "deny" } });
            if !message.is_empty() {
                output["permissionDecisionReason"] = message.into();
            }
            if let Some(input) = &answer.updated_input {
                output["updatedInput"] = input.clone();
            }
            output
        }
    };
    output["hookEventName"] = hook.name.as_str().into();
    json!({ "hookSpecificOutput": output })
}
