//! Costs over HTTP: records added up by whatever is asked for.

use super::{answer::Reply, ask::Ask, cache::Cache, pool::Db};
use crate::{costs::gather, store::Noun};
use quarterdeck_shared::endpoints::GetCosts;
use rocket::{Route, State, get, routes};
use rocket_db_pools::Connection;

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![costs]
}

#[get("/costs")]
async fn costs(ask: Ask<GetCosts>, db: Connection<Db>, cache: &State<Cache>) -> Reply<GetCosts> {
    let version = || db.version(Noun::Usage) + db.version(Noun::Agents);
    cache.list(&ask, version, || async { Ok(gather(&db, &ask.query).await?) }).await
}
