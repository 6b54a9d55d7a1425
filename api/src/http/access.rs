//! Access: who may come in, by the key, a token, a session, a login code or a ticket.

use super::{
    caller::{Caller, Proof},
    secret::{NoChance, hash, random},
};
use crate::{
    fleet::clock::Clock,
    store::{Batch, Row, SessionRow, Store, StoreError, TokenRow},
};
use quarterdeck_shared::{
    Timestamp, TokenId,
    auth::{MadeToken, NewToken, Ticket, Token, TokenScope},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use subtle::ConstantTimeEq as _;
use tokio::sync::watch;

/// How long a login code can be used.
pub const CODE_SECONDS: i64 = 600;
/// How long a ticket can be used.
pub const TICKET_SECONDS: i64 = 30;
/// How long a session lasts.
pub const SESSION_SECONDS: i64 = 14 * 24 * 3600;
/// What a ticket's protocol begins with.
pub const TICKET_PROTOCOL: &str = "quarterdeck.ticket.";

/// What a token's secret begins with.
const TOKEN_PREFIX: &str = "qd_";
/// Tickets and codes that may wait at the same time; the oldest give way.
const WAITING: usize = 10_000;
/// A token's last use is written down this seldom.
const USE_SECONDS: i64 = 60;

/// The one place that lets people in.
pub struct Access {
    owner: Arc<Caller>,
    store: Store,
    clock: Clock,
    codes: Mutex<HashMap<String, Timestamp>>,
    tickets: Mutex<HashMap<String, (Arc<Caller>, Timestamp)>>,
    /// Logins that could not be written down; they last as long as the server.
    unwritten: Mutex<HashMap<String, SessionRow>>,
    taken_away: watch::Sender<u64>,
}

impl Access {
    /// Access by this key and whatever the store knows.
    pub fn new(key: &str, store: Store, clock: Clock) -> Self {
        Self {
            owner: Arc::new(Caller {
                proof: Proof::Key,
                name: "key".to_owned(),
                scope: TokenScope::All,
                expires_at: None,
                hash: hash(key),
            }),
            store,
            clock,
            codes: Mutex::default(),
            tickets: Mutex::default(),
            unwritten: Mutex::default(),
            taken_away: watch::Sender::new(0),
        }
    }

    /// Whoever shows this key or token.
    pub async fn by_secret(&self, secret: &str) -> Result<Option<Arc<Caller>>, StoreError> {
        let hash = hash(secret);
        if bool::from(hash.as_bytes().ct_eq(self.owner.hash.as_bytes())) {
            return Ok(Some(self.owner.clone()));
        }
        if !secret.starts_with(TOKEN_PREFIX) {
            return Ok(None);
        }
        let now = self.clock.now();
        let row = self.store.token_by_hash(&hash).await?;
        let Some(TokenRow { token, .. }) = row.filter(|row| row.token.expires_at.is_none_or(|end| end > now))
        else {
            return Ok(None);
        };
        if token.last_used_at.is_none_or(|used| now.seconds_since(used) >= USE_SECONDS) {
            let used = self.store.commit(Batch::new().row(Row::TokenUsed { id: token.id, at: now })).await;
            if let Err(error) = used {
                tracing::warn!(error = %error, token.id = %token.id, "a token's use could not be written down");
            }
        }
        let proof = Proof::Token(token.id);
        let Token { name, scope, expires_at, .. } = token;
        Ok(Some(Arc::new(Caller { proof, name, scope, expires_at, hash })))
    }

    /// Whoever shows this session's secret.
    pub async fn by_session(&self, secret: &str) -> Result<Option<Arc<Caller>>, StoreError> {
        let hash = hash(secret);
        let row = self.session(&hash).await?;
        let caller = |row: SessionRow| {
            let expires_at = Some(row.expires_at);
            let scope = TokenScope::All;
            Arc::new(Caller { proof: Proof::Session, name: row.name, scope, expires_at, hash: row.hash })
        };
        Ok(row.map(caller))
    }

    /// The login of this hash, unless it ended.
    async fn session(&self, hash: &str) -> Result<Option<SessionRow>, StoreError> {
        let now = self.clock.now();
        let unwritten = lock(&self.unwritten).get(hash).filter(|row| row.expires_at > now).cloned();
        match unwritten {
            None => self.store.session(hash, now).await,
            unwritten => Ok(unwritten),
        }
    }

    /// Whether somebody who came in before would still be let in.
    pub async fn still_holds(&self, caller: &Caller) -> Result<bool, StoreError> {
        match caller.proof {
            Proof::Key => Ok(true),
            Proof::Session => Ok(self.session(&caller.hash).await?.is_some()),
            Proof::Token(_) => {
                let row = self.store.token_by_hash(&caller.hash).await?;
                Ok(row.is_some_and(|row| row.token.expires_at.is_none_or(|end| end > self.now())))
            }
        }
    }

    /// A login code: works once, within ten minutes.
    pub fn make_code(&self) -> Result<String, NoChance> {
        let code = random()?;
        let ends = self.clock.now().plus_seconds(CODE_SECONDS);
        keep(&self.codes, hash(&code), ends, self.clock.now(), |ends| *ends);
        Ok(code)
    }

    /// Whether the code is good; it is not afterwards.
    pub fn take_code(&self, code: &str) -> bool {
        let ends = lock(&self.codes).remove(&hash(code));
        ends.is_some_and(|ends| ends > self.clock.now())
    }

    /// A ticket into one socket: works once, within thirty seconds.
    pub fn make_ticket(&self, caller: Arc<Caller>) -> Result<Ticket, NoChance> {
        let secret = random()?;
        let expires_at = self.clock.now().plus_seconds(TICKET_SECONDS);
        keep(&self.tickets, hash(&secret), (caller, expires_at), self.clock.now(), |(_, ends)| *ends);
        Ok(Ticket { protocol: format!("{TICKET_PROTOCOL}{secret}"), expires_at })
    }

    /// Whose ticket this protocol is, if they would still be let in without it; nobody's afterwards.
    pub async fn take_ticket(&self, protocol: &str) -> Result<Option<Arc<Caller>>, StoreError> {
        let taken = protocol.strip_prefix(TICKET_PROTOCOL);
        let taken = taken.and_then(|secret| lock(&self.tickets).remove(&hash(secret)));
        match taken.filter(|(_, ends)| *ends > self.clock.now()) {
            Some((caller, _)) if self.still_holds(&caller).await? => Ok(Some(caller)),
            _ => Ok(None),
        }
    }

    /// A new session and the secret that opens it. Where nothing can be written somebody can come in all the same.
    pub async fn open_session(&self, name: &str) -> Result<(String, Caller), OpenError> {
        let secret = random()?;
        let created_at = self.clock.now();
        let expires_at = created_at.plus_seconds(SESSION_SECONDS);
        let row = SessionRow { hash: hash(&secret), name: name.to_owned(), created_at, expires_at };
        let caller = Caller {
            proof: Proof::Session,
            name: row.name.clone(),
            scope: TokenScope::All,
            expires_at: Some(expires_at),
            hash: row.hash.clone(),
        };
        match self.store.commit(Batch::new().row(Row::Session(Box::new(row.clone())))).await {
            Err(StoreError::Unwritable { .. }) => {
                keep(&self.unwritten, row.hash.clone(), row, created_at, |row| row.expires_at);
            }
            written => drop(written?),
        }
        Ok((secret, caller))
    }

    /// Ends a session at once.
    pub async fn end_session(&self, caller: &Caller) -> Result<(), StoreError> {
        let unwritten = lock(&self.unwritten).remove(&caller.hash);
        if unwritten.is_none() {
            self.store.commit(Batch::new().row(Row::EndSession { hash: caller.hash.clone() })).await?;
        }
        self.taken_away.send_modify(|times| *times += 1);
        Ok(())
    }

    /// Revokes a token at once.
    pub async fn revoke(&self, id: TokenId) -> Result<(), StoreError> {
        self.store.commit(Batch::new().row(Row::RevokeToken(id))).await?;
        self.taken_away.send_modify(|times| *times += 1);
        Ok(())
    }

    /// Changes whenever somebody lost the right to be here.
    pub fn taken_away(&self) -> watch::Receiver<u64> {
        self.taken_away.subscribe()
    }

    /// A new access token; its secret is shown this once.
    pub async fn make_token(&self, new: NewToken) -> Result<MadeToken, OpenError> {
        let secret = format!("{TOKEN_PREFIX}{}", random()?);
        let created_at = self.clock.now();
        let token = Token {
            id: TokenId(uuid::Uuid::now_v7()),
            name: new.name.trim().to_owned(),
            scope: new.scope.unwrap_or_default(),
            ends_with: secret[secret.len() - 4..].to_owned(),
            created_at,
            last_used_at: None,
            expires_at: new.expires_in_days.map(|days| created_at.plus_seconds(i64::from(days) * 86_400)),
        };
        let row = TokenRow { token: token.clone(), hash: hash(&secret) };
        self.store.commit(Batch::new().row(Row::Token(Box::new(row)))).await?;
        Ok(MadeToken { token, secret })
    }

    /// The present moment, by the clock that expiry goes by.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Why nothing could be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No randomness.
    #[error(transparent)]
    NoChance(#[from] NoChance),
    /// No store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Adds one entry; those that ended go, and the earliest where too many wait.
fn keep<V>(
    map: &Mutex<HashMap<String, V>>,
    key: String,
    value: V,
    now: Timestamp,
    ends: impl Fn(&V) -> Timestamp,
) {
    let mut map = lock(map);
    map.retain(|_, value| ends(value) > now);
    if map.len() >= WAITING {
        let earliest = map.iter().min_by_key(|(_, value)| ends(value)).map(|(key, _)| key.clone());
        earliest.map(|key| map.remove(&key));
    }
    map.insert(key, value);
}
