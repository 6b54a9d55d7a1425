//! Costs over HTTP: records added up by whatever is asked for, and why a sum is what it is.

use super::{answer::Reply, ask::Ask, cache::Cache, pool::Db};
use crate::{costs, fleet::Fleet, store::Noun};
use quarterdeck_shared::endpoints::{GetCosts, GetWhy};
use rocket::{Route, State, get, routes};
use rocket_db_pools::Connection;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![list, why]
}

#[get("/costs")]
async fn list(ask: Ask<GetCosts>, db: Connection<Db>, cache: &State<Cache>) -> Reply<GetCosts> {
    let version = || db.version(Noun::Usage) + db.version(Noun::Agents);
    cache.list(&ask, version, || async { Ok(costs::gather(&db, &ask.query).await?) }).await
}

#[get("/costs/why")]
async fn why(
    ask: Ask<GetWhy>,
    db: Connection<Db>,
    fleet: &State<Fleet>,
    cache: &State<Cache>,
) -> Reply<GetWhy> {
    // What is on the disk changes without a word to the database.
    let files = costs::files_stamp(&db, &ask.query).await?;
    let version = || {
        let prices = BuildHasherDefault::<DefaultHasher>::default().hash_one(fleet.prices().current());
        let stored = db.version(Noun::Usage) + db.version(Noun::Sources);
        stored.wrapping_add(prices).wrapping_add(files)
    };
    cache.list(&ask, version, || async { Ok(costs::why(&db, fleet.prices(), &ask.query).await?) }).await
}
