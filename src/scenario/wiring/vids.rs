//! VIDs on the partner's inner trunks: each tenant has one of its own on each.

use std::collections::{BTreeMap, BTreeSet};

use crate::forward::VidSet;
use crate::scenario::codes::Code;
use crate::scenario::issues::Issues;
use crate::scenario::resolve::Terrain;
use crate::wire::Vid;

/// The VIDs of one trunk: which are taken, and from where on to look for a free one.
struct Trunk<'t> {
    taken: [u64; 64],
    cursor: u16,
    lists: [Option<&'t VidSet>; 2],
    /// The native VLANs of its ends, and the default VLANs of the switches there: elsewhere on these
    /// switches untagged frames are in them, though they go tagged here.
    untagged: [Option<Vid>; 4],
}

impl<'t> Trunk<'t> {
    fn new(terrain: &'t Terrain, link: usize) -> Self {
        let link = &terrain.links[link];
        let [a, b] = [link.a, link.b].map(|at| super::carried::vid_of(terrain.switches[at].item.default_vlan.as_ref()));
        let [native_a, native_b] = link.carries.natives;
        Self {
            taken: [0; 64],
            cursor: 1,
            lists: link.carries.allowed.each_ref().map(Option::as_ref),
            untagged: [native_a, native_b, a, b],
        }
    }
    /// True where it was free.
    fn take(&mut self, vid: u16) -> bool {
        let (word, bit) = (usize::from(vid / 64), 1u64 << (vid % 64));
        let free = self.taken[word] & bit == 0;
        self.taken[word] |= bit;
        free
    }
    /// Is it on both lists, and tagged at both ends?
    fn suits(&self, vid: u16) -> bool {
        let Some(vid) = Vid::new(vid) else { return false };
        let listed = |list: &Option<&VidSet>| list.is_none_or(|list| list.contains(vid));
        self.lists.iter().all(listed) && !self.untagged.contains(&Some(vid))
    }
    /// The lowest free one that suits, 1 to 4094; where none does, the lowest free one.
    fn lowest(&mut self) -> Option<u16> {
        let free = |vid: &u16| self.taken[usize::from(vid / 64)] & 1 << (vid % 64) == 0;
        if let Some(vid) = (self.cursor..=4094).filter(free).find(|vid| self.suits(*vid)) {
            // Below it there is none that is free and suits.
            self.cursor = vid + 1;
            self.take(vid);
            return Some(vid);
        }
        let vid = (1..=4094).find(free)?;
        self.cursor = 4095;
        self.take(vid);
        Some(vid)
    }
}

impl Trunk<'_> {
    /// The lowest that suits and is neither taken here nor one of these; where none is, as [`Trunk::lowest`].
    fn lowest_beside(&mut self, others: &BTreeSet<u16>) -> Option<u16> {
        let taken = |vid: u16| self.taken[usize::from(vid / 64)] & 1 << (vid % 64) != 0;
        let found = (1..=4094).find(|vid| !others.contains(vid) && !taken(*vid) && self.suits(*vid));
        match found {
            Some(vid) => {
                self.take(vid);
                Some(vid)
            }
            None => self.lowest(),
        }
    }
}

/// For each IDC and each link of its path, the VID there: that of its circuit where it is free,
/// else the lowest that nobody wants, is on the trunk's lists and goes tagged there. Who comes first
/// by name goes first.
pub(super) fn allot(terrain: &Terrain, routes: &[Vec<usize>], issues: &mut Issues) -> Option<Vec<Vec<Vid>>> {
    let mut trunks: BTreeMap<usize, Trunk<'_>> = BTreeMap::new();
    let mut vids: Vec<Vec<Option<u16>>> = Vec::with_capacity(routes.len());
    let mut common: BTreeSet<(usize, Vid, usize)> = BTreeSet::new();
    for (idc, route) in terrain.idcs.iter().zip(routes) {
        let wanted = idc.vlan.get();
        let mut own = Vec::with_capacity(route.len());
        for link in route {
            // Lines in one VLAN have one VID on a trunk that is the way of both.
            if idc.shares && !common.insert((idc.circuit, idc.vlan, *link)) {
                own.push(Some(0));
                continue;
            }
            let trunk = trunks.entry(*link).or_insert_with(|| Trunk::new(terrain, *link));
            own.push((idc.vlan.is_usable() && trunk.take(wanted)).then_some(wanted));
        }
        vids.push(own);
    }
    // Where a trunk has a list, or none is pruned, services are on it whose way it is not, with the VID that
    // they have towards their circuit: there a VID that is found for a service is nobody else's anywhere.
    let shared = terrain
        .links
        .iter()
        .any(|link| link.carries.unpruned.is_some() || link.carries.allowed.iter().any(Option::is_some));
    let mut anywhere: BTreeSet<u16> = terrain.idcs.iter().map(|idc| idc.vlan.get()).collect();
    let mut full = false;
    for ((idc, route), own) in terrain.idcs.iter().zip(routes).zip(&mut vids) {
        for (link, vid) in route.iter().zip(own.iter_mut()).filter(|(_, vid)| vid.is_none()) {
            let trunk = trunks.get_mut(link);
            *vid = trunk.and_then(|trunk| {
                if shared {
                    trunk.lowest_beside(&anywhere)
                } else {
                    trunk.lowest()
                }
            });
            anywhere.extend(*vid);
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
    let mut found: BTreeMap<(usize, Vid, usize), u16> = BTreeMap::new();
    for ((idc, route), own) in terrain
        .idcs
        .iter()
        .zip(routes)
        .zip(&mut vids)
        .filter(|((idc, _), _)| idc.shares)
    {
        for (link, vid) in route.iter().zip(own.iter_mut()) {
            let first = found.entry((idc.circuit, idc.vlan, *link)).or_insert(vid.unwrap_or(0));
            *vid = Some(*first);
        }
    }
    let whole = |own: Vec<Option<u16>>| own.into_iter().flatten().filter_map(Vid::new).collect();
    Some(vids.into_iter().map(whole).collect())
}
