//! Ports beyond their role, and whose service a line is in.

use super::Build;
use crate::forward::{PortMode, PortRole, Profile, ServiceId};
use crate::ident::{NodeId, PortNo};
use crate::scenario::resolve::{PortKeys, Terrain};
use crate::wire::EtherType;

impl Build<'_> {
    /// Configures a port beyond its role. What a tunnel of Open vSwitch puts on is an S-tag.
    pub(super) fn configure(&mut self, (node, port): (NodeId, PortNo), keys: &PortKeys) {
        let tables = self.tables[node.index()].as_mut().expect("only switches have ports");
        let config = &mut tables.ports[port.index()];
        if config.role == PortRole::Tunnel && tables.profile == Profile::Ovs31 {
            config.tpid = EtherType::STAG;
        }
        config.tpid = keys.tpid.unwrap_or(config.tpid);
        if keys.mode != PortMode::default() {
            tables.modes.insert(port, keys.mode.clone());
        }
    }
}

/// The service of an IDC: its own, or that of the first one in its VLAN.
pub(super) fn service_of(terrain: &Terrain, i: usize) -> ServiceId {
    let own = &terrain.idcs[i];
    let first = match own.shares {
        true => terrain
            .idcs
            .iter()
            .position(|idc| (idc.circuit, idc.vlan) == (own.circuit, own.vlan)),
        false => None,
    };
    ServiceId(u32::try_from(first.unwrap_or(i)).expect("IDCs are counted in 32 bits"))
}
