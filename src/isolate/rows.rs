//! The vectors of CONFORMANCE 3.3, by id: 77 rows in ten groups, and their pairwise crossing.

use super::ctx::Ctx;
use super::story::{Asked, Story};
use super::vectors::{
    contention, control_plane, destinations, ingress, learning, llc, pairwise, reconfiguration, reserved, size, stacks,
};

/// Where a row's frames are sent from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Every port of the attacking tenant.
    Tenant,
    /// Both ends of every trunk.
    Wire,
    /// Both.
    Both,
    /// Ports in no service.
    Free,
}

/// Tells a story: its trials, or why nothing here fits it.
pub type Tell = fn(&Story<'_>) -> Result<Vec<super::trial::Trial>, &'static str>;

/// How a row is tried.
#[derive(Clone, Copy)]
pub enum How {
    /// Frames, one after the other.
    Frames(At, fn(&mut Ctx<'_>)),
    /// A story with times and changes of its own.
    Story(Tell),
    /// A question to the control plane.
    Asks(fn(&Story<'_>) -> Asked),
    /// Nothing here has what the row is about.
    NotApplicable(&'static str),
}

/// A row.
#[derive(Clone, Copy)]
pub struct Vector {
    /// Its id.
    pub id: &'static str,
    /// What it tries.
    pub title: &'static str,
    /// How.
    pub how: How,
    /// What it is beyond that.
    pub role: Role,
}

impl Vector {
    /// Its group's letter.
    pub fn group(&self) -> &'static str {
        &self.id[..1]
    }

    /// Is one of its vectors called so? In capitals.
    pub fn is_called(&self, name: &str) -> bool {
        let group = name.strip_prefix(self.group()).and_then(|rest| rest.strip_prefix('-'));
        let number = || group.and_then(|number| number.parse::<u8>().ok());
        match self.role {
            Role::Range(first, last) => name == self.id || number().is_some_and(|n| (first..=last).contains(&n)),
            Role::Plain | Role::Random | Role::Devices => name == self.id,
        }
    }

    const fn with(self, role: Role) -> Self {
        Self { role, ..self }
    }
}

/// What a row is, beyond how it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// One vector, for every attacker.
    Plain,
    /// Vectors of its group with these numbers, the first and the last.
    Range(u8, u8),
    /// Random frames, as many as are asked for: independent trials of one class.
    Random,
    /// A story of devices, the same whoever attacks.
    Devices,
}

/// Groups by letter, in order.
pub const GROUPS: &[(&str, &str)] = &[
    ("I", "ingress classification"),
    ("V", "reserved VIDs"),
    ("T", "stacks and tag protocol ids"),
    ("L", "LLC/SNAP and lengths"),
    ("D", "destinations"),
    ("F", "learning"),
    ("S", "size and integrity"),
    ("Q", "contention"),
    ("P", "control plane from a tenant's port"),
    ("R", "reconfiguration"),
    ("X", "pairwise crossings"),
];

/// What a simulated wire cannot show, by row: what, and why.
pub const NOT_TESTABLE: &[(&str, &str, &str)] = &[
    (
        "S-04",
        "alignment errors and dribble bits",
        "frames here are whole octets; a wrong FCS is tried",
    ),
    (
        "Q-01",
        "a gap below 96 bits",
        "a simulated wire keeps the gap that the standard has",
    ),
    (
        "R-04",
        "power loss of a real box",
        "its start with empty tables is tried; a boot loader is not modelled",
    ),
];

const fn frames(id: &'static str, at: At, make: fn(&mut Ctx<'_>), title: &'static str) -> Vector {
    let how = How::Frames(at, make);
    let role = Role::Plain;
    Vector { id, title, how, role }
}

const fn story(id: &'static str, make: Tell, title: &'static str) -> Vector {
    let how = How::Story(make);
    let role = Role::Plain;
    Vector { id, title, how, role }
}

const fn asks(id: &'static str, ask: fn(&Story<'_>) -> Asked, title: &'static str) -> Vector {
    let how = How::Asks(ask);
    let role = Role::Plain;
    Vector { id, title, how, role }
}

const fn without(id: &'static str, title: &'static str, reason: &'static str) -> Vector {
    let how = How::NotApplicable(reason);
    let role = Role::Plain;
    Vector { id, title, how, role }
}

use At::{Both, Free, Tenant, Wire};

/// Every row, in order.
pub const ROWS: &[Vector] = &[
    frames("I-01", Tenant, ingress::untagged, "untagged frames of a tenant"),
    frames("I-02", Wire, ingress::untagged, "untagged frames on a trunk"),
    frames("I-03", Tenant, ingress::foreign_vid, "another tenant's VID"),
    frames("I-04", Tenant, ingress::own_vid, "the tenant's own VID"),
    frames(
        "I-05",
        Wire,
        ingress::unprovisioned,
        "a VID that nobody has, on a trunk",
    ),
    frames("I-06", Wire, ingress::every_vid, "every VID from 1 to 4094 on a trunk"),
    frames(
        "I-07",
        Tenant,
        ingress::unfiltered,
        "every VID of the others, were nothing filtered",
    ),
    frames(
        "I-08",
        Free,
        ingress::default_vlan,
        "VID 1 and untagged at a port without a service",
    ),
    frames(
        "I-09",
        Tenant,
        ingress::known_unicast,
        "another tenant's VID and address",
    ),
    frames("V-01", Tenant, reserved::priority, "VID 0 with every priority"),
    frames("V-02", Wire, reserved::priority, "VID 0 on a trunk"),
    frames("V-03", Both, reserved::last, "VID 4095"),
    asks("V-04", reconfiguration::reserved_vid, "VID 0 or 4095 for a tenant"),
    frames("V-05", Wire, reserved::vendors, "VIDs that vendors keep for themselves"),
    frames(
        "T-01",
        Tenant,
        stacks::own_then_foreign,
        "own VID outside, another's inside",
    ),
    frames(
        "T-02",
        Tenant,
        stacks::zero_then_foreign,
        "VID 0 outside, another's inside",
    ),
    frames("T-03", Tenant, stacks::zeros, "two to five priority tags, mixed"),
    frames(
        "T-04",
        Both,
        stacks::other_tag,
        "another tag protocol with another's VID",
    ),
    frames(
        "T-05",
        Wire,
        stacks::other_then_own,
        "another tag protocol outside, a VLAN inside",
    ),
    frames("T-06", Tenant, stacks::vendor_tags, "tag protocols 0x9100 and 0x9200"),
    frames(
        "T-07",
        Wire,
        stacks::inverted,
        "a VLAN outside, another tag protocol inside",
    ),
    frames("T-08", Both, stacks::truncated, "tags that end too early"),
    frames(
        "T-09",
        Tenant,
        stacks::tunnelled,
        "inner VIDs that a tunnel does not list",
    ),
    frames(
        "T-10",
        Both,
        stacks::equal_inner,
        "equal inner VIDs under different outer ones",
    ),
    frames("T-11", Tenant, stacks::once, "a tag is put on once and taken off once"),
    frames("T-12", Tenant, stacks::deep, "three to eight tags"),
    frames("T-13", Tenant, stacks::between, "VNTAG and MACsec headers between tags"),
    frames("L-01", Tenant, llc::snap_row, "802.3 with LLC and SNAP"),
    frames("L-02", Tenant, llc::tag_after_snap, "a tag behind SNAP"),
    frames("L-03", Tenant, llc::priority_then_length, "VID 0, then a length"),
    frames("L-04", Tenant, llc::lengths, "lengths that are none"),
    frames("L-05", Tenant, llc::extended, "OUI-extended and jumbo LLC"),
    frames("L-06", Tenant, llc::whack, "47 encapsulations of five messages"),
    frames("D-01..16", Tenant, destinations::reserved, "01-80-C2-00-00-00 to -0F").with(Role::Range(1, 16)),
    frames("D-17", Tenant, destinations::beyond, "01-80-C2-00-00-10 and CFM's"),
    frames(
        "D-18",
        Tenant,
        destinations::vendors,
        "destinations of vendors' protocols",
    ),
    frames(
        "D-19",
        Tenant,
        destinations::groups,
        "broadcast and multicast: one copy each",
    ),
    frames(
        "D-20",
        Tenant,
        destinations::reflected,
        "to oneself, and to another tenant's address",
    ),
    frames("D-21", Tenant, destinations::pause, "PAUSE and PFC"),
    story("F-01", learning::same_address, "one address in two VLANs, alternating"),
    story(
        "F-02",
        learning::shared,
        "one address in two VLANs on a device that shares learning",
    ),
    frames(
        "F-03",
        Tenant,
        learning::flood,
        "twice as many addresses as a table holds",
    ),
    frames(
        "F-04",
        Tenant,
        learning::bad_source,
        "group, zero and broadcast sources",
    ),
    frames(
        "F-05",
        Tenant,
        learning::victims_source,
        "another tenant's address as source",
    ),
    frames("F-06", Tenant, learning::moves, "an address that moves within its VLAN"),
    story("F-07", learning::ages, "an address ages in one VLAN"),
    story(
        "F-08",
        learning::stale,
        "a learned address whose VLAN has left the port",
    ),
    frames(
        "F-09",
        Tenant,
        learning::capacity,
        "addresses up to a VLAN's limit, and beyond",
    ),
    frames("S-01", Wire, size::smallest, "64 octets tagged, delivered untagged"),
    frames("S-02", Both, size::long, "from 1518 octets to more than the limit"),
    frames("S-03", Both, size::runts, "frames shorter than their header"),
    story("S-04", size::bad_fcs, "a wrong FCS"),
    frames("S-05", Tenant, size::padding, "padding carries nobody's octets"),
    story("Q-01", contention::line_rate, "one tenant at line rate"),
    story("Q-02", contention::head_of_line, "one tenant's far end congested"),
    story("Q-03", contention::microburst, "bursts at the same instant"),
    story("Q-04", contention::storm, "a storm of broadcasts and ARP"),
    story("Q-05", contention::priority, "line rate at the highest priority"),
    story("Q-06", contention::bucket, "a full burst of another, after a flood"),
    story("Q-07", contention::counters, "octets counted are octets sent"),
    frames("P-01", Tenant, control_plane::dtp, "DTP asks for a trunk"),
    frames(
        "P-02",
        Tenant,
        control_plane::spanning_tree,
        "superior BPDUs, TCNs, PVST+",
    ),
    frames(
        "P-03",
        Tenant,
        control_plane::registration,
        "GVRP, MVRP and VTP join another's VLAN",
    ),
    frames("P-04", Tenant, control_plane::neighbours, "LLDP, CDP, UDLD, LACP, EVB"),
    frames("P-05", Tenant, control_plane::continuity, "CCMs with another's MEG"),
    frames(
        "P-06",
        Tenant,
        control_plane::spoofs,
        "ARP, ND, RA and DHCP in another's name",
    ),
    without(
        "P-07",
        "a private VLAN bypassed at layer 3",
        "no device here claims private VLANs (RFC 5517)",
    ),
    frames("P-08", Both, control_plane::random, "random frames").with(Role::Random),
    frames(
        "P-09",
        Tenant,
        control_plane::joins,
        "IGMP and MLD joins for another's group",
    ),
    story(
        "R-01",
        reconfiguration::comes_and_goes,
        "a tenant is removed and added again",
    ),
    story(
        "R-02",
        reconfiguration::cutover,
        "a legacy VLAN is cut over to the shared port",
    ),
    story(
        "R-03",
        reconfiguration::recycled,
        "a removed tenant's VID goes to a new one",
    ),
    story(
        "R-04",
        reconfiguration::restart,
        "a device starts with empty tables; a link flaps",
    )
    .with(Role::Devices),
    story(
        "R-05",
        reconfiguration::half_way,
        "a change that is made on one device alone",
    ),
    asks(
        "R-06",
        reconfiguration::forbidden,
        "a VLAN changed, a second VBR on one port",
    ),
    story(
        "R-07",
        reconfiguration::native_mismatch,
        "native VLANs that differ: does the tester notice?",
    )
    .with(Role::Devices),
    story(
        "R-08",
        reconfiguration::cache,
        "tables change under load, again and again",
    ),
    frames(
        "X-01",
        Both,
        pairwise::frames,
        "stack, destination, source, size and port, each pair",
    ),
];
