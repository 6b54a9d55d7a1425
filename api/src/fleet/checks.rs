//! Checks: whether what somebody asks for can be done, before anything is started.

use super::FleetError;
use quarterdeck_shared::{
    Usd,
    agents::Role,
    tasks::{Limits, PermissionMode},
};

const MAX_NAME_CHARS: usize = 80;
const MAX_TOOLS: usize = 64;
const MAX_SECONDS: u64 = 7 * 24 * 3600;

/// The words of a prompt; nothing but blanks is none.
pub fn prompt(text: &str) -> Result<(), FleetError> {
    match text.trim() {
        "" => Err(FleetError::invalid("prompt", "the prompt is empty; say what is to be done")),
        _ => Ok(()),
    }
}

/// A model's name: it ends up in an argument list.
pub fn model(name: Option<&str>) -> Result<(), FleetError> {
    match name {
        Some(name) if !is_plain(name) => Err(FleetError::invalid(
            "model",
            "a model's name begins with a letter or digit and holds up to 64 of letters, digits and _ . : - [ ], such \
             as `claude-sonnet-5-5`",
        )),
        _ => Ok(()),
    }
}

/// Tools' names: they end up in an argument list.
pub fn tools(names: Option<&[String]>) -> Result<(), FleetError> {
    let names = names.unwrap_or_default();
    match names.len() <= MAX_TOOLS && names.iter().all(|name| is_plain(name)) {
        true => Ok(()),
        false => Err(FleetError::invalid(
            "tools",
            format!(
                "at most {MAX_TOOLS} tools, each named by letters, digits and _ . : - [ ], such as `Bash`"
            ),
        )),
    }
}

/// `^[A-Za-z0-9][\w.:\[\]-]{0,63}$`
fn is_plain(name: &str) -> bool {
    let begins_well = name.starts_with(|first: char| first.is_ascii_alphanumeric());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:[]-".contains(&byte);
    begins_well && name.len() <= 64 && name.bytes().all(plain)
}

/// An agent's name: required for a role of one's own.
pub fn name(role: Role, name: Option<&str>) -> Result<(), FleetError> {
    let refused = |message: String| Err(FleetError::invalid("name", message));
    match name {
        None if role == Role::Custom => {
            refused("an agent with the role CUSTOM needs a name that says what it is".into())
        }
        Some(name) if name.trim().is_empty() => refused("the name is empty; leave it out or say one".into()),
        Some(name) if name.chars().count() > MAX_NAME_CHARS || name.chars().any(char::is_control) => {
            refused(format!("a name is one line of at most {MAX_NAME_CHARS} characters"))
        }
        _ => Ok(()),
    }
}

/// A permission mode: never asking needs an administrator's setting.
pub fn permission(mode: PermissionMode, bypass_allowed: bool) -> Result<(), FleetError> {
    match mode {
        PermissionMode::BypassPermissions if !bypass_allowed => Err(FleetError::invalid(
            "permission_mode",
            "bypassPermissions lets agents do everything unasked; it needs the setting \
             QUARTERDECK_ALLOW_BYPASS_PERMISSIONS=true of this server",
        )),
        _ => Ok(()),
    }
}

/// The mode in which an agent goes on, whoever began it in whichever: without the setting it asks rather than never.
pub fn permitted(mode: PermissionMode, bypass_allowed: bool) -> PermissionMode {
    permission(mode, bypass_allowed).map_or(PermissionMode::Default, |()| mode)
}

/// Limits that leave room for something.
pub fn limits(limits: &Limits) -> Result<(), FleetError> {
    let wrong = |field, wanted| Err(FleetError::invalid(field, format!("{field} must be {wanted}")));
    match limits {
        Limits { cost_usd: Some(cost), .. } if *cost <= Usd::ZERO => wrong("limits.cost_usd", "above 0"),
        Limits { tokens: Some(0), .. } => wrong("limits.tokens", "above 0"),
        Limits { seconds: Some(seconds), .. } if !(1..=MAX_SECONDS).contains(seconds) => {
            wrong("limits.seconds", "from 1 to 604800, a week")
        }
        _ => Ok(()),
    }
}

/// Whether a PLANNER lays out the steps.
pub fn planned_by_agent(workflow_id: Option<&str>) -> Result<bool, FleetError> {
    match workflow_id {
        None => Ok(false),
        Some("ai") => Ok(true),
        Some(_) => Err(FleetError::invalid(
            "workflow_id",
            "there is no such workflow; `ai` lets a PLANNER lay the steps out, nothing follows the templates",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_end_up_in_arguments_are_plain() {
        for good in ["opus", "claude-opus-4-8[1m]", "us.anthropic.claude-3:0", "A", "mcp__server__tool"] {
            assert_eq!(model(Some(good)), Ok(()), "{good}");
        }
        for bad in ["", "--help", "-p", "a b", "a;b", "a\nb", "$(id)", "ü", "[1m]", &"a".repeat(65)] {
            assert!(model(Some(bad)).is_err(), "{bad}");
            assert!(tools(Some(&["Bash".into(), bad.to_owned()])).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_role_of_ones_own_needs_a_name() {
        assert!(name(Role::Custom, None).is_err());
        assert_eq!(name(Role::Custom, Some("Gardener")), Ok(()));
        assert_eq!(name(Role::Builder, None), Ok(()));
        assert!(name(Role::Builder, Some("two\nlines")).is_err());
    }

    #[test]
    fn never_asking_needs_the_setting() {
        assert!(permission(PermissionMode::BypassPermissions, false).is_err());
        assert_eq!(permission(PermissionMode::BypassPermissions, true), Ok(()));
        assert_eq!(permission(PermissionMode::AcceptEdits, false), Ok(()));
        for (allowed, goes_on) in
            [(false, PermissionMode::Default), (true, PermissionMode::BypassPermissions)]
        {
            assert_eq!(permitted(PermissionMode::BypassPermissions, allowed), goes_on);
            assert_eq!(permitted(PermissionMode::Plan, allowed), PermissionMode::Plan);
        }
    }

    proptest! {
        #[test]
        fn whatever_passes_can_be_no_flag_and_no_second_argument(text in "\\PC{0,70}") {
            if model(Some(&text)).is_ok() {
                prop_assert!(!text.starts_with('-'));
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()));
            }
        }
    }
}
