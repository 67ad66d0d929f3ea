//! The faults: what went wrong in real devices and operations, and how it is brought about here.
//!
//! Invariant: every known fault is listed, with a way to inject it or with the reason why not.

use super::inject::{Injection, config, links, steps};
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

const fn edit(id: &'static str, what: &'static str, source: &'static str, edit: super::inject::Edit) -> Fault {
    Fault {
        id,
        what,
        source,
        injection: Injection::Edit(edit),
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

const OFFLOAD: &str =
    "there is no hardware to offload to; kernels are held equal to the scalar one by exhaustive tests";
const MEMORY: &str = "memory safety is the compiler's and the fuzzers' business; no frame reaches past its end";
const CUTOVER: &str = "belongs to the rehearsal of cutovers";

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
        "no length is kept beside the frame: tags are found anew where they are edited",
    ),
    none(
        "M08",
        "a vector parser disagrees with the scalar one",
        "Open vSwitch 4f810deab",
        OFFLOAD,
    ),
    none(
        "M09",
        "partial offload skips the VLAN parser",
        "Open vSwitch 54e2baec0, eb540c0f5",
        OFFLOAD,
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
    none(
        "M14",
        "a flow cache's key lacks fields that decided the verdict",
        "CVE-2020-35498; Open vSwitch 35fe9efb2, d02c42bf4",
        "there is no flow cache; rows, which are memos of places, are held equal to all stages by exhaustive tests",
    ),
    none(
        "M15",
        "one tenant's headers make the classifier's work explode",
        "CVE-2019-25076",
        "there is no tuple space: a frame costs one lookup whatever its headers are",
    ),
    none(
        "M16",
        "a malformed IP header slips through an access list",
        "CVE-2016-10377",
        "switches here have no access lists",
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
    none(
        "M22",
        "addresses learned in one VLAN are used in another",
        "Open vSwitch tests/learn.at",
        "tenants of this scenario's switches learn nothing in common",
    ),
    none(
        "M23",
        "learned addresses outlive the port or VLAN that they were learned at",
        "VPP afc47aa36f4; Open vSwitch f1eb850ae",
        CUTOVER,
    ),
    edit(
        "M25",
        "a customer's port is set to the mode of a trunk",
        "VPP a8ab568f84e",
        config::access_is_trunk,
    ),
    none(
        "M27",
        "a sub-interface takes deeper stacks of tags than it names",
        "VPP 76b19ceafcf",
        "behind a service's own tag a stack is payload: let in, it leaks only where a native VLAN brings it to light, which is C08",
    ),
    edit(
        "M29",
        "an overwritten VLAN entry leaves its old port in force",
        "openil #90",
        config::stale_member,
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
    edit(
        "M36",
        "a tag's octets count against the MTU",
        "Open vSwitch a393b897f, f6f50552a",
        config::mtu_counts_tags,
    ),
    edit(
        "M37",
        "the limit of learned addresses is not enforced",
        "VPP e531f4cb576, b2e73b1dcb8",
        config::no_mac_limit,
    ),
    none(
        "M38",
        "a table is scanned while it learns",
        "VPP 2543d3fe576, 6ad56defd07",
        "tables change between two frames: the borrow checker rules out the race",
    ),
    edit(
        "M39",
        "a mirror copies another VLAN's frames",
        "Open vSwitch tests/mirroring; VPP 074883a2234",
        config::mirror,
    ),
    none(
        "M40",
        "a checksum is wrong after the VLAN changed",
        "Open vSwitch af9d14a85",
        "no checksum covers a tag but the FCS, which every link computes",
    ),
    none(
        "M41",
        "a control message is decoded out of bounds",
        "CVE-2018-17206, CVE-2021-36980",
        MEMORY,
    ),
    none(
        "M42",
        "padding carries octets of other frames",
        "Open vSwitch c21adacdc",
        "padding is written as zeros where it is made; that it is so, the suite's S-05 looks at",
    ),
    planted(
        "M43",
        "priority is lost where a tag is put on again",
        "Open vSwitch known answers for priority tags",
        Planted::PriorityLost,
    ),
    none("M44", "map entries are never freed", "CVE-2026-46153", MEMORY),
    none(
        "M45",
        "a helper for VLAN 0 runs where there is no VLAN",
        "CVE-2026-43100",
        MEMORY,
    ),
    edit(
        "C01",
        "two tenants are given one VLAN of a circuit",
        "Alibaba Cloud, partner guide: a VLAN ID is unique on its circuit",
        config::same_vlan,
    ),
    edit(
        "C02",
        "two tenants' VLANs are swapped",
        "derived from C01",
        config::swapped_vlans,
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
        config::shared_arp_limit,
    ),
    edit(
        "C07",
        "ICMP is limited below what health checks need",
        "Alibaba Cloud, partner guide",
        config::tight_icmp_limit,
    ),
    edit(
        "C08",
        "the ends of a trunk disagree about the native VLAN",
        "native VLANs of a campus network's published configuration",
        config::native_mismatch,
    ),
    edit(
        "C09",
        "a change of MTU takes a whole connection down for half a minute",
        "AWS Direct Connect, jumbo frames",
        links::down_for_half_a_minute,
    ),
    none(
        "T01",
        "the old path goes before the new one forwards",
        "Alibaba Cloud, CEN migration",
        CUTOVER,
    ),
    none(
        "T02",
        "specific routes are forgotten, or go too early",
        "Alibaba Cloud, CEN migration",
        CUTOVER,
    ),
    none(
        "T03",
        "a health check stays on during the move",
        "Alibaba Cloud, CEN migration",
        CUTOVER,
    ),
    none(
        "T04",
        "a rollback does not restore the routes",
        "Alibaba Cloud, CEN migration",
        CUTOVER,
    ),
    none(
        "T05",
        "nobody refreshes addresses after the cutover",
        "of the kind of M23",
        CUTOVER,
    ),
    none(
        "T06",
        "BFD together with graceful restart",
        "AWS Direct Connect, limits",
        CUTOVER,
    ),
    none(
        "T07",
        "the VLAN cannot be kept",
        "AWS Direct Connect, migration of virtual interfaces",
        CUTOVER,
    ),
    none(
        "T08",
        "the new path is shorter by more than a frame",
        "by design",
        CUTOVER,
    ),
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
        "links here are not aggregated",
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
        "the wiring of a plan has no loop of one VLAN",
    ),
    edit("P05", "a link loses frames one way only", "RFC 7130", links::one_way),
    edit(
        "P06",
        "a change in progress cuts the way into the cloud",
        "Azure post-incident review VSG1-B90",
        links::cut,
    ),
];
