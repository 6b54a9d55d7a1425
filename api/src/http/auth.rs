//! Logging in and out, tickets and tokens over HTTP.

use super::{
    access::{Access, OpenError, SESSION_SECONDS},
    answer::{Answer, Reply},
    ask::{Ask, Id},
    body::{Body, Empty},
    caller::Proof,
    door::cookie_name,
    pool::Db,
};
use crate::{config::Config, error::ApiError};
use quarterdeck_shared::{
    Code, Page, TokenId, Total,
    auth::{NewSession, NewToken, TokenScope},
    endpoints::{
        CreateSession, CreateTicket, CreateToken, DeleteSession, DeleteToken, GetSession, ListTokens,
    },
};
use rocket::{
    Route, State, delete, get,
    http::{Cookie, CookieJar, SameSite},
    post, routes,
    time::Duration,
};
use rocket_db_pools::Connection;
use std::sync::Arc;

/// Days a token may last at most.
const TOKEN_DAYS: u32 = 3650;
/// Characters a token's name may have.
const TOKEN_NAME: usize = 80;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![login, session, logout, ticket, list, create, revoke]
}

impl From<OpenError> for ApiError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NoChance(error) => Self::internal(error),
            OpenError::Store(error) => error.into(),
        }
    }
}

#[post("/session", data = "<new>")]
async fn login(
    _ask: Ask<CreateSession>,
    new: Body<NewSession>,
    access: &State<Arc<Access>>,
    config: &State<Config>,
    cookies: &CookieJar<'_>,
) -> Reply<CreateSession> {
    let name = match (&new.0.code, &new.0.key) {
        (Some(code), None) if access.take_code(code) => "login link".to_owned(),
        (None, Some(key)) => match access.by_secret(key).await? {
            Some(caller) if caller.scope != TokenScope::All => return Err(ApiError::beyond_scope()),
            Some(caller) => caller.name.clone(),
            None => return Err(ApiError::new(Code::Unauthorized, "this key is not known here")),
        },
        (Some(_), None) => {
            let message =
                "this login code was used or is older than ten minutes; take the key in DATA_DIR/api_key";
            return Err(ApiError::new(Code::Unauthorized, message));
        }
        _ => return Err(ApiError::invalid("code", "send either `code` or `key`")),
    };
    let (secret, caller) = access.open_session(&name).await?;
    cookies.add(cookie(config, secret, SESSION_SECONDS));
    Answer::of(&caller.session())
}

#[get("/session")]
async fn session(ask: Ask<GetSession>) -> Reply<GetSession> {
    Answer::of(&ask.caller()?.session())
}

#[delete("/session", data = "<_empty>")]
async fn logout(
    ask: Ask<DeleteSession>,
    _empty: Empty,
    access: &State<Arc<Access>>,
    config: &State<Config>,
    cookies: &CookieJar<'_>,
) -> Reply<DeleteSession> {
    let caller = ask.caller()?;
    if caller.proof != Proof::Session {
        return Err(ApiError::new(
            Code::Conflict,
            "a key has no session to end; remove the key or revoke the token",
        ));
    }
    access.end_session(&caller).await?;
    cookies.add(cookie(config, String::new(), 0));
    Ok(Answer::nothing().with_header("Clear-Site-Data", "\"cache\""))
}

/// The session's cookie: for this host alone, out of scripts' reach, never sent by other sites.
fn cookie(config: &Config, secret: String, seconds: i64) -> Cookie<'static> {
    Cookie::build((cookie_name(config.is_https()), secret))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(config.is_https())
        .max_age(Duration::seconds(seconds))
        .build()
}

#[post("/tickets", data = "<_empty>")]
async fn ticket(ask: Ask<CreateTicket>, _empty: Empty, access: &State<Arc<Access>>) -> Reply<CreateTicket> {
    let ticket = access.make_ticket(ask.caller()?).map_err(ApiError::internal)?;
    Answer::of(&ticket)
}

#[get("/tokens")]
async fn list(_ask: Ask<ListTokens>, db: Connection<Db>) -> Reply<ListTokens> {
    let items = db.tokens().await?;
    Answer::of(&Page { total: Total::Exact(items.len() as u64), items, next_cursor: None, seq: db.seq() })
}

#[post("/tokens", data = "<new>")]
async fn create(
    ask: Ask<CreateToken>,
    new: Body<NewToken>,
    access: &State<Arc<Access>>,
) -> Reply<CreateToken> {
    if ask.idempotency_key.is_some() {
        let message =
            "a token's secret is kept nowhere, so it cannot be answered twice; send no Idempotency-Key";
        return Err(ApiError::invalid("Idempotency-Key", message));
    }
    let name = new.0.name.trim();
    if name.is_empty() || name.chars().count() > TOKEN_NAME || name.chars().any(char::is_control) {
        return Err(ApiError::invalid("name", format!("a token's name is 1 to {TOKEN_NAME} characters")));
    }
    if new.0.expires_in_days.is_some_and(|days| !(1..=TOKEN_DAYS).contains(&days)) {
        return Err(ApiError::invalid("expires_in_days", format!("days are 1 to {TOKEN_DAYS}")));
    }
    Answer::of(&access.make_token(new.0).await?)
}

#[delete("/tokens/<id>", data = "<_empty>")]
async fn revoke(
    _ask: Ask<DeleteToken>,
    id: Id<TokenId>,
    _empty: Empty,
    db: Connection<Db>,
    access: &State<Arc<Access>>,
) -> Reply<DeleteToken> {
    if db.token(id.0).await?.is_none() {
        return Err(ApiError::not_found(format_args!("token {}", id.0)));
    }
    access.revoke(id.0).await?;
    Ok(Answer::nothing())
}
