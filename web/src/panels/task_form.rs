//! What the form of a new task holds, and the order that comes of it.

use quarterdeck_shared::Usd;
use quarterdeck_shared::tasks::{
    ExecutionMode, IncludeAnalyst, Limits, NewTask, PermissionMode, Task, TaskType,
};
use yew::AttrValue;

use crate::hooks::Query;

/// A field of the form, by its name on the wire.
pub const FIELDS: [&str; 12] = [
    "prompt",
    "task_type",
    "execution_mode",
    "include_analyst",
    "working_directory",
    "runtime",
    "model",
    "permission_mode",
    "workflow_id",
    "cost_usd",
    "tokens",
    "seconds",
];

/// The form as it is filled in: text by the field's name, an untouched field is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskForm(Query);

impl TaskForm {
    /// A form as it was written away.
    pub fn read(text: &str) -> Self {
        let kept = Query::parse(text);
        let known = kept.pairs().filter(|(name, _)| FIELDS.contains(name));
        Self(known.fold(Query::default(), |query, (name, value)| query.with(name, value)))
    }

    /// The form as text, to keep it. The right to never ask is not kept: it is given anew each time.
    pub fn written(&self) -> String {
        let bypass = self.get("permission_mode") == PermissionMode::BypassPermissions.as_str();
        let kept = if bypass { self.0.clone().with("permission_mode", "") } else { self.0.clone() };
        kept.written()
    }

    /// The form that would submit this task again.
    pub fn again(task: &Task) -> Self {
        let limits = &task.limits;
        let word = |text: &Option<String>| text.clone().unwrap_or_default();
        let analyst = if task.include_analyst { IncludeAnalyst::Always } else { IncludeAnalyst::Never };
        Self::default()
            .with("prompt", &task.prompt)
            .with("task_type", task.task_type.as_str())
            .with("execution_mode", task.execution_mode.as_str())
            .with("include_analyst", analyst.as_str())
            .with("working_directory", &task.working_directory)
            .with("runtime", &task.runtime)
            .with("model", &word(&task.model))
            .with("permission_mode", task.permission_mode.as_str())
            .with("cost_usd", &word(&limits.cost_usd.map(|cost| cost.to_string())))
            .with("tokens", &word(&limits.tokens.map(|tokens| tokens.to_string())))
            .with("seconds", &word(&limits.seconds.map(|seconds| seconds.to_string())))
    }

