//! How an agent's work ends, judged by what it said last and how its process went.

use super::Work;
use crate::fleet::runtime::Exit;
use orchestrator::{secrets, transcripts::TurnResult, workflows::Retry};
use quarterdeck_shared::agents::AgentStatus;

/// How an agent's work ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Well, with these last words.
    Completed(String),
    /// With an error.
    Failed {
        /// What went wrong.
        error: String,
        /// Whether another attempt may help.
        retry: Option<Retry>,
    },
    /// Somebody stopped it, for this reason.
    Cancelled(String),
    /// It was cut off and cannot go on, for this reason.
    Interrupted(String),
    /// The server stops; the next one resumes it.
    Paused,
}

impl Ending {
    /// An error that another attempt will not mend.
    pub fn failed(error: impl Into<String>) -> Self {
        Self::Failed { error: error.into(), retry: None }
    }

    /// The same in words without secrets: `known` values, and what looks like one.
    pub fn masked(self, known: &[String]) -> Self {
        let masked = |words: String| secrets::masked(&words, known);
        match self {
            Self::Failed { error, retry } => Self::Failed { error: masked(error), retry },
            Self::Interrupted(cause) => Self::Interrupted(masked(cause)),
            other => other,
        }
    }

    /// The status it leads to.
    pub const fn status(&self) -> AgentStatus {
        match self {
            Self::Completed(_) => AgentStatus::Completed,
            Self::Failed { .. } => AgentStatus::Failed,
            Self::Cancelled(_) => AgentStatus::Cancelled,
            Self::Interrupted(_) | Self::Paused => AgentStatus::Interrupted,
        }
    }
}

/// Seconds before another attempt where the API was busy or broken.
const RETRY_SECONDS: u64 = 5;

impl Work {
    /// Whether the process ended because there was no such conversation: it died before it had begun one.
    pub(super) fn has_no_conversation(&self, exit: &Exit) -> bool {
        self.ending.is_none() && !self.begun && exit.stderr.contains("No conversation found")
    }

    /// What the end of the process means.
    pub(super) fn judge(&mut self, exit: &Exit) -> Ending {
        if let Some(ending) = self.ending.take() {
            return ending;
        }
        let name = self.runtime.name();
        match self.result.take() {
            Some(result) if result.is_error => {
                Ending::Failed { error: reason(&result, exit), retry: retry_for(&result) }
            }
            Some(result) if !self.unheard.owes_results() => {
                let words = result.text.filter(|words| !words.trim().is_empty());
                Ending::Completed(words.unwrap_or_else(|| std::mem::take(&mut self.said)))
            }
            Some(_) => Ending::failed(format!("{name} ended before it answered its newest prompt ({exit})")),
            None => Ending::failed(format!("{name} ended without a result ({exit})")),
        }
    }
}

/// What went wrong, in the runtime's words.
fn reason(result: &TurnResult, exit: &Exit) -> String {
    let said = result.text.clone().filter(|text| !text.trim().is_empty());
    let said = said.or_else(|| (!result.errors.is_empty()).then(|| result.errors.join("; ")));
    said.unwrap_or_else(|| {
        let word = result.terminal_reason.as_deref().unwrap_or(&result.subtype);
        format!("the turn ended as `{word}` ({exit})")
    })
}

/// Whether the API says that another attempt may help: it was busy, broken or out of reach.
fn retry_for(result: &TurnResult) -> Option<Retry> {
    let out_of_reach = || {
        let said = result.text.as_deref().unwrap_or_default();
        result.terminal_reason.as_deref() == Some("api_error") && said.contains("Connection")
    };
    let may_help = match result.api_error_status {
        Some(status) => matches!(status, 408 | 429 | 500..=599),
        None => out_of_reach(),
    };
    may_help.then_some(Retry { after_seconds: RETRY_SECONDS })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retries(status: Option<u16>, text: &str) -> bool {
        let result = TurnResult {
            subtype: "success".into(),
            is_error: true,
            api_error_status: status,
            text: Some(text.into()),
            terminal_reason: Some("api_error".into()),
            ..TurnResult::default()
        };
        retry_for(&result).is_some()
    }

    #[test]
    fn another_attempt_follows_only_where_it_may_help() {
        for status in [429, 500, 529, 408] {
            assert!(retries(Some(status), "API Error"), "{status}");
        }
        for status in [400, 401, 403, 404, 413] {
            assert!(!retries(Some(status), "API Error"), "{status}");
        }
        assert!(retries(None, "API Error: Connection refused"));
        assert!(!retries(None, "Not logged in · Please run /login"));
    }

    #[test]
    fn an_error_is_told_in_the_runtimes_words() {
        let told = |result: &TurnResult| reason(result, &Exit { code: Some(1), ..Exit::default() });
        let said = TurnResult { text: Some("API Error: 400".into()), ..TurnResult::default() };
        assert_eq!(told(&said), "API Error: 400");
        let listed = TurnResult { errors: vec!["a".into(), "b".into()], ..TurnResult::default() };
        assert_eq!(told(&listed), "a; b");
        let bare = TurnResult { subtype: "error_max_turns".into(), ..TurnResult::default() };
        assert_eq!(told(&bare), "the turn ended as `error_max_turns` (exit code 1)");
    }
}
