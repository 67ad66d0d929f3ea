//! The transit router of a region and the endpoints behind it.

use std::net::Ipv4Addr;

use super::{EndpointKind, VpcConfig};
use crate::evidence::{Outbox, Packet};
use crate::host::{RouteTable, Senders, deliver, ipv4_of, prefix_holds, route_hop};
use crate::ident::{DropReason, NodeId, PortNo, TenantId};
use crate::node::{Change, Node, VpcChange, cloud};
use crate::units::SimTime;
use crate::wire::MacAddr;

/// A transit router with its VPC.
///
/// - *Inputs*: frames on every attached port; `Vpc` changes. Other changes do nothing.
/// - *Outputs*: routed frames, frames of its flows, answers of its endpoints.
/// - *When to wake*: the next frame of a flow; nothing while idle.
/// - *Questions*: [`Vpc::carrier_of`].
#[derive(Debug)]
pub struct Vpc {
    tenant: TenantId,
    mac: MacAddr,
    /// Sorted by address.
    endpoints: Box<[(Ipv4Addr, EndpointKind)]>,
    prefixes: Box<[(Ipv4Addr, u8)]>,
    ports: Vec<Attachment>,
    routes: RouteTable<PortNo>,
    senders: Option<Box<Senders>>,
}

#[derive(Debug, Clone, Copy)]
struct Attachment {
    port: PortNo,
    attached: bool,
    usable: bool,
}

impl Vpc {
    /// The region of node `id`. The seed is used for its flows alone.
    pub fn new(config: VpcConfig, id: NodeId, seed: u64) -> Self {
        // Nothing that it sends is its own protocol's, so far: there is no ARP inside the cloud.
        let _ = id;
        let mut endpoints: Vec<_> = config.endpoints.iter().map(|e| (e.address, e.kind)).collect();
        endpoints.sort_unstable();
        endpoints.dedup_by_key(|e| e.0);
        let mut vpc = Self {
            tenant: config.tenant,
            mac: config.mac,
            endpoints: endpoints.into_boxed_slice(),
            prefixes: config.prefixes.into_boxed_slice(),
            ports: Vec::new(),
            routes: RouteTable::default(),
            senders: Senders::new(config.flows, seed),
        };
        debug_assert!(
            vpc.endpoints.is_sorted_by(|a, b| a.0 < b.0),
            "an address is one endpoint's"
        );
        for port in config.attached {
            vpc.attachment(port).attached = true;
        }
        for (to, len, port) in config.routes {
            vpc.routes.add(to, len, port);
        }
        vpc
    }

    /// The port that carries frames to `dst` now; `None`: no route, or none that is usable.
    pub fn carrier_of(&self, dst: Ipv4Addr) -> Option<PortNo> {
        let carrier = self.routes.matches(dst).find(|port| self.is_usable(*port));
        debug_assert!(
            carrier.is_none_or(|port| self.is_attached(port)),
            "only what is attached carries"
        );
        carrier
    }

    fn find(&self, port: PortNo) -> Option<&Attachment> {
        self.ports.iter().find(|a| a.port == port)
    }

    fn is_attached(&self, port: PortNo) -> bool {
        self.find(port).is_some_and(|a| a.attached)
    }

    fn is_usable(&self, port: PortNo) -> bool {
        self.find(port).is_some_and(|a| a.attached && a.usable)
    }

    /// The attachment at a port: detached and usable until told otherwise.
    fn attachment(&mut self, port: PortNo) -> &mut Attachment {
        let at = match self.ports.iter().position(|a| a.port == port) {
            Some(at) => at,
            None => {
                if self.ports.len() < 4 {
                    self.ports.reserve_exact(1);
                }
                self.ports.push(Attachment {
                    port,
                    attached: false,
                    usable: true,
                });
                self.ports.len() - 1
            }
        };
        let port = self.ports[at].port;
        debug_assert!(
            self.ports.iter().filter(|a| a.port == port).count() == 1,
            "a port has one attachment"
        );
        &mut self.ports[at]
    }

    /// Routes a packet one hop: in transit, or to or from an endpoint behind the router.
    fn route(&mut self, mut packet: Packet, out: &mut Outbox) {
        let dst = match ipv4_of(&packet.frame) {
            Ok(ip) => ip.dst(),
            Err(reason) => return out.drop(packet, reason),
        };
        if let Err(reason) = route_hop(&mut packet) {
            return out.drop(packet, reason);
        }
        if let Ok(at) = self.endpoints.binary_search_by_key(&dst, |e| e.0) {
            let kind = self.endpoints[at].1;
            if let Some(answer) = deliver(packet, |port| kind.listens(port), out) {
                self.route(answer, out);
            }
        } else if self.prefixes.iter().any(|(to, len)| prefix_holds(*to, *len, dst)) {
            out.drop(packet, DropReason::NoSuchHost);
        } else if let Some(port) = self.carrier_of(dst) {
            cloud::send(port, packet, self.mac, out);
        } else if self.routes.lookup(dst).is_some() {
            out.drop(packet, DropReason::InterfaceDown);
        } else {
            out.drop(packet, DropReason::NoRoute);
        }
    }

    /// Sends a frame of a capture as it is, by the port that carries its flow's destination.
    fn send_raw(&mut self, packet: Packet, dst: Ipv4Addr, out: &mut Outbox) {
        match self.carrier_of(dst) {
            Some(port) => out.send(port, packet),
            None if self.routes.lookup(dst).is_some() => out.drop(packet, DropReason::InterfaceDown),
            None => out.drop(packet, DropReason::NoRoute),
        }
    }
}

impl Node for Vpc {
    fn receive(&mut self, port: PortNo, packet: Packet, _now: SimTime, out: &mut Outbox) {
        if !self.is_attached(port) {
            return out.drop(packet, DropReason::InterfaceDown);
        }
        if let Some(packet) = cloud::admit(packet, out) {
            self.route(packet, out);
        }
    }

    fn timeout(&mut self, now: SimTime, out: &mut Outbox) {
        while let Some(senders) = &mut self.senders {
            let Some(departure) = senders.pop(now, self.tenant, out) else {
                debug_assert!(
                    senders.next_timeout().is_none_or(|due| due > now),
                    "what is due has been done"
                );
                return;
            };
            if departure.raw {
                self.send_raw(departure.packet, departure.dst, out);
            } else {
                self.route(departure.packet, out);
            }
        }
    }

    fn next_timeout(&self) -> Option<SimTime> {
        self.senders.as_ref()?.next_timeout()
    }

    fn apply(&mut self, change: &Change, _now: SimTime, _out: &mut Outbox) {
        let Change::Vpc(change) = change else {
            return;
        };
        match *change {
            VpcChange::Attached(port, attached) => self.attachment(port).attached = attached,
            VpcChange::Usable(port, usable) => self.attachment(port).usable = usable,
            VpcChange::RouteSet(to, len, port) => self.routes.add(to, len, port),
            VpcChange::RouteRemove(to, len, port) => {
                self.routes.remove(to, len, port);
            }
        }
    }
}

#[cfg(test)]
impl Vpc {
    /// Octets on the heap, flows not counted.
    pub fn heap_octets(&self) -> usize {
        let attachments = self.ports.capacity() * size_of::<Attachment>();
        attachments + self.routes.heap_octets() + size_of_val(&*self.endpoints) + size_of_val(&*self.prefixes)
    }
}