    /// The text of a field.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name)
    }

    /// The same for a control.
    pub fn value(&self, name: &str) -> AttrValue {
        AttrValue::from(self.get(name).to_owned())
    }

    /// The same form with one field filled in.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        Self(self.0.clone().with(name, value))
    }

    /// Whether there is nothing to submit.
    pub fn is_blank(&self) -> bool {
        self.get("prompt").trim().is_empty()
    }

    /// The kind of work chosen.
    pub fn task_type(&self) -> TaskType {
        self.get("task_type").parse().unwrap_or_default()
    }

    /// The order of the steps chosen.
    pub fn execution_mode(&self) -> ExecutionMode {
        self.get("execution_mode").parse().unwrap_or_default()
    }

    /// What was chosen about the ANALYST.
    pub fn include_analyst(&self) -> IncludeAnalyst {
        self.get("include_analyst").parse().unwrap_or_default()
    }

    /// Whether a PLANNER agent lays out the steps.
    pub fn plans_by_agent(&self) -> bool {
        self.get("workflow_id") == "ai"
    }

    /// The limit of the cost, where one is given and can be read.
    pub fn cost_limit(&self) -> Option<Usd> {
        self.get("cost_usd").trim().trim_start_matches('$').parse().ok()
    }

    /// The order, or what is wrong with each field. `runtime` is the one in force where none was chosen.
    pub fn order(&self, runtime: Option<&str>) -> Result<NewTask, Vec<(&'static str, String)>> {
        let mut wrong = Vec::new();
        if self.is_blank() {
            wrong.push(("prompt", "Say what shall be done.".to_owned()));
        }
        let money = "An amount in dollars above zero, such as 1.50, or nothing for no limit.";
        let cost = self.text("cost_usd").map(|text| text.trim_start_matches('$').trim().parse::<Usd>());
        if cost.as_ref().is_some_and(|cost| !matches!(cost, Ok(cost) if *cost > Usd::ZERO)) {
            wrong.push(("cost_usd", money.to_owned()));
        }
        let mut whole = |name: &'static str, noun: &str| {
            let number = self.text(name).map(|text| text.replace([',', '_', ' '], "").parse::<u64>());
            if number.as_ref().is_some_and(|number| !matches!(number, Ok(1..))) {
                wrong.push((name, format!("A whole number of {noun} above zero, or nothing for no limit.")));
            }
            number.and_then(Result::ok)
        };
        let (tokens, seconds) = (whole("tokens", "tokens"), whole("seconds", "seconds"));
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let limits = Limits { cost_usd: cost.and_then(Result::ok), tokens, seconds };
        let owned = |name: &str| self.text(name).map(str::to_owned);
        Ok(NewTask {
            prompt: self.get("prompt").trim().to_owned(),
            task_type: self.chosen("task_type"),
            execution_mode: self.chosen("execution_mode"),
            include_analyst: self.chosen("include_analyst"),
            working_directory: owned("working_directory"),
            runtime: owned("runtime").or_else(|| runtime.map(str::to_owned)),
            model: owned("model"),
            permission_mode: self.chosen("permission_mode"),
            limits: (limits != Limits::default()).then_some(limits),
            workflow_id: owned("workflow_id"),
        })
    }

    fn text(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|text| !text.is_empty())
    }

    fn chosen<W: std::str::FromStr>(&self, name: &str) -> Option<W> {
        self.text(name).and_then(|word| word.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::samples::task;
    use serde_json::json;

    #[test]
    fn an_untouched_form_leaves_everything_to_the_server() {
        let order = TaskForm::default().with("prompt", " Fix it \n").order(Some("claude_cli")).unwrap();
        assert_eq!(
            serde_json::to_value(order).unwrap(),
            json!({"prompt": "Fix it", "runtime": "claude_cli"})
        );
    }

    #[test]
    fn limits_are_read_as_people_write_them() {
        let form = TaskForm::default()
            .with("prompt", "x")
            .with("cost_usd", "$15.00")
            .with("tokens", "200,000")
            .with("seconds", "90");
        let limits = form.order(None).unwrap().limits.unwrap();
        assert_eq!(
            (limits.cost_usd.map(|cost| cost.to_string()).as_deref(), limits.tokens, limits.seconds),
            (Some("15"), Some(200_000), Some(90))
        );
    }

    #[test]
    fn each_wrong_field_is_named() {
        let form = TaskForm::default().with("cost_usd", "0").with("tokens", "many").with("seconds", "-1");
        let wrong: Vec<_> = form.order(None).unwrap_err().into_iter().map(|(name, _)| name).collect();
        assert_eq!(wrong, ["prompt", "cost_usd", "tokens", "seconds"]);
    }

    #[test]
    fn a_draft_is_kept_but_not_the_right_to_never_ask() {
        let form = TaskForm::default()
            .with("prompt", "a & b\nc")
            .with("model", "opus")
            .with("permission_mode", "bypassPermissions");
        let kept = TaskForm::read(&form.written());
        assert_eq!(
            (kept.get("prompt"), kept.get("model"), kept.get("permission_mode")),
            ("a & b\nc", "opus", "")
        );
        assert_eq!(TaskForm::read("?zz=1"), TaskForm::default());
    }

    #[test]
    fn a_task_can_be_submitted_again_as_it_was() {
        let order = TaskForm::again(&task(json!({"limits": {"cost_usd": "15"}}))).order(None).unwrap();
        assert_eq!(order.prompt, "Idempotency keys on POST /payments\nand tests");
        assert_eq!(order.include_analyst, Some(IncludeAnalyst::Never));
        assert_eq!(order.limits.unwrap().cost_usd.unwrap().to_string(), "15");
    }
}
