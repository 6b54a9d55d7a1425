//! Lists that were asked for before: sent again while nothing in them changed, read once for all who ask at a time.

use super::{
    answer::{Answer, Encoded, Reply},
    ask::Ask,
};
use crate::error::ApiError;
use quarterdeck_shared::Endpoint;
use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Lists that are kept at most.
const LISTS: usize = 256;
/// Bytes of JSON that are kept at most.
const BYTES: usize = 8 << 20;
/// A longer query is read anew each time.
const KEY: usize = 512;

/// The lists.
#[derive(Default)]
pub struct Cache {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    slots: HashMap<String, Arc<Slot>>,
    order: VecDeque<String>,
    bytes: usize,
}

#[derive(Default)]
struct Slot {
    entry: Mutex<Option<Entry>>,
    reading: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Entry {
    version: u64,
    encoded: Arc<Encoded>,
}

impl Cache {
    /// The answer to a list: a kept one if `version` is still the one it was read at, else a fresh one.
    ///
    /// `version` must rise before a change is acknowledged; then no answer is older than its asking.
    pub async fn list<E, R>(&self, ask: &Ask<E>, version: impl Fn() -> u64, read: impl Fn() -> R) -> Reply<E>
    where
        E: Endpoint,
        R: Future<Output = Result<E::Reply, ApiError>>,
    {
        if ask.raw_query.len() > KEY {
            return Answer::of(&read().await?);
        }
        let key = format!("{}?{}", E::ROUTE.name, ask.raw_query);
        let slot = self.slot(&key);
        if let Some(encoded) = slot.fresh(version()) {
            return Ok(Answer::encoded(encoded));
        }
        let _reading = slot.reading.lock().await;
        let now = version();
        if let Some(encoded) = slot.fresh(now) {
            return Ok(Answer::encoded(encoded));
        }
        let encoded = Arc::new(Encoded::of(&read().await?)?);
        self.keep(&key, &slot, Entry { version: now, encoded: encoded.clone() });
        Ok(Answer::encoded(encoded))
    }

    fn slot(&self, key: &str) -> Arc<Slot> {
        let mut kept = lock(&self.kept);
        if let Some(slot) = kept.slots.get(key) {
            return slot.clone();
        }
        let slot = Arc::<Slot>::default();
        kept.slots.insert(key.to_owned(), slot.clone());
        kept.order.push_back(key.to_owned());
        kept.shrink(key);
        slot
    }

    fn keep(&self, key: &str, slot: &Arc<Slot>, entry: Entry) {
        let mut kept = lock(&self.kept);
        if !kept.slots.get(key).is_some_and(|known| Arc::ptr_eq(known, slot)) {
            return;
        }
        kept.bytes += entry.encoded.json.len();
        if let Some(old) = lock(&slot.entry).replace(entry) {
            kept.bytes -= old.encoded.json.len();
        }
        kept.shrink(key);
    }
}

impl Kept {
    /// Lets the oldest lists go until the others fit; `but` stays.
    fn shrink(&mut self, but: &str) {
        while self.order.len() > 1 && (self.order.len() > LISTS || self.bytes > BYTES) {
            let Some(oldest) = self.order.pop_front() else { return };
            if oldest == but {
                self.order.push_back(oldest);
                continue;
            }
            let slot = self.slots.remove(&oldest);
            let entry = slot.and_then(|slot| lock(&slot.entry).take());
            self.bytes -= entry.map_or(0, |entry| entry.encoded.json.len());
        }
    }
}

impl Slot {
    fn fresh(&self, version: u64) -> Option<Arc<Encoded>> {
        let entry = lock(&self.entry);
        entry.as_ref().filter(|entry| entry.version == version).map(|entry| entry.encoded.clone())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_shared::{NoQuery, Page, Total, endpoints::ListTokens};
    use std::sync::atomic::{AtomicU64, Ordering};

    fn ask(query: &str) -> Ask<ListTokens> {
        Ask {
            query: NoQuery {},
            caller: None,
            idempotency_key: None,
            path: "/api/v1/tokens".into(),
            raw_query: query.into(),
        }
    }

    fn page(seq: i64) -> Page<quarterdeck_shared::auth::Token> {
        Page { items: Vec::new(), total: Total::Exact(0), next_cursor: None, seq }
    }

    #[tokio::test]
    async fn a_list_is_read_once_until_something_changes() {
        let (cache, version, reads) = (Cache::default(), AtomicU64::new(0), AtomicU64::new(0));
        let get = |query: &'static str| {
            let ask = ask(query);
            let (cache, version, reads) = (&cache, &version, &reads);
            async move {
                let read = || async {
                    reads.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    Ok(page(version.load(Ordering::SeqCst) as i64))
                };
                let answer = cache.list(&ask, || version.load(Ordering::SeqCst), read).await.unwrap();
                String::from_utf8(answer.json().unwrap().to_vec()).unwrap()
            }
        };
        let (first, second) = futures::join!(get("a=1"), get("a=1"));
        assert_eq!((first == second, reads.load(Ordering::SeqCst)), (true, 1));
        get("a=2").await;
        assert_eq!(reads.load(Ordering::SeqCst), 2);
        version.store(7, Ordering::SeqCst);
        assert!(get("a=1").await.contains("\"seq\":7"));
        assert_eq!(reads.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn what_changes_while_it_is_read_is_read_again() {
        let (cache, version) = (Cache::default(), AtomicU64::new(0));
        let ask = ask("");
        let get = |seen: i64| {
            let (cache, version, ask) = (&cache, &version, &ask);
            async move {
                let read = || async {
                    version.fetch_add(1, Ordering::SeqCst);
                    Ok(page(seen))
                };
                cache.list(ask, || version.load(Ordering::SeqCst), read).await.unwrap()
            }
        };
        get(1).await;
        assert!(String::from_utf8(get(2).await.json().unwrap().to_vec()).unwrap().contains("\"seq\":2"));
    }

    #[tokio::test]
    async fn no_more_is_kept_than_allowed() {
        let cache = Cache::default();
        for number in 0..LISTS + 50 {
            let ask = ask(&format!("n={number}"));
            cache.list(&ask, || 0, || async { Ok(page(0)) }).await.unwrap();
        }
        let kept = lock(&cache.kept);
        let bytes: usize =
            kept.slots.values().filter_map(|slot| Some(lock(&slot.entry).as_ref()?.encoded.json.len())).sum();
        assert_eq!((kept.slots.len(), kept.order.len(), kept.bytes), (LISTS, LISTS, bytes));
    }
}
