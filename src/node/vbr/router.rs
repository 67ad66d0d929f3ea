//! The virtual border router itself.

use std::net::Ipv4Addr;

use super::VbrConfig;
use crate::evidence::{NodeChange, Outbox, Packet};
use crate::forward::{Bucket, Policer};
use crate::host::{ArpCache, Interface, Protocol, RouteTable, deliver, icmp, ipv4_of, route_hop};
use crate::ident::{DropReason, Fate, NodeId, PortNo};
use crate::node::{AddressPlan, Change, HealthCheckConfig, NextHop, Node, VbrChange, cloud};
use crate::session::HealthCheck;
use crate::units::SimTime;
use crate::wire::{EtherType, Frame, FrameView, MacAddr, payload_octets};

/// The port towards the access device.
const CIRCUIT: PortNo = PortNo(0);
/// The port towards the transit router.
const CLOUD: PortNo = PortNo(1);

/// A virtual border router.
///
/// - *Inputs*: frames on port 0 (untagged: the access device has the tag) and port 1; `Vbr`
///   changes and the `Carrier` of port 0. It begins inactive and without an address: it drops
///   everything as `InterfaceDown`.
/// - *Outputs*: routed frames, ARP, answers to pings of its address, probes.
/// - *When to wake*: the next ARP retry or probe; nothing while idle.
/// - *Questions*: [`Vbr::health`], [`Vbr::peer`], [`Vbr::neighbour`], [`Vbr::route_of`].
#[derive(Debug)]
pub struct Vbr {
    /// Without an address until the API gives it one.
    iface: Interface,
    arp: ArpCache,
    peer: Option<Ipv4Addr>,
    active: bool,
    routes: RouteTable<NextHop>,
    throttle: Option<Box<Throttle>>,
    health: Option<Box<Probing>>,
    /// Probes sent so far.
    probes: u32,
    /// Was the peer known when the carrier went?
    lost_peer: bool,
    /// The MAC address that it had before it was rebuilt.
    former: Option<MacAddr>,
}

#[derive(Debug)]
struct Throttle {
    policer: Policer,
    to_cloud: Bucket,
    to_circuit: Bucket,
}

#[derive(Debug)]
struct Probing {
    config: HealthCheckConfig,
    check: HealthCheck,
}

impl Vbr {
    /// The VBR of node `id`, before the API configures it.
    pub fn new(config: VbrConfig, id: NodeId) -> Self {
        Self {
            iface: Interface {
                tenant: config.tenant,
                node: id,
                port: CIRCUIT,
                mac: config.mac,
                tag: None,
                address: None,
            },
            arp: ArpCache::new(config.arp),
            peer: None,
            active: false,
            routes: RouteTable::default(),
            throttle: None,
            health: None,
            probes: 0,
            lost_peer: false,
            former: None,
        }
    }

    /// Is its peer healthy? `None` where there is no health check.
    pub fn health(&self) -> Option<bool> {
        self.health.as_ref().map(|probing| probing.check.is_healthy())
    }
    /// The address of the customer's side, where it has one.
    pub fn peer(&self) -> Option<Ipv4Addr> {
        self.peer
    }
    /// The MAC that it has resolved for `ip`, where it knows one at `now`.
    pub fn neighbour(&self, ip: Ipv4Addr, now: SimTime) -> Option<MacAddr> {
        self.arp.lookup(ip, now)
    }

    fn arrive_from_circuit(&mut self, packet: Packet, now: SimTime, out: &mut Outbox) {
        if self.is_for_former(&packet) {
            return out.drop(packet, DropReason::AttachEffect);
        }
        let Some((packet, ethertype)) = self.iface.admit(packet, out) else {
            return;
        };
        match ethertype {
            EtherType::ARP => self.arp.receive(packet, &self.iface, now, out),
            EtherType::IPV4 => self.arrive(CIRCUIT, packet, now, out),
            _ => out.drop(packet, DropReason::UnsupportedProtocol),
        }
    }

