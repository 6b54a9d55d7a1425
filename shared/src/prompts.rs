//! Prompts: what each role is told.

use crate::{agents::Role, tasks::Complexity};
use serde::{Deserialize, Serialize};

/// The system prompt of a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RolePrompt {
    /// The role.
    pub role: Role,
    /// The variant.
    pub complexity: Complexity,
    /// What an ANALYST looks at; null for other roles.
    pub focus: Option<String>,
    /// The words.
    pub prompt: String,
}

/// Which variant of a role's prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct RolePromptQuery {
    /// The variant; complex where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complexity: Option<Complexity>,
}

/// For which task an ANALYST's prompt is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct AnalystPromptQuery {
    /// The task in the user's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The variant; estimated from the task where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complexity: Option<Complexity>,
}

/// What an agent would be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(deny_unknown_fields)]
pub struct NewPreview {
    /// Its role.
    pub role: Role,
    /// The variant; estimated from the task where missing, complex without a task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complexity: Option<Complexity>,
    /// The task in the user's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// What it is told beyond its role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_instructions: Option<String>,
}

/// What an agent would be told, and how long that is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preview {
    /// Its role.
    pub role: Role,
    /// The variant.
    pub complexity: Complexity,
    /// The system prompt, whole.
    pub system_prompt: String,
    /// The first message; null without a task.
    pub prompt: Option<String>,
    /// Characters of both.
    pub characters: usize,
}
