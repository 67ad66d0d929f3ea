//! The addresses of a tenant of `tenants`: those that are written, and of ours what is not.

use std::net::{IpAddr, Ipv4Addr};

use crate::scenario::file::TenantsItem;
use crate::scenario::scalars::Prefix;

/// A block of addresses: its first one, and its prefix length.
type Block = ([u8; 4], u8);

/// Where our interconnects, LANs and VPCs lie: in the first block that nothing written overlaps.
const INTERCONNECTS: [Block; 3] = [([10, 0, 0, 0], 10), ([172, 16, 0, 0], 13), ([192, 168, 0, 0], 18)];
const LANS: [Block; 3] = [([10, 64, 0, 0], 10), ([172, 24, 0, 0], 14), ([192, 168, 64, 0], 18)];
const VPCS: [Block; 3] = [([10, 128, 0, 0], 9), ([172, 28, 0, 0], 14), ([192, 168, 128, 0], 17)];

/// Addresses of one tenant.
pub(super) struct Addresses {
    /// The VBR's on the interconnect.
    pub local: Ipv4Addr,
    /// The customer's.
    pub peer: Ipv4Addr,
    /// The interconnect's prefix length.
    pub len: u8,
    /// The LAN of ours, a /28.
    pub lan: Ipv4Addr,
    /// The VPC's, a /28.
    pub vpc: Ipv4Addr,
    written: Option<Prefix>,
}

impl Addresses {
    /// Those of an entry; `n`: which tenant of all.
    pub(super) fn of(entry: &TenantsItem, n: u32) -> Self {
        let written = |prefix: &Option<crate::scenario::At<Prefix>>| prefix.as_ref().map(|prefix| prefix.value);
        let (address, lan) = (written(&entry.address), written(&entry.lan));
        let taken: Vec<Prefix> = [address, lan].into_iter().flatten().collect();
        let interconnect = part(&INTERCONNECTS, &taken, n, 4);
        let (peer, len) = match address.map(|prefix| (prefix.address, prefix.len)) {
            Some((IpAddr::V4(peer), len)) => (peer, len),
            _ => (after(interconnect, 2), 30),
        };
        let local = match (entry.gateway.as_ref().map(|gateway| gateway.value), address) {
            (Some(IpAddr::V4(local)), _) => local,
            // The other host of a /30.
            (_, Some(_)) => Ipv4Addr::from(u32::from(peer) ^ 3),
            (_, None) => after(interconnect, 1),
        };
        Self {
            local,
            peer,
            len,
            lan: part(&LANS, &taken, n, 16),
            vpc: part(&VPCS, &taken, n, 16),
            written: lan,
        }
    }

    /// The network behind its data centre.
    pub(super) fn behind(&self) -> String {
        match self.written {
            Some(Prefix { address, len }) => format!("{address}/{len}"),
            None => format!("{}/28", self.lan),
        }
    }
}

/// The first host of a network.
pub(super) fn host(network: Ipv4Addr) -> Ipv4Addr {
    after(network, 1)
}

fn after(address: Ipv4Addr, by: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(address).saturating_add(by))
}

/// The mask of a prefix length.
pub(super) fn mask(len: u8) -> Ipv4Addr {
    Ipv4Addr::from(u32::MAX.checked_shl(32 - u32::from(len.min(32))).unwrap_or(0))
}

/// Part `n` of so many addresses, in the first block that nothing written overlaps. Where every block is
/// overlapped it is the first one's, and the scenario is refused for it.
fn part(blocks: &[Block], taken: &[Prefix], n: u32, size: u32) -> Ipv4Addr {
    let free = |(first, len): &&Block| {
        let block = Prefix {
            address: IpAddr::V4(Ipv4Addr::from(*first)),
            len: *len,
        };
        taken.iter().all(|other| !overlap(&block, other))
    };
    let (first, len) = blocks.iter().find(free).unwrap_or(&blocks[0]);
    let parts = (1u32 << (32 - len)) / size;
    after(Ipv4Addr::from(*first), n % parts * size)
}

fn overlap(a: &Prefix, b: &Prefix) -> bool {
    let (IpAddr::V4(one), IpAddr::V4(other)) = (a.address, b.address) else {
        return false;
    };
    let shared = u32::from(mask(a.len.min(b.len)));
    u32::from(one) & shared == u32::from(other) & shared
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> Prefix {
        let (address, len) = text.split_once('/').expect("a prefix");
        Prefix {
            address: address.parse().expect("an address"),
            len: len.parse().expect("a length"),
        }
    }

    #[test]
    fn our_addresses_lie_where_nothing_written_does() {
        let at = |taken: &[&str], n| {
            let taken: Vec<Prefix> = taken.iter().map(|text| prefix(text)).collect();
            part(&VPCS, &taken, n, 16).to_string()
        };
        assert_eq!(at(&[], 3), "10.128.0.48");
        assert_eq!(at(&["10.127.0.0/16"], 0), "10.128.0.0");
        assert_eq!(at(&["10.200.0.0/16"], 1), "172.28.0.16");
        assert_eq!(at(&["10.0.0.0/8", "172.16.0.0/12"], 2), "192.168.128.32");
        assert_eq!(at(&["10.0.0.0/8", "172.16.0.0/12"], 2048), "192.168.128.0");
        assert_eq!(at(&["0.0.0.0/0"], 0), "10.128.0.0");
    }

    #[test]
    fn a_mask_is_of_its_length() {
        let texts = [30, 24, 0, 32].map(|len| mask(len).to_string());
        assert_eq!(
            texts,
            ["255.255.255.252", "255.255.255.0", "0.0.0.0", "255.255.255.255"]
        );
    }
}
