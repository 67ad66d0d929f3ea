//! State: what an attacker must leave as it is: the others' tables, addresses, buckets, counters.

use std::collections::{BTreeMap, BTreeSet};

use super::drive::Ended;
use super::testbed::Testbed;
use crate::evidence::Count;
use crate::forward::{Bucket, Buckets, FastPath, Quirk, Service, ServiceCounters, ServiceId, ServiceKind, Untagged};
use crate::ident::{PortNo, TenantId};
use crate::node::{AnySwitch, AskForwarder};
use crate::units::{SimDuration, SimTime};
use crate::wire::MacAddr;

/// The state of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    id: ServiceId,
    service: Service,
    learned: Vec<(MacAddr, PortNo, SimTime)>,
    buckets: Vec<Option<Buckets>>,
    counters: ServiceCounters,
}

/// What a device holds: addresses as of the first time, buckets as of the second.
struct Read(SimTime, SimTime);

/// How late a device knows it is: when its last frame came, whosever that was.
struct Latest;

impl AskForwarder for Latest {
    type Answer = SimTime;
    fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> SimTime {
        fast.latest()
    }
}

impl AskForwarder for Read {
    type Answer = Vec<Held>;
    fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> Vec<Held> {
        let held = |(id, service): (ServiceId, Service)| Held {
            id,
            learned: fast.heard(id, self.0),
            buckets: service
                .members
                .iter()
                .map(|m| fast.buckets_at(id, m.port, m.vid, self.1))
                .collect(),
            counters: fast.counters(id),
            service,
        };
        fast.tables().services.into_iter().map(held).collect()
    }
}

/// What may differ though nobody did anything to the others.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Admitted {
    /// By how much later frames of the others may come to their policers.
    shift: SimDuration,
    /// By how much later or earlier an address may have been heard.
    heard: SimDuration,
    /// Addresses of the attacker's stations that no other's station has: that and when it sent is its own
    /// affair, also where all VLANs share a database.
    own: BTreeSet<MacAddr>,
}

impl Admitted {
    fn new(bed: &Testbed, attacker: TenantId, shift: SimDuration) -> Self {
        let of = |mine: bool| {
            let places = bed.places.iter().filter(move |p| (p.owner == attacker) == mine);
            places.map(|p| p.mac).collect::<BTreeSet<MacAddr>>()
        };
        Self {
            shift,
            heard: shift.saturating_add(bed.transit()),
            own: of(true).difference(&of(false)).copied().collect(),
        }
    }
}

/// A difference: which device, whose service, what of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The device.
    pub device: usize,
    /// Whose service.
    pub tenant: TenantId,
    /// What differs, in words.
    pub what: String,
}

/// What differs between a run with the attack and one without, of services that are not the
/// attacker's. Where frames of the others may be late by `shift`, their buckets may be behind by what
/// time gives back meanwhile.
pub fn differences(
    bed: &Testbed,
    with: &[AnySwitch],
    without: &[AnySwitch],
    attacker: TenantId,
    now: SimTime,
    shift: SimDuration,
) -> Vec<Difference> {
    let mut found = Vec::new();
    let admitted = Admitted::new(bed, attacker, shift);
    for (device, (with, without)) in with.iter().zip(without).enumerate() {
        // The attacker's last frame may come later, or nowhere: what time has given back of a bucket
        // until then is no difference.
        let latest = with.ask(Latest).max(without.ask(Latest));
        let (with, without) = (with.ask(Read(now, latest)), without.ask(Read(now, latest)));
        let others =
            |held: Vec<Held>| -> Vec<Held> { held.into_iter().filter(|h| h.service.tenant != attacker).collect() };
        let (with, without) = (others(with), others(without));
        let mut push = |tenant, what: String| {
            found.push(Difference {
                device,
                tenant,
                what: format!("{}: {what}", bed.devices[device].name),
            });
        };
        if with.len() != without.len() {
            push(
                TenantId::NONE,
                format!("{} services of others, not {}", with.len(), without.len()),
            );
        }
        for (a, b) in with.iter().zip(&without) {
            for what in differs(a, b, &admitted) {
                push(a.service.tenant, format!("service {} {what}", a.id.0));
            }
        }
    }
    found
}

fn differs(a: &Held, b: &Held, admitted: &Admitted) -> Vec<String> {
    let mut out = Vec::new();
    if (a.id, &a.service) != (b.id, &b.service) {
        out.push("has other tables".to_owned());
    }
    out.extend(addresses(&a.learned, &b.learned, admitted));
    if !same_tokens(a, b, admitted.shift) {
        out.push("has spent other tokens".to_owned());
    }
    if a.counters.drops != b.counters.drops {
        out.push(format!(
            "counts {} drops, not {}",
            a.counters.drops.frames(),
            b.counters.drops.frames()
        ));
    }
    for ((port, _, with), (.., without)) in a.counters.members.iter().zip(&b.counters.members) {
        if with != without {
            out.push(format!(
                "counts {} frames in and {} out at port {}, not {} and {}",
                with.received.frames, with.sent.frames, port.0, without.received.frames, without.sent.frames
            ));
        }
    }
    out
}

