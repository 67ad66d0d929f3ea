//! The partner's VLAN switch at an access point.
//!
//! Towards tenants it has access, trunk or tunnel ports, towards circuits and its sister
//! switches trunks. It polices each tenant both ways and limits ARP and ICMP: the duties of a
//! partner.

use crate::forward::{Admission, Exact, Member, PortConfig, PortRole, PriorityMap, Untagged};
use crate::ident::PortNo;
use crate::node::switch::Switch;
use crate::wire::{EtherType, Vid};

/// The partner's switch.
pub type AccessPoint<Q = Exact> = Switch<Q>;

/// ARP frames a second that a partner lets through for each user, typically.
pub const ARP_PER_SECOND: u32 = 1;
/// ICMP frames a second that a partner lets through.
pub const ICMP_PER_SECOND: u32 = 500;

/// A port with C-tags that takes no untagged frames.
pub const fn port(role: PortRole, mtu: u32) -> PortConfig {
    PortConfig {
        role,
        tpid: EtherType::CTAG,
        untagged: Untagged::Drop,
        mtu,
        admit: Admission::BY_PROFILE,
    }
}

/// A place of a service without any limit.
pub const fn member(port: PortNo, vid: Option<Vid>) -> Member {
    Member {
        port,
        vid,
        police: None,
        arp: None,
        icmp: None,
        bound_mac: None,
        priority: PriorityMap::KEEP,
    }
}
