//! Random tables, changes and frames.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use trunklab::forward::{
    Admission, Excess, Limit, MOST_BURST, Member, Octets, Policer, PortConfig, PortMode, PortRole, PriorityMap,
    PriorityTags, Profile, Service, ServiceId, ServiceKind, Tables, Untagged, VidSet, VlanLimit,
};
use trunklab::ident::{PortNo, TenantId};
use trunklab::units::{BitRate, ByteCount, SimDuration};
use trunklab::wire::{EtherType, MacAddr, Vid};

pub(super) const TPIDS: [u16; 3] = [0x8100, 0x88a8, 0x9100];
pub(super) const ROLES: [PortRole; 4] = [PortRole::Access, PortRole::Trunk, PortRole::Tunnel, PortRole::Routed];

pub(super) fn vid(n: u16) -> Vid {
    Vid::new(n).unwrap()
}

fn a_vid() -> impl Strategy<Value = u16> {
    prop_oneof![8 => select(vec![10, 20]), 3 => select(vec![0, 1, 30, 4094, 4095])]
}

fn a_port() -> impl Strategy<Value = PortConfig> {
    let role = prop_oneof![4 => Just(PortRole::Trunk), 2 => Just(PortRole::Access), 1 => Just(PortRole::Tunnel), 1 => Just(PortRole::Routed)];
    let tpid = prop_oneof![4 => Just(0x8100), 1 => select(TPIDS.to_vec())];
    let untagged = prop_oneof![Just(Untagged::Drop), a_vid().prop_map(|v| Untagged::Native(vid(v)))];
    let mtu = prop_oneof![1 => select(vec![46, 60, 100]), 1 => Just(1500), 1 => Just(9000)];
    let tpid = prop_oneof![20 => tpid, 1 => Just(0x9200)];
    (role, tpid, untagged, mtu, an_admission()).prop_map(|(role, tpid, untagged, mtu, admit)| PortConfig {
        role,
        tpid: EtherType(tpid),
        untagged,
        mtu,
        admit,
    })
}

fn an_admission() -> impl Strategy<Value = Admission> {
    let reserved = prop_oneof![4 => Just(None), 2 => select(vec![Some(0), Some(0xffff), Some(0xfffe)]), 1 => any::<u16>().prop_map(Some)];
    let rarely = || prop::bool::weighted(0.2);
    (reserved, rarely(), rarely(), rarely()).prop_map(|(reserved, priority, second, takes)| Admission {
        reserved,
        drops_priority_tagged: priority,
        drops_second_tag: second,
        takes_vid_4095: takes,
    })
}

fn a_priority_map() -> impl Strategy<Value = PriorityMap> {
    prop_oneof![
        3 => Just(PriorityMap::KEEP),
        1 => (0..16_u8).prop_map(PriorityMap::all),
        2 => prop::array::uniform16(0..16_u8).prop_map(|to| PriorityMap::new(to).unwrap()),
    ]
}

fn a_limit() -> impl Strategy<Value = Limit> {
    (0..2_000_000_u32, 0..4_u32, select(vec![None, None, Some(1), Some(2)])).prop_map(|(per_second, burst, shared)| {
        Limit {
            per_second,
            burst,
            shared,
        }
    })
}

fn a_policer() -> impl Strategy<Value = Policer> {
    let octets = select(vec![
        Octets::L1,
        Octets::L2Fcs,
        Octets::L2,
        Octets::L3,
        Octets::L1Untagged,
        Octets::L2FcsUntagged,
        Octets::L2Untagged,
    ]);
    let excess = (a_rate(), a_burst(), any::<bool>(), any::<bool>()).prop_map(|(rate, burst, coupled, marks)| Excess {
        rate,
        burst,
        coupled,
        marks,
    });
    (a_rate(), a_burst(), octets, prop::option::of(excess), any::<bool>()).prop_map(
        |(rate, burst, octets, excess, colour_aware)| Policer {
            rate,
            burst,
            octets,
            excess,
            colour_aware,
        },
    )
}

