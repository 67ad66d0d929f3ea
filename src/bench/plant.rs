//! The switch under test: its ports, its tenants, its tables, and the arithmetic between them.
//!
//! Every tenant is a cross-connect with two ends, numbered 0 and 1. What enters by one leaves by
//! the other, so a frame that was moved can be moved back through the same tables.
//!
//! Invariant: tenant, port and VID determine each other without a search.

use super::point::{MOST_VLANS, Operation, Point};
use crate::forward::{
    Admission, Excess, Member, Octets, Policer, PortConfig, PortRole, PriorityMap, Profile, Service, ServiceId,
    ServiceKind, Tables, Untagged,
};
use crate::ident::{PortNo, TenantId};
use crate::units::{BitRate, ByteCount};
use crate::wire::{EtherType, MacAddr, Vid};

/// Ports and tenants of one core.
///
/// Translating, circuit c has the trunks 2c and 2c+1. Popping and pushing, it has trunk c, and
/// tenant t has the access port C+t, where C is the number of circuits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plant {
    /// Is there a tag at both ends?
    pub translates: bool,
    /// VLANs of each circuit.
    pub vlans: u32,
    /// How many circuits.
    pub circuits: u32,
}

/// The largest payload of every port, in octets.
pub const MTU: u32 = 1500;

/// Where an output box is, found by where a frame leaves.
#[derive(Debug, Clone)]
pub struct Placing {
    /// Of each port, the box of VID 0 (there may be none of it).
    bases: Vec<u32>,
}

impl Placing {
    /// Far behind the last box.
    const NOWHERE: u32 = 1 << 31;

    /// The box of what leaves by `port` with a tag of this VID, 0 for none. Where nothing should
    /// leave, it lies outside of the boxes, or is another tenant's: the ledger finds both.
    #[inline(always)]
    pub fn of(&self, port: PortNo, vid: Vid) -> u32 {
        let base = self.bases.get(port.index()).map_or(Self::NOWHERE, |base| *base);
        base.wrapping_add(vid.get().into())
    }
}

impl Plant {
    /// The switch of this point.
    pub fn of(point: &Point) -> Self {
        Self {
            translates: point.operation == Operation::Translate,
            vlans: point.vlans.into(),
            circuits: point.circuits.into(),
        }
    }

    /// How many tenants.
    pub fn tenants(&self) -> u32 {
        self.vlans * self.circuits
    }

    /// Where the tenant's frames enter by this end, or leave by it.
    pub fn end(&self, tenant: u32, end: usize) -> (PortNo, Option<Vid>) {
        let (circuit, nth) = (tenant / self.vlans, tenant % self.vlans);
        match (self.translates, end) {
            (true, 0) => (PortNo(2 * circuit), Some(Self::nth_vid(nth))),
            (true, _) => (PortNo(2 * circuit + 1), Some(Self::nth_vid(nth + 1))),
            (false, 0) => (PortNo(circuit), Some(Self::nth_vid(nth))),
            (false, _) => (PortNo(self.circuits + tenant), None),
        }
    }

    fn nth_vid(nth: u32) -> Vid {
        let vid = nth % u32::from(MOST_VLANS) + 1;
        Vid::of_tci(u16::try_from(vid).expect("twelve bits"))
    }

    /// A VID that no tenant has at either end, drawn by `number`; none where all are in use.
    pub fn unknown_vid(&self, number: u32) -> Option<Vid> {
        // Translated VIDs are one higher, so one more is in use.
        let free = u32::from(MOST_VLANS).checked_sub(self.vlans + 1).filter(|n| *n > 0)?;
        Some(Self::nth_vid(self.vlans + 1 + number % free))
    }

    /// How many output boxes.
    pub fn boxes(&self) -> usize {
        if self.translates {
            self.circuits as usize * (self.vlans as usize + 1)
        } else {
            self.tenants() as usize
        }
    }

    /// How frames that enter by `end` find their box.
    pub fn placing(&self, end: usize) -> Placing {
        // VIDs are counted from one.
        let trunk = |circuit: u32, stride: u32| (circuit * stride).wrapping_sub(1);
        let base = |port: u32| match (self.translates, end) {
            (true, end) if port % 2 == u32::from(end == 0) => trunk(port / 2, self.vlans + 1),
            (true, _) => Placing::NOWHERE,
            (false, 0) => port.checked_sub(self.circuits).unwrap_or(Placing::NOWHERE),
            (false, _) if port < self.circuits => trunk(port, self.vlans),
            (false, _) => Placing::NOWHERE,
        };
        Placing {
            bases: (0..self.ports()).map(base).collect(),
        }
    }

