//! A bridge as its VLANs are configured, port by port, and the tables that this means.
//!
//! What a port without configuration, or a trunk without a list, carries is where devices differ
//! most (CONFORMANCE 3.2): nothing, VLAN 1, or every VLAN that a tag can name.

use std::collections::BTreeMap;

use super::switch::{member, port};
use crate::forward::{
    PortConfig, PortMode, PortRole, Profile, Service, ServiceId, ServiceKind, Tables, Untagged, VlanLimit,
};
use crate::ident::{PortNo, TenantId};
use crate::units::SimDuration;
use crate::wire::{EtherType, Vid};

/// The VLAN that a device may put new ports into.
pub const DEFAULT_VLAN: Vid = Vid::of_tci(1);

/// How a port of a bridge is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VlanPort {
    /// Not at all, which is also what a trunk without a list is: `strict` carries nothing there,
    /// `ieee-default` and `linux-6.12` have it as an untagged member of VLAN 1, and `ovs-3.1` carries
    /// every VLAN, untagged frames as VLAN 0, and VID 4095.
    Unlisted,
    /// Untagged in this VLAN.
    Access(Vid),
    /// Tagged in each of these VLANs.
    Trunk {
        /// The VLAN that untagged frames belong to, and that leaves untagged.
        native: Option<Vid>,
        /// The VLANs on it, the native one too. In `ovs-3.1` VLAN 0, of frames without a tag, may be
        /// among them.
        vlans: Vec<Vid>,
    },
    /// A trunk without a list that has a native VLAN: `ovs-3.1` carries every VLAN but 0, the others this
    /// one alone.
    Native(Vid),
    /// In this VLAN, whatever the customer's tags are (dot1q-tunnel).
    Tunnel(Vid),
}

/// Does each VLAN have its own filtering database (802.1Q: IVL), or do all share one (SVL)?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Learning {
    /// One for each.
    #[default]
    Independent,
    /// One for all.
    Shared,
}

/// How addresses are learned: where, how many, for how long.
pub const fn learns(learning: Learning, mac_limit: u32, age: SimDuration) -> ServiceKind {
    match learning {
        Learning::Independent => ServiceKind::Bridged { mac_limit, age },
        Learning::Shared => ServiceKind::Shared { fid: 0, mac_limit, age },
    }
}

/// Every VLAN that a tag can name, at its place.
fn every_tag() -> impl Iterator<Item = (Vid, Option<Vid>)> {
    (1..4096).filter_map(Vid::new).map(|vid| (vid, Some(vid)))
}

/// A bridge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VlanBridge {
    /// How it behaves where devices differ.
    pub profile: Profile,
    /// How many tags it reads, at `ovs-3.1`.
    pub vlan_limit: VlanLimit,
    /// Its ports, by number.
    pub ports: Vec<VlanPort>,
    /// What some of them have beyond that.
    pub modes: BTreeMap<PortNo, PortMode>,
    /// Largest payload of every port.
    pub mtu: u32,
    /// How it learns.
    pub learning: ServiceKind,
    /// Whose VLAN it is; VLANs that are not named are nobody's.
    pub tenants: BTreeMap<Vid, TenantId>,
}

impl VlanBridge {
    /// What this means: a service for each VLAN that has a member, its id the VID.
    pub fn tables(&self) -> Tables {
        let mut services = BTreeMap::new();
        for (at, config) in self.ports.iter().enumerate() {
            for (vlan, vid) in self.carries(config) {
                let service = services.entry(ServiceId(u32::from(vlan.get())));
                let service: &mut Service = service.or_insert_with(|| Service {
                    tenant: self.tenants.get(&vlan).copied().unwrap_or(TenantId::NONE),
                    kind: self.learning,
                    members: Vec::new(),
                });
                service.members.push(member(PortNo::of(at), vid));
            }
        }
        Tables {
            profile: self.profile,
            vlan_limit: self.vlan_limit,
            ports: self.ports.iter().map(|config| self.port(config)).collect(),
            services,
            modes: self.modes.clone(),
            ..Tables::default()
        }
    }

    /// Each VLAN of a port, and the VID of its place there.
    fn carries(&self, config: &VlanPort) -> Vec<(Vid, Option<Vid>)> {
        match (config, self.profile) {
            (VlanPort::Access(vlan) | VlanPort::Tunnel(vlan), _) => vec![(*vlan, None)],
            (VlanPort::Trunk { vlans, .. }, _) => {
                let place = |vlan: &Vid| (*vlan, Some(*vlan).filter(|vlan| *vlan != Vid::PRIORITY));
                vlans.iter().map(place).collect()
            }
            (VlanPort::Native(_), Profile::Ovs31) => every_tag().collect(),
            (VlanPort::Native(vlan), _) => vec![(*vlan, Some(*vlan))],
            (VlanPort::Unlisted, Profile::Strict) => Vec::new(),
            (VlanPort::Unlisted, Profile::IeeeDefault | Profile::Linux612) => {
                vec![(DEFAULT_VLAN, Some(DEFAULT_VLAN))]
            }
            (VlanPort::Unlisted, Profile::Ovs31) => std::iter::once((Vid::PRIORITY, None)).chain(every_tag()).collect(),
        }
    }

    fn port(&self, config: &VlanPort) -> PortConfig {
        let role = match config {
            VlanPort::Access(_) => PortRole::Access,
            VlanPort::Tunnel(_) => PortRole::Tunnel,
            VlanPort::Trunk { .. } | VlanPort::Native(_) | VlanPort::Unlisted => PortRole::Trunk,
        };
        let native = match (config, self.profile) {
            (VlanPort::Trunk { native, .. }, _) => *native,
            (VlanPort::Native(vlan), _) => Some(*vlan),
            (VlanPort::Unlisted, Profile::IeeeDefault | Profile::Linux612) => Some(DEFAULT_VLAN),
            (VlanPort::Unlisted, Profile::Strict | Profile::Ovs31) | (VlanPort::Access(_) | VlanPort::Tunnel(_), _) => {
                None
            }
        };
        let mut port = port(role, self.mtu);
        port.untagged = native.map_or(Untagged::Drop, Untagged::Native);
        // Its lists are of 0 to 4095, and without one everything is on them; a tunnel's own tag is an S-tag.
        if self.profile == Profile::Ovs31 {
            port.admit.takes_vid_4095 = match config {
                VlanPort::Unlisted | VlanPort::Native(_) => true,
                VlanPort::Trunk { vlans, .. } => vlans.contains(&Vid::RESERVED),
                VlanPort::Access(_) | VlanPort::Tunnel(_) => false,
            };
            port.tpid = if role == PortRole::Tunnel {
                EtherType::STAG
            } else {
                port.tpid
            };
        }
        port
    }
}