fn a_rate() -> impl Strategy<Value = BitRate> {
    let bps =
        prop_oneof![10 => 0..2_000_000_000_u64, 1 => any::<u64>(), 1 => select(vec![0, 1, 1 << 30, 1 << 33, u64::MAX])];
    bps.prop_map(BitRate::from_bps)
}

fn a_burst() -> impl Strategy<Value = ByteCount> {
    let most = MOST_BURST.get();
    prop_oneof![
        6 => 0..400_u64,
        4 => 400..6_000_u64,
        1 => select(vec![most - 1, most, most + 1, u64::MAX]),
    ]
    .prop_map(ByteCount::new)
}

fn seldom<T: std::fmt::Debug + Clone>(some: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::weighted(0.3, some)
}

fn a_member() -> impl Strategy<Value = Member> {
    let place = (0..5_u32, prop::option::weighted(0.6, a_vid()));
    (
        place,
        seldom(a_policer()),
        seldom(a_limit()),
        seldom(a_limit()),
        prop::option::weighted(0.05, a_mac()),
        a_priority_map(),
    )
        .prop_map(|((port, v), police, arp, icmp, bound_mac, priority)| Member {
            port: PortNo(port),
            vid: v.map(vid),
            police,
            arp,
            icmp,
            bound_mac,
            priority,
        })
}

/// All services of one database agree on its size and age, as they do in a device.
fn shared_learning() -> impl Strategy<Value = ServiceKind> {
    (0..2_u32).prop_map(|fid| ServiceKind::Shared {
        fid,
        mac_limit: 2 + fid,
        age: SimDuration::from_nanos(300 + 100_000 * u64::from(fid)),
    })
}

pub(super) fn a_service() -> impl Strategy<Value = Service> {
    let bridged = (0..4_u32, select(vec![0, 1, 300, 100_000])).prop_map(|(mac_limit, age)| ServiceKind::Bridged {
        mac_limit,
        age: SimDuration::from_nanos(age),
    });
    let kind = prop_oneof![4 => Just(ServiceKind::CrossConnect), 3 => bridged, 2 => shared_learning()];
    let members = prop_oneof![2 => vec(a_member(), 2), 1 => vec(a_member(), 0..6)];
    (0..3_u32, kind, members).prop_map(|(tenant, kind, members)| Service {
        tenant: TenantId(tenant),
        kind,
        members,
    })
}

/// Any tables, most members at places that carry nothing; or tables that carry most of what is aimed
/// at them.
pub fn some_tables() -> impl Strategy<Value = Tables> {
    let services = btree_map((0..5_u32).prop_map(ServiceId), a_service(), 1..5);
    let any_of_them = (vec(a_port(), 3..6), services, a_profile(), some_lists(), some_modes()).prop_map(
        |(ports, services, (profile, vlan_limit), allowed, modes)| Tables {
            profile,
            vlan_limit,
            ports,
            allowed,
            modes,
            services,
        },
    );
    prop_oneof![1 => any_of_them, 1 => lively_tables()]
}

/// Lists of trunks' VLANs: mostly none, some of ports that are none.
fn some_lists() -> impl Strategy<Value = BTreeMap<PortNo, VidSet>> {
    let list = vec((a_vid(), a_vid()), 0..3)
        .prop_map(|ranges| VidSet::new(ranges.into_iter().map(|(first, last)| (vid(first), vid(last)))));
    prop_oneof![
        2 => Just(BTreeMap::new()),
        1 => btree_map((0..6_u32).prop_map(PortNo), list, 0..3),
    ]
}

