//! A refused task: the words at the field they speak of, or below the form where they speak of none.

use quarterdeck_shared::Code;
use yew::AttrValue;

use crate::client::Problem;
use crate::pages::faces::said;
use crate::panels::task_form::FIELDS;

/// Where a refusal is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// At a field.
    pub field: Option<(AttrValue, AttrValue)>,
    /// Below the form.
    pub general: Option<AttrValue>,
}

impl From<&Problem> for Refused {
    fn from(problem: &Problem) -> Self {
        let by_code = match problem.code {
            Some(Code::DirectoryRefused) => Some("working_directory"),
            Some(Code::RuntimeUnavailable) => Some("runtime"),
            Some(Code::InvalidPlan) => Some("workflow_id"),
            _ => None,
        };
        // A limit is named by its path: `limits.cost_usd`.
        let named = problem.field.as_deref().and_then(|field| field.rsplit('.').next());
        let known = FIELDS.into_iter().find(|field| named == Some(field)).or(by_code);
        match known {
            Some(field) => Self { field: Some((field.into(), said(problem))), general: None },
            None => Self { field: None, general: Some(said(problem)) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: Code, field: Option<&str>, expected: Option<&str>) {
        let problem = Problem {
            code: Some(code),
            message: "no".into(),
            request_id: None,
            field: field.map(str::to_owned),
        };
        let refused = Refused::from(&problem);
        assert_eq!(refused.field.as_ref().map(|(field, _)| field.as_str()), expected);
        assert_eq!(refused.general.is_none(), expected.is_some());
    }

    #[test]
    fn a_refusal_stands_at_its_field() {
        check(Code::Invalid, Some("limits.cost_usd"), Some("cost_usd"));
        check(Code::DirectoryRefused, None, Some("working_directory"));
        check(Code::RuntimeUnavailable, None, Some("runtime"));
        check(Code::Invalid, Some("zz"), None);
        check(Code::Unavailable, None, None);
    }
}