    fn is_for_former(&self, packet: &Packet) -> bool {
        let Some(former) = self.former else { return false };
        FrameView::new(packet.frame.bytes()).is_ok_and(|frame| frame.dst() == former)
    }

    /// An IPv4 packet came in: it is an answer to a probe, for the VBR itself, or to be routed.
    fn arrive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox) {
        let ip = match ipv4_of(&packet.frame) {
            Ok(ip) => ip,
            Err(reason) => return out.drop(packet, reason),
        };
        let dst = ip.dst();
        if port == CIRCUIT && self.health.as_ref().is_some_and(|h| h.config.source == dst) {
            let answer = icmp::echo_reply_of(&ip).filter(|(ident, _)| *ident == self.probe_ident());
            return self.probe_answered(packet, answer.map(|(_, seq)| seq), out);
        }
        if self.iface.own() == Some(dst) {
            if let Some(answer) = deliver(packet, |_| false, out) {
                self.route(None, answer, now, out);
            }
            return;
        }
        self.route(Some(port), packet, now, out);
    }

    /// Routes a packet that came in by a port, or (`None`) starts here.
    fn route(&mut self, from: Option<PortNo>, mut packet: Packet, now: SimTime, out: &mut Outbox) {
        let dst = match ipv4_of(&packet.frame) {
            Ok(ip) => ip.dst(),
            Err(reason) => return out.drop(packet, reason),
        };
        let Some(hop) = self.next_hop(dst) else {
            return out.drop(packet, DropReason::NoRoute);
        };
        if let Some(from) = from {
            if let Err(reason) = route_hop(&mut packet) {
                return out.drop(packet, reason);
            }
            if !self.throttle_admits(from, &packet.frame, now) {
                return out.drop(packet, DropReason::Throttled);
            }
        }
        match hop {
            Hop::Circuit(next) => self.arp.send(next, packet, &self.iface, now, out),
            Hop::Cloud => cloud::send(CLOUD, packet, self.iface.mac, out),
        }
    }

    /// Longest prefix wins; the interconnect's own prefix wins over a static route of its length.
    fn next_hop(&self, dst: Ipv4Addr) -> Option<Hop> {
        self.matched(dst).map(|(_, hop)| hop)
    }

    /// The same with the length of the prefix that was matched.
    fn matched(&self, dst: Ipv4Addr) -> Option<(u8, Hop)> {
        let connected = self.iface.address.filter(|_| self.iface.is_on_link(dst));
        let (len, hop) = match self.routes.longest(dst) {
            Some((len, NextHop::Peer)) => (len, Hop::Circuit(self.peer?)),
            Some((len, NextHop::Cloud)) => (len, Hop::Cloud),
            None => return connected.map(|(_, len)| (len, Hop::Circuit(dst))),
        };
        match connected {
            Some((_, own_len)) if own_len >= len => Some((own_len, Hop::Circuit(dst))),
            _ => Some((len, hop)),
        }
    }

    /// How frames to `dst` leave: the length of the prefix that is matched, and the port; `None`: no route.
    pub fn route_of(&self, dst: Ipv4Addr) -> Option<(u8, PortNo)> {
        let (len, hop) = self.matched(dst)?;
        let port = match hop {
            Hop::Circuit(_) => CIRCUIT,
            Hop::Cloud => CLOUD,
        };
        Some((len, port))
    }

    fn throttle_admits(&mut self, from: PortNo, frame: &Frame, now: SimTime) -> bool {
        let Some(throttle) = &mut self.throttle else {
            return true;
        };
        let bucket = if from == CIRCUIT {
            &mut throttle.to_cloud
        } else {
            &mut throttle.to_circuit
        };
        bucket.passes(&throttle.policer, frame.octets(), payload_octets(frame.bytes()), now)
    }

    fn probe_ident(&self) -> u16 {
        self.iface.node.0 as u16
    }

    fn probe_answered(&mut self, packet: Packet, seq: Option<u16>, out: &mut Outbox) {
        let (Some(seq), Some(probing)) = (seq, &mut self.health) else {
            return out.drop(packet, DropReason::NoListener);
        };
        out.settle(packet, Fate::Consumed);
        if probing.check.answered(seq) {
            out.changed(NodeChange::Health {
                tenant: self.iface.tenant,
                healthy: true,
            });
        }
    }

    /// Sends a probe, where one is due, and judges the one before.
    fn probe(&mut self, now: SimTime, out: &mut Outbox) {
        let (Some(probing), Some(peer), true) = (&mut self.health, self.peer, self.active) else {
            return;
        };
        let Some(tick) = probing.check.tick(now) else {
            return;
        };
        let source = probing.config.source;
        if tick.turned_unhealthy {
            out.changed(NodeChange::Health {
                tenant: self.iface.tenant,
                healthy: false,
            });
        }
        let frame = icmp::echo_request(source, peer, self.probe_ident(), tick.probe, &[0; 18]);
        let packet = self.iface.offer(Protocol::Probe, self.probes, frame, out);
        self.probes = self.probes.wrapping_add(1);
        self.arp.send(peer, packet, &self.iface, now, out);
    }

    fn configure(&mut self, change: &VbrChange, now: SimTime, out: &mut Outbox) {
        match change {
            VbrChange::Address(plan) => self.set_address(*plan, now, out),
            VbrChange::Active(active) => {
                let rises = *active && !self.active;
                self.active = *active;
                if rises {
                    self.come_up(now, out);
                } else if !*active {
                    self.drop_waiting(out);
                }
            }
            // Both buckets start full.
            VbrChange::Throttle(policer) => {
                self.throttle = policer.map(|policer| {
                    Box::new(Throttle {
                        policer,
                        to_cloud: Bucket::full_at(now),
                        to_circuit: Bucket::full_at(now),
                    })
                });
            }
            VbrChange::Renew => self.renew(now),
            VbrChange::Rebuild => self.rebuild(now, out),
            VbrChange::RouteSet(to, len, hop) => self.routes.set(*to, *len, *hop),
            VbrChange::RouteRemove(to, len) => self.routes.remove_prefix(*to, *len),
            VbrChange::HealthCheck(config) => self.set_health_check(*config, now, out),
        }
    }

    /// Both buckets are full again.
    fn renew(&mut self, now: SimTime) {
        if let Some(throttle) = &mut self.throttle {
            throttle.to_cloud = Bucket::full_at(now);
            throttle.to_circuit = Bucket::full_at(now);
        }
    }

    /// It has another address and resolves its peer anew: as where a carrier returns, one request
    /// announces and resolves.
    fn rebuild(&mut self, now: SimTime, out: &mut Outbox) {
        self.renew(now);
        self.former = Some(self.iface.mac);
        self.iface.mac = self.iface.mac.rebuilt();
        self.lost_peer |= self.peer.is_some_and(|peer| self.arp.lookup(peer, now).is_some());
        self.arp.forget_known();
        self.return_to(now, out);
    }

    /// A change of the check keeps its verdict; without a check the peer counts as healthy.
    fn set_health_check(&mut self, config: Option<HealthCheckConfig>, now: SimTime, out: &mut Outbox) {
        let before = self.health.take();
        let Some(config) = config else {
            if before.is_some_and(|probing| !probing.check.is_healthy()) {
                out.changed(NodeChange::Health {
                    tenant: self.iface.tenant,
                    healthy: true,
                });
            }
            return;
        };
        let check = match before {
            Some(probing) => probing.check.reconfigured(config.interval, config.threshold, now),
            None => HealthCheck::new(config.interval, config.threshold, now),
        };
        self.health = Some(Box::new(Probing { config, check }));
        self.probe(now, out);
    }

    fn set_address(&mut self, plan: Option<AddressPlan>, now: SimTime, out: &mut Outbox) {
        self.drop_waiting(out);
        self.iface.address = plan.map(|plan| (plan.local, plan.prefix_len));
        self.peer = plan.map(|plan| plan.peer);
        if self.active {
            self.come_up(now, out);
        }
    }

    /// The interface comes up, or up with another address: it asks for its peer and probes anew. The
    /// request announces it as well: a router that announced itself would find no second token where a
    /// limit of ARP lets one frame a second pass, and its first answers would be lost.
    fn come_up(&mut self, now: SimTime, out: &mut Outbox) {
        if let Some(peer) = self.peer.filter(|_| self.arp.announces()) {
            self.arp.resolve_ahead(peer, &self.iface, now, out);
        }
        if let Some(probing) = &mut self.health {
            probing.check.resume(now);
        }
        self.probe(now, out);
    }

    /// The carrier is back. The peer is asked for: as at the data centre's edge, one request announces
    /// and resolves, where a limit of ARP lets no second one pass.
    fn return_to(&mut self, now: SimTime, out: &mut Outbox) {
        let lost = std::mem::take(&mut self.lost_peer);
        let asks = self.active && (lost || self.arp.announces());
        if let Some(peer) = self.peer.filter(|_| asks) {
            self.arp.resolve_again(peer, &self.iface, now, out);
        }
    }

    fn drop_waiting(&mut self, out: &mut Outbox) {
        for packet in self.arp.drain() {
            out.drop(packet, DropReason::InterfaceDown);
        }
        debug_assert!(self.arp.next_timeout().is_none(), "nothing that is down holds a timer");
    }
}

