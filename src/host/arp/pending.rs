//! What must hold of requests that are out: they are few, they end, and only they wake anybody.

use super::{ArpCache, Resolution};
use crate::units::SimTime;

/// A longer cache is not looked through for addresses that stand in it twice.
const FEW: usize = 32;

impl ArpCache {
    /// What of this does not hold; asked in debug builds after every change.
    pub(super) fn wrong(&self) -> Option<String> {
        if self.entries.len() > Self::ENTRIES_MAX {
            return Some(format!("{} addresses are kept", self.entries.len()));
        }
        for (at, entry) in self.entries.iter().enumerate() {
            if self.entries.len() <= FEW && self.entries[..at].iter().any(|other| other.ip == entry.ip) {
                return Some(format!("{} stands twice", entry.ip));
            }
            if let Resolution::Asking(asking) = &entry.state {
                if !(1..=self.config.tries).contains(&asking.asked) {
                    return Some(format!("{} was asked for {} times", entry.ip, asking.asked));
                }
                if asking.waiting.len() > usize::from(self.config.queue) {
                    return Some(format!("{} frames wait for {}", asking.waiting.len(), entry.ip));
                }
            }
        }
        None
    }

    /// Is nothing overdue: every request that is out is asked again, or given up, later than `now`?
    pub(super) fn is_done_by(&self, now: SimTime) -> bool {
        self.next_timeout().is_none_or(|due| due > now || due == SimTime::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::super::{Asking, Neighbour};
    use super::*;
    use crate::evidence::Outbox;
    use crate::host::{ArpConfig, Interface};
    use crate::ident::{NodeId, PortNo, TenantId};
    use crate::wire::MacAddr;

    const OWN: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
    const OTHER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

    fn iface() -> Interface {
        Interface {
            tenant: TenantId(0),
            node: NodeId(0),
            port: PortNo(0),
            mac: MacAddr::local(0, 1),
            tag: None,
            address: Some((OWN, 24)),
        }
    }

    fn asking(asked: u8) -> Neighbour {
        let asking = Asking {
            asked,
            due: SimTime::from_secs(1),
            waiting: Vec::new(),
            ahead: false,
        };
        Neighbour {
            ip: OTHER,
            state: Resolution::Asking(Box::new(asking)),
        }
    }

    /// A cache with these entries, one second on.
    fn one_second_on(entries: Vec<Neighbour>) {
        let mut cache = ArpCache::new(ArpConfig::default());
        cache.entries = entries;
        cache.timeout(&iface(), SimTime::from_secs(1), &mut Outbox::default());
    }

    #[test]
    #[should_panic(expected = "10.0.0.2 stands twice")]
    fn an_address_that_is_asked_for_twice_is_noticed() {
        one_second_on(vec![asking(1), asking(1)]);
    }

    #[test]
    #[should_panic(expected = "10.0.0.2 was asked for 9 times")]
    fn a_request_beyond_the_tries_is_noticed() {
        let mut cache = ArpCache::new(ArpConfig::default());
        cache.entries = vec![asking(9)];
        cache.timeout(&iface(), SimTime::ZERO, &mut Outbox::default());
    }

    #[test]
    fn a_request_is_overdue_from_its_instant_on() {
        let mut cache = ArpCache::new(ArpConfig::default());
        cache.entries = vec![asking(1)];
        assert!(cache.is_done_by(SimTime::from_nanos(999_999_999)));
        assert!(!cache.is_done_by(SimTime::from_secs(1)));
    }
}