/// What differs of the addresses that are known. Where each is decides where frames go, and when it was
/// heard decides when it is forgotten and makes room. The order in which they were heard decides nothing
/// else: a table makes room only for what is forgotten.
fn addresses(
    with: &[(MacAddr, PortNo, SimTime)],
    without: &[(MacAddr, PortNo, SimTime)],
    admitted: &Admitted,
) -> Option<String> {
    let at = |of: &[(MacAddr, PortNo, SimTime)]| -> BTreeMap<(MacAddr, PortNo), SimTime> {
        let others = of.iter().filter(|(mac, ..)| !admitted.own.contains(mac));
        others.map(|(mac, port, at)| ((*mac, *port), *at)).collect()
    };
    let (a, b) = (at(with), at(without));
    let more = a.keys().filter(|entry| !b.contains_key(entry)).count();
    let less = b.keys().filter(|entry| !a.contains_key(entry)).count();
    if (more, less) != (0, 0) {
        return Some(format!("knows {more} addresses that it should not, and misses {less}"));
    }
    let apart = |a: SimTime, b: SimTime| a.saturating_since(b).max(b.saturating_since(a));
    let moved = a
        .iter()
        .filter(|(entry, at)| b.get(entry).is_some_and(|b| apart(**at, *b) > admitted.heard));
    match moved.count() {
        0 => None,
        n => Some(format!(
            "has heard {n} of its addresses at another time, and forgets them then"
        )),
    }
}

/// Do both hold as many tokens, but for what time gives back within `shift`?
fn same_tokens(a: &Held, b: &Held, shift: SimDuration) -> bool {
    let near = |a: Bucket, b: Bucket, bps: u64| {
        u128::from(a.spent().abs_diff(b.spent())) <= u128::from(bps) * u128::from(shift.as_nanos())
    };
    let pairs = a.service.members.iter().zip(a.buckets.iter().zip(&b.buckets));
    a.buckets == b.buckets
        || pairs.into_iter().all(|(member, pair)| match (pair, member.police) {
            ((Some(a), Some(b)), Some(police)) => {
                let excess = police.excess.map_or(0, |excess| excess.rate.as_bps());
                near(a.committed, b.committed, police.rate.as_bps()) && near(a.excess, b.excess, excess)
            }
            ((a, b), _) => a == b,
        })
}

struct Received(Vec<(PortNo, TenantId)>);

impl AskForwarder for Received {
    type Answer = Vec<(PortNo, TenantId, Count)>;
    fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> Self::Answer {
        let tables = fast.tables();
        let of = |(port, tenant): (PortNo, TenantId)| {
            let own = tables.services.iter().filter(|(_, s)| s.tenant == tenant);
            let members = own.flat_map(|(id, _)| fast.counters(*id).members);
            let here = members.filter(|(p, ..)| *p == port).map(|(_, _, c)| c.received);
            let sum = here.fold(Count::default(), |a, b| Count {
                frames: a.frames + b.frames,
                octets: a.octets + b.octets,
            });
            (port, tenant, sum)
        };
        self.0.into_iter().map(of).collect()
    }
}

/// What came of a tenant to each of a device's ports in a VLAN that is the tenant's there. What
/// comes in another, as a trunk that is not pruned brings it, is no service's to count.
fn came(bed: &Testbed, ended: &Ended, device: usize, tenant: TenantId) -> BTreeMap<PortNo, Count> {
    let mut came: BTreeMap<PortNo, Count> = BTreeMap::new();
    let here = ended
        .watch
        .came
        .iter()
        .filter(|((d, _, t, _), _)| (*d, *t) == (device, tenant));
    for ((_, port, _, vid), count) in here {
        let native = match bed.devices[device].tables.ports[port.index()].untagged {
            Untagged::Native(native) if vid.is_none() => bed.member(device, *port, Some(native)),
            _ => None,
        };
        let member = bed.member(device, *port, *vid).or(native);
        if member.is_some_and(|(_, service, _)| service.tenant == tenant) {
            let sum = came.entry(*port).or_default();
            sum.frames += count.frames;
            sum.octets += count.octets;
        }
    }
    came
}

