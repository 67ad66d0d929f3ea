//! The faults: what went wrong in real devices and operations, and how it is brought about here.
//!
//! Invariant: every known fault is listed, with a way to inject it or with the reason why not.

use super::inject::{Injection, Patch, Plant, keys, links, moves, steps, tables};
use crate::forward::Planted;

/// A fault that somebody had.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Its stable id: M for devices, C for configuration, T for migrations, P for the physical layer.
    pub id: &'static str,
    /// What went wrong, in a sentence.
    pub what: &'static str,
    /// Where it was seen.
    pub source: &'static str,
    /// How it comes about here.
    pub injection: Injection,
}

const fn planted(id: &'static str, what: &'static str, source: &'static str, quirk: Planted) -> Fault {
    Fault {
        id,
        what,
        source,
        injection: Injection::Quirk(quirk),
    }
}

const fn edit(id: &'static str, what: &'static str, source: &'static str, edit: Plant) -> Fault {
    Fault {
        id,
        what,
        source,
        injection: Injection::Edit(edit),
    }
}

const fn patch(id: &'static str, what: &'static str, source: &'static str, patch: Patch) -> Fault {
    Fault {
        id,
        what,
        source,
        injection: Injection::Tables(patch),
    }
}

const fn none(id: &'static str, what: &'static str, source: &'static str, why: &'static str) -> Fault {
    Fault {
        id,
        what,
        source,
        injection: Injection::None(why),
    }
}

/// A quirk that shows only where a switch learns addresses.
const fn learner(id: &'static str, what: &'static str, source: &'static str, quirk: Planted) -> Fault {
    Fault {
        id,
        what,
        source,
        injection: Injection::Learner(quirk),
    }
}

const fn later(id: &'static str, what: &'static str, source: &'static str) -> Fault {
    Fault {
        id,
        what,
        source,
        injection: Injection::Later,
    }
}