/// Modes of ports: mostly none.
fn some_modes() -> impl Strategy<Value = BTreeMap<PortNo, PortMode>> {
    let list = vec((a_vid(), a_vid()), 0..3)
        .prop_map(|ranges| VidSet::new(ranges.into_iter().map(|(first, last)| (vid(first), vid(last)))));
    let priority_tags = select(vec![PriorityTags::Never, PriorityTags::IfNonzero, PriorityTags::Always]);
    let pushes = prop::option::of(select(TPIDS.to_vec()));
    let bits = (any::<bool>(), any::<bool>());
    let mode =
        (bits, seldom(list), pushes, priority_tags).prop_map(|(bits, customer_vids, pushes, priority_tags)| PortMode {
            native_tagged: bits.0,
            customer_vids,
            pushes: pushes.map(EtherType),
            priority_tags,
            counts_tags: bits.1,
        });
    prop_oneof![
        2 => Just(BTreeMap::new()),
        1 => btree_map((0..6_u32).prop_map(PortNo), mode, 1..4),
    ]
}

fn a_profile() -> impl Strategy<Value = (Profile, VlanLimit)> {
    let profile = prop_oneof![3 => Just(Profile::Strict), 2 => select(Profile::ALL)];
    (profile, select(vec![VlanLimit::One, VlanLimit::Two]))
}

/// Mostly cross-connects, all of them between places that exist.
pub(super) fn lively_tables() -> impl Strategy<Value = Tables> {
    let bridged = Just(ServiceKind::Bridged {
        mac_limit: 3,
        age: SimDuration::from_nanos(100_000),
    });
    let kind = prop_oneof![8 => Just(ServiceKind::CrossConnect), 2 => bridged, 1 => shared_learning()];
    let policed = || {
        (
            a_member(),
            prop::option::weighted(0.6, a_policer()),
            any::<prop::sample::Index>(),
        )
    };
    let ends = (policed(), policed(), kind);
    let all = (
        vec(a_port(), 2..5),
        vec(ends, 1..5),
        a_profile(),
        some_lists(),
        some_modes(),
    );
    all.prop_map(|(ports, ends, (profile, vlan_limit), allowed, modes)| {
        let mut services = BTreeMap::new();
        for (id, (a, b, kind)) in (0..).zip(ends) {
            let first = a.2.index(ports.len());
            let second = (first + 1 + b.2.index(ports.len() - 1)) % ports.len();
            let fit = |(member, police, _): (Member, _, _), at: usize| Member {
                port: PortNo(at as u32),
                vid: member
                    .vid
                    .filter(|v| ports[at].role == PortRole::Trunk && v.is_usable()),
                police,
                ..member
            };
            let service = Service {
                tenant: TenantId(id),
                kind,
                members: vec![fit(a, first), fit(b, second)],
            };
            services.insert(ServiceId(id), service);
        }
        Tables {
            profile,
            vlan_limit,
            ports,
            allowed,
            modes,
            services,
        }
    })
}

/// The same tables with so many more VIDs on every trunk that it has a row for each one.
pub(super) fn crowded(mut tables: Tables) -> Tables {
    let trunks: Vec<_> = (0..tables.ports.len())
        .filter(|at| tables.ports[*at].role == PortRole::Trunk)
        .collect();
    for (n, at) in trunks.into_iter().enumerate() {
        let member = |nth: u16| Member {
            port: PortNo(at as u32),
            vid: Vid::new(64 * nth + 63),
            police: None,
            arp: None,
            icmp: None,
            bound_mac: None,
            priority: PriorityMap::KEEP,
        };
        for nth in 0..8 {
            let service = Service {
                tenant: TenantId(9),
                kind: ServiceKind::CrossConnect,
                members: vec![member(2 * nth), member(2 * nth + 1)],
            };
            tables
                .services
                .insert(ServiceId(100 + 8 * n as u32 + u32::from(nth)), service);
        }
    }
    tables
}

/// A frame for a member of whatever tables there are.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    member: prop::sample::Index,
    dst: MacAddr,
    src: MacAddr,
    priority: u16,
    second: Option<u16>,
    kind: u16,
    octets: usize,
}

