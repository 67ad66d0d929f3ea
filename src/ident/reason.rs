//! Why a frame was dropped, and what else can become of it. Both lists are closed.

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Why a frame was dropped. There is no "other".
        ///
        /// Names follow the kernel's devlink-trap vocabulary where it has the word.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum DropReason { $($(#[$doc])* $name,)* }
        impl DropReason {
            /// Every reason, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The reason's stable name, as reports print it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

reasons! {
    /// Shorter than an Ethernet header (14 octets without FCS).
    RuntFrame = "runt_frame",
    /// Longer than the port or link admits (its MTU, tags allowed for).
    MtuExceeded = "mtu_exceeded",
    /// The frame check sequence is wrong: the link corrupted it.
    BadFcs = "bad_fcs",
    /// A tag protocol id without a whole tag behind it.
    TruncatedTag = "truncated_tag",
    /// The source address has the group bit set.
    SourceMacIsMulticast = "source_mac_is_multicast",
    /// The source address is not the one bound to this tenant's port.
    SourceMacNotBound = "source_mac_not_bound",
    /// A reserved destination, 01-80-C2-00-00-0x, that the port filters (802.1Q 8.6.3).
    ReservedDestination = "reserved_destination",
    /// No service has this VID on this port.
    UnknownVid = "unknown_vid",
    /// Untagged or priority-tagged where only tagged is admitted, or the reverse.
    VlanTagMismatch = "vlan_tag_mismatch",
    /// VID 4095.
    ReservedVid = "reserved_vid",
    /// A second tag where the port's policy admits one.
    SecondTag = "second_tag",
    /// The port is not in the VLAN's member set.
    IngressVlanFilter = "ingress_vlan_filter",
    /// The frame would leave by the port it came in by.
    PortLoopbackFilter = "port_loopback_filter",
    /// No member is left to forward to.
    PortListIsEmpty = "port_list_is_empty",
    /// The VLAN's limit of learned addresses is reached and its policy is to drop.
    MacLimit = "mac_limit",
    /// Over the tenant's bandwidth at a policer.
    OverRate = "over_rate",
    /// Over the ARP limit of the partner's switch.
    ArpLimit = "arp_limit",
    /// Over the ICMP limit of the partner's switch.
    IcmpLimit = "icmp_limit",
    /// The queue before the link is full.
    QueueFull = "queue_full",
    /// The link is cut in this direction.
    LinkDown = "link_down",
    /// The link lost it.
    LinkLoss = "link_loss",
    /// Addressed to another station's MAC.
    NotForMe = "not_for_me",
    /// A header is malformed, or its checksum is wrong.
    BadHeader = "bad_header",
    /// A network protocol that this node does not speak (IPv6, until it is modelled).
    UnsupportedProtocol = "unsupported_protocol",
    /// No route to the destination address.
    NoRoute = "no_route",
    /// Time to live ran out.
    TtlExpired = "ttl_expired",
    /// The next hop's MAC could not be resolved.
    ArpFailed = "arp_failed",
    /// Too many frames wait for one address resolution.
    ArpQueueFull = "arp_queue_full",
    /// No host with this address.
    NoSuchHost = "no_such_host",
    /// The host has nothing that listens on this port or protocol.
    NoListener = "no_listener",
    /// The interface is administratively down, or not configured yet.
    InterfaceDown = "interface_down",
    /// Over the VBR's bandwidth throttle.
    Throttled = "throttled",
    /// The source address is all zero, which no station has.
    SourceMacIsZero = "source_mac_is_zero",
    /// It went in circles between switches.
    Storm = "storm",
    /// A VBR was being hung on a shared port, and the scenario assumes that this interrupts (policy
    /// `attach_effect`).
    AttachEffect = "attach_effect",
}

/// What becomes of a frame copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It reached the application that it was sent to.
    Delivered,
    /// A protocol (ARP, ICMP, health check) took it, as it should.
    Consumed,
    /// It ended here, for a reason.
    Dropped(DropReason),
}

impl Fate {
    /// The fate's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Consumed => "consumed",
            Self::Dropped(reason) => reason.as_str(),
        }
    }
}
