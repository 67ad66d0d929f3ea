//! What devices are known to let pass: the rows of the suite that may fail in a sound world, each with its
//! reason (CONFORMANCE 3.2 and its addendum). What is not here is a false alarm.

use crate::forward::{PortRole, Profile, Tables, VlanLimit};
use crate::ident::NodeId;
use crate::scenario::Plan;
use crate::scenario::plan::{LinkRole, NodeKind, NodePlan};

/// How a device differs from one that lets nothing pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// 802.1Q with its defaults: nothing is filtered on ingress.
    IeeeDefault,
    /// Open vSwitch.
    Ovs31,
    /// Open vSwitch that reads two tags.
    TwoTags,
    /// VLANs share what they learn.
    SharedLearning,
    /// Linux, where a circuit ends untagged: it takes a VLAN's own tag off.
    OwnTag,
    /// Linux or Open vSwitch, where a circuit ends untagged: the tag behind a priority tag leaves in front.
    BareTag,
    /// Open vSwitch whose VLANs share what they learn.
    SharedZero,
    /// One limit of ARP for all tenants.
    SharedArp,
}

impl Oddity {
    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IeeeDefault => "ieee-default",
            Self::Ovs31 => "ovs-3.1",
            Self::TwoTags => "vlan_limit 2",
            Self::SharedLearning => "shared learning",
            Self::OwnTag => "own tag at an untagged circuit",
            Self::BareTag => "inner tag at an untagged circuit",
            Self::SharedZero => "ovs-3.1 with shared learning",
            Self::SharedArp => "shared ARP limit",
        }
    }
}

/// Rows that may fail by these flaws at a device of one kind.
struct Known {
    of: Oddity,
    flaws: &'static [&'static str],
    rows: &'static [&'static str],
    /// Why that is the device's way and no false alarm.
    why: &'static str,
}

const FORGED: &str = "without ingress filtering a port takes VIDs that it is no member of";
const HIDDEN: &str = "a tag in front of another is taken off, and the one behind it leaves an untagged port in front";
const TAG_88A8: &str = "an S-tag is read as the VLAN that it names";
const TYPE_STAYS: &str =
    "a priority S-tag becomes the VLAN's tag and stays an S-tag, which a C-tag device does not read";
const NO_LIST: &str = "a trunk without a list, which a new port is too, carries every VID, 4095 included";
const SECOND_TAG: &str = "the tag behind a priority tag is destroyed";
const OWN_TAG: &str = "a tag that names the port's own VLAN is taken off";
const BARE_TAG: &str =
    "a priority tag is taken off, and the one behind it leaves in front, which the next device takes off";
const CLEARED: &str = "an access port, whose frames have one VLAN, clears the second of two tags that were read";
const ZERO: &str = "a source of zeros is learned, and what one VLAN learns all know";
const MOVED: &str =
    "without ingress filtering an address that is said in a VLAN moves to a port that is no member of it";
const ONE_PLACE: &str = "an address that is heard in one VLAN moves in all";

/// Rows whose frames name VLANs that their port is no member of.
const FOREIGN: &[&str] = &[
    "I-03", "I-05", "I-06", "I-07", "I-08", "I-09", "V-05", "T-01", "T-07", "T-09", "T-10", "T-12", "L-06", "S-01",
    "S-02", "S-03", "P-01", "P-08", "R-03", "X-01",
];
/// Rows with a tag behind a priority tag or the port's own.
const BEHIND: &[&str] = &["T-01", "T-02", "T-03", "T-09", "T-10", "T-12", "L-06", "P-08", "X-01"];
/// Rows that say one address in two VLANs, or as many as a table holds.
const ADDRESSES: &[&str] = &[
    "F-01", "F-02", "F-03", "F-05", "F-06", "F-09", "P-06", "P-08", "R-02", "X-01",
];

const fn known_of(
    of: Oddity,
    flaws: &'static [&'static str],
    rows: &'static [&'static str],
    why: &'static str,
) -> Known {
    Known { of, flaws, rows, why }
}

/// A frame in another's VLAN: at the port, on the trunk, in tables and counters.
const ASTRAY: &[&str] = &["leak", "wrong VLAN", "state"];

