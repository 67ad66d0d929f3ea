//! The partner's VLAN switch at an access point.
//!
//! Towards tenants it has access, trunk or tunnel ports, towards circuits and its sister
//! switches trunks. It polices each tenant both ways and limits ARP and ICMP: the duties of a
//! partner. A tenant's service is between his [`Line`] and the [`handover`] to the next box.

use crate::forward::{Exact, Limit, Member, Policer};
use crate::ident::PortNo;
use crate::node::switch::{Switch, member};
use crate::wire::{MacAddr, Vid};

/// The partner's switch.
pub type AccessPoint<Q = Exact> = Switch<Q>;

/// ARP frames a second that a partner lets through for each user, typically.
pub const ARP_PER_SECOND: u32 = 1;
/// ICMP frames a second that a partner lets through.
pub const ICMP_PER_SECOND: u32 = 500;

/// How a partner limits ARP: so many frames a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArpLimit {
    /// Not at all.
    Off,
    /// Each tenant for himself.
    PerTenant(u32),
    /// All tenants of the switch out of one bucket, which delays them all.
    Shared(u32),
}

/// The end of a tenant's line: what his frames are held to where they come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The switch's port.
    pub port: PortNo,
    /// The tag that his frames carry there; `None`: they are untagged, or the port is a tunnel's.
    pub vid: Option<Vid>,
    /// What he was sold.
    pub police: Option<Policer>,
    /// ARP.
    pub arp: ArpLimit,
    /// ARP frames at once, where not as many as in a second.
    pub arp_burst: Option<u32>,
    /// ICMP frames a second; 0: no limit.
    pub icmp_per_second: u32,
    /// ICMP frames at once, where not as many as in a second.
    pub icmp_burst: Option<u32>,
    /// The only source address that is served.
    pub bound_mac: Option<MacAddr>,
}

impl Line {
    /// The line as a place of its tenant's service.
    pub fn member(&self) -> Member {
        let limit = |per_second: u32, burst: Option<u32>, shared: Option<u32>| Limit {
            per_second,
            burst: burst.unwrap_or(per_second),
            shared,
        };
        Member {
            police: self.police,
            arp: match self.arp {
                ArpLimit::Off => None,
                ArpLimit::PerTenant(per_second) => Some(limit(per_second, self.arp_burst, None)),
                ArpLimit::Shared(per_second) => Some(limit(per_second, self.arp_burst, Some(0))),
            },
            icmp: (self.icmp_per_second > 0).then(|| limit(self.icmp_per_second, self.icmp_burst, None)),
            bound_mac: self.bound_mac,
            ..member(self.port, self.vid)
        }
    }
}

/// The end of a tenant's service towards the circuit: policed there too, to hold what comes back.
pub fn handover(port: PortNo, vid: Option<Vid>, police: Option<Policer>) -> Member {
    Member {
        police,
        ..member(port, vid)
    }
}