enum Hop {
    Circuit(Ipv4Addr),
    Cloud,
}

impl Node for Vbr {
    fn receive(&mut self, port: PortNo, packet: Packet, now: SimTime, out: &mut Outbox) {
        let up = self.active && self.iface.address.is_some();
        match port {
            CIRCUIT if up => self.arrive_from_circuit(packet, now, out),
            CLOUD if up => {
                if let Some(packet) = cloud::admit(packet, out) {
                    self.arrive(CLOUD, packet, now, out);
                }
            }
            _ => out.drop(packet, DropReason::InterfaceDown),
        }
    }

    fn timeout(&mut self, now: SimTime, out: &mut Outbox) {
        self.arp.timeout(&self.iface, now, out);
        self.probe(now, out);
        let is_later = |due| due > now || due == SimTime::MAX;
        debug_assert!(self.next_timeout().is_none_or(is_later), "what is due has been done");
    }

    fn next_timeout(&self) -> Option<SimTime> {
        let up = self.active && self.iface.address.is_some();
        debug_assert!(
            up || self.arp.next_timeout().is_none(),
            "a VBR that is down waits for no answer"
        );
        let probing = self.health.as_ref().filter(|_| self.active && self.peer.is_some());
        let probe = probing.map(|probing| probing.check.next_timeout());
        [self.arp.next_timeout(), probe].into_iter().flatten().min()
    }

    fn apply(&mut self, change: &Change, now: SimTime, out: &mut Outbox) {
        match change {
            Change::Vbr(change) => self.configure(change, now, out),
            Change::Carrier { port: CIRCUIT, up } => {
                if *up {
                    self.return_to(now, out);
                } else {
                    self.lost_peer |= self.peer.is_some_and(|peer| self.arp.lookup(peer, now).is_some());
                    self.arp.forget_known();
                }
            }
            Change::Carrier { .. } | Change::Switch(_) | Change::Vpc(_) | Change::Router(_) => {}
        }
    }

    fn drain(&mut self) -> Vec<Packet> {
        self.arp.drain()
    }
}

#[cfg(test)]
impl Vbr {
    /// Octets on the heap.
    pub fn heap_octets(&self) -> usize {
        let boxed = self.throttle.as_ref().map_or(0, |t| size_of_val(&**t));
        let probing = self.health.as_ref().map_or(0, |h| size_of_val(&**h));
        self.arp.heap_octets() + self.routes.heap_octets() + boxed + probing
    }
}
