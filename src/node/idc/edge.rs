//! The customer edge: one interface, hosts behind it, static routes to the gateway.

use std::net::Ipv4Addr;

use super::IdcConfig;
use crate::evidence::{Outbox, Packet};
use crate::host::{ArpCache, Interface, Senders, deliver, ipv4_of, prefix_holds, route_hop};
use crate::ident::{DropReason, NodeId, PortNo};
use crate::node::{Change, Node};
use crate::units::SimTime;
use crate::wire::{EtherType, MacAddr};

/// The port towards the partner.
const PARTNER: PortNo = PortNo(0);

/// A tenant's data centre.
///
/// - *Inputs*: frames on port 0; `Carrier` of port 0, and `Router`. Other changes are not for it and do nothing.
/// - *Outputs*: frames of its flows, answers of its hosts, ARP.
/// - *When to wake*: the next frame of a flow, the next ARP retry; at time zero, to announce itself.
/// - *Questions*: [`Idc::neighbour`].
#[derive(Debug)]
pub struct Idc {
    iface: Interface,
    arp: ArpCache,
    gateway: Ipv4Addr,
    probe_return_route: bool,
    /// Has it still to announce itself at the start?
    to_announce: bool,
    hosts: Box<[Ipv4Addr]>,
    routes: Box<[(Ipv4Addr, u8)]>,
    senders: Option<Box<Senders>>,
    /// Still to come, the next one last.
    warm_ups: Vec<(SimTime, Ipv4Addr)>,
    /// Was the gateway known when the carrier went?
    lost_gateway: bool,
}

impl Idc {
    /// The IDC of node `id`. The seed is used for its flows alone.
    pub fn new(config: IdcConfig, id: NodeId, seed: u64) -> Self {
        let mut hosts = config.hosts;
        hosts.sort_unstable();
        let mut warm_ups = config.warm_ups;
        warm_ups.sort_unstable_by(|a, b| b.cmp(a));
        warm_ups.dedup();
        Self {
            iface: Interface {
                tenant: config.tenant,
                node: id,
                port: PARTNER,
                mac: config.mac,
                tag: config.tag,
                address: Some((config.address, config.prefix_len)),
            },
            arp: ArpCache::new(config.arp),
            gateway: config.gateway,
            probe_return_route: config.probe_return_route,
            to_announce: config.arp.gratuitous,
            hosts: hosts.into_boxed_slice(),
            routes: config.routes.into_boxed_slice(),
            senders: Senders::new(config.flows, seed),
            warm_ups,
            lost_gateway: false,
        }
    }

    /// The MAC that it has resolved for `ip`, where it knows one at `now`.
    pub fn neighbour(&self, ip: Ipv4Addr, now: SimTime) -> Option<crate::wire::MacAddr> {
        self.arp.lookup(ip, now)
    }

    fn is_own(&self, ip: Ipv4Addr) -> bool {
        self.iface.own() == Some(ip)
    }

    fn is_host(&self, ip: Ipv4Addr) -> bool {
        self.hosts.binary_search(&ip).is_ok()
    }

    /// A packet came in by the interface: it is for the edge itself, or for a host one hop on.
    fn arrive(&mut self, mut packet: Packet, now: SimTime, out: &mut Outbox) {
        let dst = match ipv4_of(&packet.frame) {
            Ok(ip) => ip.dst(),
            Err(reason) => return out.drop(packet, reason),
        };
        let behind = self.is_host(dst) && !self.is_own(dst);
        if behind && let Err(reason) = route_hop(&mut packet) {
            return out.drop(packet, reason);
        }
        self.take(packet, dst, now, out);
    }

    /// Delivers a packet to the local address `dst`, and routes the answer.
    fn take(&mut self, packet: Packet, dst: Ipv4Addr, now: SimTime, out: &mut Outbox) {
        if self.is_host(dst) {
            if let Some(answer) = deliver(packet, |_| true, out) {
                self.route(answer, false, now, out);
            }
        } else if self.is_own(dst) {
            if let Some(answer) = deliver(packet, |_| false, out) {
                self.route(answer, self.probe_return_route, now, out);
            }
        } else {
            out.drop(packet, DropReason::NoSuchHost);
        }
    }

    /// Routes a packet that starts here. `returned`: the /32 return route for probes applies,
    /// because it answers a probe of the edge's own address.
    fn route(&mut self, mut packet: Packet, returned: bool, now: SimTime, out: &mut Outbox) {
        let (src, dst) = match ipv4_of(&packet.frame) {
            Ok(ip) => (ip.src(), ip.dst()),
            Err(reason) => return out.drop(packet, reason),
        };
        if self.is_own(dst) || self.is_host(dst) {
            return self.take(packet, dst, now, out);
        }
        let Some(next_hop) = self.next_hop(dst).or(returned.then_some(self.gateway)) else {
            return out.drop(packet, DropReason::NoRoute);
        };
        // A host behind the edge is one routed hop away from it; the edge itself is not.
        let behind = !self.is_own(src);
        if behind && let Err(reason) = route_hop(&mut packet) {
            return out.drop(packet, reason);
        }
        self.arp.send(next_hop, packet, &self.iface, now, out);
    }

