//! VIDs on the partner's inner trunks: each tenant has one of its own on each.

use std::collections::BTreeMap;

use crate::scenario::codes::Code;
use crate::scenario::issues::Issues;
use crate::scenario::resolve::Terrain;
use crate::wire::Vid;

/// The VIDs of one trunk: which are taken, and from where on to look for a free one.
struct Trunk {
    taken: [u64; 64],
    cursor: u16,
}

impl Trunk {
    fn new() -> Self {
        Self {
            taken: [0; 64],
            cursor: 1,
        }
    }
    /// True where it was free.
    fn take(&mut self, vid: u16) -> bool {
        let (word, bit) = (usize::from(vid / 64), 1u64 << (vid % 64));
        let free = self.taken[word] & bit == 0;
        self.taken[word] |= bit;
        free
    }
    /// The lowest free one, 1 to 4094.
    fn lowest(&mut self) -> Option<u16> {
        while self.cursor <= 4094 {
            let vid = self.cursor;
            self.cursor += 1;
            if self.take(vid) {
                return Some(vid);
            }
        }
        None
    }
}

/// For each IDC and each link of its path, the VID there: that of its circuit where it is free,
/// else the lowest that nobody wants. Who comes first by name goes first.
pub(super) fn allot(terrain: &Terrain, routes: &[Vec<usize>], issues: &mut Issues) -> Option<Vec<Vec<Vid>>> {
    let mut trunks: BTreeMap<usize, Trunk> = BTreeMap::new();
    let mut vids: Vec<Vec<Option<u16>>> = Vec::with_capacity(routes.len());
    for (idc, route) in terrain.idcs.iter().zip(routes) {
        let wanted = idc.vlan.get();
        let mut own = Vec::with_capacity(route.len());
        for link in route {
            let trunk = trunks.entry(*link).or_insert_with(Trunk::new);
            own.push((idc.vlan.is_usable() && trunk.take(wanted)).then_some(wanted));
        }
        vids.push(own);
    }
    let mut full = false;
    for ((idc, route), own) in terrain.idcs.iter().zip(routes).zip(&mut vids) {
        for (link, vid) in route.iter().zip(own.iter_mut()).filter(|(_, vid)| vid.is_none()) {
            *vid = trunks.get_mut(link).and_then(Trunk::lowest);
            if vid.is_none() {
                full = true;
                let name = &*terrain.links[*link].name.0;
                issues.err(
                    idc.item.attach.span,
                    Code::TrunkFull,
                    format!("trunk `{name}` carries 4094 tenants already"),
                );
            }
        }
    }
    if full {
        return None;
    }
    let whole = |own: Vec<Option<u16>>| own.into_iter().flatten().filter_map(Vid::new).collect();
    Some(vids.into_iter().map(whole).collect())
}