const TABLE: &[Known] = &[
    known_of(Oddity::IeeeDefault, ASTRAY, FOREIGN, FORGED),
    // A change that is made on one device alone, or not yet, is enough there.
    known_of(Oddity::IeeeDefault, &["delivered"], &["R-02", "R-05"], FORGED),
    // What has left a port is a VID that it is no member of; another may have it at its own port.
    known_of(Oddity::IeeeDefault, ASTRAY, &["F-08", "R-01"], FORGED),
    known_of(Oddity::IeeeDefault, &["delivered"], &["F-08"], FORGED),
    // Its frames say others' addresses, too: what is meant for those goes astray meanwhile.
    known_of(Oddity::IeeeDefault, &["disturbed"], &["X-01"], MOVED),
    known_of(Oddity::IeeeDefault, ASTRAY, BEHIND, HIDDEN),
    known_of(Oddity::Ovs31, ASTRAY, &["T-02", "T-03", "P-08", "X-01"], HIDDEN),
    known_of(
        Oddity::Ovs31,
        ASTRAY,
        &["T-04", "T-05", "T-10", "P-08", "X-01"],
        TAG_88A8,
    ),
    known_of(Oddity::Ovs31, ASTRAY, &["L-06", "T-01", "T-09", "T-12"], TYPE_STAYS),
    known_of(Oddity::Ovs31, ASTRAY, &["V-03", "I-05", "I-08"], NO_LIST),
    known_of(Oddity::TwoTags, &["mangled"], BEHIND, SECOND_TAG),
    known_of(Oddity::TwoTags, &["mangled"], &["T-07"], CLEARED),
    known_of(Oddity::OwnTag, &["mangled"], BEHIND, OWN_TAG),
    known_of(
        Oddity::BareTag,
        &["mangled"],
        &["T-03", "L-06", "P-08", "X-01"],
        BARE_TAG,
    ),
    known_of(Oddity::SharedZero, &["state"], &["F-04"], ZERO),
    known_of(Oddity::IeeeDefault, &["mangled"], BEHIND, OWN_TAG),
    known_of(
        Oddity::SharedLearning,
        &["state", "disturbed", "lost"],
        ADDRESSES,
        ONE_PLACE,
    ),
    known_of(
        Oddity::SharedArp,
        &["state", "disturbed"],
        &["Q-04"],
        "one tenant's requests spend what is there for all",
    ),
];

/// Why a row is known to fail by a flaw where devices are odd so: the kind, and the reason.
pub fn known(odd: &[Oddity], row: &str, flaw: &str) -> Option<(Oddity, &'static str)> {
    let fits = |known: &&Known| odd.contains(&known.of) && known.flaws.contains(&flaw) && known.rows.contains(&row);
    TABLE.iter().find(fits).map(|known| (known.of, known.why))
}

fn tables_of(node: &NodePlan) -> Option<&Tables> {
    match &node.kind {
        NodeKind::AccessPoint(switch) | NodeKind::Fabric(switch) | NodeKind::AccessDevice(switch) => {
            Some(&switch.tables)
        }
        NodeKind::Idc(_) | NodeKind::Vbr(_) | NodeKind::Vpc(_) => None,
    }
}

/// The access point and the device of each circuit that ends untagged. The access point's port says so; what
/// the device's is, only the call that creates the VBR does.
fn untagged_circuits(plan: &Plan) -> Vec<[NodeId; 2]> {
    let circuits = plan.links.iter().filter(|link| link.role == LinkRole::Circuit);
    let untagged = circuits.filter(|link| {
        let (node, port) = link.a;
        let tables = plan.nodes.get(node.index()).and_then(tables_of);
        let port = tables.and_then(|tables| tables.ports.get(port.index()));
        port.is_some_and(|port| port.role == PortRole::Access)
    });
    untagged.map(|link| [link.a.0, link.b.0]).collect()
}

/// In which ways the devices of a plan are odd.
pub fn oddities(plan: &Plan) -> Vec<Oddity> {
    let mut all = Vec::new();
    let ends = untagged_circuits(plan);
    for (i, node) in plan.nodes.iter().enumerate() {
        let Some(tables) = tables_of(node) else { continue };
        let takes_own_tag = tables.profile == Profile::Linux612 && ends.iter().any(|[near, _]| near.index() == i);
        let shows_inner = matches!(tables.profile, Profile::Linux612 | Profile::Ovs31)
            && ends.iter().flatten().any(|end| end.index() == i);
        let mut members = tables.services.values().flat_map(|s| &s.members);
        let shares_arp = members.any(|m| m.arp.is_some_and(|limit| limit.shared.is_some()));
        let shares = tables.services.values().filter(|s| s.kind.fid().is_some()).count() > 1;
        let odd = [
            (tables.profile == Profile::IeeeDefault, Oddity::IeeeDefault),
            (tables.profile == Profile::Ovs31, Oddity::Ovs31),
            (tables.vlan_limit != VlanLimit::One, Oddity::TwoTags),
            (shares, Oddity::SharedLearning),
            (takes_own_tag, Oddity::OwnTag),
            (shows_inner, Oddity::BareTag),
            (shares && tables.profile == Profile::Ovs31, Oddity::SharedZero),
            (shares_arp, Oddity::SharedArp),
        ];
        all.extend(odd.into_iter().filter(|(is, _)| *is).map(|(_, what)| what));
    }
    all.sort_unstable();
    all.dedup();
    all
}
