//! Rates: how often one caller, or one address without a key, may ask.

use crate::config::Config;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _, clock::DefaultClock};
use std::{
    hash::{DefaultHasher, Hasher as _},
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
};

/// Who asks, as rates see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker<'a> {
    /// Somebody known, by the hash of what they showed.
    Known(&'a str),
    /// Somebody unknown, by address; an IPv6 network counts as one.
    Stranger(Option<IpAddr>),
}

/// The limits and who has used how much of them.
pub struct Rates {
    reads: Option<Limit>,
    commands: Option<Limit>,
    strangers: Option<Limit>,
    clock: DefaultClock,
    asked: AtomicU32,
}

type Limit = DefaultKeyedRateLimiter<u64>;

/// After so many questions whoever has been quiet is forgotten.
const SWEEP: u32 = 4096;

impl Rates {
    /// The limits of these settings.
    pub fn new(config: &Config) -> Self {
        let limit = |rate: u32, quota: fn(NonZeroU32) -> Quota| {
            NonZeroU32::new(rate).map(|rate| RateLimiter::keyed(quota(rate)))
        };
        Self {
            reads: limit(config.read_rate, Quota::per_second),
            commands: limit(config.command_rate, Quota::per_second),
            strangers: limit(config.stranger_rate, Quota::per_minute),
            clock: DefaultClock::default(),
            asked: AtomicU32::new(0),
        }
    }

    /// Counts one request; where that is one too many, the seconds to wait.
    pub fn count(&self, asker: Asker<'_>, is_command: bool) -> Result<(), u32> {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            [&self.reads, &self.commands, &self.strangers]
                .into_iter()
                .flatten()
                .for_each(Limit::retain_recent);
        }
        let (limit, key) = match asker {
            Asker::Known(hash) => (if is_command { &self.commands } else { &self.reads }, number(hash)),
            Asker::Stranger(address) => (&self.strangers, number(&address.map(network))),
        };
        let Some(limit) = limit else { return Ok(()) };
        limit.check_key(&key).map_err(|refusal| {
            let wait = refusal.wait_time_from(self.clock.now());
            u32::try_from(wait.as_secs()).unwrap_or(u32::MAX - 1) + u32::from(wait.subsec_nanos() > 0)
        })
    }
}

fn number(value: &(impl std::hash::Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// An address as it is counted: of IPv6 the first 64 bits, which one subscriber has for themselves.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sources::Sources;
    use std::collections::BTreeMap;

    fn rates(flags: &[(&'static str, &str)]) -> Rates {
        let flags = flags.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let environment = BTreeMap::from([("HOME".to_owned(), "/home/ada".to_owned())]);
        Rates::new(&Config::from_sources(&Sources { flags, environment, file: None }).unwrap())
    }

    #[test]
    fn each_caller_has_their_own_allowance_and_commands_a_smaller_one() {
        let rates = rates(&[("read_rate", "3"), ("command_rate", "1")]);
        for _ in 0..3 {
            assert_eq!(rates.count(Asker::Known("a"), false), Ok(()));
        }
        assert_eq!(rates.count(Asker::Known("a"), false), Err(1));
        assert_eq!(rates.count(Asker::Known("b"), false), Ok(()));
        assert_eq!(rates.count(Asker::Known("a"), true), Ok(()));
        assert_eq!(rates.count(Asker::Known("a"), true), Err(1));
    }

    #[test]
    fn strangers_are_counted_by_address_and_minute() {
        let rates = rates(&[("stranger_rate", "2")]);
        let from = |address: &str| rates.count(Asker::Stranger(address.parse().ok()), false);
        assert_eq!((from("10.0.0.1"), from("10.0.0.1"), from("10.0.0.2")), (Ok(()), Ok(()), Ok(())));
        assert!(from("10.0.0.1").is_err_and(|seconds| (2..=30).contains(&seconds)));
        assert_eq!((from("2001:db8::1"), from("2001:db8::2")), (Ok(()), Ok(())));
        assert!(from("2001:db8::3").is_err());
        assert!(from("::ffff:10.0.0.1").is_err());
    }

    #[test]
    fn nought_means_no_limit() {
        let rates = rates(&[("read_rate", "0")]);
        assert!((0..10_000).all(|_| rates.count(Asker::Known("a"), false).is_ok()));
    }
}
