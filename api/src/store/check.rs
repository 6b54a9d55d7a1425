//! Whether the database answers, takes writes and keeps up: the parts of `/ready`.

use super::{Store, dialect::Dialect, schema, sql::Sql};
use nix::sys::statvfs::statvfs;
use quarterdeck_shared::settings::Check;
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

    async fn database_answers(&self) -> Check {
        let answered = Sql::new("SELECT 1").one(self.readers(), |_| Ok(())).await;
        let message = match &answered {
            Ok(_) => format!("{} answers", self.database()),
            Err(error) => error.to_string(),
        };
        Check { name: "database".into(), ok: answered.is_ok(), message }
    }

    async fn schema_fits(&self) -> Check {
        let fits = schema::examine(self.readers()).await;
        let message = fits.as_ref().map_or_else(ToString::to_string, |()| schema::newest());
        Check { name: "migrations".into(), ok: fits.is_ok(), message }
    }

    fn disk_takes_writes(&self) -> Check {
        let check = |ok, message| Check { name: "disk".into(), ok, message };
        if let Some(reason) = self.inner.state.fault() {
            return check(false, format!("nothing can be written now: {reason}"));
        }
        let Dialect::Sqlite(_) = &self.inner.dialect else {
            return check(true, "the database server takes writes".into());
        };
        match self.inner.dialect.file().and_then(Path::parent).map(free_bytes) {
            Some(Ok(free)) => check(free >= LEAST_FREE_BYTES, format!("{} MiB free", free >> 20)),
            Some(Err(error)) => check(false, format!("the data directory cannot be looked at: {error}")),
            None => check(true, "writes succeed".into()),
        }
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

fn free_bytes(folder: &Path) -> nix::Result<u64> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let disk = statvfs(folder)?;
    Ok(disk.blocks_available().saturating_mul(disk.fragment_size()))
}
