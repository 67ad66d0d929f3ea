//! 802.1Q tags.

/// An EtherType.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EtherType(pub u16);

impl EtherType {
    /// IPv4.
    pub const IPV4: Self = Self(0x0800);
    /// ARP.
    pub const ARP: Self = Self(0x0806);
    /// IPv6.
    pub const IPV6: Self = Self(0x86dd);
    /// A C-TAG's protocol id (802.1Q).
    pub const CTAG: Self = Self(0x8100);
    /// An S-TAG's protocol id (802.1ad).
    pub const STAG: Self = Self(0x88a8);
    /// The older vendor tag.
    pub const QINQ: Self = Self(0x9100);

    /// Is this a tag protocol id: 0x8100, 0x88a8 or 0x9100?
    pub const fn is_tag(self) -> bool {
        matches!(self.0, 0x8100 | 0x88a8 | 0x9100)
    }
}

/// A VLAN id as a tag carries it: twelve bits. 0 means "priority only", 4095 is reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Vid(u16);

impl Vid {
    /// Priority only: the tag names no VLAN.
    pub const PRIORITY: Self = Self(0);
    /// Reserved; never in a service, never sent.
    pub const RESERVED: Self = Self(4095);

    /// A VID, where `value` has twelve bits.
    pub const fn new(value: u16) -> Option<Self> {
        if value < 4096 { Some(Self(value)) } else { None }
    }
    /// The twelve bits of a TCI.
    pub const fn of_tci(tci: u16) -> Self {
        Self(tci & 0x0fff)
    }
    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
    /// May a service use it: 1 to 4094?
    pub const fn is_usable(self) -> bool {
        self.0 != 0 && self.0 != 4095
    }
}

impl std::fmt::Display for Vid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A whole tag: protocol id, priority, drop eligibility, VID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// Tag protocol id.
    pub tpid: EtherType,
    /// Tag control information: PCP (3 bits), DEI (1), VID (12).
    pub tci: u16,
}

impl Tag {
    /// A C-TAG with that VID, priority 0.
    pub const fn ctag(vid: Vid) -> Self {
        Self {
            tpid: EtherType::CTAG,
            tci: vid.get(),
        }
    }
    /// Priority code point, 0 to 7.
    pub const fn pcp(self) -> u8 {
        (self.tci >> 13) as u8
    }
    /// Drop eligible indicator.
    pub const fn dei(self) -> bool {
        self.tci & 0x1000 != 0
    }
    /// The same without drop eligibility.
    #[must_use]
    pub const fn ineligible(self) -> Self {
        Self {
            tci: self.tci & !0x1000,
            ..self
        }
    }
    /// VLAN id.
    pub const fn vid(self) -> Vid {
        Vid::of_tci(self.tci)
    }
}
