//! Shadow buckets: whether a stream kept to a rate and a burst, over every span of time.
//!
//! A stream conforms to (rate, burst) exactly where a leaky bucket that drains at `rate` never
//! holds more than `burst`: that is `octets <= burst + rate x span` for *every* span, so an idle
//! hour hides no excess. Exact integers: levels are nanobits. Octets are those of the untagged
//! frame, with as many more or fewer for each as the policers count.

use super::observer::Observer;
use super::places::{ServiceMap, ServicePort};
use super::ticket::{Lineage, Trace};
use crate::ident::{Lane, NodeId, PortNo, Station, StationId, TenantId};
use crate::units::{BitRate, ByteCount, SimTime};
use crate::wire::Frame;

const NANOBITS_PER_OCTET: u128 = 8_000_000_000;

/// What a service was sold: told by the control plane whenever it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SoldRate {
    /// The rate, each way.
    pub rate: BitRate,
    /// The burst that may pass.
    pub burst: ByteCount,
    /// The burst that every policer on the way lets pass: who offers no more has kept to it.
    pub burst_kept: ByteCount,
}

/// One stream, held against a rate and a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shadow {
    level: u128,
    at: SimTime,
    /// Octets seen while a contract was in force.
    pub octets: u64,
    /// Frames that found the burst exceeded, or exceeded it.
    pub over: u64,
    /// When the first of them passed.
    pub first_over: Option<SimTime>,
    /// Octets beyond the burst at the worst instant, rounded up.
    pub excess: u64,
}

impl Shadow {
    fn drain(&mut self, rate: BitRate, now: SimTime) {
        let elapsed = now.saturating_since(self.at).as_nanos();
        let given = u128::from(rate.as_bps()) * u128::from(elapsed);
        self.level = self.level.saturating_sub(given);
        self.at = self.at.max(now);
    }

    /// Another contract takes over: of a deeper bucket as much is spent as before, of a shallower one as
    /// much is left, if it holds that.
    fn change(&mut self, old: SoldRate, new: SoldRate, burst: impl Fn(SoldRate) -> ByteCount, now: SimTime) {
        self.drain(old.rate, now);
        let less = burst(old).get().saturating_sub(burst(new).get());
        self.level = self.level.saturating_sub(u128::from(less) * NANOBITS_PER_OCTET);
    }

    /// What was counted, with a full bucket.
    pub(super) fn emptied(self) -> Self {
        Self { level: 0, ..self }
    }

    /// Takes these octets where they fit.
    pub(super) fn fits(&mut self, rate: BitRate, burst: ByteCount, octets: u64, now: SimTime) -> bool {
        self.drain(rate, now);
        let level = self.level + u128::from(octets) * NANOBITS_PER_OCTET;
        let fits = level <= u128::from(burst.get()) * NANOBITS_PER_OCTET;
        if fits {
            self.level = level;
        }
        fits
    }

