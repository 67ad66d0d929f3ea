//! Filtering databases that several services share: shared VLAN learning (SVL).
//!
//! An address is then known at a port, in no VLAN of its own. What one service learned, every
//! other service of the same database believes.

use std::collections::BTreeMap;

use super::learn::Fdb;
use crate::ident::PortNo;
use crate::units::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// The shared databases of a switch, by FID. One is there as long as a service uses it.
#[derive(Debug, Clone, Default)]
pub(super) struct Databases(BTreeMap<u32, (u32, Fdb)>);

impl Databases {
    /// One more uses this database.
    pub fn hold(&mut self, fid: Option<u32>) {
        if let Some(fid) = fid {
            self.0.entry(fid).or_insert_with(|| (0, Fdb::new())).0 += 1;
        }
    }

    /// One less uses it; with the last user its addresses go.
    pub fn release(&mut self, fid: Option<u32>) {
        let Some(fid) = fid else { return };
        if let Some((users, _)) = self.0.get_mut(&fid) {
            debug_assert!(*users > 0, "a database goes with its last user");
            *users -= 1;
            if *users == 0 {
                self.0.remove(&fid);
            }
        }
    }

    /// A database in use. Its entries name ports, where those of a service's own name members.
    pub fn get_mut(&mut self, fid: u32) -> Option<&mut Fdb> {
        self.0.get_mut(&fid).map(|(_, fdb)| fdb)
    }

    /// Forgets every address.
    pub fn forget(&mut self) {
        for (_, fdb) in self.0.values_mut() {
            *fdb = Fdb::new();
        }
    }

    /// Forgets every address heard at a port.
    pub fn flush_port(&mut self, port: PortNo) {
        for (_, fdb) in self.0.values_mut() {
            fdb.flush(|heard_at| heard_at == port.0);
        }
    }

    /// Addresses, their ports and when they were heard, the one unheard for longest first.
    pub fn known(&self, fid: u32, age: SimDuration, now: SimTime) -> Vec<(MacAddr, PortNo, SimTime)> {
        let known = self.0.get(&fid).map_or(Vec::new(), |(_, fdb)| fdb.known(age, now));
        known
            .into_iter()
            .map(|(mac, port, at)| (mac, PortNo(port), at))
            .collect()
    }
}