/// Every fault, in order of id.
pub const FAULTS: &[Fault] = &[
    planted(
        "M01",
        "the innermost VLAN tag selects the circuit's VLAN",
        "LibreQoE/LibreQoS #1147; ntop/PF_RING #145, #476",
        Planted::LastTagWins,
    ),
    planted(
        "M02",
        "priority bits of the TCI fall into the VID",
        "LibreQoS #1152; Open vSwitch f171fa887, 2f4ca41b9",
        Planted::TciNotMasked,
    ),
    planted(
        "M03",
        "a priority tag hides the tag behind it from the port's filter",
        "CVE-2021-27853, -27854, -27861, -27862; CERT VU#855201",
        Planted::PriorityTagHides,
    ),
    planted(
        "M04",
        "a tag behind LLC and SNAP is read as the frame's own",
        "Open vSwitch 50f06e164; CVE-2021-27861",
        Planted::TagBehindSnap,
    ),
    planted(
        "M05",
        "a tag that is cut short meets another policy than a whole one",
        "Open vSwitch 8ddc056dd, f1112037d; CVE-2018-17204",
        Planted::TruncatedTagPasses,
    ),
    none(
        "M06",
        "header length and number of tags disagree beyond two tags",
        "VPP 6f7ebf900e6",
        "no header length is kept from one stage to the next that could disagree: tags are counted anew, from the octets, where they are edited; T-12 sends stacks of up to eight",
    ),
    none(
        "M08",
        "a vector parser disagrees with the scalar one",
        "Open vSwitch 4f810deab",
        "worlds hand over one frame at a time, which the scalar parser alone reads; that the vector kernels agree with it is held, for batches, by tests of their own, which catch `scalar-kernel-cuts-vid`",
    ),
    none(
        "M09",
        "partial offload skips the VLAN parser",
        "Open vSwitch 54e2baec0, eb540c0f5",
        "there is no offload: one forwarder reads every frame whole, and no second one is handed its offsets",
    ),
    planted(
        "M11",
        "push and pop on a tagged frame leave it without the tag that it needs",
        "ofsoftswitch13 #31; Open vSwitch 6db2a24d9, ceb176fdb",
        Planted::PopWithoutPush,
    ),
    planted(
        "M12",
        "a rule without a VLAN matches every VLAN instead of none",
        "Open vSwitch 62f13eb2a",
        Planted::UntaggedMeansAny,
    ),
    planted(
        "M13",
        "a mask compares only a part of the VID",
        "Open vSwitch b4868ee16, 5efc6552e, d632ad0aa",
        Planted::VidLowByte,
    ),
    planted(
        "M14",
        "a flow cache's key lacks fields that decided the verdict",
        "CVE-2020-35498; Open vSwitch 35fe9efb2, d02c42bf4",
        Planted::FlowCacheTooWide,
    ),
    none(
        "M15",
        "one tenant's headers make the classifier's work explode",
        "CVE-2019-25076",
        "there is no tuple space to explode: a place is found by port and VID in one step, whatever else the frame carries, and virtual time charges no work for it",
    ),
    none(
        "M16",
        "a malformed IP header slips through an access list",
        "CVE-2016-10377",
        "no verdict but that of the ICMP limit reads an IP header, and none admits a frame because of one: there is no access list to slip through",
    ),
    planted(
        "M18",
        "a trunk with a list of VLANs carries all of them",
        "Open vSwitch c3b07057f",
        Planted::SubsetTrunkIsFull,
    ),
    planted(
        "M21",
        "multicast leaves by ports of another VLAN",
        "Open vSwitch 94a881c1c",
        Planted::BroadcastToNextVid,
    ),
    edit(
        "M22",
        "addresses learned in one VLAN are used in another",
        "Open vSwitch tests/learn.at",
        keys::shared_learning,
    ),
    learner(
        "M23",
        "learned addresses outlive the port or VLAN that they were learned at",
        "VPP afc47aa36f4; Open vSwitch f1eb850ae",
        Planted::StaleAddresses,
    ),
    patch(
        "M25",
        "a customer's port is set to the mode of a trunk",
        "VPP a8ab568f84e",
        tables::access_is_trunk,
    ),
    planted(
        "M27",
        "a sub-interface takes deeper stacks of tags than it names",
        "VPP 76b19ceafcf",
        Planted::DeeperStacks,
    ),
    patch(
        "M29",
        "an overwritten VLAN entry leaves its old port in force",
        "openil #90",
        tables::stale_member,
    ),
    planted(
        "M33",
        "a tag stays that should have been taken off",
        "openwrt #11877, #16681",
        Planted::TagKept,
    ),
    planted(
        "M34",
        "a tag is taken off without a look at its protocol",
        "CVE-2026-7473",
        Planted::AnyTagIsOwn,
    ),
    patch(
        "M36",
        "a tag's octets count against the MTU",
        "Open vSwitch a393b897f, f6f50552a",
        tables::mtu_counts_tags,
    ),
    learner(
        "M37",
        "the limit of learned addresses is not enforced",
        "VPP e531f4cb576, b2e73b1dcb8",
        Planted::LearnsWithoutLimit,
    ),
    none(
        "M38",
        "a table is scanned while it learns",
        "VPP 2543d3fe576, 6ad56defd07",
        "a forwarder is changed, aged and read between two frames by its one owner: a scan that runs beside it does not compile",
    ),
    patch(
        "M39",
        "a mirror copies another VLAN's frames",
        "Open vSwitch tests/mirroring; VPP 074883a2234",
        tables::mirror,
    ),
    none(
        "M40",
        "a checksum is wrong after the VLAN changed",
        "Open vSwitch af9d14a85",
        "no checksum covers a tag but the FCS, which the sending link computes anew; no header behind the tags is edited",
    ),
    none(
        "M41",
        "a control message is decoded out of bounds",
        "CVE-2018-17206, CVE-2021-36980",
        "no control message is decoded by a switch: changes come to it as typed values, and octets of frames as slices whose ends are checked",
    ),
    planted(
        "M42",
        "padding carries octets of other frames",
        "Open vSwitch c21adacdc",
        Planted::DirtyPadding,
    ),
    planted(
        "M43",
        "priority is lost where a tag is put on again",
        "Open vSwitch known answers for priority tags",
        Planted::PriorityLost,
    ),
    none(
        "M44",
        "map entries are never freed",
        "CVE-2026-46153",
        "a priority map is eight octets inside the member whose it is, and goes with it: there is no entry of its own to free",
    ),
    none(
        "M45",
        "a helper for VLAN 0 runs where there is no VLAN",
        "CVE-2026-43100",
        "VID 0 has no group and no helper: a priority tag is no VLAN's, and a port without a member is a drop, which V-01 and V-02 ask for at every port",
    ),
    patch(
        "C01",
        "two tenants are given one VLAN of a circuit",
        "Alibaba Cloud, partner guide: a VLAN ID is unique on its circuit",
        tables::same_vlan,
    ),
    patch(
        "C02",
        "two tenants' VLANs are swapped",
        "derived from C01",
        tables::swapped_vlans,
    ),
    edit(
        "C03",
        "a second VBR is asked for on one port",
        "Alibaba Cloud: a shared port has one VBR",
        steps::second_vbr,
    ),
    edit(
        "C04",
        "a spec is sold that the circuit does not have",
        "Alibaba Cloud, partner guide: the specs of a circuit's ports",
        steps::oversold,
    ),
    planted(
        "C05",
        "a policer is missing, or keyed by what is not the tenant",
        "AWS Direct Connect, hosted connections",
        Planted::Unpoliced,
    ),
    edit(
        "C06",
        "tenants share one limit of ARP",
        "Alibaba Cloud, partner guide",
        keys::shared_arp_limit,
    ),
    edit(
        "C07",
        "ICMP is limited below what health checks need",
        "Alibaba Cloud, partner guide",
        keys::tight_icmp_limit,
    ),
    patch(
        "C08",
        "the ends of a trunk disagree about the native VLAN",
        "native VLANs of a campus network's published configuration",
        tables::native_mismatch,
    ),
    edit(
        "C09",
        "a change of MTU takes a whole connection down for half a minute",
        "AWS Direct Connect, jumbo frames",
        links::down_for_half_a_minute,
    ),
    edit(
        "T01",
        "the old path goes before the new one forwards",
        "Alibaba Cloud, CEN migration",
        moves::old_path_first,
    ),
    edit(
        "T02",
        "specific routes are forgotten, or go too early",
        "Alibaba Cloud, CEN migration",
        moves::routes_too_early,
    ),
    later(
        "T03",
        "a health check stays on during the move",
        "Alibaba Cloud, CEN migration",
    ),
    edit(
        "T04",
        "a rollback does not restore the routes",
        "Alibaba Cloud, CEN migration",
        moves::rollback_without_routes,
    ),
    later(
        "T05",
        "nobody refreshes addresses after the cutover",
        "of the kind of M23",
    ),
    later(
        "T06",
        "BFD together with graceful restart",
        "AWS Direct Connect, limits",
    ),
    edit(
        "T07",
        "the VLAN cannot be kept",
        "AWS Direct Connect, migration of virtual interfaces",
        moves::vlan_not_kept,
    ),
    later("T08", "the new path is shorter by more than a frame", "by design"),
    edit(
        "P01",
        "a link corrupts a small share of frames, whatever the load",
        "CorrOpt, SIGCOMM 2017",
        links::corrupts,
    ),
    none(
        "P02",
        "a member of a link aggregation fails",
        "RFC 7130",
        "a link is one line: none has members, so no hash spreads tenants over any",
    ),
    edit(
        "P03",
        "a link goes down and up again and again",
        "Alibaba Cloud, health checks",
        links::flaps,
    ),
    none(
        "P04",
        "a loop on the shared segment",
        "IEEE 802.1D; Open vSwitch tests/stp.at",
        "each service has one way, found at wiring, and no change plugs a cable in: a loop of one VLAN cannot be built",
    ),
    edit("P05", "a link loses frames one way only", "RFC 7130", links::one_way),
    edit(
        "P06",
        "a change in progress cuts the way into the cloud",
        "Azure post-incident review VSG1-B90",
        links::cut,
    ),
];
