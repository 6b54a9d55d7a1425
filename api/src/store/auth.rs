//! Tokens, logins and answers that were given before.

use super::{
    AnswerRow, SessionRow, Store, StoreError, TokenRow,
    rows::auth::{ANSWERS, SESSIONS, TOKENS, read_answer, read_session, read_token},
    sql::{self, Sql},
};
use quarterdeck_shared::{Timestamp, TokenId, auth::Token};

impl Store {
    /// The access tokens that are not revoked, oldest first, at most a thousand.
    pub async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let query = format!("SELECT {} FROM tokens ORDER BY created_at, id LIMIT 1000", TOKENS.list());
        let rows = Sql::new(query).all(self.readers(), read_token).await?;
        Ok(rows.into_iter().map(|row| row.token).collect())
    }

    /// One token.
    pub async fn token(&self, id: TokenId) -> Result<Option<Token>, StoreError> {
        let query = format!("SELECT {} FROM tokens WHERE id = ?", TOKENS.list());
        let row = Sql::with(query, [id.0.into()]).one(self.readers(), read_token).await?;
        Ok(row.map(|row| row.token))
    }

    /// The token whose secret has this hash.
    pub async fn token_by_hash(&self, hash: &str) -> Result<Option<TokenRow>, StoreError> {
        let query = format!("SELECT {} FROM tokens WHERE hash = ?", TOKENS.list());
        Sql::with(query, [sql::text(hash)]).one(self.readers(), read_token).await
    }

    /// The login whose secret has this hash, unless it ended.
    pub async fn session(&self, hash: &str, now: Timestamp) -> Result<Option<SessionRow>, StoreError> {
        let query = format!("SELECT {} FROM sessions WHERE hash = ? AND expires_at > ?", SESSIONS.list());
        Sql::with(query, [sql::text(hash), sql::time(now)]).one(self.readers(), read_session).await
    }

    /// What was answered to this caller under this idempotency key, if that was not before the moment.
    pub async fn answer(
        &self,
        owner: &str,
        key: &str,
        since: Timestamp,
    ) -> Result<Option<AnswerRow>, StoreError> {
        let query =
            format!("SELECT {} FROM answers WHERE owner = ? AND key = ? AND created_at >= ?", ANSWERS.list());
        Sql::with(query, [sql::text(owner), sql::text(key), sql::time(since)])
            .one(self.readers(), read_answer)
            .await
    }
}
