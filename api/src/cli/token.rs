//! `quarterdeck token`: access tokens made, listed and revoked.

use super::{
    CliError, Common, End,
    output::{Column::Words, moment, plain, say},
};
use crate::{fleet::clock::Clock, http::access::Access};
use clap::{Args, Subcommand, value_parser};
use quarterdeck_shared::{
    TokenId,
    auth::{NewToken, TokenScope},
};

/// Characters a token's name may have.
const NAME: usize = 80;

/// Makes, lists and revokes access tokens.
#[derive(Args, Debug)]
pub struct Token {
    #[command(subcommand)]
    order: Order,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Make a token; its secret is shown this once.
    Create {
        /// A name to recognise it by.
        name: String,
        /// Days until it ends; never where unset.
        #[arg(long, value_name = "DAYS", value_parser = value_parser!(u32).range(1..=3650))]
        days: Option<u32>,
        /// It may only hand in hooks and telemetry.
        #[arg(long)]
        ingest: bool,
        #[command(flatten)]
        common: Common,
    },
    /// List the tokens, without their secrets.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Revoke a token at once.
    Revoke {
        /// The token's id, as `token list` shows it.
        id: TokenId,
        #[command(flatten)]
        common: Common,
    },
}

impl Token {
    pub(super) async fn run(self) -> Result<End, CliError> {
        match self.order {
            Order::Create { name, days, ingest, common } => {
                let scope = ingest.then_some(TokenScope::Ingest);
                create(&common, NewToken { name, expires_in_days: days, scope }).await?;
            }
            Order::List { common } => list(&common).await?,
            Order::Revoke { id, common } => revoke(&common, id).await?,
        }
        Ok(End::Well)
    }
}

async fn create(common: &Common, new: NewToken) -> Result<(), CliError> {
    if new.name.trim().is_empty() || new.name.chars().count() > NAME {
        return Err(CliError::Usage(format!("a token's name has 1 to {NAME} characters")));
    }
    let store = common.store().await?;
    let access = Access::new("", store.clone(), Clock::system());
    let made = access.make_token(new).await?;
    let output = common.output();
    if output.json {
        output.value(&made)?;
    } else {
        output.line(&made.secret)?;
        say(&format!("token {} is made; this is the only time its secret is shown", made.token.id))?;
    }
    store.close().await;
    Ok(())
}

async fn list(common: &Common) -> Result<(), CliError> {
    let tokens = common.store().await?.tokens().await?;
    let output = common.output();
    if output.json {
        return output.value(&tokens);
    }
    if tokens.is_empty() {
        return say("no token; make one with `quarterdeck token create NAME`");
    }
    let never = || "never".to_owned();
    let rows: Vec<_> = tokens
        .iter()
        .map(|token| {
            let ends = token.expires_at.map_or_else(never, moment);
            let used = token.last_used_at.map_or_else(never, moment);
            let shown = format!("…{}", plain(&token.ends_with));
            let scope = token.scope.to_string();
            vec![token.id.to_string(), shown, scope, moment(token.created_at), used, ends, plain(&token.name)]
        })
        .collect();
    output.table(&["ID", "SECRET", "SCOPE", "CREATED", "LAST USED", "ENDS", "NAME"].map(Words), &rows)
}

async fn revoke(common: &Common, id: TokenId) -> Result<(), CliError> {
    let store = common.store().await?;
    let Some(token) = store.token(id).await? else {
        return Err(CliError::NotFound(format!(
            "there is no token {id}; `quarterdeck token list` shows them"
        )));
    };
    Access::new("", store.clone(), Clock::system()).revoke(id).await?;
    store.close().await;
    let output = common.output();
    if output.json {
        output.value(&token)
    } else {
        say(&format!("token {id} ({}) is revoked", plain(&token.name)))
    }
}