    pub(super) fn add(&mut self, rate: BitRate, burst: ByteCount, octets: u64, now: SimTime) {
        self.drain(rate, now);
        self.octets = self.octets.saturating_add(octets);
        self.level += u128::from(octets) * NANOBITS_PER_OCTET;
        let beyond = self
            .level
            .saturating_sub(u128::from(burst.get()) * NANOBITS_PER_OCTET)
            .div_ceil(NANOBITS_PER_OCTET);
        if beyond > 0 {
            self.over += 1;
            self.first_over.get_or_insert(now);
            self.excess = self.excess.max(u64::try_from(beyond).unwrap_or(u64::MAX));
        }
        debug_assert_eq!(
            self.over > 0,
            self.first_over.is_some(),
            "the first frame beyond is one of them"
        );
        debug_assert_eq!(self.over > 0, self.excess > 0, "a frame beyond has octets beyond");
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Service {
    tenant: Option<TenantId>,
    sold_rate: Option<SoldRate>,
    last: Option<SoldRate>,
    /// Octets of tags that the device puts on at this port.
    tag: u64,
    passed: Shadow,
}

#[derive(Debug, Clone, Copy, Default)]
struct Offer {
    sold_rate: Option<SoldRate>,
    /// To the cloud, from the cloud.
    ways: [Shadow; 2],
}

/// Watches what access devices send for each service, and what each tenant's flows offer.
#[derive(Debug, Clone)]
pub struct ProfileWatch {
    map: ServiceMap,
    services: Vec<Service>,
    /// (tenant, service), sorted.
    own: Vec<(TenantId, u32)>,
    offers: Vec<Offer>,
    /// Is the node on the customer's side?
    customer: Vec<bool>,
    /// Does the flow stay in the cloud? What it offers is asked of no circuit.
    inside: Vec<bool>,
    /// Octets that count for each frame beside those of the untagged frame without FCS.
    per_frame: i64,
}

impl ProfileWatch {
    /// For these services; `owners` names the tenant of each whose contract binds what a tenant
    /// offers, `customer` says of each node whether it stands on the customer's side, `inside` of each
    /// flow whether it goes from cloud to cloud and by no circuit.
    /// `per_frame` octets count for each frame beside those of the untagged frame without FCS:
    /// 4 with FCS, 24 with preamble and gap too, -14 of the packet alone.
    pub fn new(
        ports: &[ServicePort],
        owners: &[Option<TenantId>],
        tenants: usize,
        customer: Vec<bool>,
        inside: Vec<bool>,
        per_frame: i64,
    ) -> Self {
        let mut services = vec![Service::default(); owners.len()];
        let mut own = Vec::new();
        for (i, (service, owner)) in (0..).zip(services.iter_mut().zip(owners)) {
            service.tenant = *owner;
            own.extend(owner.map(|tenant| (tenant, i)));
        }
        own.sort_unstable();
        for port in ports {
            if let (Some(service), super::places::ServiceFrames::Vid(_)) =
                (services.get_mut(port.service as usize), port.frames)
            {
                service.tag = 4;
            }
        }
        Self {
            map: ServiceMap::new(ports),
            services,
            own,
            offers: vec![Offer::default(); tenants],
            customer,
            inside,
            per_frame,
        }
    }

    fn count(&self, octets: u32) -> u64 {
        u64::from(octets).saturating_add_signed(self.per_frame)
    }

    /// What passed for a service: frames that the device sent by the service's port.
    pub fn passed(&self, service: u32) -> Shadow {
        self.services
            .get(service as usize)
            .map_or(Shadow::default(), |s| s.passed)
    }

    /// The last contract of a service that was in force, also where it has ended since.
    pub fn last_sold(&self, service: u32) -> Option<SoldRate> {
        self.services.get(service as usize)?.last
    }

    /// What a tenant's flows offered, to the cloud and from it, held against the least of its
    /// contracts and the smallest burst on the way.
    pub fn offered(&self, tenant: TenantId) -> [Shadow; 2] {
        self.offers
            .get(tenant.index())
            .map_or([Shadow::default(); 2], |o| o.ways)
    }

    fn offer(&mut self, at: SimTime, station: StationId, trace: &Trace, octets: u32) {
        if self.inside.get(trace.flow.index()).is_some_and(|inside| *inside) {
            return;
        }
        let octets = self.count(octets);
        let Some(offer) = self.offers.get_mut(trace.tenant.index()) else {
            return;
        };
        let (Some(sold_rate), Some(node)) = (offer.sold_rate, station.as_node()) else {
            return;
        };
        let way = usize::from(!self.customer.get(node.index()).copied().unwrap_or(false));
        offer.ways[way].add(sold_rate.rate, sold_rate.burst_kept, octets, at);
    }

    /// The least contract of all services of a tenant.
    fn least(&self, tenant: TenantId) -> Option<SoldRate> {
        let from = self.own.partition_point(|(t, _)| *t < tenant);
        let own = self.own[from..].iter().take_while(|(t, _)| *t == tenant);
        own.filter_map(|(_, s)| self.services[*s as usize].sold_rate)
            .reduce(|a, b| SoldRate {
                rate: a.rate.min(b.rate),
                burst: a.burst.min(b.burst),
                burst_kept: a.burst_kept.min(b.burst_kept),
            })
    }
}

impl Observer for ProfileWatch {
    fn needs_order(&self) -> bool {
        false
    }

    fn offered(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        let station = station.id();
        if trace.flow.is_some() {
            self.offer(at, station, trace, octets);
        }
    }

    fn copied(&mut self, at: SimTime, station: Station, trace: &Trace, octets: u32) {
        let station = station.id();
        if trace.flow.is_some() && trace.lineage == Lineage::Reply {
            self.offer(at, station, trace, octets);
        }
    }

    fn sent(&mut self, at: SimTime, node: NodeId, port: PortNo, _lane: Lane, _trace: &Trace, frame: &Frame) {
        let Some(service) = self.map.find(node, port, frame) else {
            return;
        };
        let octets = self.count(frame.octets());
        let service = &mut self.services[service as usize];
        if let Some(sold_rate) = service.sold_rate {
            let octets = octets.saturating_sub(service.tag);
            service.passed.add(sold_rate.rate, sold_rate.burst, octets, at);
        }
    }

    /// A bucket that was not there before starts full, as the device's does; a change of the rate
    /// keeps what was spent.
    fn sold_rate(&mut self, at: SimTime, service: u32, sold_rate: Option<SoldRate>) {
        let Some(row) = self.services.get_mut(service as usize) else {
            return;
        };
        match (row.sold_rate, sold_rate) {
            (Some(old), Some(new)) => row.passed.change(old, new, |sold| sold.burst, at),
            (Some(old), None) => row.passed.drain(old.rate, at),
            (None, _) => row.passed.level = 0,
        }
        row.passed.at = row.passed.at.max(at);
        row.sold_rate = sold_rate;
        row.last = sold_rate.or(row.last);
        let Some(tenant) = row.tenant else { return };
        let least = self.least(tenant);
        if let Some(offer) = self.offers.get_mut(tenant.index()) {
            match (offer.sold_rate, least) {
                (Some(old), Some(new)) => {
                    let ways = offer.ways.iter_mut();
                    ways.for_each(|way| way.change(old, new, |sold| sold.burst_kept, at));
                }
                (Some(old), None) => offer.ways.iter_mut().for_each(|way| way.drain(old.rate, at)),
                (None, _) => {}
            }
            offer.sold_rate = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_at_its_rate_never_exceeds_a_burst_of_one_frame_and_one_octet_less_does() {
        let (rate, frame) = (BitRate::from_bps(8_000), 100);
        for (burst, over) in [(100, 0), (99, 10)] {
            let mut shadow = Shadow::default();
            for i in 0..10 {
                let at = SimTime::from_nanos(i * 100_000_000);
                shadow.add(rate, ByteCount::new(burst), frame, at);
            }
            assert_eq!(shadow.over, over, "burst {burst}");
        }
    }

    #[test]
    fn an_idle_hour_hides_no_excess() {
        let mut shadow = Shadow::default();
        for at in [0, 1, 3_600_000_000_000] {
            shadow.add(
                BitRate::from_bps(8_000),
                ByteCount::new(150),
                100,
                SimTime::from_nanos(at),
            );
        }
        assert_eq!((shadow.over, shadow.excess), (1, 50));
        assert_eq!(shadow.first_over, Some(SimTime::from_nanos(1)));
    }
}
