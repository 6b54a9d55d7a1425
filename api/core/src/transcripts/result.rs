//! The `result` line: the end of a turn.

use super::{
    ModelUse, TurnResult,
    fields::{count, count_or_zero, list, money, text, text_or_empty},
};
use quarterdeck_shared::usage::Tokens;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) fn read(value: &Value) -> TurnResult {
    let denial = |denial: &Value| Some((text(denial, "tool_name")?, text_or_empty(denial, "tool_use_id")));
    let subtype = text_or_empty(value, "subtype");
    let said = value.get("is_error").and_then(Value::as_bool).unwrap_or_default();
    TurnResult {
        is_error: said || subtype.starts_with("error"),
        subtype,
        text: text(value, "result"),
        errors: list(value, "errors")
            .iter()
            .map(|error| error.as_str().map_or_else(|| error.to_string(), str::to_owned))
            .collect(),
        api_error_status: count(value, "api_error_status").and_then(|status| u16::try_from(status).ok()),
        session_id: text(value, "session_id"),
        cost: money(value, "total_cost_usd"),
        models: models(value, "modelUsage"),
        num_turns: count_or_zero(value, "num_turns"),
        duration_ms: count_or_zero(value, "duration_ms"),
        denials: list(value, "permission_denials").iter().filter_map(denial).collect(),
        terminal_reason: text(value, "terminal_reason"),
    }
}

/// What each model took.
pub(super) fn models(value: &Value, key: &str) -> BTreeMap<String, ModelUse> {
    let models = value.get(key).and_then(Value::as_object);
    models.into_iter().flatten().map(|(model, used)| (model.clone(), model_use(used))).collect()
}

fn model_use(used: &Value) -> ModelUse {
    ModelUse {
        tokens: Tokens {
            input: count_or_zero(used, "inputTokens"),
            output: count_or_zero(used, "outputTokens"),
            cache_creation: count_or_zero(used, "cacheCreationInputTokens"),
            cache_read: count_or_zero(used, "cacheReadInputTokens"),
        },
        web_searches: count_or_zero(used, "webSearchRequests"),
        cost: money(used, "costUSD"),
        context_window: count(used, "contextWindow").filter(|window| *window > 0),
        price_known: used.get("costBasis").and_then(Value::as_str) != Some("unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::Usd;
    use serde_json::json;

    #[test]
    fn a_turn_failed_where_either_word_says_so() {
        let failed = |subtype, is_error| read(&json!({"subtype": subtype, "is_error": is_error})).is_error;
        assert!(
            failed("success", true) && failed("error_max_turns", true) && failed("error_max_turns", false)
        );
        assert!(!failed("success", false));
        assert!(read(&json!({"subtype": "error_during_execution"})).is_error);
    }

    #[test]
    fn no_turn_costs_less_than_nothing() {
        let cost = |dollars: f64| {
            let result = read(&json!({"total_cost_usd": dollars, "modelUsage": {"m": {"costUSD": dollars}}}));
            (result.cost, result.models["m"].cost)
        };
        assert_eq!(cost(-5.0), (None, None));
        assert_eq!(cost(0.0), (Some(Usd::ZERO), Some(Usd::ZERO)));
    }
}
