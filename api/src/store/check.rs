//! Whether the database answers, takes writes and keeps up: the parts of `/ready`.

use super::{Store, dialect::Dialect, schema, sql::Sql};
use nix::sys::statvfs::statvfs;
use quarterdeck_shared::{Timestamp, settings::Check};
use std::path::Path;

/// Less room than this and a server may not be given work.
const LEAST_FREE_BYTES: u64 = 32 << 20;

impl Store {
    /// Whether the database answers, takes writes and keeps up: the parts of `/ready`.
    pub async fn check(&self) -> Vec<Check> {
        vec![
            self.database_answers().await,
            self.schema_fits().await,
            self.disk_takes_writes(),
            self.events_flow(),
        ]
    }

    /// What takes longer to look at: whether the file is whole, the events have no gaps and the counters are right.
    pub async fn examine(&self) -> Vec<Check> {
        vec![self.file_is_whole().await, self.events_have_no_gaps().await, self.counters_are_right().await]
    }

    async fn file_is_whole(&self) -> Check {
        let Dialect::Sqlite(_) = &self.inner.dialect else {
            return check("integrity", Ok("PostgreSQL looks after its own files".into()));
        };
        let verdict =
            Sql::new("PRAGMA integrity_check(1)").one(self.readers(), |fields| fields.take::<String>()).await;
        let sound = |verdict: Option<String>| match verdict.as_deref() {
            Some("ok") => Ok("every page is sound".to_owned()),
            other => Err(other.unwrap_or("the database says nothing").to_owned()),
        };
        check("integrity", verdict.map_err(|error| error.to_string()).and_then(sound))
    }

    async fn events_have_no_gaps(&self) -> Check {
        let query = Sql::new("SELECT count(*), coalesce(min(seq), 1), coalesce(max(seq), 0) FROM events");
        let counted = query.one(self.readers(), |fields| {
            Ok((fields.take::<i64>()?, fields.take::<i64>()?, fields.take::<i64>()?))
        });
        let sound = |(count, first, last): (i64, i64, i64)| match count == last - first + 1 {
            true if count == 0 => Ok("none yet".into()),
            true => Ok(format!("{count} events, none missing between {first} and {last}")),
            false => Err(format!("{count} events between {first} and {last}: some are missing")),
        };
        let counted = counted.await.map_err(|error| error.to_string());
        check("events", counted.and_then(|counted| sound(counted.unwrap_or((0, 1, 0)))))
    }

    async fn counters_are_right(&self) -> Check {
        let query = Sql::new(
            "SELECT (SELECT count(*) FROM agents WHERE status <> 'deleted'),
                    (SELECT count(*) FROM tasks WHERE removed_at IS NULL),
                    (SELECT CAST(coalesce(sum(cost_nanos), 0) AS bigint) FROM usage_records
                     WHERE NOT replayed AND cost_basis <> 'unknown')",
        );
        let walked =
            query.one(self.readers(), |fields| Ok((fields.number()?, fields.number()?, fields.usd()?))).await;
        let kept = self.totals(Timestamp(0)).await;
        let kept = kept.map(|totals| (totals.agents, totals.tasks, totals.cost_usd));
        let verdict = match (walked, kept) {
            (Ok(Some(walked)), Ok(kept)) if walked == kept => {
                Ok("the totals equal the sums of all rows".to_owned())
            }
            (Ok(walked), Ok(kept)) => Err(format!("the totals say {kept:?}, the rows {walked:?}")),
            (Err(error), _) | (_, Err(error)) => Err(error.to_string()),
        };
        check("totals", verdict)
    }

    async fn database_answers(&self) -> Check {
        let answered = Sql::new("SELECT 1").one(self.readers(), |_| Ok(())).await;
        let words = answered.map(|_| format!("{} answers", self.database()));
        check("database", words.map_err(|error| error.to_string()))
    }

    async fn schema_fits(&self) -> Check {
        let fits = schema::examine(self.readers()).await;
        check("migrations", fits.map(|()| schema::newest()).map_err(|error| error.to_string()))
    }

    fn disk_takes_writes(&self) -> Check {
        if let Some(reason) = self.inner.state.fault() {
            return check("disk", Err(format!("nothing can be written now: {reason}")));
        }
        let free = match self.inner.dialect.file() {
            None => return check("disk", Ok("the database server takes writes".into())),
            Some(file) => free_bytes(file.parent().unwrap_or(Path::new("."))),
        };
        check(
            "disk",
            match free {
                Ok(free) if free < LEAST_FREE_BYTES => Err(format!(
                    "only {} MiB are free, of {} at least; make room",
                    free >> 20,
                    LEAST_FREE_BYTES >> 20
                )),
                Ok(free) => Ok(format!("{} MiB are free", free >> 20)),
                Err(error) => Err(format!("the data directory cannot be looked at: {error}")),
            },
        )
    }

    fn events_flow(&self) -> Check {
        let waiting = self.inner.orders.max_capacity() - self.inner.orders.capacity();
        let ok = self.inner.orders.capacity() > 0;
        Check {
            name: "events".into(),
            ok,
            message: format!("event {} is durable, {waiting} batches wait", self.seq()),
        }
    }
}

fn check(name: &str, verdict: Result<String, String>) -> Check {
    let ok = verdict.is_ok();
    Check { name: name.into(), ok, message: verdict.unwrap_or_else(|reason| reason) }
}

fn free_bytes(folder: &Path) -> nix::Result<u64> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let disk = statvfs(folder)?;
    Ok(disk.blocks_available().saturating_mul(disk.fragment_size()))
}
