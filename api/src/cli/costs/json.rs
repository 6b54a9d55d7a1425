//! The answer for programs, in ccusage's field names, so that scripts can switch; what it has no name for is added.

use super::{BLOCK_SECONDS, By, begin, is_open};
use quarterdeck_shared::{
    Timestamp, Usd,
    costs::{CostGroup, CostSum, Costs},
};
use serde_json::{Map, Value, json};

/// All of it.
pub fn of(by: By, costs: &Costs, now: Timestamp) -> Value {
    let rows: Vec<_> = costs.groups.iter().map(|group| row(by, group, now)).collect();
    let (list, _) = names(by);
    let mut totals = sums(&costs.total);
    if by == By::Blocks {
        totals = Map::new();
    }
    let mut answer = Map::from_iter([(list.to_owned(), Value::from(rows))]);
    if !totals.is_empty() {
        answer.insert("totals".to_owned(), totals.into());
    }
    answer.into()
}

/// The name of the list, and of a row's key.
fn names(by: By) -> (&'static str, &'static str) {
    match by {
        By::Daily => ("daily", "date"),
        By::Weekly => ("weekly", "week"),
        By::Monthly => ("monthly", "month"),
        By::Session => ("sessions", "sessionId"),
        By::Blocks => ("blocks", "id"),
        By::Project => ("projects", "project"),
        By::Model => ("models", "modelName"),
    }
}

fn row(by: By, group: &CostGroup, now: Timestamp) -> Value {
    let mut row = Map::from_iter([(names(by).1.to_owned(), Value::from(group.key.clone()))]);
    if by == By::Blocks {
        row.extend(block(group, now));
        return row.into();
    }
    row.extend(sums(&group.sum));
    row.insert("modelsUsed".into(), models_of(group));
    let breakdowns = group.models.iter().map(|of| {
        let mut one = sums(&of.sum);
        let cost = one.remove("totalCost").unwrap_or_default();
        one.remove("totalTokens");
        one.insert("modelName".into(), of.model.clone().into());
        one.insert("cost".into(), cost);
        Value::from(one)
    });
    row.insert("modelBreakdowns".into(), breakdowns.collect());
    if by == By::Session {
        row.insert(
            "lastActivity".into(),
            group.last_at.to_string().chars().take(10).collect::<String>().into(),
        );
        row.insert("projectPath".into(), json!(group.project));
        row.insert("name".into(), json!(group.name));
    }
    row.into()
}

fn block(group: &CostGroup, now: Timestamp) -> Map<String, Value> {
    let begin = begin(group);
    let (end, ended) = match group.is_gap {
        true => (group.last_at, None),
        false => (begin.plus_seconds(BLOCK_SECONDS), Some(group.last_at)),
    };
    let tokens = group.sum.tokens;
    let pairs = [
        ("startTime", json!(begin)),
        ("endTime", json!(end)),
        ("actualEndTime", json!(ended)),
        ("isActive", json!(is_open(group, now))),
        ("isGap", json!(group.is_gap)),
        ("entries", json!(group.sum.records)),
        (
            "tokenCounts",
            json!({
                "inputTokens": tokens.input,
                "outputTokens": tokens.output,
                "cacheCreationInputTokens": tokens.cache_creation,
                "cacheReadInputTokens": tokens.cache_read,
            }),
        ),
        ("totalTokens", json!(tokens.total())),
        ("costUSD", cost(&group.sum)),
        ("models", models_of(group)),
    ];
    let added = known(&group.sum);
    pairs.into_iter().chain(added).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn models_of(group: &CostGroup) -> Value {
    group.models.iter().map(|of| Value::from(of.model.clone())).collect()
}

fn sums(sum: &CostSum) -> Map<String, Value> {
    let tokens = sum.tokens;
    let pairs = [
        ("inputTokens", json!(tokens.input)),
        ("outputTokens", json!(tokens.output)),
        ("cacheCreationTokens", json!(tokens.cache_creation)),
        ("cacheReadTokens", json!(tokens.cache_read)),
        ("totalTokens", json!(tokens.total())),
        ("totalCost", cost(sum)),
    ];
    let added = known(sum);
    pairs.into_iter().chain(added).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// How well the cost is known.
fn known(sum: &CostSum) -> [(&'static str, Value); 4] {
    [
        ("costBasis", json!(sum.cost_basis)),
        ("exactCost", json!(sum.cost_usd)),
        ("lowerBoundRecords", json!(sum.lower_bound_records)),
        ("unknownRecords", json!(sum.unknown_records)),
    ]
}

/// A number of dollars; null where nothing of it is known.
fn cost(sum: &CostSum) -> Value {
    let unknown = sum.records > 0 && sum.unknown_records == sum.records;
    if unknown { Value::Null } else { json!(dollars(sum.cost_usd)) }
}

fn dollars(cost: Usd) -> f64 {
    cost.to_string().parse().unwrap_or_default()
}
