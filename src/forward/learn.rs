//! Learned addresses of one service: independent VLAN learning.
//!
//! Entries form a list in the order in which they were last heard, so that a full table finds
//! its oldest entry at once. Age is computed when an entry is read; no timer runs.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::units::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// More than this is never learned in one service, whatever its limit says.
pub const MOST_ADDRESSES: u32 = 1 << 17;

const END: u32 = u32::MAX;

/// So many entries are looked through in debug builds.
const FEW: usize = 8;

#[derive(Debug, Clone)]
struct Learned {
    mac: MacAddr,
    member: u32,
    heard: SimTime,
    older: u32,
    newer: u32,
}

/// The filtering database of a service.
#[derive(Debug, Clone)]
pub(super) struct Fdb {
    by_mac: HashMap<MacAddr, u32, FixedState>,
    entries: Vec<Learned>,
    oldest: u32,
    newest: u32,
}

impl Fdb {
    pub fn new() -> Self {
        Self {
            by_mac: HashMap::with_hasher(FixedState::default()),
            entries: Vec::new(),
            oldest: END,
            newest: END,
        }
    }

    /// Where `mac` was heard less than `age` ago.
    pub fn lookup(&self, mac: MacAddr, age: SimDuration, now: SimTime) -> Option<u32> {
        let entry = &self.entries[*self.by_mac.get(&mac)? as usize];
        (now.saturating_since(entry.heard) < age).then_some(entry.member)
    }

    /// Remembers that `mac` was heard at `member`. A full table makes room only for what has
    /// aged; else the address is not learned. Returns where it was known before, if elsewhere.
    pub fn learn(&mut self, mac: MacAddr, member: u32, limit: u32, age: SimDuration, now: SimTime) -> Option<u32> {
        if let Some(&i) = self.by_mac.get(&mac) {
            let entry = &mut self.entries[i as usize];
            let known = now.saturating_since(entry.heard) < age;
            let before = Some(entry.member).filter(|before| known && *before != member);
            (entry.member, entry.heard) = (member, now);
            self.unlink(i);
            self.append(i);
            debug_assert_eq!(self.wrong(), None, "an address stands once, in order of age");
            return before;
        }
        let limit = limit.min(MOST_ADDRESSES);
        if self.entries.len() < limit as usize {
            let i = u32::try_from(self.entries.len()).expect("fewer than MOST_ADDRESSES");
            self.entries.push(Learned {
                mac,
                member,
                heard: now,
                older: END,
                newer: END,
            });
            self.by_mac.insert(mac, i);
            self.append(i);
        } else if let Some(oldest) = self.entries.get(self.oldest as usize)
            && now.saturating_since(oldest.heard) >= age
        {
            let i = self.oldest;
            self.by_mac.remove(&self.entries[i as usize].mac);
            self.unlink(i);
            let entry = &mut self.entries[i as usize];
            (entry.mac, entry.member, entry.heard) = (mac, member, now);
            self.by_mac.insert(mac, i);
            self.append(i);
        }
        debug_assert!(
            self.entries.len() <= MOST_ADDRESSES as usize,
            "no table is larger than the largest"
        );
        debug_assert_eq!(self.wrong(), None, "an address stands once, in order of age");
        None
    }

    /// Forgets every address heard at one of `members`.
    pub fn flush(&mut self, members: impl Fn(u32) -> bool) {
        let mut kept = Self::new();
        let mut i = self.oldest;
        while let Some(entry) = self.entries.get(i as usize) {
            if !members(entry.member) {
                // The list is in order of age, so learning it again keeps the order.
                kept.learn(entry.mac, entry.member, MOST_ADDRESSES, SimDuration::MAX, entry.heard);
            }
            i = entry.newer;
        }
        *self = kept;
    }