/// Lengths around those where something happens: padding, the shortest one of a row, the MTU.
fn some_octets() -> impl Strategy<Value = usize> {
    prop_oneof![6 => 58..71_usize, 2 => 100..125_usize, 2 => 1_512..1_530_usize, 1 => 9_010..9_025_usize]
}

pub(super) fn a_probe() -> impl Strategy<Value = Probe> {
    let dst = prop_oneof![
        12 => a_mac(),
        2 => Just(MacAddr::BROADCAST),
        1 => (0..0x12_u8).prop_map(|n| MacAddr([1, 0x80, 0xc2, 0, 0, n])),
        1 => (0xcb..0xcf_u8).prop_map(|n| MacAddr([1, 0, 0x0c, 0xcc, 0xcc, n])),
    ];
    let src = prop_oneof![30 => a_mac(), 1 => Just(MacAddr([3, 0, 0, 0, 0, 1])), 1 => Just(MacAddr([0; 6]))];
    let kind = select(vec![0x0806, 0x0800, 0x86dd, 0x86dd, 0x88b5]);
    let second = prop::option::weighted(0.1, select(vec![0x8100, 0x88a8]));
    (
        any::<prop::sample::Index>(),
        dst,
        src,
        0..16_u16,
        second,
        kind,
        some_octets(),
    )
        .prop_map(|(member, dst, src, priority, second, kind, octets)| Probe {
            member,
            dst,
            src,
            priority,
            second,
            kind,
            octets,
        })
}

