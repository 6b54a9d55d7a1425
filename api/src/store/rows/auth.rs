//! How tokens, logins and given answers lie in their tables.

use crate::store::{
    AnswerRow, SessionRow, StoreError, TokenRow,
    sql::{self, Fields},
    table::Table,
};
use quarterdeck_shared::{TokenId, auth::Token};
use sea_orm::Value;

pub(in crate::store) const TOKENS: Table = Table {
    name: "tokens",
    key: &["id"],
    columns: &["id", "hash", "name", "ends_with", "created_at", "last_used_at", "expires_at", "scope"],
    unread: 0,
};

pub(in crate::store) const SESSIONS: Table = Table {
    name: "sessions",
    key: &["hash"],
    columns: &["hash", "name", "created_at", "expires_at"],
    unread: 0,
};

pub(in crate::store) const ANSWERS: Table = Table {
    name: "answers",
    key: &["owner", "key"],
    columns: &["owner", "key", "fingerprint", "status", "body", "created_at"],
    unread: 0,
};

/// A token's row.
pub(in crate::store) fn token_values(TokenRow { token, hash }: &TokenRow) -> Vec<Value> {
    vec![
        token.id.0.into(),
        sql::text(hash),
        sql::text(&token.name),
        sql::text(&token.ends_with),
        sql::time(token.created_at),
        sql::time_or_none(token.last_used_at),
        sql::time_or_none(token.expires_at),
        token.scope.as_str().into(),
    ]
}

/// The same, read back.
pub(in crate::store) fn read_token(fields: &mut Fields) -> Result<TokenRow, StoreError> {
    let (id, hash) = (TokenId(fields.id()?), fields.take()?);
    let token = Token {
        id,
        name: fields.take()?,
        ends_with: fields.take()?,
        created_at: fields.time()?,
        last_used_at: fields.time_or_none()?,
        expires_at: fields.time_or_none()?,
        scope: fields.word()?,
    };
    Ok(TokenRow { token, hash })
}

/// A login's row.
pub(in crate::store) fn session_values(session: &SessionRow) -> Vec<Value> {
    let (begun, ends) = (sql::time(session.created_at), sql::time(session.expires_at));
    vec![sql::text(&session.hash), sql::text(&session.name), begun, ends]
}

/// The same, read back.
pub(in crate::store) fn read_session(fields: &mut Fields) -> Result<SessionRow, StoreError> {
    let (hash, name) = (fields.take()?, fields.take()?);
    Ok(SessionRow { hash, name, created_at: fields.time()?, expires_at: fields.time()? })
}

/// A given answer's row.
pub(in crate::store) fn answer_values(answer: &AnswerRow) -> Vec<Value> {
    vec![
        sql::text(&answer.owner),
        sql::text(&answer.key),
        sql::text(&answer.fingerprint),
        sql::number(u64::from(answer.status)),
        sql::text(&answer.body),
        sql::time(answer.created_at),
    ]
}

/// The same, read back.
pub(in crate::store) fn read_answer(fields: &mut Fields) -> Result<AnswerRow, StoreError> {
    Ok(AnswerRow {
        owner: fields.take()?,
        key: fields.take()?,
        fingerprint: fields.take()?,
        status: u16::try_from(fields.number()?).unwrap_or(500),
        body: fields.take()?,
        created_at: fields.time()?,
    })
}