    /// Addresses with their member that are not older than `age`, and when they were heard, oldest first.
    pub fn known(&self, age: SimDuration, now: SimTime) -> Vec<(MacAddr, u32, SimTime)> {
        let mut known = Vec::new();
        let mut i = self.oldest;
        while let Some(entry) = self.entries.get(i as usize) {
            if now.saturating_since(entry.heard) < age {
                known.push((entry.mac, entry.member, entry.heard));
            }
            i = entry.newer;
        }
        known
    }

    /// What of this does not hold: each address is found, once, from the oldest to the newest.
    fn wrong(&self) -> Option<String> {
        let (found, kept) = (self.by_mac.len(), self.entries.len());
        if found != kept || (self.oldest == END) != (kept == 0) {
            return Some(format!("{kept} addresses are kept and {found} found"));
        }
        let (mut at, mut before) = (self.oldest, END);
        for _ in 0..kept.min(FEW) {
            let entry = self.entries.get(at as usize);
            let Some(entry) = entry.filter(|e| e.older == before && self.by_mac.get(&e.mac) == Some(&at)) else {
                return Some(format!("the list of ages breaks at {at}"));
            };
            (before, at) = (at, entry.newer);
        }
        (kept <= FEW && at != END).then(|| "the list of ages has no end".to_owned())
    }

    fn unlink(&mut self, i: u32) {
        let (older, newer) = (self.entries[i as usize].older, self.entries[i as usize].newer);
        match self.entries.get_mut(older as usize) {
            Some(entry) => entry.newer = newer,
            None => self.oldest = newer,
        }
        match self.entries.get_mut(newer as usize) {
            Some(entry) => entry.older = older,
            None => self.newest = older,
        }
    }

    fn append(&mut self, i: u32) {
        let last = self.newest;
        match self.entries.get_mut(last as usize) {
            Some(entry) => entry.newer = i,
            None => self.oldest = i,
        }
        let entry = &mut self.entries[i as usize];
        (entry.older, entry.newer) = (last, END);
        self.newest = i;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(addresses: u32) -> Fdb {
        let mut fdb = Fdb::new();
        for n in 0..addresses {
            let now = SimTime::from_secs(u64::from(n));
            fdb.learn(MacAddr::local(0, n), n, 8, SimDuration::MAX, now);
        }
        fdb
    }

    fn hear_again(mut fdb: Fdb) {
        fdb.learn(MacAddr::local(0, 0), 0, 8, SimDuration::MAX, SimTime::from_secs(9));
    }

    #[test]
    #[should_panic(expected = "3 addresses are kept and 2 found")]
    fn an_address_that_is_kept_and_not_found_is_noticed() {
        let mut fdb = heard(3);
        fdb.by_mac.remove(&MacAddr::local(0, 1));
        hear_again(fdb);
    }

    #[test]
    #[should_panic(expected = "the list of ages breaks at")]
    fn a_broken_list_of_ages_is_noticed() {
        let mut fdb = heard(3);
        fdb.entries[2].older = 0;
        hear_again(fdb);
    }

    #[test]
    fn an_address_that_is_heard_elsewhere_is_said_to_have_moved_only_while_it_was_known() {
        let age = SimDuration::from_secs(300);
        let mac = MacAddr::local(0, 1);
        let mut fdb = Fdb::new();
        let mut learn = |member, second| fdb.learn(mac, member, 8, age, SimTime::from_secs(second));
        assert_eq!(learn(1, 0), None, "it was nowhere");
        assert_eq!(learn(1, 10), None, "it is where it was");
        assert_eq!(learn(2, 309), Some(1), "a second before it would have aged");
        assert_eq!(learn(1, 609), None, "it has aged");
    }

    #[test]
    fn a_full_table_learns_no_further_address() {
        let mut fdb = heard(3);
        let now = SimTime::from_secs(3);
        assert_eq!(fdb.learn(MacAddr::local(0, 9), 9, 3, SimDuration::MAX, now), None);
        assert_eq!(fdb.known(SimDuration::MAX, now).len(), 3);
        fdb.learn(MacAddr::local(0, 9), 9, 4, SimDuration::MAX, now);
        assert_eq!(fdb.known(SimDuration::MAX, now).len(), 4);
    }
}