/// The frame as its member has it, and the port.
pub(super) fn aim(tables: &Tables, probe: &Probe) -> (u32, Vec<u8>) {
    let members: Vec<_> = tables.services.values().flat_map(|service| &service.members).collect();
    let mut bytes = [probe.dst.0, probe.src.0].concat();
    let mut port = 0;
    if !members.is_empty() {
        let member = probe.member.get(&members);
        port = member.port.0;
        let tpid = tables.ports[member.port.index()].tpid.0;
        if let Some(v) = member.vid {
            bytes.extend([tpid, probe.priority << 12 | v.get()].map(u16::to_be_bytes).concat());
        }
    }
    if let Some(second) = probe.second {
        bytes.extend([second, probe.priority << 12 | 20].map(u16::to_be_bytes).concat());
    }
    bytes.extend(probe.kind.to_be_bytes());
    // Behind an IPv4 header that may be one of ICMP.
    bytes.extend([0x45, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    bytes.resize(probe.octets, probe.priority as u8);
    (port, bytes)
}

fn a_mac() -> impl Strategy<Value = MacAddr> {
    select((1..5).map(|n| MacAddr::local(7, n)).collect::<Vec<_>>())
}

pub fn a_frame() -> impl Strategy<Value = Vec<u8>> {
    let dst = prop_oneof![
        8 => a_mac(),
        2 => Just(MacAddr::BROADCAST),
        1 => (0..0x20_u8).prop_map(|n| MacAddr([1, 0x80, 0xc2, 0, 0, n])),
    ];
    let src = prop_oneof![20 => a_mac(), 1 => Just(MacAddr([3, 0, 0, 0, 0, 1])), 1 => Just(MacAddr([0; 6]))];
    let tag = || {
        (
            prop_oneof![3 => Just(0x8100), 1 => select(TPIDS.to_vec())],
            a_vid(),
            0..16_u16,
        )
    };
    let tags = prop_oneof![2 => vec(tag(), 0), 6 => vec(tag(), 1), 2 => vec(tag(), 2..4), 1 => vec(tag(), 7..12)];
    let kind = select(vec![0x0806, 0x0800, 0x0800, 0x86dd, 0x05dc, 0x9200]);
    let body = (
        prop::bool::ANY,
        prop_oneof![
            8 => select(vec![0, 19, 20, 42, 46, 46, 50, 90, 110]),
            3 => prop_oneof![40..53_usize, 58..62_usize, 99..102_usize],
            1 => 1_499..1_502_usize,
        ],
        any::<u8>(),
    );
    let cut = prop::option::weighted(0.1, 0..40_usize);
    (dst, src, tags, kind, body, cut).prop_map(|(dst, src, tags, kind, (icmp, len, fill), cut)| {
        let mut bytes = [dst.0, src.0].concat();
        for (tpid, v, priority) in tags {
            bytes.extend([tpid, priority << 12 | v].map(u16::to_be_bytes).concat());
        }
        bytes.extend(u16::to_be_bytes(kind));
        let body_at = bytes.len();
        bytes.resize(body_at + len, fill);
        if kind == 0x0800 && icmp && len >= 20 {
            bytes[body_at] = 0x45;
            bytes[body_at + 9] = 1;
        }
        bytes.truncate(cut.unwrap_or(usize::MAX));
        bytes
    })
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Frames(u64, Vec<(u32, Vec<u8>)>),
    Aimed(u64, Vec<Probe>),
    Set(u32, Service),
    Remove(u32),
    Down(u32),
    /// A member that there is gets another policer and priority map.
    Repolice(prop::sample::Index, Option<Policer>, PriorityMap),
    /// Another service claims the place of a member that there is.
    Claim(u32, prop::sample::Index, Member),
}

pub(super) fn a_step() -> impl Strategy<Value = Step> {
    let frames = (a_pause(), vec((0..5_u32, a_frame()), 1..6));
    let aimed = (a_pause(), vec(a_probe(), 1..6));
    prop_oneof![
        20 => frames.prop_map(|(after, frames)| Step::Frames(after, frames)),
        20 => aimed.prop_map(|(after, probes)| Step::Aimed(after, probes)),
        3 => (0..5_u32, a_service()).prop_map(|(id, service)| Step::Set(id, service)),
        1 => (0..5_u32).prop_map(Step::Remove),
        1 => (0..6_u32).prop_map(Step::Down),
        3 => (any::<prop::sample::Index>(), prop::option::weighted(0.9, a_policer()), a_priority_map())
            .prop_map(|(member, police, priority)| Step::Repolice(member, police, priority)),
        2 => (0..8_u32, any::<prop::sample::Index>(), a_member())
            .prop_map(|(id, place, other)| Step::Claim(id, place, other)),
    ]
}

/// How long nothing comes, in nanoseconds: from nothing to years.
pub(super) fn a_pause() -> impl Strategy<Value = u64> {
    prop_oneof![
        20 => select(vec![0, 0, 1, 50, 299, 300, 5_000, 1_000_000]),
        5 => 0..20_000_u64,
        1 => select(vec![1 << 31, 1 << 34, 1 << 58, u64::MAX]),
    ]
}

/// What a step makes of a service, if it makes one anew.
pub(super) fn remade(tables: &Tables, step: &Step) -> Option<(ServiceId, Service)> {
    let members = || {
        let services = tables.services.iter();
        services.flat_map(|(id, service)| (0..service.members.len()).map(|at| (*id, at)))
    };
    let count = members().count();
    match step {
        Step::Set(id, service) => Some((ServiceId(*id), service.clone())),
        Step::Repolice(member, police, priority) if count > 0 => {
            let (id, at) = members().nth(member.index(count))?;
            let mut service = tables.services[&id].clone();
            (service.members[at].police, service.members[at].priority) = (*police, *priority);
            Some((id, service))
        }
        Step::Claim(id, member, other) if count > 0 => {
            let (whose, at) = members().nth(member.index(count))?;
            let claimed = tables.services[&whose].members[at].clone();
            let service = Service {
                tenant: TenantId(*id),
                kind: ServiceKind::CrossConnect,
                members: vec![claimed, other.clone()],
            };
            Some((ServiceId(*id), service))
        }
        _ => None,
    }
}