/// Ports where a device's counters of a tenant's services are not what came there of the tenant.
pub fn miscounted(bed: &Testbed, ended: &Ended, tenant: TenantId) -> Vec<Difference> {
    let mut found = Vec::new();
    for (device, switch) in ended.devices.iter().enumerate() {
        let came = came(bed, ended, device, tenant);
        let ports = came.keys().map(|port| (*port, tenant)).collect();
        for (port, tenant, counted) in switch.ask(Received(ports)) {
            let came = came[&port];
            if came != counted {
                found.push(Difference {
                    device,
                    tenant,
                    what: format!(
                        "{} counts {} frames of {} octets at port {}; {} of {} came",
                        bed.devices[device].name, counted.frames, counted.octets, port.0, came.frames, came.octets
                    ),
                });
            }
        }
    }
    found
}

struct Overfull(SimTime);

impl AskForwarder for Overfull {
    type Answer = Vec<(TenantId, String)>;
    fn ask<Q: Quirk>(self, fast: &FastPath<Q>) -> Self::Answer {
        let tables = fast.tables();
        // Services that share a database have its room in common, which is the largest limit.
        let mut limits: BTreeMap<(Option<u32>, ServiceId), (u32, TenantId)> = BTreeMap::new();
        for (id, service) in &tables.services {
            let (key, limit) = match service.kind {
                ServiceKind::Bridged { mac_limit, .. } => ((None, *id), mac_limit),
                ServiceKind::Shared { fid, mac_limit, .. } => ((Some(fid), ServiceId(0)), mac_limit),
                ServiceKind::CrossConnect => continue,
            };
            let entry = limits.entry(key).or_insert((limit, service.tenant));
            entry.0 = entry.0.max(limit);
        }
        let asks = |((fid, id), (limit, tenant)): ((Option<u32>, ServiceId), (u32, TenantId))| {
            let shares = |(_, s): &(&ServiceId, &Service)| fid.is_some() && s.kind.fid() == fid;
            let any = tables.services.iter().find(shares).map_or(id, |(id, _)| *id);
            let learned = fast.learned(any, self.0).len();
            let what = format!("{learned} addresses are learned where {limit} may be");
            (learned > limit as usize).then_some((tenant, what))
        };
        limits.into_iter().filter_map(asks).collect()
    }
}

/// Databases with more addresses than their limit.
pub fn overfull(bed: &Testbed, devices: &[AnySwitch], now: SimTime) -> Vec<Difference> {
    let mut found = Vec::new();
    for (device, switch) in devices.iter().enumerate() {
        let mut services = bed.devices[device].tables.services.values();
        if services.all(|service| service.kind == ServiceKind::CrossConnect) {
            continue;
        }
        for (tenant, what) in switch.ask(Overfull(now)) {
            let what = format!("{}: {what}", bed.devices[device].name);
            found.push(Difference { device, tenant, what });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    type Entry = (u32, u32, u64);

    fn told(with: &[Entry], without: &[Entry], own: &[u32]) -> Option<String> {
        let read = |of: &[Entry]| -> Vec<(MacAddr, PortNo, SimTime)> {
            let entry = |(mac, port, at): &Entry| (MacAddr::local(0, *mac), PortNo(*port), SimTime::from_millis(*at));
            of.iter().map(entry).collect()
        };
        let admitted = Admitted {
            shift: SimDuration::ZERO,
            heard: SimDuration::from_millis(5),
            own: own.iter().map(|n| MacAddr::local(0, *n)).collect(),
        };
        addresses(&read(with), &read(without), &admitted)
    }

    #[test]
    fn addresses_that_were_heard_in_another_order_are_no_difference_where_none_was_later_than_it_may_be() {
        assert_eq!(told(&[(1, 0, 10), (2, 1, 12)], &[(1, 0, 15), (2, 1, 12)], &[]), None);
    }

    #[test]
    fn an_address_that_is_kept_alive_or_not_heard_for_longer_is_a_difference() {
        let later = Some("has heard 1 of its addresses at another time, and forgets them then".to_owned());
        assert_eq!(told(&[(1, 0, 16), (2, 1, 12)], &[(1, 0, 10), (2, 1, 12)], &[]), later);
        assert_eq!(told(&[(1, 0, 10), (2, 1, 12)], &[(1, 0, 16), (2, 1, 12)], &[]), later);
        // When the attacker's own station was heard is its own affair.
        assert_eq!(told(&[(1, 0, 16), (2, 1, 12)], &[(1, 0, 10), (2, 1, 12)], &[1]), None);
    }

    #[test]
    fn an_address_more_or_less_or_elsewhere_is_a_difference_unless_it_is_the_attackers_own_station() {
        let knows = |more, less| Some(format!("knows {more} addresses that it should not, and misses {less}"));
        let base = [(1, 0, 10)];
        for (with, told_of) in [
            (&[(1, 0, 10), (2, 1, 12)][..], knows(1, 0)),
            (&[], knows(0, 1)),
            (&[(1, 7, 10)], knows(1, 1)),
        ] {
            assert_eq!(told(with, &base, &[]), told_of);
            assert_eq!(told(with, &base, &[1, 2]), None);
        }
    }
}
