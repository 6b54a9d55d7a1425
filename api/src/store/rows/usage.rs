//! How usage records lie in their table.

use crate::store::{
    StoreError,
    rows::tasks::tokens,
    sql::{self, Fields},
    table::Table,
};
use quarterdeck_shared::{
    AgentId, RecordId, TaskId,
    usage::{CostBasis, FormerPrice, Terms, UsageRecord},
};
use sea_orm::Value;

pub(in crate::store) const USAGE: Table = Table {
    name: "usage_records",
    key: &["id"],
    columns: &[
        "id",
        "agent_id",
        "task_id",
        "role",
        "message_id",
        "request_id",
        "model",
        "input_tokens",
        "output_tokens",
        "cache_creation_tokens",
        "cache_read_tokens",
        "cost_nanos",
        "cost_basis",
        "price_version",
        "provenance",
        "sidechain",
        "replayed",
        "at",
        "cache_5m_tokens",
        "cache_1h_tokens",
        "web_searches",
        "speed",
        "geo",
        "complete",
        "reported_cost_nanos",
        "replay_of",
    ],
    unread: 1,
};

pub(in crate::store) const FORMER_PRICES: Table = Table {
    name: "former_prices",
    key: &["record_id", "price_version"],
    columns: &["record_id", "price_version", "cost_nanos", "cost_basis", "until"],
    unread: 0,
};

/// A former price's row.
pub(in crate::store) fn former_values(record_id: RecordId, price: &FormerPrice) -> Vec<Value> {
    vec![
        record_id.0.into(),
        sql::text(price.price_version.as_deref().unwrap_or_default()),
        sql::usd(price.cost_usd),
        price.cost_basis.as_str().into(),
        sql::time(price.until),
    ]
}

/// The same, read back, with its record's id.
pub(in crate::store) fn read_former(fields: &mut Fields) -> Result<(RecordId, FormerPrice), StoreError> {
    let (id, version) = (RecordId(fields.id()?), fields.take::<String>()?);
    let price = FormerPrice {
        price_version: Some(version).filter(|version| !version.is_empty()),
        cost_usd: fields.usd()?,
        cost_basis: fields.word::<CostBasis>()?,
        until: fields.time()?,
    };
    Ok((id, price))
}

/// What makes two records the same response: its message and request. A recording played twice is two responses,
/// so that a replay's are told apart by its agent as well.
pub(in crate::store) type Response = (String, String, String);

/// Which response a record is of.
pub(in crate::store) fn response(record: &UsageRecord) -> Response {
    (record.message_id.clone(), record.request_id.clone().unwrap_or_default(), replay_of(record))
}

fn replay_of(record: &UsageRecord) -> String {
    if record.replayed { record.agent_id.to_string() } else { String::new() }
}

/// One record out of two of the same response: the larger count of each kind, first seen when the older was. A
/// remainder is as it was said last.
pub(in crate::store) fn merged(older: &UsageRecord, newer: &UsageRecord) -> UsageRecord {
    if newer.is_remainder() {
        return UsageRecord { id: older.id, ..newer.clone() };
    }
    let tokens = older.tokens.max(newer.tokens);
    let figures = if tokens == older.tokens && tokens != newer.tokens { older } else { newer };
    UsageRecord {
        id: older.id,
        tokens,
        cost_usd: if tokens == figures.tokens {
            figures.cost_usd
        } else {
            older.cost_usd.max(newer.cost_usd)
        },
        terms: figures.terms.clone(),
        cost_basis: figures.cost_basis,
        reported_cost_usd: older.reported_cost_usd.max(newer.reported_cost_usd),
        price_version: figures.price_version.clone(),
        at: older.at.min(newer.at),
        ..newer.clone()
    }
}

/// A record's row.
pub(in crate::store) fn values(record: UsageRecord) -> Vec<Value> {
    let replay_of = replay_of(&record);
    vec![
        record.id.0.into(),
        record.agent_id.0.into(),
        record.task_id.map(|id| id.0).into(),
        record.role.as_str().into(),
        sql::text(record.message_id),
        sql::text(record.request_id.unwrap_or_default()),
        sql::text(record.model),
        sql::number(record.tokens.input),
        sql::number(record.tokens.output),
        sql::number(record.tokens.cache_creation),
        sql::number(record.tokens.cache_read),
        sql::usd(record.cost_usd),
        record.cost_basis.as_str().into(),
        sql::text_or_none(record.price_version),
        sql::text(record.provenance),
        record.sidechain.into(),
        record.replayed.into(),
        sql::time(record.at),
        sql::number(record.terms.cache_5m),
        sql::number(record.terms.cache_1h),
        sql::number(record.terms.web_searches),
        sql::text_or_none(record.terms.speed),
        sql::text_or_none(record.terms.geo),
        record.terms.complete.into(),
        sql::usd_or_none(record.reported_cost_usd),
        replay_of.into(),
    ]
}

/// The same, read back.
pub(in crate::store) fn read(fields: &mut Fields) -> Result<UsageRecord, StoreError> {
    Ok(UsageRecord {
        id: RecordId(fields.id()?),
        agent_id: AgentId(fields.id()?),
        task_id: fields.id_or_none()?.map(TaskId),
        role: fields.word()?,
        message_id: fields.take()?,
        request_id: Some(fields.take::<String>()?).filter(|id| !id.is_empty()),
        model: fields.take()?,
        tokens: tokens(fields)?,
        cost_usd: fields.usd()?,
        cost_basis: fields.word::<CostBasis>()?,
        price_version: fields.take()?,
        provenance: fields.take()?,
        sidechain: fields.take()?,
        replayed: fields.take()?,
        at: fields.time()?,
        terms: Terms {
            cache_5m: fields.number()?,
            cache_1h: fields.number()?,
            web_searches: fields.number()?,
            speed: fields.take()?,
            geo: fields.take()?,
            complete: fields.take()?,
        },
        reported_cost_usd: fields.usd_or_none()?,
        former_prices: Vec::new(),
    })
}
