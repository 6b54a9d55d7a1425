//! Costs: the store's cells put together into days of a zone, sessions, projects or blocks.

mod blocks;
mod calendar;
mod why;

pub use blocks::{BLOCK_SECONDS, blocks};
pub use why::{files_stamp, why};

use crate::store::{Cell, Cut, Seal, Span, Store, StoreError, refuse_turned_round};
use calendar::Calendar;
use quarterdeck_shared::{
    Timestamp,
    costs::{CostGroup, CostSum, Costs, CostsBy, CostsQuery, ModelCost},
};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

/// Groups where nobody says how many.
const GROUPS: u32 = 400;

/// The records a query asks for, added up.
pub async fn gather(store: &Store, query: &CostsQuery) -> Result<Costs, StoreError> {
    let calendar = Calendar::of(query)?;
    let named = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let limit = query.limit.unwrap_or(GROUPS);
    if !(1..=1_000).contains(&limit) {
        let message = format!("limit is {limit}; it must be from 1 to 1000");
        return Err(StoreError::Invalid { field: "limit", message });
    }
    let span = Span {
        from: named(&query.from).map(|from| calendar.first_moment("from", &from)).transpose()?,
        before: named(&query.to).map(|to| calendar.moment_after("to", &to)).transpose()?,
        project: named(&query.project),
        model: named(&query.model),
    };
    refuse_turned_round(span.from, span.before.map(|before| Timestamp(before.0 - 1)))?;
    let by = query.by.unwrap_or_default();
    let cells = store.costs(cut(by), &span).await?;
    let mut total = CostSum::default();
    cells.iter().for_each(|cell| total.add(&cell.sum));
    let mut groups = match by {
        CostsBy::Block => blocks(&cells),
        _ => group(cells, |cell| calendar.key(by, cell)),
    };
    groups.sort_by(|a, b| place(by, a).cmp(&place(by, b)));
    let seal = Seal::of("costs", &CostsQuery { cursor: None, limit: None, ..query.clone() })?;
    if let Some(cursor) = named(&query.cursor) {
        let end: (i64, bool, String) =
            serde_json::from_slice(&seal.open(&cursor)?).map_err(|_| StoreError::BadCursor)?;
        groups.truncate(groups.partition_point(|group| place(by, group) < (end.0, end.1, &end.2)));
    }
    let left_out = groups.len().saturating_sub(limit as usize);
    let groups = groups.split_off(left_out);
    let next_cursor = groups.first().filter(|_| left_out > 0).map(|first| {
        let (at, is_block, key) = place(by, first);
        seal.close(json!([at, is_block, key]).to_string().as_bytes())
    });
    Ok(Costs { timezone: calendar.name(), groups, left_out: left_out as u64, next_cursor, total })
}

/// Where a group stands among the others: sessions, projects and blocks by their last record, a gap before the block
/// that ends it, everything else by its key.
fn place(by: CostsBy, group: &CostGroup) -> (i64, bool, &str) {
    match by {
        CostsBy::Session | CostsBy::Project | CostsBy::Block => {
            (group.last_at.micros(), !group.is_gap, &group.key)
        }
        _ => (0, true, &group.key),
    }
}

fn cut(by: CostsBy) -> Cut {
    match by {
        CostsBy::Day | CostsBy::Week | CostsBy::Month => Cut::Quarter,
        CostsBy::Block => Cut::Block,
        CostsBy::Session => Cut::Agent,
        CostsBy::Project => Cut::Project,
        CostsBy::Role => Cut::Role,
        CostsBy::Model => Cut::Model,
    }
}

/// Cells of one key put together.
fn group(cells: Vec<Cell>, key: impl Fn(&Cell) -> String) -> Vec<CostGroup> {
    let mut groups: HashMap<String, Vec<Cell>> = HashMap::new();
    for cell in cells {
        groups.entry(key(&cell)).or_default().push(cell);
    }
    groups.into_iter().filter_map(|(key, cells)| together(key, &cells)).collect()
}

/// One group out of its cells; nothing of none.
fn together(key: String, cells: &[Cell]) -> Option<CostGroup> {
    let mut sum = CostSum::default();
    let mut models: BTreeMap<&str, CostSum> = BTreeMap::new();
    for cell in cells {
        sum.add(&cell.sum);
        models.entry(&cell.model).or_default().add(&cell.sum);
    }
    let mut models: Vec<_> =
        models.into_iter().map(|(model, sum)| ModelCost { model: model.to_owned(), sum }).collect();
    models.sort_by(|a, b| b.sum.cost_usd.nanos().cmp(&a.sum.cost_usd.nanos()).then(a.model.cmp(&b.model)));
    let agents = || cells.iter().filter_map(|cell| cell.agent.as_ref());
    let main = agents().find(|agent| !agent.is_child).or_else(|| agents().next());
    Some(CostGroup {
        key,
        is_gap: false,
        sum,
        models,
        first_at: cells.iter().map(|cell| cell.at).min()?,
        last_at: cells.iter().map(|cell| cell.last_at).max()?,
        agent_id: main.map(|agent| agent.agent_id),
        task_id: main.and_then(|agent| agent.task_id),
        name: main.map(|agent| agent.name.clone()),
        project: main.map(|agent| agent.project.clone()),
    })
}

/// What a session is called where it has no id: its agent's.
fn session(cell: &Cell) -> String {
    let Some(agent) = &cell.agent else { return String::new() };
    agent.session_id.clone().unwrap_or_else(|| agent.agent_id.to_string())
}

/// The moment as the clock library has it.
fn moment(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default()
}
