//! Ids: indices with a type.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u32);
        impl $name {
            /// The index as `usize`.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
            /// The id of index `i`; panics past 2^32 - 2, far above every admitted plan.
            pub fn of(i: usize) -> Self {
                let i = u32::try_from(i).expect("more than 2^32 things");
                assert!(i != u32::MAX, "the last id is reserved for none");
                Self(i)
            }
        }
    };
}

id!(
    /// A node of the plan.
    NodeId
);
id!(
    /// A port of one node, counted from zero.
    PortNo
);
id!(
    /// A link of the plan; a circuit is a link.
    LinkId
);
id!(
    /// An account: partner, tenant, or anybody.
    AccountId
);
id!(
    /// A tenant: an account whose frames are told apart from everybody else's.
    TenantId
);
id!(
    /// A flow of the plan's traffic.
    FlowId
);
id!(
    /// A name that a step of the plan binds.
    BindingId
);

impl TenantId {
    /// Frames that belong to no tenant (an infrastructure protocol, a stranger).
    pub const NONE: Self = Self(u32::MAX);
    /// Is this a tenant at all?
    pub const fn is_some(self) -> bool {
        self.0 != u32::MAX
    }
}

impl FlowId {
    /// Frames that belong to no flow.
    pub const NONE: Self = Self(u32::MAX);
    /// Is this a flow at all?
    pub const fn is_some(self) -> bool {
        self.0 != u32::MAX
    }
}

/// A place where a frame's fate can be settled: a node, or a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StationId(u32);

impl StationId {
    const LINK: u32 = 1 << 31;
    /// The station that a node is.
    pub const fn node(node: NodeId) -> Self {
        debug_assert!(
            node.0 & Self::LINK == 0,
            "a node's number leaves room for the mark of links"
        );
        Self(node.0)
    }
    /// The station that a link is.
    pub const fn link(link: LinkId) -> Self {
        debug_assert!(
            link.0 & Self::LINK == 0,
            "a link's number leaves room for the mark of links"
        );
        Self(link.0 | Self::LINK)
    }
    /// The node, where the station is one.
    pub const fn as_node(self) -> Option<NodeId> {
        if self.0 & Self::LINK == 0 {
            Some(NodeId(self.0))
        } else {
            None
        }
    }
    /// The link, where the station is one.
    pub const fn as_link(self) -> Option<LinkId> {
        if self.0 & Self::LINK == 0 {
            None
        } else {
            Some(LinkId(self.0 & !Self::LINK))
        }
    }
}

/// A link in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// The link.
    pub link: LinkId,
    /// From its `b` end?
    pub from_b: bool,
}

impl Lane {
    /// The first of all.
    pub const FIRST: Self = Self {
        link: LinkId(0),
        from_b: false,
    };
    /// The direction of a link that this number stands for: twice the link's, and one more from `b`.
    pub const fn of(number: u32) -> Self {
        Self {
            link: LinkId(number >> 1),
            from_b: number & 1 == 1,
        }
    }
}

/// Where something happens to a frame: at a node, or on a link in one direction. What happens there
/// happens in one order, whatever the order of the rest of the world is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Station {
    /// At a node.
    Node(NodeId),
    /// On a link, in this direction.
    Lane(Lane),
}

impl Station {
    /// The station, whichever the direction.
    pub const fn id(self) -> StationId {
        match self {
            Self::Node(node) => StationId::node(node),
            Self::Lane(lane) => StationId::link(lane.link),
        }
    }
    /// Is it a link, in the direction from its `b` end?
    pub const fn is_from_b(self) -> bool {
        matches!(self, Self::Lane(lane) if lane.from_b)
    }
}

/// Who sent a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A flow of the plan.
    Flow(FlowId),
    /// A node, speaking a protocol of its own (ARP, ICMP, health check).
    Protocol(NodeId),
    /// Nobody we know (live strangers).
    Unknown,
}

/// Which way a frame of a flow goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From a data centre towards the cloud.
    Up,
    /// From the cloud towards a data centre.
    Down,
    /// Between two places of one side, or a protocol's own.
    Neither,
}

impl Direction {
    /// The stable name: `up`, `down` or `-`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Neither => "-",
        }
    }

    /// The way that answers take.
    #[must_use]
    pub const fn back(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
            Self::Neither => Self::Neither,
        }
    }
}

/// Who answers for a place: the split of the service-level agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The tenant who owns the IDC and the VBR's configuration.
    Tenant,
    /// The partner (or its exchange fabric) who owns last mile, switches and circuit.
    Partner,
    /// The cloud: access device, VBR platform, transit router, endpoints.
    Cloud,
}

impl Party {
    /// The party's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Partner => "partner",
            Self::Cloud => "cloud",
        }
    }
}

/// Which part of a way a service level is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// Between the customer's port and the handover, where the circuit ends at the access device.
    Partner,
    /// Between the handover and the endpoint.
    Cloud,
    /// Between the customer's port and the endpoint.
    EndToEnd,
}

impl Segment {
    /// The segment's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Cloud => "cloud",
            Self::EndToEnd => "end_to_end",
        }
    }
}
