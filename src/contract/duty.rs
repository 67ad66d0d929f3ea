//! The duties, each with its source.

macro_rules! duties {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $owes:literal, $source:literal;)*) => {
        /// Something that somebody owes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Duty { $($(#[$doc])* $name,)* }

        impl Duty {
            /// Every duty, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
            /// What is owed, in words.
            pub const fn owes(self) -> &'static str {
                match self { $(Self::$name => $owes,)* }
            }
            /// Where that is said.
            pub const fn source(self) -> &'static str {
                match self { $(Self::$name => $source,)* }
            }
        }
    };
}

duties! {
    /// A switch does what its tables say.
    Forwarding = "forwarding", "a switch forwards by its tables", "IEEE 802.1Q-2022, 8.6";
    /// A port takes only the VLANs that it is in.
    Separation = "separation", "a port takes and gives only the VLANs that it is a member of",
        "Express Connect: VBRs in different VLANs are isolated at layer 2";
    /// One C-tag at the handover, no native VLAN.
    Tagging = "tagging", "exactly one C-tag at the handover, and no native or default VLAN",
        "Express Connect: VLAN 1 to 2999 is a dot1q sub-interface";
    /// Both ends of a link let through what is sold over it.
    VlanList = "vlan_list", "both ends of a link let through every VLAN that is sold over it",
        "Express Connect: 802.1Q must be supported on all devices on the path";
    /// 1,500 octets of payload at every hop.
    Mtu = "mtu", "1,500 octets of payload, and the tags that are sold, at every hop",
        "Express Connect: a frame has 1,522 octets, 1,500 of them payload";
    /// No link below what is sold over it.
    LineRate = "line_rate", "no line below what is sold over it", "Express Connect: Spec of the shared port";
    /// No policer below what was sold.
    Policer = "policer", "no policer below what was sold, in the octets of the contract",
        "Express Connect: Spec of the shared port";
    /// A limit for every tenant.
    Limit = "limit", "a limit at every tenant's spec, nearest the tenant", "Express Connect: Manage connections for tenants";
    /// ARP is limited for each user.
    ArpLimit = "arp_limit", "ARP is limited for each user, at no less than 1 a second",
        "Express Connect: Manage connections for tenants";
    /// ICMP is limited, if at all, above 500 a second.
    IcmpLimit = "icmp_limit", "ICMP, if it is limited, passes at 500 a second",
        "Express Connect: Manage connections for tenants";
    /// A link carries what it is given.
    Carriage = "carriage", "a link carries whole what it is given", "Express Connect: Shared circuit access (the SLA is split at the handover)";
    /// What operators type is what was agreed.
    Operation = "operation", "what an operator types is what was sold", "Express Connect: Shared circuit access";
    /// The partner sells the VLAN to the account that it was given.
    Sale = "sale", "the VLAN that was agreed is sold to the account that was given",
        "Express Connect API: CreateVirtualPhysicalConnection";
    /// The tenant accepts.
    Acceptance = "acceptance", "a tenant accepts its port before its own first frame",
        "Express Connect API: ConfirmPhysicalConnection";
    /// What the cloud does later is done within its promise.
    Promptness = "promptness", "an asynchronous step takes no longer than is promised", "policy async_promise: lead times as shipped, where it says nothing else";
    /// The tenant makes its VBR.
    Router = "router", "a tenant makes a VBR on its port", "Express Connect API: CreateVirtualBorderRouter";
    /// Both ends have addresses that fit.
    Addresses = "addresses", "the VBR and the data centre name the same interconnect",
        "Express Connect API: LocalGatewayIp and PeerGatewayIp are set by the VBR's owner";
    /// The tenant writes its routes.
    Routes = "routes", "a tenant routes its own networks", "Express Connect API: CreateRouteEntry";
    /// The tenant hangs its VBR on a transit router.
    Attachment = "attachment", "a tenant hangs its VBR on a transit router", "Cloud Enterprise Network API: CreateTransitRouterVbrAttachment";
    /// Nobody takes away what is in use.
    Keeping = "keeping", "nothing that is in use is taken away, moved or locked", "Express Connect: Shared circuit access";
    /// Whoever owes it pays.
    Payment = "payment", "whoever owes a fee pays it", "Express Connect API: OrderMode; BusinessStatus FinancialLocked";
    /// What a conversion makes of a bandwidth.
    Conversion = "conversion", "a shared port that a conversion makes has the bandwidth that its VBR had",
        "policies convert_spec, converted_spec: CreateVpconnFromVbr takes no spec";
    /// An attach interrupts nothing.
    Attach = "attach", "AttachVbrToVpconn interrupts nothing", "Express Connect: the conversion does not affect services";
    /// The tenant tags as agreed.
    Agreed = "agreed_tag", "a tenant's frames have the tag that was agreed for its port, and its own address",
        "Express Connect: Shared circuit access";
    /// The tenant sends no more than 1,500 octets of IP.
    Size = "size", "a tenant sends at most 1,500 octets of IP", "Express Connect: a frame has 1,522 octets, 1,500 of them payload";
    /// The tenant sends what it bought.
    Load = "load", "what exceeds the bandwidth that was bought is the sender's own", "Express Connect: Spec of the shared port";
    /// What the contract allows to be lost.
    Allowed = "allowed", "limits that are documented, at their documented values", "Express Connect: Manage connections for tenants";
}