    /// Where a packet to `dst` goes first; `None`: there is no route.
    fn next_hop(&self, dst: Ipv4Addr) -> Option<Ipv4Addr> {
        if self.iface.is_on_link(dst) {
            return Some(dst);
        }
        let routed = self.routes.iter().any(|(to, len)| prefix_holds(*to, *len, dst));
        routed.then_some(self.gateway)
    }

    /// Resolves what flows will need, where that is due.
    fn warm_up(&mut self, now: SimTime, out: &mut Outbox) {
        while let Some((_, to)) = self.warm_ups.pop_if(|(at, _)| *at <= now) {
            if let Some(next_hop) = self.next_hop(to) {
                self.arp.resolve_ahead(next_hop, &self.iface, now, out);
            }
        }
    }

    /// The carrier is back. Asking for the gateway tells it and every bridge on the way where this edge
    /// is (RFC 4436 detects so that a network is the same), and one request
    /// does what announcing and then asking would need two for: a limit of one ARP frame a second
    /// lets no second one pass.
    fn return_to(&mut self, now: SimTime, out: &mut Outbox) {
        self.to_announce = false;
        if std::mem::take(&mut self.lost_gateway) || self.arp.announces() {
            self.arp.resolve_again(self.gateway, &self.iface, now, out);
        }
    }

    /// Another router: it has another address and knows no neighbour. As where a carrier returns, one
    /// request announces and resolves.
    fn swap(&mut self, mac: MacAddr, now: SimTime, out: &mut Outbox) {
        self.iface.mac = mac;
        self.lost_gateway |= self.arp.lookup(self.gateway, now).is_some();
        self.arp.forget_known();
        self.return_to(now, out);
    }

    fn send_due(&mut self, now: SimTime, out: &mut Outbox) {
        while let Some(senders) = &mut self.senders {
            let Some(departure) = senders.pop(now, self.iface.tenant, out) else {
                return;
            };
            if departure.raw {
                out.send(PARTNER, departure.packet);
            } else {
                self.route(departure.packet, false, now, out);
            }
        }
    }
}

impl Node for Idc {
    fn receive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox) {
        if port != PARTNER {
            return out.drop(packet, DropReason::InterfaceDown);
        }
        let Some((packet, ethertype)) = self.iface.admit(packet, out) else {
            return;
        };
        match ethertype {
            EtherType::ARP => self.arp.receive(packet, &self.iface, now, out),
            EtherType::IPV4 => self.arrive(packet, now, out),
            _ => out.drop(packet, DropReason::UnsupportedProtocol),
        }
    }

    fn timeout(&mut self, now: SimTime, out: &mut Outbox) {
        if self.to_announce {
            self.to_announce = false;
            if self.arp.announces() {
                self.arp.announce(&self.iface, out);
            }
        }
        self.arp.timeout(&self.iface, now, out);
        self.warm_up(now, out);
        self.send_due(now, out);
        let is_later = |due| due > now || due == SimTime::MAX;
        debug_assert!(self.next_timeout().is_none_or(is_later), "what is due has been done");
    }

    fn next_timeout(&self) -> Option<SimTime> {
        if self.to_announce {
            return Some(SimTime::ZERO);
        }
        let flows = self.senders.as_ref().and_then(|senders| senders.next_timeout());
        let warm_up = self.warm_ups.last().map(|(at, _)| *at);
        [self.arp.next_timeout(), flows, warm_up].into_iter().flatten().min()
    }

    fn apply(&mut self, change: &Change, now: SimTime, out: &mut Outbox) {
        match change {
            Change::Carrier {
                port: PARTNER,
                up: true,
            } => self.return_to(now, out),
            Change::Carrier {
                port: PARTNER,
                up: false,
            } => {
                self.lost_gateway |= self.arp.lookup(self.gateway, now).is_some();
                self.arp.forget_known();
            }
            Change::Router(mac) => self.swap(*mac, now, out),
            Change::Carrier { .. } | Change::Switch(_) | Change::Vbr(_) | Change::Vpc(_) => {}
        }
    }

    fn drain(&mut self) -> Vec<Packet> {
        self.arp.drain()
    }
}

#[cfg(test)]
impl Idc {
    /// Octets on the heap, flows not counted.
    pub fn heap_octets(&self) -> usize {
        let warm_ups = self.warm_ups.capacity() * size_of::<(SimTime, Ipv4Addr)>();
        self.arp.heap_octets() + warm_ups + size_of_val(&*self.hosts) + size_of_val(&*self.routes)
    }
}
