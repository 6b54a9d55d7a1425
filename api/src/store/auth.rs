//! Tokens, logins and answers that were given before.

use super::{AnswerRow, SessionRow, Store, StoreError, TokenRow, unbuilt};
use quarterdeck_shared::{Timestamp, TokenId, auth::Token};

impl Store {
    /// The access tokens that are not revoked, oldest first, at most a thousand.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        Err(unbuilt())
    }

    /// One token.
    pub async fn token(&self, _id: TokenId) -> Result<Option<Token>, StoreError> {
        Err(unbuilt())
    }

    /// The token whose secret has this hash.
    pub async fn token_by_hash(&self, _hash: &str) -> Result<Option<TokenRow>, StoreError> {
        Err(unbuilt())
    }

    /// The login whose secret has this hash, unless it ended.
    pub async fn session(&self, _hash: &str, _now: Timestamp) -> Result<Option<SessionRow>, StoreError> {
        Err(unbuilt())
    }

    /// What was answered to this caller under this idempotency key, if that was not before the moment.
    pub async fn answer(
        &self,
        _owner: &str,
        _key: &str,
        _since: Timestamp,
    ) -> Result<Option<AnswerRow>, StoreError> {
        Err(unbuilt())
    }
}
