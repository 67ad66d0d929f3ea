//! The meter: exact octets of each service, hour by hour, at the ports of access devices.

use super::observer::Observer;
use super::places::{ServiceMap, ServicePort};
use super::ticket::Trace;
use crate::ident::{Lane, NodeId, PortNo};
use crate::units::SimTime;
use crate::wire::{Frame, payload_octets};

/// Which way, as the cloud's bill says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// From the cloud to the customer.
    Outbound,
    /// From the customer to the cloud.
    Inbound,
}

/// What a meter counted, from which every octet basis follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Metered {
    /// Frames.
    pub frames: u64,
    /// Octets of the frames, tags included, without FCS.
    pub l2: u64,
    /// Octets behind addresses, tags and EtherType.
    pub l3: u64,
}

impl Metered {
    fn add(&mut self, other: Self) {
        self.frames += other.frames;
        self.l2 += other.l2;
        self.l3 += other.l3;
    }

    /// With FCS: four more for each frame.
    pub const fn l2_fcs(&self) -> u64 {
        self.l2 + 4 * self.frames
    }
    /// With preamble, FCS and gap: 24 more for each frame.
    pub const fn l1(&self) -> u64 {
        self.l2 + 24 * self.frames
    }
}

/// One line of the meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The service, by the index that the driver gave it.
    pub service: u32,
    /// Which way.
    pub bound: Bound,
    /// The hour of virtual time, from zero.
    pub hour: u64,
    /// What was counted was counted at this time or later, and before the next reading's.
    pub since: SimTime,
    /// What was counted, of everybody's frames.
    pub metered: Metered,
    /// Of it, frames of flows: what is no router's own.
    pub of_flows: Metered,
}

#[derive(Debug, Clone, Copy, Default)]
struct Dial {
    hour: u64,
    since: SimTime,
    metered: Metered,
    of_flows: Metered,
}

/// Counts what crosses the circuit side of access devices. Its size depends on services and on
/// the hours in which they were used.
#[derive(Debug, Clone)]
pub struct Meter {
    map: ServiceMap,
    /// Outbound and inbound of each service, for the hour in which it was last used.
    dials: Vec<[Dial; 2]>,
    done: Vec<Reading>,
}

impl Meter {
    /// For these services, each at its device's port towards the circuit.
    pub fn new(services: &[ServicePort]) -> Self {
        let count = services.iter().map(|s| s.service as usize + 1).max().unwrap_or(0);
        Self {
            map: ServiceMap::new(services),
            dials: vec![[Dial::default(); 2]; count],
            done: Vec::new(),
        }
    }

    /// Everything counted so far, sorted by service, direction and hour.
    pub fn readings(&self) -> Vec<Reading> {
        let mut all = self.done.clone();
        for (service, dials) in self.dials.iter().enumerate() {
            for (bound, dial) in [Bound::Outbound, Bound::Inbound].into_iter().zip(dials) {
                all.extend(reading(service, bound, dial));
            }
        }
        all.sort_unstable_by_key(|r| (r.service, r.bound, r.since));
        debug_assert!(
            all.iter().all(|r| r.metered.frames > 0),
            "an hour without frames has no reading"
        );
        all
    }

    fn count(&mut self, at: SimTime, node: NodeId, port: PortNo, bound: Bound, trace: &Trace, frame: &Frame) {
        let Some(service) = self.map.find(node, port, frame) else {
            return;
        };
        let dial = &mut self.dials[service as usize][bound as usize];
        let hour = at.as_secs() / 3600;
        debug_assert!(hour >= dial.hour && at >= dial.since, "a meter never runs backwards");
        if hour != dial.hour {
            self.done.extend(reading(service as usize, bound, dial));
            *dial = Dial {
                hour,
                since: SimTime::from_secs(hour * 3600),
                ..Dial::default()
            };
        }
        let one = Metered {
            frames: 1,
            l2: u64::from(frame.octets()),
            l3: u64::from(payload_octets(frame.bytes())),
        };
        dial.metered.add(one);
        if trace.flow.is_some() {
            dial.of_flows.add(one);
        }
        debug_assert!(
            dial.metered.l3 <= dial.metered.l2,
            "a packet is no longer than its frame"
        );
    }
}

fn reading(service: usize, bound: Bound, dial: &Dial) -> Option<Reading> {
    (dial.metered.frames > 0).then(|| Reading {
        service: u32::try_from(service).expect("services are counted in 32 bits"),
        bound,
        hour: dial.hour,
        since: dial.since,
        metered: dial.metered,
        of_flows: dial.of_flows,
    })
}

impl Observer for Meter {
    fn needs_order(&self) -> bool {
        false
    }

    /// A reading ends where the control plane says something of the service, so that a bill can
    /// begin or end at that instant.
    fn gate(&mut self, at: SimTime, service: u32, _open: bool) {
        let Some(dials) = self.dials.get_mut(service as usize) else {
            return;
        };
        for (bound, dial) in [Bound::Outbound, Bound::Inbound].into_iter().zip(dials) {
            debug_assert!(at >= dial.since, "a meter never runs backwards");
            self.done.extend(reading(service as usize, bound, dial));
            *dial = Dial {
                hour: at.as_secs() / 3600,
                since: at,
                ..Dial::default()
            };
        }
    }

    fn sent(&mut self, at: SimTime, node: NodeId, port: PortNo, _lane: Lane, trace: &Trace, frame: &Frame) {
        self.count(at, node, port, Bound::Outbound, trace, frame);
    }

    fn arrived(&mut self, at: SimTime, node: NodeId, port: PortNo, trace: &Trace, frame: &Frame) {
        self.count(at, node, port, Bound::Inbound, trace, frame);
    }
}
