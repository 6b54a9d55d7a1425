//! Hooks: what Claude Code posts when something happens in a session, and what it is told.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What Claude Code's hook was given: an object with `session_id` and `hook_event_name`. Unlike other bodies it may hold
/// fields nobody here knows, for the program adds some with every version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = Object))]
#[serde(transparent)]
pub struct HookInput(pub Value);

/// What the hook answers: an empty object where Claude Code goes on as if nobody had been asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = Object))]
#[serde(transparent)]
pub struct HookReply(pub Value);