    /// How many ports.
    fn ports(&self) -> u32 {
        if self.translates {
            2 * self.circuits
        } else {
            self.circuits + self.tenants()
        }
    }

    /// The address that a tenant's frames must come from.
    pub fn source(tenant: u32) -> MacAddr {
        MacAddr::local(1, tenant)
    }

    /// The tables. With `tight`, no tenant has any excess rate, so that a drop-eligible frame is
    /// over its rate; else everybody has more of both rates than the wire can bring.
    pub fn tables(&self, tight: bool) -> Tables {
        let port = |role| PortConfig {
            role,
            tpid: EtherType::CTAG,
            untagged: Untagged::Drop,
            mtu: MTU,
            admit: Admission {
                reserved: Some(0xffff),
                drops_priority_tagged: true,
                drops_second_tag: true,
                takes_vid_4095: false,
            },
        };
        let trunks = self.circuits * if self.translates { 2 } else { 1 };
        let mut ports = vec![port(PortRole::Trunk); trunks as usize];
        ports.resize(self.ports() as usize, port(PortRole::Access));
        let services = (0..self.tenants()).map(|tenant| (ServiceId(tenant), self.service(tenant, tight)));
        Tables {
            profile: Profile::Strict,
            ports,
            services: services.collect(),
            ..Tables::default()
        }
    }

    fn service(&self, tenant: u32, tight: bool) -> Service {
        let member = |end| {
            let (port, vid) = self.end(tenant, end);
            Member {
                port,
                vid,
                police: Some(policer(tight)),
                arp: None,
                icmp: None,
                bound_mac: Some(Self::source(tenant)),
                priority: PriorityMap::KEEP,
            }
        };
        Service {
            tenant: TenantId(tenant),
            kind: ServiceKind::CrossConnect,
            members: vec![member(0), member(1)],
        }
    }
}

/// Two rates, three colours, colour-aware. The committed rate is the wire's own, and its burst is
/// more than a batch of the longest frames.
fn policer(tight: bool) -> Policer {
    let burst = ByteCount::new(2_000_000);
    let (rate, excess) = if tight {
        (BitRate::from_bps(0), ByteCount::ZERO)
    } else {
        (BitRate::from_mbps(10_000), burst)
    };
    Policer {
        rate: BitRate::from_mbps(100_000),
        burst,
        octets: Octets::L2Fcs,
        excess: Some(Excess {
            rate,
            burst: excess,
            coupled: false,
            marks: false,
        }),
        colour_aware: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plants() -> Vec<Plant> {
        let plant = |translates, vlans, circuits| Plant {
            translates,
            vlans,
            circuits,
        };
        vec![
            plant(true, 3000, 1),
            plant(true, 4094, 2),
            plant(true, 1, 3),
            plant(false, 10, 4),
            plant(false, 1, 1),
        ]
    }

    #[test]
    fn each_tenant_has_a_box_of_its_own_in_each_direction() {
        for plant in plants() {
            for end in 0..2 {
                let mut taken = vec![false; plant.boxes()];
                let placing = plant.placing(end);
                for tenant in 0..plant.tenants() {
                    let (port, vid) = plant.end(tenant, 1 - end);
                    let place = placing.of(port, vid.unwrap_or(Vid::PRIORITY)) as usize;
                    assert!(!std::mem::replace(&mut taken[place], true), "{plant:?} {tenant} {end}");
                }
            }
        }
    }

    #[test]
    fn the_wrong_trunk_of_a_pair_has_no_box() {
        let plant = plants()[0];
        for end in 0..2 {
            let (port, vid) = plant.end(5, end);
            assert!(plant.placing(end).of(port, vid.unwrap_or(Vid::PRIORITY)) as usize >= plant.boxes());
        }
    }

    #[test]
    fn unknown_vids_are_nobodys() {
        for plant in plants() {
            let used: Vec<_> = (0..plant.tenants())
                .flat_map(|tenant| [plant.end(tenant, 0).1, plant.end(tenant, 1).1])
                .collect();
            for number in 0..5000 {
                let vid = plant.unknown_vid(number);
                assert!(vid.is_none_or(|vid| vid.is_usable() && !used.contains(&Some(vid))));
            }
        }
        assert_eq!(plants()[1].unknown_vid(0), None);
    }
}
