//! The questions that a forwarder is asked: frames of every kind whose difference may matter.

use super::symbol::{Symbol, TPIDS};
use crate::wire::{EtherType, MacAddr};

/// What a frame has beside its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// In a few words.
    pub name: String,
    /// Where to.
    pub dst: MacAddr,
    /// From where, unless a member is bound to an address.
    pub src: MacAddr,
    /// Behind the tags.
    pub ethertype: EtherType,
    /// Behind the EtherType, before the padding.
    pub payload: Vec<u8>,
    /// Priority and drop eligibility of the sender's tags: four bits.
    pub priority: u8,
    /// How many octets it is padded to, without FCS.
    pub padded: usize,
}

/// Octets of the shortest frame that Ethernet allows, without FCS.
const SHORTEST: usize = 60;

/// An address that nobody has, so that nobody learns where it is.
const DST: MacAddr = MacAddr::local(0xfd, 0x5eed_0001);
/// The address of a sender that is bound to none.
const SRC: MacAddr = MacAddr::local(0xfd, 0x5eed_0002);
/// IEEE's EtherType for experiments.
const PLAIN: EtherType = EtherType(0x88b5);

impl Kind {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            dst: DST,
            src: SRC,
            ethertype: PLAIN,
            payload: Vec::new(),
            priority: 0,
            padded: SHORTEST,
        }
    }

    fn to(name: &str, dst: [u8; 6]) -> Self {
        Self {
            dst: MacAddr(dst),
            ..Self::new(name)
        }
    }

    fn of(name: &str, ethertype: EtherType, payload: &[u8]) -> Self {
        Self {
            ethertype,
            payload: payload.to_vec(),
            ..Self::new(name)
        }
    }

    /// A unicast frame to an unknown address, of no protocol that anything asks for. No limit
    /// concerns it, and every member of a service may get it: what others get, it should too.
    pub fn plain() -> Self {
        Self::new("unicast to an unknown address")
    }

    /// Every kind but the plain one.
    pub fn others() -> Vec<Self> {
        let mut kinds = vec![
            Self::to("broadcast", MacAddr::BROADCAST.0),
            Self::to("multicast", [0x01, 0x00, 0x5e, 0, 0, 1]),
            Self::to("CDP", [0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc]),
            Self::to("shared spanning tree", [0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcd]),
        ];
        for last in 0..16 {
            let name = format!("reserved destination 01-80-c2-00-00-{last:02x}");
            kinds.push(Self::to(&name, [0x01, 0x80, 0xc2, 0, 0, last]));
        }
        let arp = Self::of("ARP", EtherType::ARP, &[0, 1, 8, 0, 6, 4, 0, 1]);
        kinds.push(Self {
            dst: MacAddr::BROADCAST,
            ..arp.clone()
        });
        kinds.push(Self {
            name: "ARP to an unknown address".to_owned(),
            ..arp
        });
        let icmp = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        kinds.push(Self::of("ICMP", EtherType::IPV4, &icmp));
        kinds.push(Self::of("IPv6", EtherType::IPV6, &[0x60]));
        kinds.push(Self::of("LLC behind a length", EtherType(3), &[0xaa, 0xaa, 3]));
        for (name, src) in [("group source", [3, 0, 0, 0, 0, 1]), ("source of zeros", [0; 6])] {
            kinds.push(Self {
                src: MacAddr(src),
                ..Self::new(name)
            });
        }
        // No row serves it: it goes through all stages.
        kinds.push(Self {
            padded: SHORTEST - 1,
            ..Self::new("a frame that is too short for the wire")
        });
        for priority in 1..16 {
            let name = format!("priority {}, drop eligible {}", priority >> 1, priority & 1);
            kinds.push(Self {
                priority,
                ..Self::new(&name)
            });
        }
        kinds
    }

    /// The frame of this kind with these tags, padded where it is shorter than it should be.
    pub fn frame(&self, tags: &[Symbol], src: Option<MacAddr>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SHORTEST);
        bytes.extend_from_slice(&self.dst.0);
        bytes.extend_from_slice(&src.unwrap_or(self.src).0);
        for (tpid, vid) in tags.iter().filter_map(|tag| tag.parts()) {
            bytes.extend_from_slice(&TPIDS[tpid].0.to_be_bytes());
            bytes.extend_from_slice(&(u16::from(self.priority) << 12 | vid).to_be_bytes());
        }
        bytes.extend_from_slice(&self.ethertype.0.to_be_bytes());
        bytes.extend_from_slice(&self.payload);
        bytes.resize(bytes.len().max(self.padded), 0);
        bytes
    }
}
