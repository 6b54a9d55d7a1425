//! Once: a command with an idempotency key is carried out a single time, however often it is sent.

use super::{
    answer::{Answer, Encoded, Reply},
    ask::Ask,
    secret::hexadecimal,
};
use crate::{
    error::ApiError,
    store::{AnswerRow, Batch, Row, Store},
};
use quarterdeck_shared::{Code, Endpoint, Timestamp};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

/// How long an answer is kept.
pub const KEPT_SECONDS: i64 = 24 * 3600;

/// The command was begun; whether it ended nobody wrote down.
const BEGUN: u16 = 0;
/// The command was refused, so its key is free again.
const FREE: u16 = 1;

type Line = Arc<tokio::sync::Mutex<()>>;

/// Carries commands out once.
#[derive(Default)]
pub struct Once {
    lines: Mutex<HashMap<(String, String), Line>>,
}

impl Once {
    /// Carries the command out, unless this caller sent it before under the same key: then its answer comes again.
    pub async fn only<E, W>(&self, store: &Store, ask: &Ask<E>, body: &impl Serialize, work: W) -> Reply<E>
    where
        E: Endpoint,
        W: Future<Output = Reply<E>>,
    {
        let Some(key) = &ask.idempotency_key else { return work.await };
        let owner = ask.caller()?.hash.clone();
        let line = self.line(&owner, key);
        let answer = {
            let _turn = line.lock().await;
            in_turn(store, ask, key, &owner, body, work).await
        };
        drop(line);
        self.leave(&owner, key);
        answer
    }

    fn line(&self, owner: &str, key: &str) -> Line {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.entry((owner.to_owned(), key.to_owned())).or_default().clone()
    }

    fn leave(&self, owner: &str, key: &str) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (owner.to_owned(), key.to_owned());
        if lines.get(&name).is_some_and(|line| Arc::strong_count(line) == 1) {
            lines.remove(&name);
        }
    }
}

async fn in_turn<E: Endpoint>(
    store: &Store,
    ask: &Ask<E>,
    key: &str,
    owner: &str,
    body: &impl Serialize,
    work: impl Future<Output = Reply<E>>,
) -> Reply<E> {
    let now = Timestamp(jiff::Timestamp::now().as_microsecond());
    let row = AnswerRow {
        owner: owner.to_owned(),
        key: key.to_owned(),
        fingerprint: fingerprint(ask, body)?,
        status: BEGUN,
        body: String::new(),
        created_at: now,
    };
    let known = store.answer(owner, key, now.plus_seconds(-KEPT_SECONDS)).await?;
    if let Some(known) = known.filter(|known| known.status != FREE) {
        return again(&row, known);
    }
    store.commit(Batch::new().row(Row::Answer(Box::new(row.clone())))).await?;
    let answer = work.await;
    let ended = match &answer {
        Ok(answer) => {
            let body = answer.json().map(|json| String::from_utf8_lossy(json).into_owned());
            AnswerRow { status: answer.status(), body: body.unwrap_or_default(), ..row }
        }
        Err(_) => AnswerRow { status: FREE, ..row },
    };
    if let Err(error) = store.commit(Batch::new().row(Row::Answer(Box::new(ended)))).await {
        tracing::error!(error = %error, "the answer to a command with an idempotency key could not be kept");
    }
    answer
}

fn again<E: Endpoint>(row: &AnswerRow, known: AnswerRow) -> Reply<E> {
    if known.fingerprint != row.fingerprint {
        let message = "this idempotency key was used for another request; take a new key";
        return Err(ApiError::new(Code::IdempotencyConflict, message));
    }
    if known.status == BEGUN {
        let message = "the first request with this idempotency key was cut off; look whether it did its work, and take \
                       a new key";
        return Err(ApiError::new(Code::Conflict, message));
    }
    let answer = match known.body.is_empty() {
        true => Answer::nothing(),
        false => Answer::encoded(Arc::new(Encoded::from_json(known.body.into_bytes()))),
    };
    Ok(answer.with_status(known.status).with_header("Idempotency-Replayed", "true"))
}

fn fingerprint<E: Endpoint>(ask: &Ask<E>, body: &impl Serialize) -> Result<String, ApiError> {
    let body = serde_json::to_vec(body).map_err(ApiError::internal)?;
    let mut digest = Sha256::new();
    for part in [E::ROUTE.method.as_str().as_bytes(), ask.path.as_bytes(), ask.raw_query.as_bytes(), &body] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    Ok(hexadecimal(&digest.finalize()))
}
