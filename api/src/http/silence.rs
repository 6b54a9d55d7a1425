//! Silence: a connection on which nobody asks for anything, and nobody has shown a key, is ended.
//!
//! Rocket keeps its connections to itself and never ends a silent one. So they are found among what the process has
//! open, and shut down from beside: whoever serves one then sees its end. That takes no file of its own, of which there
//! may be none left.

use nix::sys::{
    resource::{Resource, getrlimit},
    socket::{Shutdown, SockaddrStorage, getpeername, getsockname, shutdown},
};
use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
    os::fd::RawFd,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Numbers of open files that are looked at; they are given from below.
const MOST: RawFd = 1 << 20;

/// When something was asked on each connection. Cheap to clone; every clone is the same one.
#[derive(Clone, Debug, Default)]
pub struct Silence(Arc<Mutex<HashMap<SocketAddr, Heard>>>);

#[derive(Clone, Copy, Debug)]
struct Heard {
    at: Instant,
    is_known: bool,
}

impl Silence {
    /// Something was asked on the connection from this address, maybe by somebody who is known.
    pub fn hear(&self, from: SocketAddr, is_known: bool, now: Instant) {
        let mut connections = self.connections();
        let heard = connections.entry(from).or_insert(Heard { at: now, is_known });
        *heard = Heard { at: now, is_known: heard.is_known || is_known };
    }

    /// Ends the connections to this port that have been silent for so long, as long as the server runs.
    pub async fn watch(self, port: u16, patience: Duration) {
        if patience.is_zero() {
            return;
        }
        let mut rounds = tokio::time::interval(patience / 4);
        loop {
            rounds.tick().await;
            let silence = self.clone();
            if let Err(error) = tokio::task::spawn_blocking(move || silence.look(port, patience)).await {
                tracing::error!(%error, "silent connections could not be looked for");
            }
        }
    }

    fn look(&self, port: u16, patience: Duration) {
        let now = Instant::now();
        let open: Vec<_> = open(port).collect();
        let peers = open.iter().map(|(_, peer)| *peer).collect();
        let silent = self.silent(&peers, now, patience);
        for (handle, peer) in open.into_iter().filter(|(_, peer)| silent.contains(peer)) {
            // Its number may be another's by then.
            if peer_of(handle, port) == Some(peer)
                && let Err(error) = shutdown(handle, Shutdown::Both)
            {
                tracing::debug!(%error, "a silent connection ended by itself");
            }
        }
    }

    /// Which of the open connections have been silent for so long. Those that are gone are forgotten.
    fn silent(&self, open: &HashSet<SocketAddr>, now: Instant, patience: Duration) -> HashSet<SocketAddr> {
        let mut connections = self.connections();
        connections.retain(|peer, heard| open.contains(peer) || heard.at >= now);
        let is_silent = |peer: &SocketAddr| {
            let heard = connections.entry(*peer).or_insert(Heard { at: now, is_known: false });
            !heard.is_known && now.saturating_duration_since(heard.at) >= patience
        };
        open.iter().copied().filter(is_silent).collect()
    }

    fn connections(&self) -> MutexGuard<'_, HashMap<SocketAddr, Heard>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every connection to this port that the process has open, and its other end.
fn open(port: u16) -> impl Iterator<Item = (RawFd, SocketAddr)> {
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft);
    let handles = 0..RawFd::try_from(limit).map_or(MOST, |limit| limit.min(MOST));
    handles.filter_map(move |handle| Some((handle, peer_of(handle, port)?)))
}

/// The other end, if this is a connection to the port.
fn peer_of(handle: RawFd, port: u16) -> Option<SocketAddr> {
    let own = address(&getsockname(handle).ok()?)?;
    if own.port() == port { address(&getpeername(handle).ok()?) } else { None }
}

fn address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = storage.as_sockaddr_in().map(|found| SocketAddr::V4((*found).into()));
    v4.or_else(|| storage.as_sockaddr_in6().map(|found| SocketAddr::V6((*found).into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_shown_a_key_may_be_silent_and_strangers_for_a_while() {
        let (silence, begun) = (Silence::default(), Instant::now());
        let at = |seconds| begun + Duration::from_secs(seconds);
        let [mute, stranger, known] = [1, 2, 3].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        let open = HashSet::from([mute, stranger, known]);
        let silent = |seconds| silence.silent(&open, at(seconds), Duration::from_secs(60));
        silence.hear(known, true, at(0));
        silence.hear(known, false, at(1));
        assert_eq!(silent(2), HashSet::new());
        silence.hear(stranger, false, at(30));
        assert_eq!(silent(61), HashSet::new());
        assert_eq!(silent(62), HashSet::from([mute]));
        assert_eq!(silent(90), HashSet::from([mute, stranger]));
    }

    #[test]
    fn what_is_gone_is_forgotten_and_what_came_meanwhile_is_not() {
        let (silence, now) = (Silence::default(), Instant::now());
        let [gone, new] = [1, 2].map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
        silence.hear(gone, true, now);
        silence.hear(new, true, now + Duration::from_secs(2));
        silence.silent(&HashSet::new(), now + Duration::from_secs(1), Duration::from_secs(60));
        assert_eq!(silence.connections().keys().collect::<Vec<_>>(), [&new]);
    }
}
